import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalWords } from './host-abilities.ts';

test('each reason against a sandbox is said once, however often it was met', () => {
  const denied = 'setting up uid map: Permission denied';
  assert.deepEqual(
    refusalWords([
      { sandbox: 'bubblewrap', reason: denied },
      { sandbox: 'bubblewrap', reason: denied },
      { sandbox: 'bubblewrap-root', reason: 'only root can' },
      { sandbox: 'unshare', reason: denied },
    ]),
    [`bubblewrap, unshare: ${denied}`, 'bubblewrap-root: only root can'],
  );
  assert.deepEqual(refusalWords([]), []);
});

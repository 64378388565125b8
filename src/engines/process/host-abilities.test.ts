import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalWords } from './host-abilities.ts';

test('each reason why sandboxes do not work is told once, with all of them, in the order of their trial', () => {
  const mount = 'unshare: mount failed: Operation not permitted';
  assert.deepEqual(
    refusalWords([
      { sandbox: 'bubblewrap', reason: 'bwrap is not installed' },
      { sandbox: 'bubblewrap', reason: 'bwrap is not installed' },
      { sandbox: 'bubblewrap-root', reason: 'bwrap is not installed' },
      { sandbox: 'unshare', reason: mount },
      { sandbox: 'unshare', reason: 'another reason' },
    ]),
    ['bubblewrap, bubblewrap-root: bwrap is not installed', `unshare: ${mount}`, 'unshare: another reason'],
  );
  assert.deepEqual(refusalWords([]), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isolationWarning, isolationWords, refusalWords } from './host-abilities.ts';

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

test('a job that is the server’s own user is said to read that user’s files', () => {
  const [own, other] = [process.getuid?.() ?? 0, 65534].map((uid) => ({ uid, gid: 65534 }));
  assert.ok(own && other);
  for (const sandbox of ['bubblewrap', 'bubblewrap-root', 'unshare'] as const) {
    assert.match(
      isolationWords(sandbox, own),
      /the server's own: files of that user outside \/home, \/root and \/run can be read$/,
    );
    assert.match(isolationWords(sandbox, other), /uid 65534$/);
  }
});

test('an operator is warned of jobs that can read the root key, and of no others', () => {
  const [own, other] = [process.getuid?.() ?? 0, 65534].map((uid) => ({ uid, gid: 65534 }));
  assert.ok(own && other);
  assert.match(
    isolationWarning('none', own) ?? '',
    /^jobs run without a sandbox as uid \d+, .* the root key among them$/,
  );
  assert.equal(isolationWarning('none', other), undefined);
  assert.equal(isolationWarning('bubblewrap', own), undefined);
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findInsideUser } from './users.ts';

test('a home that is no path of the image is its root directory: relative, absent, or with a zero byte', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'batchyard-image-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'etc'));
  const lines = ['good:x:1:1::/home/good:', 'relative:x:2:2::home:', 'absent:x:3:3', 'zero:x:4:4::/ho\0me:'];
  writeFileSync(join(root, 'etc/passwd'), lines.join('\n'));
  const homes = ['good', 'relative', 'absent', 'zero'].map((user) => findInsideUser(user, root).home);
  assert.deepEqual(homes, ['/home/good', '/', '/', '/']);
});

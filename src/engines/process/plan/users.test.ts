import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findInsideUser } from './users.ts';

test('the home of an image’s user is what can be a path, and else the root directory', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'users-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'etc'));
  const homes = ['/root', '/ho\0me', `/${'x'.repeat(4_096)}`, 'relative', ''];
  const lines = homes.map((home, id) => `u${id}:x:${id}:${id}::${home}:/bin/sh`);
  writeFileSync(join(root, 'etc/passwd'), lines.join('\n'));
  assert.deepEqual(
    homes.map((_, id) => findInsideUser(`u${id}`, root).home),
    ['/root', '/', '/', '/', '/'],
  );
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeDirectory } from './make-directory.ts';

const parent = mkdtempSync(join(tmpdir(), 'make-directory-'));
after(() => rmSync(parent, { recursive: true }));

test('a directory is made with those above it, and stays as it is when it is there', () => {
  const path = join(parent, 'a', 'b', 'c');
  makeDirectory(path, 0o700);
  for (const made of [path, join(parent, 'a')]) assert.equal(statSync(made).mode & 0o777, 0o700);
  makeDirectory(path, 0o755);
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

test('a file in the way is not taken for a directory', () => {
  const file = join(parent, 'file');
  writeFileSync(file, '');
  assert.throws(() => makeDirectory(file), { code: 'EEXIST' });
  assert.throws(() => makeDirectory(join(file, 'below')), { code: 'ENOTDIR' });
});

const hasProc = { skip: process.platform !== 'linux' && 'needs /proc' };
test('where nothing can be made, that is the answer, and no reason to try for ever', hasProc, () => {
  assert.throws(() => makeDirectory('/proc/nope/below'), { code: 'ENOENT' });
});

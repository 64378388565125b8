import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { makePath } from './make-directory.ts';

const linux = { skip: process.platform === 'linux' ? false : 'there is no /proc' };
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'made-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('directories are made as they are to be, whatever the umask, and what is there stays as it is', linux, () => {
  mkdirSync(join(directory, 'there'), { mode: 0o700 });
  makePath(join(directory, 'there/a/b'), { mode: 0o777 });
  const modes = ['there', 'there/a', 'there/a/b'].map((name) => statSync(join(directory, name)).mode & 0o777);
  assert.deepEqual(modes, [0o700, 0o777, 0o777]);
});

test('no link on the way is followed: nothing is made, and nothing changed, where one leads', linux, () => {
  const secret = join(directory, 'secret');
  mkdirSync(secret, { mode: 0o700 });
  chmodSync(secret, 0o700);
  symlinkSync(secret, join(directory, 'link'));
  for (const way of ['link', 'link/new'])
    assert.throws(() => makePath(join(directory, way), { mode: 0o777 }), /link is no directory/);
  assert.deepEqual([readdirSync(secret), statSync(secret).mode & 0o777], [[], 0o700]);
});

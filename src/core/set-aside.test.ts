import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { makeWayForDirectory, makeWayForFile, makeWayTo } from './set-aside.ts';

let root = '';
let said: string[] = [];
const warn = (words: string) => void said.push(words);
const at = (path: string) => join(root, path);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'batchyard-aside-'));
  said = [];
});
afterEach(() => rmSync(root, { recursive: true }));

const notDirectories: Record<string, (path: string) => void> = {
  'a file': (path) => writeFileSync(path, 'what was there'),
  'a link to nowhere': (path) => symlinkSync('/nonexistent/x', path),
};

for (const [what, make] of Object.entries(notDirectories)) {
  test(`${what} in the place of a directory is set aside, wherever on the way it lies`, () => {
    for (const place of ['a', 'a/b', 'a/b/c']) {
      rmSync(at('a'), { recursive: true, force: true });
      mkdirSync(join(at(place), '..'), { recursive: true });
      make(at(place));
      makeWayTo(at('a/b/c'), warn);
      mkdirSync(at('a/b/c'), { recursive: true });
      assert.ok(lstatSync(at(`${place}.damaged-1`)), place);
      makeWayTo(at('a/b/c'), assert.fail);
      rmSync(at('a.damaged-1'), { force: true });
    }
    assert.equal(said.length, 3);
    assert.match(said[0] ?? '', /a should be a directory and is none; what was there is now .*a\.damaged-1/);
  });
}

test('a link to a directory is a way', () => {
  mkdirSync(at('elsewhere'));
  symlinkSync(at('elsewhere'), at('logs'));
  makeWayTo(at('logs/a/b'), assert.fail);
  mkdirSync(at('logs/a/b'), { recursive: true });
  assert.ok(existsSync(at('elsewhere/a/b')));
});

test('a directory in the place of a file is set aside, and a file stays', () => {
  writeFileSync(at('file'), 'x');
  makeWayForFile(at('file'), assert.fail);
  makeWayForFile(at('missing'), assert.fail);
  mkdirSync(at('lock'));
  makeWayForFile(at('lock'), warn);
  assert.ok(!existsSync(at('lock')) && existsSync(at('lock.damaged-1')));
  writeFileSync(at('directory'), 'x');
  makeWayForDirectory(at('directory'), warn);
  assert.equal(readFileSync(at('directory.damaged-1'), 'utf8'), 'x');
  assert.equal(said.length, 2);
});

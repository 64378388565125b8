import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type CopyOne, copyLiving, copyOne } from './copy-living.ts';

let parent = '';
const at = (...names: string[]) => join(parent, ...names);

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'copy-living-'));
  mkdirSync(at('audit'));
});
afterEach(() => rmSync(parent, { recursive: true }));

/** Copies, and just before the file `name` does what the server may do then. */
function before(name: string, act: () => void): CopyOne {
  return (from, to) => {
    if (basename(from) === name) act();
    return copyOne(from, to);
  };
}

test('what takes the place of a file that went is copied, though it came after the list was made', async () => {
  writeFileSync(at('audit', '1.log'), 'plain');
  writeFileSync(at('audit', '2.log.draft'), 'half');
  const pack = () => {
    writeFileSync(at('audit', '1.zst'), 'packed');
    rmSync(at('audit', '1.log'));
  };
  await copyLiving(at('audit'), at('copy'), before('1.log', pack));
  assert.deepEqual(readdirSync(at('copy')), ['1.zst']);
  const rename = () => renameSync(at('audit', '1.zst'), at('audit', '3.zst'));
  await copyLiving(at('audit'), at('again'), before('1.zst', rename));
  assert.equal(readFileSync(at('again', '3.zst'), 'utf8'), 'packed');
});

test('what is there and cannot be copied is an error, and a directory of somebody else is copied whole', async () => {
  mkdirSync(at('audit', 'notes', 'mine'), { recursive: true });
  writeFileSync(at('audit', 'notes', 'mine', 'file'), '');
  await copyLiving(at('audit'), at('copy'));
  assert.deepEqual(readdirSync(at('copy', 'notes', 'mine')), ['file']);
  const lost = Object.assign(new Error('lost'), { code: 'ENOENT' });
  await assert.rejects(
    copyLiving(at('audit'), at('again'), () => Promise.reject(lost)),
    lost,
  );
});

test('files that go, directories and all, while others below them are copied keep nothing back', async () => {
  for (const stream of ['one', 'two', 'three']) {
    mkdirSync(at('audit', 'shard', stream), { recursive: true });
    writeFileSync(at('audit', 'shard', stream, '1.seg'), stream);
  }
  const seal = () => {
    writeFileSync(at('audit', 'shard', 'one', 'p1.seg'), 'sealed');
    rmSync(at('audit', 'shard', 'one', '1.seg'));
    rmSync(at('audit', 'shard', 'two'), { recursive: true });
  };
  let hasSealed = false;
  const once: CopyOne = (from, to) => {
    if (!hasSealed && basename(from) === '1.seg') seal();
    hasSealed = true;
    return copyOne(from, to);
  };
  writeFileSync(at('audit', 'first'), '');
  await copyLiving(at('audit'), at('copy'), (from, to) =>
    basename(from) === 'first' ? copyOne(from, to) : once(from, to),
  );
  assert.equal(readFileSync(at('copy', 'shard', 'three', '1.seg'), 'utf8'), 'three');
  const copied = readdirSync(at('copy'), { recursive: true }).map(String);
  // Whichever directory came first: what is there all the time is copied, and what took the place of what went.
  assert.ok(copied.includes(join('shard', 'one', 'p1.seg')) || copied.includes(join('shard', 'one', '1.seg')));
});

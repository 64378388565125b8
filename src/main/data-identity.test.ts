import assert from 'node:assert/strict';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { identify, markAsCopy, recordIdentity } from './data-identity.ts';

let parent = '';
let directory = '';

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'batchyard-identity-'));
  directory = join(parent, 'data');
  mkdirSync(directory);
});
afterEach(() => rmSync(parent, { recursive: true }));

/** What the file says, changed in place: it keeps its inode. */
function rewrite(change: Record<string, string>): void {
  const path = join(directory, 'identity.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

const same = { kind: 'same', isCurrent: true };

test('a directory has no identity until one is recorded, and the same from then on, also under another name', () => {
  assert.deepEqual(identify(directory, 'boot'), { kind: 'missing' });
  recordIdentity(directory, 'boot');
  assert.deepEqual(identify(directory, 'boot'), same);
  assert.equal(statSync(join(directory, 'identity.json')).mode & 0o777, 0o600);
  renameSync(directory, `${directory}-renamed`);
  assert.deepEqual(identify(`${directory}-renamed`, 'boot'), same);
});

test('a copy is told from the original', () => {
  recordIdentity(directory, 'boot');
  const copy = join(parent, 'copy');
  cpSync(directory, copy, { recursive: true, preserveTimestamps: true });
  assert.deepEqual(identify(copy, 'boot'), { kind: 'copied' });
  assert.deepEqual(identify(directory, 'boot'), same);
  recordIdentity(copy, 'boot');
  assert.deepEqual(identify(copy, 'boot'), same);
});

test('the same inodes on another device are a copy of the file system, but after a reboot, which may number devices anew', () => {
  recordIdentity(directory, 'boot');
  rewrite({ device: '7' });
  assert.deepEqual(identify(directory, 'boot'), { kind: 'copied' });
  assert.deepEqual(identify(directory, 'another boot'), { kind: 'same', isCurrent: false });
  recordIdentity(directory, 'another boot');
  assert.deepEqual(identify(directory, 'another boot'), same);
});

test('where the system does not tell its boot, devices prove nothing', () => {
  recordIdentity(directory, '');
  rewrite({ device: '7' });
  assert.deepEqual(identify(directory, ''), { kind: 'same', isCurrent: false });
});

test('what is marked as a copy is one wherever it is', () => {
  markAsCopy(directory);
  assert.deepEqual(identify(directory, 'boot'), { kind: 'copied' });
});

const asIs = (content: string) => () => writeFileSync(join(directory, 'identity.json'), content);

for (const [what, damage] of Object.entries({
  'is empty': asIs(''),
  'holds null': asIs('null'),
  'is of another version': asIs('{"formatVersion":2}'),
  'holds other things': asIs('{"formatVersion":1,"directoryInode":7}'),
  'is cut': asIs('{"formatV'),
  'is a directory': () => mkdirSync(join(directory, 'identity.json')),
  'is a link to nowhere': () => symlinkSync('/nonexistent/x', join(directory, 'identity.json')),
})) {
  test(`an identity that ${what} is set aside`, () => {
    damage();
    const found = identify(directory, 'boot');
    assert.equal(found.kind, 'damaged');
    assert.ok(found.kind === 'damaged' && lstatSync(found.setAside));
    assert.deepEqual(identify(directory, 'boot'), { kind: 'missing' });
  });
}

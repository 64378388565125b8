import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
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

test('a directory is new until its identity is recorded, and the same from then on, also under another name', () => {
  assert.deepEqual(identify(directory, false), { kind: 'new' });
  recordIdentity(directory);
  assert.deepEqual(identify(directory, false), { kind: 'same' });
  assert.equal(statSync(join(directory, 'identity.json')).mode & 0o777, 0o600);
  renameSync(directory, `${directory}-renamed`);
  assert.deepEqual(identify(`${directory}-renamed`, false), { kind: 'same' });
});

test('a copy is told from the original, unless the operator says that it was moved', () => {
  recordIdentity(directory);
  const copy = join(parent, 'copy');
  cpSync(directory, copy, { recursive: true, preserveTimestamps: true });
  assert.deepEqual(identify(copy, false), { kind: 'copied' });
  assert.deepEqual(identify(copy, true), { kind: 'moved' });
  assert.deepEqual(identify(directory, true), { kind: 'same' });
  recordIdentity(copy);
  assert.deepEqual(identify(copy, false), { kind: 'same' });
});

test('what is marked as a copy is one wherever it is', () => {
  markAsCopy(directory);
  assert.deepEqual(identify(directory, false), { kind: 'copied' });
});

for (const content of ['', 'null', '{"formatVersion":2}', '{"formatVersion":1,"directoryInode":7}', '{"formatV']) {
  test(`an identity that holds ${JSON.stringify(content)} is set aside, and is no reason to take the directory for a copy`, () => {
    writeFileSync(join(directory, 'identity.json'), content);
    const found = identify(directory, false);
    assert.equal(found.kind, 'damaged');
    assert.equal(found.kind === 'damaged' && readFileSync(found.setAside, 'utf8'), content);
    assert.ok(!existsSync(join(directory, 'identity.json')));
  });
}

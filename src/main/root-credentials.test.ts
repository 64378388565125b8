import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { AccountId } from '../core/ids.ts';
import { SystemRandom } from '../core/random.ts';
import {
  newRootCredentials,
  openRootCredentials,
  readRootCredentials,
  rootCredentialsFile,
} from './root-credentials.ts';

const account = '123456789012' as AccountId;
let parent = '';
let directory = '';

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'batchyard-key-'));
  directory = join(parent, 'data');
});
afterEach(() => rmSync(parent, { recursive: true }));

test('a fresh key has the form of an AWS access key', () => {
  const key = newRootCredentials(account, new SystemRandom());
  assert.match(key.accessKeyId, /^AKIA[A-Z2-7]{16}$/);
  assert.match(key.secretAccessKey, /^[0-9A-Za-z+/]{40}$/);
});

test('the first opening creates the key for its owner alone, later ones find the same', () => {
  const first = openRootCredentials(directory, account, new SystemRandom());
  const second = openRootCredentials(directory, account, new SystemRandom());
  assert.deepEqual(second, first);
  assert.equal(statSync(rootCredentialsFile(directory)).mode & 0o777, 0o600);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(directory), ['root-credentials.json']);
});

test('a process that loses the race to create the key takes the winner’s', () => {
  let winner: unknown;
  const raced = {
    bytes(count: number) {
      winner ??= openRootCredentials(directory, account, new SystemRandom());
      return new SystemRandom().bytes(count);
    },
  };
  assert.deepEqual(openRootCredentials(directory, account, raced), winner);
});

test('reading a directory without a key finds none and creates nothing', () => {
  assert.equal(readRootCredentials(directory), undefined);
  assert.throws(() => statSync(directory), { code: 'ENOENT' });
});

for (const [content, words] of [
  ['', /it is empty/],
  ['null', /it is not a JSON object/],
  ['{"formatVersion": 1, "accou', /it is not a JSON object/],
  ['{"formatVersion": 2}', /it is not of format 1/],
  ['{"formatVersion": 1}', /its accountId is missing/],
  [
    '{"formatVersion": 1, "accountId": "1", "accessKeyId": "A", "secretAccessKey": 7}',
    /its secretAccessKey is missing/,
  ],
] as const) {
  test(`a key file that holds ${JSON.stringify(content)} is refused with a way on, and not replaced`, () => {
    openRootCredentials(directory, account, new SystemRandom());
    writeFileSync(rootCredentialsFile(directory), content);
    assert.throws(() => openRootCredentials(directory, account, new SystemRandom()), words);
    assert.throws(() => openRootCredentials(directory, account, new SystemRandom()), /move it away and start again/);
    assert.equal(readFileSync(rootCredentialsFile(directory), 'utf8'), content);
  });
}

for (const [what, damage, words] of [
  ['a directory', (path: string) => mkdirSync(path, { recursive: true }), /it is a directory/],
  ['a link to nowhere', (path: string) => symlinkSync('/nonexistent/x', path), /it is a link to nowhere/],
] as const) {
  test(`${what} in the place of the key file is refused with a way on`, () => {
    mkdirSync(directory);
    damage(rootCredentialsFile(directory));
    const opening = () => openRootCredentials(directory, account, new SystemRandom());
    assert.throws(opening, words);
    assert.throws(opening, /Put the file of a backup in its place/);
  });
}

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { keyFileName, writeKeyFile } from './key-file.ts';
import { VaultDirectory } from './vault.fixture.ts';
import { KeysUnavailable, ValueUnreadable } from './vault.ts';

const value = Buffer.from('a value');

test('the file of keys is readable by its owner alone, and a later start opens what an earlier one sealed', async () => {
  using directory = new VaultDirectory();
  const first = await directory.openWithKey();
  const sealed = first.seal(value, 'place');
  assert.equal(statSync(join(directory.path, keyFileName)).mode & 0o777, 0o600);
  assert.deepEqual(directory.open().open(sealed, 'place'), value);
});

test('a new key seals, the old one still opens, and one that was dropped does not', async () => {
  using directory = new VaultDirectory();
  const vault = await directory.openWithKey();
  const old = vault.seal(value, 'place');
  const [oldKey = ''] = [vault.currentKey];
  await vault.addKey();
  assert.deepEqual(vault.retiredKeys, [oldKey]);
  assert.notEqual(vault.seal(value, 'place').split('.')[1], oldKey);
  assert.deepEqual(vault.open(old, 'place'), value);
  assert.deepEqual(directory.open().open(old, 'place'), value);
  await vault.dropKeys(() => [oldKey]);
  for (const each of [vault, directory.open()]) {
    assert.throws(
      () => each.open(old, 'place'),
      (error: Error) => {
        assert.ok(error instanceof ValueUnreadable);
        assert.equal(error.message, `its key ${oldKey} is not in ${join(directory.path, keyFileName)}`);
        return true;
      },
    );
  }
});

test('the current key cannot be dropped', async () => {
  using directory = new VaultDirectory();
  const vault = await directory.openWithKey();
  const sealed = vault.seal(value, 'place');
  await vault.dropKeys(() => [vault.currentKey ?? '']);
  assert.deepEqual(directory.open().open(sealed, 'place'), value);
});

test('without its file a vault seals nothing, and says which file is missing and what to do', () => {
  using directory = new VaultDirectory();
  const vault = directory.open();
  const path = join(directory.path, keyFileName);
  assert.ok(vault.problem()?.startsWith(`${path} is missing`));
  assert.match(vault.problem() ?? '', /file of a backup .* "batchyard keys rotate"/);
  assert.throws(() => vault.seal(value, 'place'), KeysUnavailable);
});

const damages: Readonly<Record<string, { readonly content: string | 'directory'; readonly said: RegExp }>> = {
  'an empty file': { content: ' \n', said: /it is empty/ },
  'no JSON': { content: 'c2VjcmV0', said: /it is not a JSON object/ },
  'another format': { content: '{"formatVersion":2,"keys":[]}', said: /not of format 1/ },
  'no key': { content: '{"formatVersion":1,"keys":[]}', said: /its keys\.?0? is missing or wrong/ },
  'a key that is cut short': {
    content: '{"formatVersion":1,"keys":[{"id":"0123456789abcdef","createdAt":1,"key":"c2VjcmV0"}]}',
    said: /its keys\.0\.key is missing or wrong/,
  },
  'a directory': { content: 'directory', said: /it is a directory/ },
};

for (const [name, { content, said }] of Object.entries(damages)) {
  test(`${name} in place of the keys is told of by its path, without what is in it, and never replaced`, async () => {
    using directory = new VaultDirectory();
    const path = join(directory.path, keyFileName);
    if (content === 'directory') mkdirSync(path);
    else writeFileSync(path, content);
    const vault = directory.open();
    const problem = vault.problem() ?? '';
    assert.ok(problem.startsWith(`${path} cannot be read: `), problem);
    assert.match(problem, said);
    assert.ok(!problem.includes('c2VjcmV0'));
    await vault.makeFirstKey();
    await assert.rejects(vault.addKey(), KeysUnavailable);
    if (content !== 'directory') assert.equal(readFileSync(path, 'utf8'), content);
    rmSync(path, { recursive: true });
  });
}

test('no key goes while somebody copies the file, however many do, and what goes is asked then', async () => {
  using directory = new VaultDirectory();
  const steps: string[] = [];
  const write: typeof writeKeyFile = (...given) => {
    steps.push('written');
    return writeKeyFile(...given);
  };
  const vault = directory.open({ write });
  await vault.makeFirstKey();
  const old = vault.currentKey ?? '';
  await vault.addKey();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = [vault.holdKeys(() => first.promise), vault.holdKeys(() => second.promise)];
  steps.length = 0;
  const drop = vault.dropKeys(() => {
    steps.push('asked');
    return [old];
  });
  for (const each of [first, second]) {
    // All that waits for nothing but promises has gone on by then, up to the write.
    await nextTurn();
    assert.deepEqual(steps, []);
    each.resolve();
  }
  await Promise.all([...holding, drop]);
  assert.deepEqual(steps, ['asked', 'written']);
  assert.deepEqual(directory.open().retiredKeys, []);
});

test('keys of which none goes are not written again', async () => {
  using directory = new VaultDirectory();
  const vault = await directory.openWithKey();
  await vault.addKey();
  const { ino } = statSync(join(directory.path, keyFileName));
  await vault.dropKeys(() => []);
  assert.equal(statSync(join(directory.path, keyFileName)).ino, ino);
});

test('a first key that could not be written is told of in its own words, and made by a later try', async () => {
  using directory = new VaultDirectory();
  const full = Object.assign(new Error('full'), {
    code: 'ENOSPC',
    syscall: 'open',
    path: '/data/value-keys.json.draft',
  });
  let isFull = true;
  const write: typeof writeKeyFile = async (...given) => {
    if (isFull) throw full;
    await writeKeyFile(...given);
  };
  const vault = directory.open({ write });
  await vault.makeFirstKey();
  assert.equal(vault.isUnwritten, true);
  assert.match(vault.problem() ?? '', /cannot be made: the disk of .* is full\. Until it is, no such value is taken/);
  assert.throws(() => vault.seal(value, 'place'), KeysUnavailable);
  isFull = false;
  await vault.makeFirstKey();
  assert.equal(vault.problem(), undefined);
  assert.deepEqual(directory.open().open(vault.seal(value, 'place'), 'place'), value);
});

test('a file with two keys of one id is damaged: nobody could say which is meant', async () => {
  using directory = new VaultDirectory();
  const vault = directory.open();
  await vault.makeFirstKey();
  const file = join(directory.path, keyFileName);
  const { keys, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...rest, keys: [...keys, ...keys] }));
  assert.match(directory.open().problem() ?? '', /two of its keys have the same id/);
});

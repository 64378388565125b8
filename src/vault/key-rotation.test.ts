import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Scope } from '../core/arn.ts';
import { CommitFailed } from '../core/errors.ts';
import type { AccountId, Region } from '../core/ids.ts';
import { SystemRandom } from '../core/random.ts';
import { defineRecord, Ledger, leading, openMemoryStore, type Store } from '../store/index.ts';
import { keyFileName } from './key-file.ts';
import { KeyRotation } from './key-rotation.ts';
import { type Sealed, sealedUnder, sealedValues } from './sealed-values.ts';
import { VaultDirectory } from './vault.fixture.ts';
import type { Vault } from './vault.ts';

interface NoteRecord extends Scope, Sealed {
  readonly name: string;
}

const notes = defineRecord({ type: 'note', key: ({ name }: NoteRecord) => name, indexes: { sealedUnder } });
const placeOf = ({ name }: NoteRecord) => `note ${name}`;
const values = [sealedValues(notes, placeOf)];
const scopes: readonly Scope[] = ['us-east-1', 'eu-west-1'].map((region) => ({
  account: '123456789012' as AccountId,
  region: region as Region,
}));

/** A server's vault and records, on a store that outlives it. */
async function start(store: Store, vault: Vault) {
  const logged: string[] = [];
  const log = (_details: object, message: string) => void logged.push(message);
  const ledger = new Ledger({ store, types: [notes], onFailed: () => {} });
  await ledger.fill((await store.load()).records);
  const logger = { debug: log, info: log, warn: log, error: log };
  const rotation = new KeyRotation({ vault, ledger, values, logger });
  await rotation.begin();
  return { ledger, rotation, logged, vault };
}

type Server = Awaited<ReturnType<typeof start>>;

function put({ ledger, vault }: Server, count: number): void {
  ledger.transact((transaction) => {
    for (const scope of scopes) {
      for (let at = 0; at < count; at += 1) {
        const name = `n${at}`;
        const sealed = vault.seal(Buffer.from(`value ${at}`), `note ${name}`);
        transaction.put(notes, { ...scope, name, sealed });
      }
    }
  });
}

/** Opens every value of the store under the keys of the directory, as the next server would. */
async function everyValue(store: Store, vault: Vault): Promise<readonly string[]> {
  const { records } = await store.load();
  const all = records.map((stored) => notes.fromStored(stored));
  return all.map((record) => vault.open(record.sealed, placeOf(record)).toString());
}

const newStore = () => leading(openMemoryStore({ random: new SystemRandom() }));

test('a rotation seals every value of every region under the new key, and the old key is gone', async () => {
  using directory = new VaultDirectory();
  const store = await newStore();
  const server = await start(store, directory.open());
  put(server, 120);
  const old = server.vault.currentKey;
  const { keyId, sealedAnew, unreadable } = await server.rotation.rotate();
  assert.notEqual(keyId, old);
  assert.deepEqual({ sealedAnew, unreadable }, { sealedAnew: 240, unreadable: 0 });
  const next = directory.open();
  assert.deepEqual([next.currentKey, next.retiredKeys], [keyId, []]);
  assert.equal((await everyValue(store, next)).length, 240);
});

test('values are sealed anew in slices, between which other work gets its turn', async () => {
  using directory = new VaultDirectory();
  const store = await newStore();
  const server = await start(store, directory.open());
  put(server, 100);
  await store.settled();
  const slices: number[] = [];
  const { commit } = store;
  store.commit = (changes) => {
    slices.push(changes.length);
    return commit(changes);
  };
  let turns = 0;
  const done = server.rotation.rotate();
  let isDone = false;
  done.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise(setImmediate);
    turns += 1;
  }
  assert.deepEqual(slices, [50, 50, 50, 50]);
  assert.ok(turns > 4, `${turns} turns`);
});

test('a rotation that is cut short goes on at the next start, with both keys until it is done', async () => {
  using directory = new VaultDirectory();
  const store = await newStore();
  const first = await start(store, directory.open());
  put(first, 100);
  await store.settled();
  const { commit } = store;
  let commits = 0;
  store.commit = (changes) => {
    commits += 1;
    if (commits === 2) first.rotation.pause();
    return commit(changes);
  };
  await assert.rejects(first.rotation.rotate(), CommitFailed);
  store.commit = commit;
  const between = directory.open();
  assert.equal(between.retiredKeys.length, 1);
  assert.equal((await everyValue(store, between)).length, 200);
  const second = await start(store, directory.open());
  await second.rotation.idle();
  assert.deepEqual(directory.open().retiredKeys, []);
  assert.equal((await everyValue(store, directory.open())).length, 200);
});

test('a value that does not open stays as it is with its key, and does not hold up the others', async () => {
  using directory = new VaultDirectory();
  const store = await newStore();
  const server = await start(store, directory.open());
  put(server, 60);
  const [scope = assert.fail()] = scopes;
  const misplaced = { ...scope, name: 'misplaced', sealed: server.vault.seal(Buffer.from('v'), 'elsewhere') };
  server.ledger.transact((transaction) => transaction.put(notes, misplaced));
  const old = server.vault.currentKey ?? '';
  const { sealedAnew, unreadable } = await server.rotation.rotate();
  assert.deepEqual({ sealedAnew, unreadable }, { sealedAnew: 120, unreadable: 1 });
  assert.deepEqual(directory.open().retiredKeys, [old]);
  assert.equal(directory.open().open(misplaced.sealed, 'elsewhere').toString(), 'v');
});

test('no first key is made where values are sealed under one that is missing: that is said, and rotate makes one', async () => {
  using directory = new VaultDirectory();
  const store = await newStore();
  put(await start(store, directory.open()), 1);
  await store.settled();
  rmSync(join(directory.path, keyFileName));
  const next = await start(store, directory.open());
  assert.match(next.logged.join(), /value-keys\.json is missing/);
  assert.equal(directory.open().currentKey, undefined);
  const { unreadable, keyId } = await next.rotation.rotate();
  assert.equal(unreadable, 2);
  assert.equal(directory.open().currentKey, keyId);
});

test('where the first key cannot be written the server goes on, and takes no value until there is one', async () => {
  using directory = new VaultDirectory();
  const vault = directory.open();
  rmSync(directory.path, { recursive: true });
  const server = await start(await newStore(), vault);
  assert.match(server.logged.join(), /^no key for values could be made: .* does not exist/);
  assert.throws(() => put(server, 1), /value-keys\.json is missing/);
  mkdirSync(directory.path);
  await server.rotation.rotate();
  put(server, 1);
});

test('two rotations at once follow each other', async () => {
  using directory = new VaultDirectory();
  const store = await newStore();
  const server = await start(store, directory.open());
  put(server, 60);
  const [first, second] = await Promise.all([server.rotation.rotate(), server.rotation.rotate()]);
  assert.notEqual(first.keyId, second.keyId);
  assert.deepEqual([directory.open().currentKey, directory.open().retiredKeys], [second.keyId, []]);
  assert.equal((await everyValue(store, directory.open())).length, 120);
});

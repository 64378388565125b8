import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scope } from '../core/arn.ts';
import { ManualClock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import type { AccountId, Region } from '../core/ids.ts';
import { SystemRandom } from '../core/random.ts';
import { defineRecord, Ledger, openMemoryStore, type Store, withLead } from '../store/index.ts';
import { keyFileName } from './key-file.ts';
import { KeyRotation } from './key-rotation.ts';
import { type Sealed, sealedUnder, sealedValues } from './sealed-values.ts';
import { VaultDirectory } from './vault.fixture.ts';
import type { Vault } from './vault.ts';

interface NoteRecord extends Scope, Sealed {
  readonly name: string;
}

const key = ({ name }: NoteRecord) => name;
const notes = defineRecord({ type: 'note', key, indexes: { sealedUnder: sealedUnder(key) } });
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
  const clock = new ManualClock();
  const rotation = new KeyRotation({ vault, ledger, values, clock, logger });
  await rotation.begin();
  return { ledger, rotation, logged, vault, clock };
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

const newStore = () => withLead(openMemoryStore({ random: new SystemRandom() }));

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

test('keys of another installation are noticed at start, and so are those that are older than some values', async () => {
  using directory = new VaultDirectory();
  using other = new VaultDirectory();
  await other.openWithKey();
  const file = (of: VaultDirectory) => join(of.path, keyFileName);
  const store = await newStore();
  const first = await start(store, directory.open());
  put(first, 2);
  await store.settled();
  const own = readFileSync(file(directory));
  copyFileSync(file(other), file(directory));
  const strange = await start(store, directory.open());
  assert.equal(strange.logged.length, 1);
  assert.match(strange.logged.join(), /value-keys\.json does not have the keys of 4 of 4 values/);
  writeFileSync(file(directory), own);
  assert.deepEqual((await start(store, directory.open())).logged, []);
  await first.rotation.rotate();
  await store.settled();
  writeFileSync(file(directory), own);
  const older = await start(store, directory.open());
  put(older, 1);
  const again = await start(store, directory.open());
  assert.match(again.logged.join(), /does not have the keys of 2 of 4 values.* older/);
});

test('where the first key cannot be written the server goes on without values, and makes it when it can', async () => {
  using directory = new VaultDirectory();
  const vault = directory.open();
  rmSync(directory.path, { recursive: true });
  const server = await start(await newStore(), vault);
  assert.match(server.logged.join(), /value-keys\.json, the keys of .*, cannot be made: .* does not exist/);
  assert.doesNotMatch(server.logged.join(), /missing/);
  assert.throws(() => put(server, 1), /cannot be made/);
  const again = async () => {
    server.clock.advance(10_000);
    await server.rotation.idle();
  };
  await again();
  assert.throws(() => put(server, 1), /cannot be made/);
  mkdirSync(directory.path);
  await again();
  put(server, 1);
});

test('a paused server does not try to make the first key', async () => {
  using directory = new VaultDirectory();
  const vault = directory.open();
  rmSync(directory.path, { recursive: true });
  const server = await start(await newStore(), vault);
  mkdirSync(directory.path);
  server.rotation.pause();
  server.clock.advance(60_000);
  await server.rotation.idle();
  assert.equal(directory.open().currentKey, undefined);
});

/** A server with one value of the old key, which a client takes away during a rotation; that commit is held, and then fails. */
async function losingItsOnlyValue(directory: VaultDirectory, store: Store) {
  const server = await start(store, directory.open());
  const [scope = assert.fail()] = scopes;
  const put = (name: string) =>
    server.ledger.transact((transaction) =>
      transaction.put(notes, { ...scope, name, sealed: server.vault.seal(Buffer.from('v'), `note ${name}`) }),
    );
  put('only');
  await store.settled();
  const lost = Promise.withResolvers<void>();
  const { addKey } = server.vault;
  server.vault.addKey = async () => {
    await addKey.call(server.vault);
    store.commit = () => lost.promise;
    store.settled = () => lost.promise;
    server.ledger.transact((transaction) => transaction.delete(notes, scope, 'only'));
  };
  return { server, lose: () => lost.reject(new CommitFailed('disk-full', 'full')) };
}

test('a key stays until it is durable that nothing needs it: a deletion that fails brings its value back', async () => {
  using directory = new VaultDirectory();
  const store = await newStore();
  const { commit, settled } = store;
  const { server, lose } = await losingItsOnlyValue(directory, store);
  const rotated = server.rotation.rotate();
  const refused = assert.rejects(rotated, CommitFailed);
  // A rotation that does not wait for the store has ended by then; one that does has not.
  while (server.vault.retiredKeys.length === 0) await nextTurn();
  lose();
  await refused;
  Object.assign(store, { commit, settled });
  assert.deepEqual(await everyValue(store, directory.open()), ['v']);
});

test('a rotation that is paused while a backup holds the keys ends there, and the next one drops them', async () => {
  using directory = new VaultDirectory();
  const store = await newStore();
  const server = await start(store, directory.open());
  put(server, 1);
  const copied = Promise.withResolvers<void>();
  const held = server.vault.holdKeys(() => copied.promise);
  const atDrop = Promise.withResolvers<void>();
  const { dropKeys } = server.vault;
  server.vault.dropKeys = (unneeded) => {
    atDrop.resolve();
    return dropKeys.call(server.vault, unneeded);
  };
  const refused = assert.rejects(server.rotation.rotate(), CommitFailed);
  await atDrop.promise;
  server.rotation.pause();
  // What goes on afterwards does not wake what was stopped.
  await Promise.all([server.rotation.begin(), held, refused, copied.resolve()]);
  await server.rotation.idle();
  assert.deepEqual(directory.open().retiredKeys, []);
  assert.equal((await everyValue(store, directory.open())).length, 2);
});

test('a server that may change nothing does not write the file of keys', async () => {
  using directory = new VaultDirectory();
  const server = await start(await newStore(), directory.open());
  const key = directory.open().currentKey;
  server.ledger.refuseChanges(new CommitFailed('not-leading', 'another leads'));
  await assert.rejects(server.rotation.rotate(), /another leads/);
  assert.deepEqual([directory.open().currentKey, directory.open().retiredKeys], [key, []]);
});

test('a slice bounds what is looked at: many values that do not open do not make a long turn', async () => {
  using directory = new VaultDirectory();
  const store = await newStore();
  const server = await start(store, directory.open());
  const [scope = assert.fail()] = scopes;
  server.ledger.transact((transaction) => {
    for (let at = 0; at < 120; at += 1) {
      const sealed = server.vault.seal(Buffer.from('v'), 'elsewhere');
      transaction.put(notes, { ...scope, name: `misplaced ${at}`, sealed });
    }
  });
  put(server, 1);
  const turns: number[] = [];
  let opened = 0;
  const { open } = server.vault;
  server.vault.open = (...given) => {
    if (opened === 0) setImmediate(() => turns.push(opened));
    opened += 1;
    return open.apply(server.vault, given);
  };
  await server.rotation.rotate();
  assert.ok((turns[0] ?? 0) <= 50, `${turns[0]} in one turn`);
  assert.equal(opened, 122);
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

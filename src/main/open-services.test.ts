import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { ManualClock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import type { AccountId, Region } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { SystemRandom } from '../core/random.ts';
import { AttemptSeals, Sessions } from '../iam/index.ts';
import { builtInTypes } from '../instance-types/index.ts';
import { groupDeletionRecords } from '../services/logs/index.ts';
import { openMemoryStore, type Store, withLead } from '../store/index.ts';
import { compileOptions } from './compile-options.ts';
import { openDataDirectory } from './data-directory.ts';
import type { Machine } from './machine.ts';
import { openServices } from './open-services.ts';
import { defaultEngineRecords } from './records.ts';
import { Releasers } from './releasers.ts';

const machine: Machine = {
  ...{ vcpus: 4, memoryMiB: 8_000, files: 1_024, root: false, terminal: false, users: () => [], directory: '/' },
};

/** A store that tells what is asked of it, in order; `loaded` once the last job was read. */
function watched(store: Store, seen: string[]): Store {
  return {
    ...store,
    load: async () => {
      seen.push('load');
      const loaded = await store.load();
      const jobs = async function* () {
        yield* loaded.jobs;
        seen.push('loaded');
      };
      return { ...loaded, jobs: jobs() };
    },
    commit: (changes) => {
      seen.push('commit');
      return store.commit(changes);
    },
  };
}

async function open(store: Store, releasers: Releasers, clock = new ManualClock()) {
  const options = compileOptions({ engine: 'mock', ephemeral: true }, machine);
  const directory = releasers.use(openDataDirectory(options.data), (it) => it.dispose());
  return openServices({
    ...{ options, directory, store, releasers, logger: silentLogger, version: '0.0.0-test' },
    clock,
    random: new SystemRandom(),
    instanceTypes: builtInTypes,
    rootKeyId: 'AKIA',
    sessions: new Sessions('root', new SystemRandom()),
    seals: new AttemptSeals('root'),
    backUpDatabase: async () => {},
    baseUrl: () => 'http://127.0.0.1:9470',
    metrics: new Registry(),
    onFatal: (error) => assert.fail(String(error)),
  });
}

test('nothing is changed between the loading of the store and memory that is full; then the first start is written', async () => {
  const store = await openMemoryStore({ random: new SystemRandom() });
  const releasers = new Releasers();
  try {
    const seen: string[] = [];
    const services = await open(watched(store, seen), releasers);
    assert.deepEqual(seen.slice(0, 2), ['load', 'loaded']);
    assert.equal(seen.includes('commit'), true);
    assert.equal(services.unready(), undefined);
    await store.settled();
    const records = (await store.load()).records.filter(({ type }) => type === defaultEngineRecords.type);
    assert.deepEqual(
      records.map((record) => defaultEngineRecords.fromStored(record).kind),
      ['mock'],
    );
  } finally {
    await releasers.release();
  }
});

test('a start that changes nothing writes nothing of the installation again', async () => {
  const store = await openMemoryStore({ random: new SystemRandom() });
  const first = new Releasers();
  await open(store, first);
  await store.settled();
  await first.release();
  const before = (await store.load()).records;
  const second = new Releasers();
  try {
    await open(store, second);
    await store.settled();
    assert.deepEqual((await store.load()).records, before);
  } finally {
    await second.release();
  }
});

test('a server that finds no room to lead is filled and begins nothing, whatever goes wrong meanwhile; then it leads and begins', async () => {
  const store = await openMemoryStore({ random: new SystemRandom() });
  const releasers = new Releasers();
  const clock = new ManualClock();
  let isFull = true;
  const full: Store = {
    ...store,
    takeLead: () => (isFull ? Promise.reject(new CommitFailed('disk-full', 'no space left')) : store.takeLead()),
  };
  const turns = async () => {
    for (let turn = 0; turn < 30; turn += 1) await nextTurn();
  };
  try {
    const services = await open(full, releasers, clock);
    assert.deepEqual([services.unready(), services.engine.unavailable], [undefined, 'no space left']);
    services.onInternalError(new Error('broken'));
    await services.readable();
    await turns();
    clock.advance(5_000);
    await turns();
    assert.deepEqual((await store.load()).records, []);
    isFull = false;
    clock.advance(5_000);
    const engines = async () =>
      (await store.load()).records.filter(({ type }) => type === defaultEngineRecords.type).length;
    // As long as it takes to begin, files of the directory included.
    while ((await engines()) === 0 || services.unready() !== undefined) await nextTurn();
    assert.equal(await engines(), 1);
  } finally {
    await releasers.release();
  }
});

test('a deletion of a log group that was cut short goes on once a server that found the disk full leads', async () => {
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
  const mark = { ...scope, groupName: 'gone', deletedAt: 1 };
  await store.commit([{ kind: 'record.put', record: groupDeletionRecords.toStored(mark) }]);
  const marks = async () =>
    (await store.load()).records.filter(({ type }) => type === groupDeletionRecords.type).length;
  const releasers = new Releasers();
  const clock = new ManualClock();
  let isFull = true;
  const full: Store = {
    ...store,
    takeLead: () => (isFull ? Promise.reject(new CommitFailed('disk-full', 'no space left')) : store.takeLead()),
  };
  try {
    await open(full, releasers, clock);
    for (let turn = 0; turn < 30; turn += 1) await nextTurn();
    assert.equal(await marks(), 1);
    isFull = false;
    clock.advance(5_000);
    while ((await marks()) > 0) await nextTurn();
  } finally {
    await releasers.release();
  }
});

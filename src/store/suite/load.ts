import assert from 'node:assert/strict';
import { type UnfinishedJob, unfinishedOf } from '../../core/job-record.ts';
import type { LoadedState, Store } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { append, insert, ireland, job, jobId, move, note, trim, virginia } from './samples.ts';

export async function slicesOf(loaded: LoadedState): Promise<(readonly UnfinishedJob[])[]> {
  const slices: (readonly UnfinishedJob[])[] = [];
  for await (const slice of loaded.jobs) slices.push(slice.jobs);
  return slices;
}

async function loadedJobs(store: Store): Promise<UnfinishedJob[]> {
  return (await slicesOf(await store.load())).flat();
}

export function loadTests(home: () => Promise<StoreHome>): void {
  storeTest('a new store is empty', home, async (store) => {
    const { jobs, executions, ...facts } = await store.load();
    const empty = {
      records: [],
      lastFact: 0,
      lastJobNumber: 0,
      sequences: { lowest: 0, highest: 0 },
      cursors: {},
    };
    assert.deepEqual(facts, empty);
    assert.deepEqual(await Array.fromAsync(jobs), []);
    assert.deepEqual(await Array.fromAsync(executions), []);
  });

  storeTest(
    'records come back in order of creation, as they were last put, less those deleted',
    home,
    async (store) => {
      await store.commit([
        { kind: 'record.put', record: note('a') },
        { kind: 'record.put', record: note('b', 1) },
        { kind: 'record.put', record: note('c', 1) },
        { kind: 'record.put', record: note('d', 1, ireland) },
      ]);
      await store.commit([
        { kind: 'record.put', record: note('b', 2) },
        { kind: 'record.delete', type: 'note', scope: virginia, key: 'c' },
        { kind: 'record.delete', type: 'note', scope: virginia, key: 'd' },
        { kind: 'record.delete', type: 'note', scope: virginia, key: 'a' },
        { kind: 'record.put', record: note('a', { deep: [1, 'é', null] }) },
        { kind: 'record.delete', type: 'other', scope: virginia, key: 'a' },
      ]);
      const { records } = await store.load();
      const expected = [note('b', 2), note('d', 1, ireland), note('a', { deep: [1, 'é', null] })];
      assert.deepEqual(records, expected);
    },
  );

  storeTest('more records than fit in one slice all come back', home, async (store) => {
    const names = Array.from({ length: 2_001 }, (_, at) => `name-${String(at).padStart(5, '0')}`);
    await store.commit(names.map((name) => ({ kind: 'record.put', record: note(name) }) as const));
    const { records } = await store.load();
    assert.deepEqual(records.map(({ key }) => key).sort(), names);
  });

  storeTest('jobs that are not terminal come by sequence, whatever their scope', home, async (store) => {
    await store.commit([
      insert(job(3)),
      insert(job(1, { ...ireland })),
      insert(job(2)),
      insert(job(4)),
      move(job(4), 'SUCCEEDED'),
    ]);
    assert.deepEqual(await loadedJobs(store), [job(1, { ...ireland }), job(2), job(3)].map(unfinishedOf));
    assert.deepEqual((await store.load()).sequences, { lowest: 1, highest: 3 });
  });

  storeTest('a retried job comes first when it got a sequence below all others', home, async (store) => {
    await store.commit([insert(job(1)), insert(job(2))]);
    await store.commit([{ ...move(job(2), 'RUNNABLE'), order: -5 } as ReturnType<typeof move>]);
    assert.deepEqual(
      (await loadedJobs(store)).map(({ order }) => order),
      [-5, 1],
    );
    assert.deepEqual((await store.load()).sequences, { lowest: -5, highest: 1 });
  });

  storeTest(
    'jobs come in slices of at most 500, none twice and none missing, equal sequences too',
    home,
    async (store) => {
      const numbers = Array.from({ length: 2_050 }, (_, at) => at + 1);
      await store.commit(numbers.map((number) => insert(job(number, { order: Math.ceil(number / 1_500) }))));
      const slices = await slicesOf(await store.load());
      assert.deepEqual(
        slices.map((slice) => slice.length),
        [500, 500, 500, 500, 50],
      );
      assert.deepEqual(
        slices.flat().map((record) => record.jobId),
        numbers.map(jobId),
      );
    },
  );
}

export function loadFactTests(home: () => Promise<StoreHome>): void {
  storeTest('cursors come back as they were last put', home, async (store) => {
    await store.commit([
      { kind: 'cursor.put', consumer: 'events', cursor: { sequence: 4, part: 7 } },
      { kind: 'cursor.put', consumer: 'states', cursor: { sequence: 2, part: 0 } },
    ]);
    await store.commit([{ kind: 'cursor.put', consumer: 'events', cursor: { sequence: 9 } }]);
    assert.deepEqual((await store.load()).cursors, { events: { sequence: 9 }, states: { sequence: 2, part: 0 } });
  });

  storeTest('the last fact is remembered when the log has been trimmed to nothing', home, async (store) => {
    await store.commit([append(1), append(2), append(3)]);
    assert.equal((await store.load()).lastFact, 3);
    await store.commit([trim(3, 100)]);
    assert.equal((await store.load()).lastFact, 3);
  });
}

import assert from 'node:assert/strict';
import type { LoadedState, Store } from '../contract.ts';
import type { JobRecord, ResourceRecord } from '../records.ts';
import { type StoreHome, storeTest } from './home.ts';
import { append, insert, ireland, job, jobId, move, setting, virginia } from './samples.ts';

export async function slicesOf(loaded: LoadedState): Promise<(readonly JobRecord[])[]> {
  const slices: (readonly JobRecord[])[] = [];
  for await (const slice of loaded.jobs) slices.push(slice);
  return slices;
}

async function loadedJobs(store: Store): Promise<JobRecord[]> {
  return (await slicesOf(await store.load())).flat();
}

export function loadTests(home: () => Promise<StoreHome>): void {
  storeTest('a new store is empty', home, async (store) => {
    const { jobs, executions, ...facts } = await store.load();
    const empty = { resources: [], lastTransition: 0, sequences: { lowest: 0, highest: 0 }, cursors: {} };
    assert.deepEqual(facts, empty);
    assert.deepEqual(await Array.fromAsync(jobs), []);
    assert.deepEqual(await Array.fromAsync(executions), []);
  });

  storeTest(
    'resources come back in order of creation, as they were last put, less those deleted',
    home,
    async (store) => {
      await store.commit([
        { kind: 'resource.put', record: setting('a') },
        { kind: 'resource.put', record: setting('b', 1) },
        { kind: 'resource.put', record: setting('c', 1) },
        { kind: 'resource.put', record: setting('d', 1, ireland) },
      ]);
      await store.commit([
        { kind: 'resource.put', record: setting('b', 2) },
        { kind: 'resource.delete', type: 'setting', scope: virginia, key: 'c' },
        { kind: 'resource.delete', type: 'setting', scope: virginia, key: 'd' },
        { kind: 'resource.delete', type: 'setting', scope: virginia, key: 'a' },
        { kind: 'resource.put', record: setting('a', { deep: [1, 'é', null] }) },
        { kind: 'resource.delete', type: 'logGroup', scope: virginia, key: 'a' },
      ]);
      const { resources } = await store.load();
      const expected = [setting('b', 2), setting('d', 1, ireland), setting('a', { deep: [1, 'é', null] })];
      assert.deepEqual(resources, expected);
    },
  );

  storeTest('a revision of a definition is a resource of its own', home, async (store) => {
    const revision = (number: number): ResourceRecord => ({
      ...virginia,
      formatVersion: 1,
      type: 'jobDefinition',
      name: 'render',
      revision: number,
      arn: `arn:${number}`,
      status: 'ACTIVE',
      request: { type: 'container' },
      tags: {},
      createdAt: 1,
    });
    await store.commit([1, 2].map((number) => ({ kind: 'resource.put', record: revision(number) }) as const));
    await store.commit([{ kind: 'resource.delete', type: 'jobDefinition', scope: virginia, key: 'render:1' }]);
    assert.deepEqual((await store.load()).resources, [revision(2)]);
  });

  storeTest('more resources than fit in one slice all come back', home, async (store) => {
    const names = Array.from({ length: 2_001 }, (_, at) => `name-${String(at).padStart(5, '0')}`);
    await store.commit(names.map((name) => ({ kind: 'resource.put', record: setting(name) }) as const));
    const { resources } = await store.load();
    assert.deepEqual(resources.map(({ name }) => name).sort(), names);
  });

  storeTest('jobs that are not terminal come by sequence, whatever their scope', home, async (store) => {
    await store.commit([
      insert(job(3)),
      insert(job(1, { ...ireland })),
      insert(job(2)),
      insert(job(4)),
      move(job(4), 'SUCCEEDED'),
    ]);
    assert.deepEqual(await loadedJobs(store), [job(1, { ...ireland }), job(2), job(3)]);
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
    'jobs come in slices of at most 1,000, none twice and none missing, equal sequences too',
    home,
    async (store) => {
      const numbers = Array.from({ length: 2_050 }, (_, at) => at + 1);
      await store.commit(numbers.map((number) => insert(job(number, { order: Math.ceil(number / 1_500) }))));
      const slices = await slicesOf(await store.load());
      assert.deepEqual(
        slices.map((slice) => slice.length),
        [1_000, 1_000, 50],
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
      { kind: 'cursor.put', consumer: 'events', sequence: 4 },
      { kind: 'cursor.put', consumer: 'states', sequence: 2 },
    ]);
    await store.commit([{ kind: 'cursor.put', consumer: 'events', sequence: 9 }]);
    assert.deepEqual((await store.load()).cursors, { events: 9, states: 2 });
  });

  storeTest('the last transition is remembered when the log has been trimmed to nothing', home, async (store) => {
    await store.commit([append(1), append(2), append(3)]);
    assert.equal((await store.load()).lastTransition, 3);
    await store.commit([{ kind: 'transition.trim', through: 3, limit: 100 }]);
    assert.equal((await store.load()).lastTransition, 3);
  });
}

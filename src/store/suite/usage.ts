import assert from 'node:assert/strict';
import type { UsageRecord } from '../records.ts';
import { type StoreHome, storeTest } from './home.ts';
import { definitionArn, ireland, queueArn, virginia } from './samples.ts';

const hour = 3_600_000;

/** What one attempt of ten seconds took that ended in the hour `at`. */
export function usageOf(at: number, given: Partial<UsageRecord> = {}): UsageRecord {
  const sums = {
    attempts: 1,
    seconds: 10,
    vcpuSeconds: 5,
    memoryMiBSeconds: 1_280,
    gpuSeconds: 0,
    cpuSeconds: 0.25,
    peakMemoryBytes: 7,
  };
  const of = { jobQueueArn: queueArn('q'), jobDefinitionArn: definitionArn('render:1') };
  return { ...virginia, hour: at * hour, ...of, ...sums, ...given };
}

const all = { scope: virginia, from: 0, to: 1e15, limit: 100 };

export function usageTests(home: () => Promise<StoreHome>): void {
  storeTest('what attempts took adds up by hour, queue, definition, share and user', home, async (store) => {
    const kinds = [{}, { shareIdentifier: 'blue' }, { principal: 'arn:me' }, { jobQueueArn: queueArn('p') }];
    const records = kinds.map((given) => usageOf(1, given));
    await store.commit([...records, ...records, usageOf(1, ireland)].map((record) => ({ kind: 'usage.add', record })));
    await store.commit([
      { kind: 'usage.add', record: usageOf(1, { seconds: 0.5, cpuSeconds: 0, peakMemoryBytes: 9 }) },
    ]);
    const twice = { attempts: 2, seconds: 20, vcpuSeconds: 10, memoryMiBSeconds: 2_560, cpuSeconds: 0.5 };
    const [first, ...rest] = records.map((record, at) => ({ ...record, ...twice, position: at + 1 }));
    const grown = { attempts: 3, seconds: 20.5, vcpuSeconds: 15, memoryMiBSeconds: 3_840, peakMemoryBytes: 9 };
    assert.deepEqual(await store.reads.usage(all), [{ ...first, ...grown }, ...rest]);
  });

  storeTest('the oldest usage goes in slices, of every scope, and only what is older', home, async (store) => {
    const records = [2, 1, 3].flatMap((at) => [usageOf(at), usageOf(at, ireland)]);
    await store.commit(records.map((record) => ({ kind: 'usage.add', record })));
    const left = async () => {
      const [here, there] = await Promise.all([virginia, ireland].map((scope) => store.reads.usage({ ...all, scope })));
      return [here, there].map((rows) => rows?.map((row) => row.hour / hour));
    };
    assert.equal(await store.reads.oldestUsage(), hour);
    await store.commit([{ kind: 'usage.trim', before: 3 * hour, limit: 3 }]);
    assert.equal(await store.reads.oldestUsage(), 2 * hour);
    assert.deepEqual(await left(), [[3], [2, 3]]);
    await store.commit([{ kind: 'usage.trim', before: 3 * hour, limit: 3 }]);
    assert.deepEqual(await left(), [[3], [3]]);
  });

  storeTest('usage is read by hours, oldest first, in pages', home, async (store) => {
    const queues = ['p', 'q', 'r'];
    const changes = [3, 1, 2].flatMap((at) =>
      queues.map((queue) => ({ kind: 'usage.add', record: usageOf(at, { jobQueueArn: queueArn(queue) }) }) as const),
    );
    await store.commit(changes);
    const hours = async (query: Partial<typeof all> & { after?: { hour: number; position: number } }) =>
      (await store.reads.usage({ ...all, ...query })).map((row) => [row.hour / hour, row.position]);
    assert.deepEqual(
      (await hours({})).map(([at]) => at),
      [1, 1, 1, 2, 2, 2, 3, 3, 3],
    );
    assert.deepEqual(await hours({ from: 2 * hour, to: 3 * hour }), [
      [2, 7],
      [2, 8],
      [2, 9],
    ]);
    assert.deepEqual(await hours({ limit: 2, after: { hour, position: 5 } }), [
      [1, 6],
      [2, 7],
    ]);
    assert.deepEqual(await hours({ from: 2 * hour, limit: 1, after: { hour, position: 5 } }), [[2, 7]]);
  });
}

import assert from 'node:assert/strict';
import type { Store } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { putChunk, putRecent } from './samples.ts';

async function recent(store: Store): Promise<number[]> {
  return (await store.reads.recentPoints({ after: 0, limit: 100 })).map(({ id }) => id);
}

async function starts(store: Store, series = 1): Promise<number[]> {
  const query = { series, resolution: 60, from: 0, before: 1e9, limit: 100 } as const;
  return (await store.reads.metricChunks(query)).map(({ start }) => start);
}

export function metricTests(home: () => Promise<StoreHome>): void {
  storeTest(
    'points that were put come by their ids, whole, slice by slice, and go from the front',
    home,
    async (store) => {
      await store.commit([putRecent(3), putRecent(1), putRecent(2)]);
      assert.deepEqual(
        (await store.reads.recentPoints({ after: 1, limit: 1 })).map(({ id, points }) => [id, [...points]]),
        [[2, [2, 7]]],
      );
      await store.commit([{ kind: 'metricRecent.trim', through: 2, limit: 1 }]);
      assert.deepEqual(await recent(store), [2, 3]);
      await store.commit([{ kind: 'metricRecent.trim', through: 2, limit: 9 }]);
      assert.deepEqual(await recent(store), [3]);
    },
  );

  storeTest('a chunk takes the place of the one before, and is found by its series and time', home, async (store) => {
    await store.commit([putChunk(1, 240), putChunk(1, 120), putChunk(2, 120), putChunk(1, 120, { resolution: 300 })]);
    await store.commit([putChunk(1, 120, { through: 9, points: Uint8Array.of(4, 5) })]);
    const found = await store.reads.metricChunks({ series: 1, resolution: 60, from: 120, before: 240, limit: 9 });
    assert.deepEqual(
      found.map(({ points, ...rest }) => ({ ...rest, points: [...points] })),
      [{ series: 1, resolution: 60, start: 120, through: 9, points: [4, 5] }],
    );
    const places = [120, 180, 240].map((start) => ({ series: 1, resolution: 60, start }) as const);
    assert.deepEqual(await store.reads.metricThroughs(places), [9, 0, 1]);
    assert.equal(await store.reads.metricBytes(), 5);
  });

  storeTest('chunks of one resolution go by age, the oldest first', home, async (store) => {
    await store.commit([putChunk(1, 240), putChunk(2, 60), putChunk(1, 120), putChunk(1, 60, { resolution: 300 })]);
    assert.equal(await store.reads.oldestMetricChunk(60), 60);
    await store.commit([{ kind: 'metricChunk.trim', resolution: 60, before: 240, limit: 1 }]);
    assert.deepEqual([await starts(store, 2), await starts(store)], [[], [120, 240]]);
    await store.commit([{ kind: 'metricChunk.trim', resolution: 60, before: 240, limit: 9 }]);
    assert.deepEqual([await starts(store), await store.reads.metricBytes()], [[240], 2]);
    assert.equal(await store.reads.oldestMetricChunk(3600), undefined);
  });
}

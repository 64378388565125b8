import assert from 'node:assert/strict';
import type { Store } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { ireland, virginia, waiting } from './samples.ts';

async function keys(store: Store, lane: string, limit = 10): Promise<string[]> {
  const items = await store.reads.laneItems({ of: 'post', lane, limit });
  return items.map(({ key, dueAt, tries }) => `${key} ${dueAt} ${tries}`);
}

export function laneTests(home: () => Promise<StoreHome>): void {
  storeTest('what waits in a lane comes by time and key, whole, up to a limit', home, async (store) => {
    const items = [
      waiting('b', { dueAt: 5 }),
      waiting('a', { dueAt: 5, ...ireland }),
      waiting('c', { text: 'é \u0000 "' }),
      waiting('d', { lane: 'b' }),
      waiting('e', { of: 'other' }),
    ];
    await store.commit(items.map((item) => ({ kind: 'lane.put', item })));
    assert.deepEqual(await store.reads.laneItems({ of: 'post', lane: 'a', limit: 10 }), [items[2], items[1], items[0]]);
    assert.deepEqual(await keys(store, 'a', 2), ['c 1 0', 'a 5 0']);
    assert.deepEqual(await keys(store, 'unknown'), []);
  });

  storeTest('what waits again moves in its lane, and goes once deleted', home, async (store) => {
    await store.commit(['a', 'b', 'c'].map((key) => ({ kind: 'lane.put', item: waiting(key) })));
    await store.commit([
      { kind: 'lane.again', of: 'post', key: 'a', dueAt: 9, tries: 3 },
      { kind: 'lane.delete', of: 'post', key: 'b' },
      { kind: 'lane.again', of: 'post', key: 'b', dueAt: 9, tries: 3 },
      { kind: 'lane.delete', of: 'post', key: 'never there' },
    ]);
    assert.deepEqual(await keys(store, 'a'), ['c 1 0', 'a 9 3']);
  });

  storeTest('how much waits is known by kind and scope', home, async (store) => {
    const total = (scope = virginia, of = 'post') => store.reads.laneTotal({ of, scope });
    assert.deepEqual(await total(), { items: 0, size: 0 });
    const items = [
      waiting('a', { text: '\u{1F600}' }),
      waiting('b', { lane: 'b', text: 'xyz' }),
      waiting('c', ireland),
    ];
    await store.commit(items.map((item) => ({ kind: 'lane.put', item })));
    assert.deepEqual(
      [await total(), await total(ireland), await total(virginia, 'other')],
      [
        { items: 2, size: 5 },
        { items: 1, size: 1 },
        { items: 0, size: 0 },
      ],
    );
    await store.commit([
      { kind: 'lane.put', item: waiting('a', { text: 'longer' }) },
      { kind: 'lane.again', of: 'post', key: 'b', dueAt: 2, tries: 1 },
      { kind: 'lane.delete', of: 'post', key: 'c' },
      { kind: 'lane.delete', of: 'post', key: 'c' },
    ]);
    assert.deepEqual(
      [await total(), await total(ireland)],
      [
        { items: 2, size: 9 },
        { items: 0, size: 0 },
      ],
    );
  });
}

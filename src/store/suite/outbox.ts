import assert from 'node:assert/strict';
import type { Store } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { append, transition } from './samples.ts';

async function sequences(store: Store, after = 0, limit = 100): Promise<number[]> {
  return (await store.reads.transitions({ after, limit })).map((record) => record.sequence);
}

export function outboxTests(home: () => Promise<StoreHome>): void {
  storeTest('transitions come back whole, in order, after a cursor and up to a limit', home, async (store) => {
    const first = transition(1, { reason: 'why', indexes: { first: 0, last: 9 } });
    const { from: _none, ...second } = transition(2);
    await store.commit([{ kind: 'transition', record: second }, append(3)]);
    await store.commit([{ kind: 'transition', record: first }]);
    assert.deepEqual(await store.reads.transitions({ after: 0, limit: 2 }), [first, second]);
    assert.deepEqual(await sequences(store, 2), [3]);
    assert.deepEqual(await sequences(store, 3), []);
  });

  storeTest('a sequence is taken once', home, async (store) => {
    await store.commit([append(1)]);
    await assert.rejects(store.commit([append(1)]));
  });

  storeTest('trimming deletes the oldest up to a sequence, at most so many at a time', home, async (store) => {
    await store.commit([1, 2, 3, 4, 5].map(append));
    await store.commit([{ kind: 'transition.trim', through: 4, limit: 3 }]);
    assert.deepEqual(await sequences(store), [4, 5]);
    await store.commit([{ kind: 'transition.trim', through: 4, limit: 3 }]);
    assert.deepEqual(await sequences(store), [5]);
    await store.commit([{ kind: 'transition.trim', through: 4, limit: 3 }]);
    assert.deepEqual(await sequences(store), [5]);
  });
}

import assert from 'node:assert/strict';
import { type StoreHome, storeTest } from './home.ts';
import { due } from './samples.ts';

export function dueTests(home: () => Promise<StoreHome>): void {
  storeTest('work comes by time and key, of one kind, up to a limit', home, async (store) => {
    await store.commit([due('b', 5), due('a', 5, 'long'), due('c', 1), due('other', 0, '', 'another kind')]);
    const rows = await store.reads.due({ of: 'work', limit: 10 });
    assert.deepEqual(rows, [
      { key: 'c', dueAt: 1, text: 'text' },
      { key: 'a', dueAt: 5, text: 'long' },
      { key: 'b', dueAt: 5, text: 'text' },
    ]);
    assert.equal((await store.reads.due({ of: 'work', limit: 2 })).length, 2);
    assert.deepEqual(await store.reads.due({ of: 'unknown', limit: 2 }), []);
  });

  storeTest('work that is hastened comes earlier, and never later', home, async (store) => {
    const hasten = (key: string, dueAt: number, text: string) =>
      ({ ...due(key, dueAt, text), kind: 'due.hasten' }) as const;
    await store.commit([hasten('new', 5, 'first'), due('a', 5), due('b', 5), due('c', 5)]);
    await store.commit([hasten('a', 4, 'earlier'), hasten('b', 5, 'as early'), hasten('c', 6, 'later')]);
    assert.deepEqual(await store.reads.due({ of: 'work', limit: 10 }), [
      { key: 'a', dueAt: 4, text: 'earlier' },
      { key: 'b', dueAt: 5, text: 'text' },
      { key: 'c', dueAt: 5, text: 'text' },
      { key: 'new', dueAt: 5, text: 'first' },
    ]);
  });

  storeTest('work under the same key takes the place of what was there, and goes once deleted', home, async (store) => {
    await store.commit([due('a', 1), due('b', 2)]);
    await store.commit([due('a', 3, 'later'), { kind: 'due.delete', of: 'work', key: 'b' }]);
    await store.commit([{ kind: 'due.delete', of: 'work', key: 'never there' }]);
    const rows = await store.reads.due({ of: 'work', limit: 10 });
    assert.deepEqual(rows, [{ key: 'a', dueAt: 3, text: 'later' }]);
  });
}

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

  storeTest('work under the same key takes the place of what was there, and goes once deleted', home, async (store) => {
    await store.commit([due('a', 1), due('b', 2)]);
    await store.commit([due('a', 3, 'later'), { kind: 'due.delete', of: 'work', key: 'b' }]);
    await store.commit([{ kind: 'due.delete', of: 'work', key: 'never there' }]);
    const rows = await store.reads.due({ of: 'work', limit: 10 });
    assert.deepEqual(rows, [{ key: 'a', dueAt: 3, text: 'later' }]);
  });
}

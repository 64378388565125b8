import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SortedList } from './sorted-list.ts';

const numbers = (list: SortedList<number>, reached: (row: number) => boolean = () => true) => [...list.from(reached)];

test('a list is sorted and complete whatever was added and removed, over many chunks', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { maxLength: 2_000, size: 'max' }), fc.nat(5), (values, keepEvery) => {
      const list = new SortedList<number>((a, b) => a - b);
      for (const value of values) list.add(value);
      const removed = values.filter((_, at) => at % (keepEvery + 1) !== 0);
      for (const value of removed) list.remove(value);
      const kept = values.filter((_, at) => at % (keepEvery + 1) === 0).sort((a, b) => a - b);
      assert.deepEqual(numbers(list), kept);
      assert.equal(list.size, kept.length);
      assert.equal(list.last, kept.at(-1));
    }),
    { numRuns: 30 },
  );
});

test('reading begins at the first row that is reached, in whatever chunk it is', () => {
  const list = new SortedList<number>((a, b) => a - b);
  for (let value = 3_000; value > 0; value -= 1) list.add(value);
  for (const start of [1, 511, 512, 513, 1_700, 3_000]) {
    assert.deepEqual(numbers(list, (row) => row >= start)[0], start);
    assert.equal(numbers(list, (row) => row >= start).length, 3_001 - start);
  }
  assert.deepEqual(
    numbers(list, (row) => row > 3_000),
    [],
  );
});

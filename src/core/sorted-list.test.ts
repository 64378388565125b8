import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SortedList } from './sorted-list.ts';

const numbers = (list: SortedList<number>, reached: (row: number) => boolean = () => true) => [...list.from(reached)];

test('a list is sorted and complete whatever was added and removed, over many chunks', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { maxLength: 4_000, size: 'max' }), fc.nat(5), (values, keepEvery) => {
      const list = new SortedList<number>((a, b) => a - b);
      for (const value of values) list.add(value);
      const removed = values.filter((_, at) => at % (keepEvery + 1) !== 0);
      for (const value of removed) assert.equal(list.remove(value), true);
      const kept = values.filter((_, at) => at % (keepEvery + 1) === 0).sort((a, b) => a - b);
      assert.deepEqual(numbers(list), kept);
      assert.equal(list.size, kept.length);
      assert.deepEqual([list.first, list.last], [kept[0], kept.at(-1)]);
      for (const [index, value] of kept.entries()) assert.equal(list.positionOf(value), index + 1);
      for (const value of removed) assert.equal(list.remove(value), false);
      assert.equal(list.size, kept.length);
    }),
    { numRuns: 30 },
  );
});

test('reading begins at the first row that is reached, in whatever chunk it is', () => {
  const list = new SortedList<number>((a, b) => a - b);
  for (let value = 3_000; value > 0; value -= 1) list.add(value);
  for (const start of [1, 511, 512, 513, 1_023, 1_024, 1_025, 1_700, 3_000]) {
    assert.deepEqual(numbers(list, (row) => row >= start)[0], start);
    assert.equal(numbers(list, (row) => row >= start).length, 3_001 - start);
    assert.equal(
      list.firstFrom((row) => row >= start),
      start,
    );
  }
  assert.equal(
    list.firstFrom((row) => row > 3_000),
    undefined,
  );
  assert.deepEqual(
    numbers(list, (row) => row > 3_000),
    [],
  );
});

test('rows that come in order fill their chunks, and one that comes late finds its place', () => {
  const list = new SortedList<number>((a, b) => a - b);
  for (let value = 0; value < 10_000; value += 2) list.add(value);
  list.add(2_047);
  list.add(-1);
  assert.deepEqual([list.first, list.positionOf(2_047), list.positionOf(9_998)], [-1, 1_026, 5_002]);
});

test('a row takes the place of its earlier version', () => {
  const list = new SortedList<readonly [key: number, text: string]>(([a], [b]) => a - b);
  for (let key = 0; key < 3_000; key += 1) list.add([key, 'old']);
  list.replace([2_500, 'new']);
  const [found] = list.from(([key]) => key >= 2_500);
  assert.deepEqual([found, list.size], [[2_500, 'new'], 3_000]);
});

test('rows are read backwards from any place, over the cuts between chunks', () => {
  const list = new SortedList<number>((left, right) => left - right);
  for (let row = 0; row < 5_000; row += 1) list.add((row * 7) % 5_000);
  for (const end of [0, 1, 511, 512, 1_024, 2_500, 4_999, 5_000]) {
    const rows = [...list.backFrom((row) => row >= end)];
    assert.deepEqual(
      rows,
      Array.from({ length: end }, (_, at) => end - 1 - at),
    );
  }
});

test('all rows are read in order and backwards, over the cuts between chunks', () => {
  const list = new SortedList<number>((left, right) => left - right);
  const rows = Array.from({ length: 5_000 }, (_, row) => row);
  for (const row of rows) list.add((row * 7) % 5_000);
  assert.deepEqual([...list.rows()], rows);
  assert.deepEqual([...list.rowsBack()], rows.toReversed());
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTaken, type MapRow, mapOf, rowsOf } from './map-rows.ts';

test('rows make a map, and one whose key is missing or taken stands there without', () => {
  assert.equal(mapOf([]), undefined);
  assert.deepEqual(
    mapOf([
      ['a', '1'],
      ['', ''],
    ]),
    { a: '1', '': '' },
  );
  const typed: readonly MapRow[] = [
    ['a', '1'],
    ['a', '2'],
  ];
  assert.deepEqual(mapOf(typed), { a: '1', '': '2' });
  assert.deepEqual([isTaken(typed, 0), isTaken(typed, 1)], [false, true]);
});

test('what is typed stays as long as it stands for the value, and gives way to another', () => {
  const typed: readonly MapRow[] = [
    ['a', '1'],
    ['a', '2'],
  ];
  assert.equal(rowsOf({ a: '1', '': '2' }, typed), typed);
  assert.deepEqual(rowsOf({ b: '3' }, typed), [['b', '3']]);
  assert.deepEqual(rowsOf(undefined, typed), []);
});

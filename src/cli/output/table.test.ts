import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration } from './duration.ts';
import { formatTable } from './table.ts';

const columns = [
  { heading: 'ID', text: (row: readonly string[]) => row[0] ?? '' },
  { heading: 'REASON', text: (row: readonly string[]) => row[1] ?? '' },
];

test('columns are as wide as their widest cell, and nothing trails', () => {
  assert.deepEqual(
    formatTable(columns, [
      ['long-id', 'x'],
      ['b', ''],
    ]),
    ['ID       REASON', 'long-id  x', 'b'],
  );
});

test('a cell stays on its line, and a line within the terminal', () => {
  assert.deepEqual(formatTable(columns, [['a', 'one\n  two three']], 12), ['ID  REASON', 'a   one two']);
});

test('a style is applied to the padded text, so that colours do not shift columns', () => {
  const styled = [{ heading: 'ID', text: () => 'a', style: (text: string) => `<${text}>` }, ...columns.slice(1)];
  assert.deepEqual(formatTable(styled, [['', 'r']]), ['ID  REASON', '<a   >r']);
});

test('a duration shows its two largest units', () => {
  assert.deepEqual([0, 59_999, 61_000, 3_660_000, 90_000_000].map(formatDuration), [
    '0s',
    '59s',
    '1m 1s',
    '1h 1m',
    '1d 1h',
  ]);
});

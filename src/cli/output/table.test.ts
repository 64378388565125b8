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

test('a cell stays on its line, and a line within the terminal, with a sign where it is cut', () => {
  const rows = [['a', 'one\n  two three']];
  assert.deepEqual(formatTable(columns, rows, 17), ['ID  REASON', 'a   one two three']);
  const long = 'a text of more than 24 characters';
  assert.deepEqual(formatTable(columns, [['a', long]], 28), ['ID  REASON', 'a   a text of more than 24…']);
});

test('a terminal whose width is unknown cuts nothing', () => {
  const rows = [['a', 'one two three']];
  assert.deepEqual(formatTable(columns, rows, 0), formatTable(columns, rows));
  assert.deepEqual(formatTable(columns, rows, 0)[1], 'a   one two three');
});

test('where there is little room columns yield, and then the last one goes beneath', () => {
  const narrow = [
    { heading: 'ID', text: () => 'id-of-ten-' },
    { heading: 'QUEUE', text: () => 'default', yields: 1 },
    { heading: 'TOOK', text: () => '1m 10s', yields: 2 },
    { heading: 'REASON', text: (reason: string) => reason },
  ];
  const reason = 'Essential container in task exited';
  const at = (width: number) => formatTable(narrow, [reason, ''], width).slice(0, 3);
  const [wide, middle, under, least] = [64, 45, 30, 12].map(at);
  assert.deepEqual(wide?.slice(0, 2), [
    'ID          QUEUE    TOOK    REASON',
    'id-of-ten-  default  1m 10s  Essential container in task exited',
  ]);
  assert.deepEqual(middle?.slice(0, 2), [
    'ID          TOOK    REASON',
    'id-of-ten-  1m 10s  Essential container in t…',
  ]);
  assert.deepEqual(under, [
    'ID          QUEUE    TOOK',
    'id-of-ten-  default  1m 10s',
    '  Essential container in task…',
  ]);
  assert.deepEqual(least, ['ID', 'id-of-ten-', '  Essential…']);
  assert.deepEqual(formatTable(narrow, [''], 30)[1], 'id-of-ten-  1m 10s');
});

test('where not even the fewest columns fit, the widest goes beneath too, and makes room for others', () => {
  const status = { heading: 'STATUS', text: () => 'FAILED' };
  const took = { heading: 'TOOK', text: () => '3s', yields: 1 };
  const id = { heading: 'ID', text: () => 'id-of-sixteen---' };
  const why = { heading: 'REASON', text: () => 'Essential container in task exited' };
  assert.deepEqual(formatTable([id, status, took, why], [0], 20), [
    'STATUS  TOOK',
    'FAILED  3s',
    '  id-of-sixteen---',
    '  Essential contain…',
  ]);
  const share = { heading: '%', text: () => '78%', stays: true } as const;
  assert.deepEqual(formatTable([id, status, share], [0], 20), ['STATUS  %', 'FAILED  78%', '  id-of-sixteen---']);
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

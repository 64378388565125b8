import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countStates, rangeWords, readStates, selectChildren } from './child-states.ts';

const states = Buffer.from('562460', 'hex').toString('base64');

test('four bits a child are read by index, and counted by status', () => {
  const codes = readStates(states, 5);
  assert.deepEqual([...codes], [5, 6, 2, 4, 6]);
  assert.deepEqual(countStates(codes), [
    ['RUNNABLE', 1],
    ['RUNNING', 1],
    ['SUCCEEDED', 1],
    ['FAILED', 2],
  ]);
});

test('children are selected by status and by ranges, and never beyond the array', () => {
  const codes = readStates(states, 5);
  assert.deepEqual(selectChildren(codes, {}), [0, 1, 2, 3, 4]);
  assert.deepEqual(selectChildren(codes, { status: 'FAILED' }), [1, 4]);
  assert.deepEqual(selectChildren(codes, { status: 'NONE' }), []);
  assert.deepEqual(
    selectChildren(codes, {
      ranges: [
        [0, 1],
        [4, 9],
      ],
    }),
    [0, 1, 4],
  );
  assert.deepEqual(selectChildren(codes, { status: 'FAILED', ranges: [[2, 4]] }), [4]);
});

test('ranges are told up to a limit', () => {
  assert.equal(
    rangeWords(
      [
        [3, 3],
        [17, 20],
        [44, 44],
      ],
      2,
    ),
    '3, 17-20 …',
  );
  assert.equal(rangeWords([[3, 3]], 2), '3');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrayVariables } from './array-variables.ts';

const told = (index: number, size: number) => ({
  AWS_BATCH_JOB_ARRAY_INDEX: String(index),
  AWS_BATCH_JOB_ARRAY_SIZE: String(size),
});

test('a child is told its index and the size of its array, a single job neither', () => {
  assert.deepEqual(arrayVariables(0, 3, undefined), told(0, 3));
  assert.deepEqual(arrayVariables(undefined, undefined, undefined), {});
  assert.deepEqual(arrayVariables(2, 3, { of: 'whole' }), told(2, 3));
});

test('whoever runs a child of another array again is told that one’s index and size', () => {
  const rerun = { of: 'x', children: { size: 10, indexes: [4, 7] } };
  assert.deepEqual(arrayVariables(1, 2, rerun), told(7, 10));
  assert.deepEqual(
    arrayVariables(undefined, undefined, { of: 'x', children: { size: 10, indexes: [9] } }),
    told(9, 10),
  );
});

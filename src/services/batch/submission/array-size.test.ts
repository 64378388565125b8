import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arraySize } from './array-size.ts';

const job = { jobName: 'j', jobQueue: 'q', jobDefinition: 'd' };

test('an array has 2 to 10,000 children; without a size there is none', () => {
  for (const size of [2, 10_000]) assert.equal(arraySize({ ...job, arrayProperties: { size } }), size);
  assert.equal(arraySize({ ...job, arrayProperties: {} }), undefined);
  assert.equal(arraySize(job), undefined);
  for (const size of [-1, 0, 1, 10_001]) {
    const words = { message: new RegExp(`Array size must be between 2 and 10000, got ${size}\\.`) };
    assert.throws(() => arraySize({ ...job, arrayProperties: { size } }), words);
  }
});

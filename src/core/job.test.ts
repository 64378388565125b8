import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from './ids.ts';
import { type JobReference, parseJobId } from './job.ts';

const job = '01234567-89ab-7def-8123-456789abcdef' as JobId;

const ids: readonly (readonly [mark: string, expected: Omit<JobReference, 'jobId'>])[] = [
  ['', {}],
  [':0', { childIndex: 0 }],
  [':9999', { childIndex: 9999 }],
  ['#0', { nodeIndex: 0 }],
  ['#12', { nodeIndex: 12 }],
];
for (const [mark, expected] of ids) {
  test(`job${mark} is read as ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(parseJobId(`${job}${mark}` as JobId), { jobId: job, ...expected });
  });
}

// A child and a node have one id each: policies name them by it.
for (const mark of [':', ':01', ':00', '#01', ':-1', ':1x', ': 1', ':1 ', '#']) {
  test(`job${mark} names neither a child nor a node`, () => {
    const id = `${job}${mark}` as JobId;
    assert.deepEqual(parseJobId(id), { jobId: id });
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProgress } from './array-progress.ts';

test('an array shows what of it is done, failed and running, and a bar that is full only at the end', () => {
  const progress = (statusSummary: Record<string, number>, size = 1000) => formatProgress({ size, statusSummary });
  assert.equal(progress({ RUNNABLE: 1000 }), '[--------------------] 0 of 1000 done');
  assert.equal(
    progress({ SUCCEEDED: 250, RUNNING: 3, STARTING: 1, RUNNABLE: 746 }),
    '[#####---------------] 250 of 1000 done, 4 running',
  );
  assert.equal(
    progress({ SUCCEEDED: 990, FAILED: 9, RUNNING: 1 }),
    '[###################-] 999 of 1000 done, 9 failed, 1 running',
  );
  assert.equal(progress({ SUCCEEDED: 1000 }), '[####################] 1000 of 1000 done');
});

test('in little room the bar gives way, not the numbers', () => {
  const array = { size: 30, statusSummary: { SUCCEEDED: 15, RUNNING: 2 } };
  const words = '15 of 30 done, 2 running';
  assert.equal(formatProgress(array, 37), `[#####-----] ${words}`);
  assert.equal(formatProgress(array, 31), `[##--] ${words}`);
  assert.equal(formatProgress(array, 30), words);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRanges, rangesOf } from './ranges.ts';

test('indexes are shown as ranges, the first of them only, with the number of the rest', () => {
  const ranges = rangesOf([0, 1, 2, 5, 7, 8, 20]);
  assert.equal(formatRanges(ranges, 9), '0-2, 5, 7-8, 20');
  assert.equal(formatRanges(ranges, 2), '0-2, 5, and 3 more');
  assert.equal(formatRanges(rangesOf([]), 2), '');
});

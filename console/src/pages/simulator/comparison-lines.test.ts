import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawComparison, summed } from './comparison-lines.ts';

test('curves of other steps and lengths are drawn on one scale', () => {
  const drawn = drawComparison(
    [
      { name: 'a', step: 10, values: [0, 4, 8] },
      { name: 'b', step: 60, values: [2] },
      { name: 'c', step: 1, values: [] },
    ],
    600,
    100,
  );
  assert.deepEqual([drawn.span, drawn.highest], [60, 8]);
  assert.deepEqual(drawn.curves, [
    { name: 'a', path: 'M50 100L150 50L250 0', most: 8 },
    { name: 'b', path: 'M300 75', most: 2 },
    { name: 'c', path: '', most: 0 },
  ]);
});

test('queues are added up, each as long as it lasts', () => {
  assert.deepEqual(summed([[1, 2], [3]]), [4, 2]);
  assert.deepEqual(summed([]), []);
});

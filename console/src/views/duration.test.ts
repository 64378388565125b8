import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText } from './duration.ts';

test('a span is told in its two largest units, from nothing to days', () => {
  const spans: readonly (readonly [number, string])[] = [
    [-5, '0 s'],
    [999, '0 s'],
    [1000, '1 s'],
    [61_000, '1 min 1 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [3_661_000, '1 h 1 min'],
    [90_000_000, '1 d 1 h'],
    [86_401_000, '1 d'],
  ];
  for (const [milliseconds, words] of spans) assert.equal(durationText(milliseconds), words);
});

import { test } from 'node:test';
import fc from 'fast-check';
import { histories, play } from './histories.fixture.ts';

test('whatever happens in whatever order, jobs are what a naive twin says, stored as they are, and all end', () => {
  fc.assert(
    fc.property(histories, (history) => void play(history)),
    { numRuns: 150 },
  );
});

test('the same where the children of an array are moved a run at a time', () => {
  fc.assert(
    fc.property(histories, (history) => void play(history, 1)),
    { numRuns: 75 },
  );
});

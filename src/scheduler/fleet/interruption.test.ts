import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interruptedAfter } from './interruption.ts';

const month = 30 * 86_400_000;
const ids = Array.from({ length: 20_000 }, (_, at) => `i-${at.toString(16).padStart(17, '0')}`);

test('as many instances of each class are taken back within a month as the class says', () => {
  for (const [interruption, share] of [0.025, 0.075, 0.125, 0.175, 0.25].entries()) {
    const within = ids.filter((id) => interruptedAfter(1, id, interruption) < month).length / ids.length;
    // Four standard deviations.
    assert.ok(Math.abs(within - share) < 4 * Math.sqrt((share * (1 - share)) / ids.length), `${within} of ${share}`);
  }
});

test('interruptions depend on seed and instance alone, and are pinned', () => {
  const [id = ''] = ids;
  assert.equal(interruptedAfter(7, id, 2), interruptedAfter(7, id, 2));
  assert.notEqual(interruptedAfter(7, id, 2), interruptedAfter(8, id, 2));
  const seconds = [0, 4].map((interruption) => Math.round(interruptedAfter(7, id, interruption) / 1_000));
  assert.deepEqual(seconds, [13_899_963, 1_223_283]);
});

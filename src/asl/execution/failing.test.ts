import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Retrier } from '../definition/machine.ts';
import { SeededRandom } from '../json/seeded-random.ts';
import { retryDelay } from './failing.ts';

const retriers = fc.record({
  errorEquals: fc.constant(['E']),
  intervalSeconds: fc.integer({ min: 1, max: 100 }),
  maxAttempts: fc.constant(5),
  backoffRate: fc.double({ min: 1, max: 4, noNaN: true }),
  maxDelaySeconds: fc.option(fc.integer({ min: 101, max: 1000 }), { nil: undefined }),
});

test('With FULL jitter a retry waits between nothing and what it waits without', () => {
  fc.assert(
    fc.property(retriers, fc.nat(20), fc.string(), (retrier, made, seed) => {
      const whole: Retrier = { ...retrier, jitter: 'NONE' };
      const jittered: Retrier = { ...retrier, jitter: 'FULL' };
      const delay = retryDelay(whole, made, new SeededRandom(seed));
      const drawn = retryDelay(jittered, made, new SeededRandom(seed));
      assert.ok(drawn >= 0 && drawn <= delay);
      assert.equal(drawn, retryDelay(jittered, made, new SeededRandom(seed)));
    }),
  );
});

test('No retry waits longer than MaxDelaySeconds', () => {
  fc.assert(
    fc.property(retriers, fc.nat(50), (retrier, made) => {
      const delay = retryDelay({ ...retrier, jitter: 'NONE' }, made, new SeededRandom('s'));
      assert.ok(delay <= (retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY));
      assert.ok(delay >= retrier.intervalSeconds);
    }),
  );
});

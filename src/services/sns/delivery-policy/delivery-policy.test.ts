import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultRetryPolicy, effectivePolicy, parseSubscriptionPolicy, parseTopicPolicy, retryDelay } from './index.ts';
import { backoffFunctions, type RetryPolicy } from './policy.ts';

/** The delays before each retry, in seconds. */
function delaysOf(policy: RetryPolicy): readonly number[] {
  const delays: number[] = [];
  for (let retry = 1; ; retry++) {
    const delay = retryDelay(policy, retry);
    if (delay === undefined) return delays;
    delays.push(delay / 1000);
  }
}

test('by default there are three retries, 20 seconds apart', () => {
  assert.deepEqual(delaysOf(defaultRetryPolicy), [20, 20, 20]);
});

test('immediate retries come first, then the shortest delay, the backoff, and the longest delay', () => {
  const policy = { ...defaultRetryPolicy, minDelayTarget: 1, maxDelayTarget: 10, numRetries: 10 };
  const phases = { numNoDelayRetries: 2, numMinDelayRetries: 2, numMaxDelayRetries: 2 };
  assert.deepEqual(delaysOf({ ...policy, ...phases }), [0, 0, 1, 1, 1, 4, 7, 10, 10, 10]);
});

test('each backoff function has its own way from the shortest to the longest delay', () => {
  const policy = { ...defaultRetryPolicy, minDelayTarget: 1, maxDelayTarget: 16, numRetries: 5 };
  const delays = backoffFunctions.map((backoffFunction) => delaysOf({ ...policy, backoffFunction }));
  assert.deepEqual(delays, [
    [1, 2.5, 5.5, 10, 16],
    [1, 2, 4, 8, 16],
    [1, 2, 4, 8, 16],
    [1, 4.75, 8.5, 12.25, 16],
  ]);
});

const retryPolicy: fc.Arbitrary<RetryPolicy> = fc
  .record({
    minDelayTarget: fc.integer({ min: 1, max: 3600 }),
    longer: fc.integer({ min: 0, max: 3600 }),
    backoffs: fc.integer({ min: 0, max: 40 }),
    numNoDelayRetries: fc.integer({ min: 0, max: 20 }),
    numMinDelayRetries: fc.integer({ min: 0, max: 20 }),
    numMaxDelayRetries: fc.integer({ min: 0, max: 20 }),
    backoffFunction: fc.constantFrom(...backoffFunctions),
  })
  .map(({ longer, backoffs, ...rest }) => ({
    ...rest,
    maxDelayTarget: rest.minDelayTarget + longer,
    numRetries: backoffs + rest.numNoDelayRetries + rest.numMinDelayRetries + rest.numMaxDelayRetries,
  }));

test('delays are as many as retries, never fall, and stay within their bounds', () => {
  fc.assert(
    fc.property(retryPolicy, (policy) => {
      const delays = delaysOf(policy);
      assert.equal(delays.length, policy.numRetries);
      const late = delays.slice(policy.numNoDelayRetries);
      assert.ok(delays.slice(0, policy.numNoDelayRetries).every((delay) => delay === 0));
      assert.ok(late.every((delay) => delay >= policy.minDelayTarget && delay <= policy.maxDelayTarget));
      assert.deepEqual(
        late.toSorted((a, b) => a - b),
        late,
      );
    }),
  );
});

test("a subscription's policy counts before its topic's, unless the topic does not allow that", () => {
  const http = {
    defaultHealthyRetryPolicy: { numRetries: 5 },
    defaultThrottlePolicy: { maxReceivesPerSecond: 7 },
    disableSubscriptionOverrides: false,
  };
  const own = parseSubscriptionPolicy(JSON.stringify({ healthyRetryPolicy: { numRetries: 1 } }));
  const topic = parseTopicPolicy(JSON.stringify({ http }));
  const both = effectivePolicy(topic, own);
  assert.deepEqual([both.retry.numRetries, both.maxReceivesPerSecond], [1, 7]);
  const strict = parseTopicPolicy(JSON.stringify({ http: { ...http, disableSubscriptionOverrides: true } }));
  assert.equal(effectivePolicy(strict, own).retry.numRetries, 5);
  assert.deepEqual(effectivePolicy({}, {}), { retry: defaultRetryPolicy, contentType: 'text/plain; charset=UTF-8' });
});

const refused: readonly (readonly [unknown, RegExp])[] = [
  ['[', /failed to parse JSON/],
  [{ throttlePolicy: {} }, /Unexpected JSON member: throttlePolicy/],
  [{ http: { defaultHealthyRetryPolicy: { numRetries: 101 } } }, /numRetries must be less than or equal to 100/],
  [{ http: { defaultHealthyRetryPolicy: { numRetries: '3' } } }, /numRetries must be an integer/],
  [{ http: { defaultHealthyRetryPolicy: { minDelayTarget: 0 } } }, /minDelayTarget must be greater than or equal to 1/],
  [{ http: { defaultHealthyRetryPolicy: { minDelayTarget: 30 } } }, /maxDelayTarget must be greater than or equal to/],
  [{ http: { defaultHealthyRetryPolicy: { numNoDelayRetries: 4 } } }, /numRetries must be greater than or equal to/],
  [{ http: { defaultHealthyRetryPolicy: { numRetries: 100, maxDelayTarget: 60 } } }, /total delay of all retries/],
  [{ http: { defaultHealthyRetryPolicy: { backoffFunction: 'cubic' } } }, /backoffFunction must be one of/],
  [{ http: { defaultThrottlePolicy: { maxReceivesPerSecond: 0 } } }, /maxReceivesPerSecond must be greater/],
  [{ http: { defaultRequestPolicy: { headerContentType: 'image/png' } } }, /not a supported content type/],
  [{ http: { disableSubscriptionOverrides: 'no' } }, /must be a boolean/],
];

test('a delivery policy that is not right is refused with the path of what is wrong', () => {
  for (const [policy, words] of refused) {
    const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
    assert.throws(() => parseTopicPolicy(text), { code: 'InvalidParameter', message: words });
  }
});

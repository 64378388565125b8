import type { Milliseconds } from '../../../core/ids.ts';
import type { BackoffFunction, RetryPolicy } from './policy.ts';

/** The longest that a policy may have between two tries. */
export const longestRetryDelay: Milliseconds = 3_600_000;

/** How far through the backoff phase's delays a retry is, 0 to 1; `at` counts from 0 to `last`. */
const progress: Readonly<Record<BackoffFunction, (at: number, last: number, ratio: number) => number>> = {
  linear: (at, last) => at / last,
  // Each step is longer than the one before by the same amount.
  arithmetic: (at, last) => (at * (at + 1)) / (last * (last + 1)),
  geometric: (at, last, ratio) => (ratio === 1 ? at / last : (ratio ** (at / last) - 1) / (ratio - 1)),
  exponential: (at, last) => (2 ** at - 1) / (2 ** last - 1),
};

/**
 * How long to wait before retry number `retry` (from 1) of a delivery; undefined if there is none. First come the
 * immediate retries, then those of the shortest delay, then the backoff, then those of the longest delay.
 */
export function retryDelay(policy: RetryPolicy, retry: number): Milliseconds | undefined {
  if (retry > policy.numRetries) return undefined;
  const { numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries, numRetries } = policy;
  const backoffs = numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries;
  const after = retry - numNoDelayRetries;
  if (after <= 0) return 0;
  if (after <= numMinDelayRetries) return policy.minDelayTarget * 1000;
  const at = after - numMinDelayRetries - 1;
  return at < backoffs ? backoffDelay(policy, at, backoffs - 1) : policy.maxDelayTarget * 1000;
}

function backoffDelay(policy: RetryPolicy, at: number, last: number): Milliseconds {
  const { minDelayTarget: shortest, maxDelayTarget: longest, backoffFunction } = policy;
  const share = last === 0 ? 0 : progress[backoffFunction](at, last, longest / shortest);
  return Math.round((shortest + (longest - shortest) * share) * 1000);
}

/** The time that all retries wait together. */
export function totalDelay(policy: RetryPolicy): Milliseconds {
  let total = 0;
  for (let retry = 1; retry <= policy.numRetries; retry++) total += retryDelay(policy, retry) ?? 0;
  return total;
}

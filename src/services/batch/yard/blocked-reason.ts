import { describeReason, type HeadReason } from '../../../scheduler/index.ts';

/**
 * Whether only the owner of a queue can change what blocks it, and in whose words it is told: AWS's are the scheduler's own,
 * what AWS has no words for stands behind its word for what has no cause of its own.
 */
const tellings: { readonly [Kind in HeadReason['kind']]: 'passes' | "AWS's" | 'ours' } = {
  'about-to-start': 'passes',
  'queue-not-accepting': 'passes',
  'compute-environments-at-max-vcpus': 'passes',
  'outranked-by-queue': 'passes',
  'outranked-by-share': 'passes',
  'over-budget': 'passes',
  'engine-unavailable': 'passes',
  'pool-unavailable': 'passes',
  'environments-not-ready': 'passes',
  'pool-capacity': 'passes',
  'consumables-in-use': 'passes',
  'consumables-unobtainable': 'ours',
  'environments-disabled': 'ours',
  'no-such-machine': 'ours',
  'nodes-refused': 'ours',
  'request-exceeds-every-environment': "AWS's",
  'request-exceeds-pool': "AWS's",
  'no-valid-environment': "AWS's",
};

/** Why a queue is blocked, if only its owner can change that. */
export function blockedReason(reason: HeadReason): string | undefined {
  const telling = tellings[reason.kind];
  if (telling === 'passes') return undefined;
  const words = describeReason(reason);
  return telling === "AWS's" ? words : `UNDETERMINED - ${words}`;
}

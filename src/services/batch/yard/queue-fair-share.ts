import type { FairShareSettings } from '../../../scheduler/index.ts';
import type { JobQueueRecord, SchedulingPolicyRecord } from '../records.ts';

/** With the value `queue`, a head of a fair share queue that does not fit keeps back the whole queue, and not only its share. */
const blockingTag = 'batchyard:blocking';

/** How the shares of a queue take turns; undefined where it is first in, first out. `minimum`: of any decay, in seconds. */
export function fairShareOf(
  { schedulingPolicyArn, decays = [], tags }: JobQueueRecord,
  policy: SchedulingPolicyRecord | undefined,
  minimum: number,
): FairShareSettings | undefined {
  if (schedulingPolicyArn === undefined) return undefined;
  const { computeReservation = 0, shareDistribution = [] } = policy?.fairsharePolicy ?? {};
  return {
    decays: decays.map(({ since, seconds }) => ({ since, seconds: Math.max(seconds, minimum) })),
    computeReservation,
    weights: shareDistribution.map(({ shareIdentifier, weightFactor = 1 }) => ({ shareIdentifier, weightFactor })),
    blocking: tags[blockingTag] === 'queue' ? 'queue' : 'share',
  };
}

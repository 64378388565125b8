import { type FairShareSettings, fairShareSettings } from '../../../scheduler/index.ts';
import type { JobQueueRecord, SchedulingPolicyRecord } from '../records.ts';

/** How the shares of a queue take turns; undefined where it is first in, first out. `minimum`: of any decay, in seconds. */
export function fairShareOf(
  { schedulingPolicyArn, decays = [], tags }: JobQueueRecord,
  policy: SchedulingPolicyRecord | undefined,
  minimum: number,
): FairShareSettings | undefined {
  if (schedulingPolicyArn === undefined) return undefined;
  const asFast = decays.map(({ since, seconds }) => ({ since, seconds: Math.max(seconds, minimum) }));
  return fairShareSettings(policy?.fairsharePolicy ?? {}, { decays: asFast, tags });
}

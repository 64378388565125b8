import { parseArn, type Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Decay } from '../../../scheduler/index.ts';
import type { Ledger } from '../../../store/index.ts';
import { findSchedulingPolicy } from '../names.ts';
import type { JobQueueRecord, SchedulingPolicyRecord } from '../records.ts';
import { demand, refuse } from '../refusals.ts';

/** What of a queue says how its shares take turns. */
export type QueuePolicy = Pick<JobQueueRecord, 'schedulingPolicyArn' | 'decays'>;

/** The scheduling policy that a request names for a queue; undefined for none. The words of what is no policy: cdk-preflight. */
export function namedPolicy(
  ledger: Ledger,
  scope: Scope,
  given: string | undefined,
): SchedulingPolicyRecord | undefined {
  if (!given) return undefined;
  const isPolicy = parseArn(given)?.resource.startsWith('scheduling-policy/');
  demand(isPolicy, 'Only scheduling policy Arn can be allowed.');
  return findSchedulingPolicy(ledger, scope, given) ?? refuse(`SchedulingPolicy ${given} not found.`);
}

/**
 * What an update makes of a queue's policy: one can be replaced but never removed, and a queue that was created without never gets
 * one (spec 03 §9.6). No words are reported of AWS.
 */
export function replacedPolicy(
  ledger: Ledger,
  queue: JobQueueRecord,
  given: string | undefined,
  now: EpochMilliseconds,
): QueuePolicy {
  if (given === undefined || given === queue.schedulingPolicyArn) return {};
  const policy = namedPolicy(ledger, queue, given);
  if (!policy && queue.schedulingPolicyArn === undefined) return {};
  demand(policy, 'The scheduling policy of a job queue can be replaced but not removed.');
  if (queue.schedulingPolicyArn === undefined) {
    refuse('A job queue that was created without a scheduling policy can not be given one.');
  }
  const present = findSchedulingPolicy(ledger, queue, queue.schedulingPolicyArn);
  const isAlike = (present?.quotaSharePolicy === undefined) === (policy.quotaSharePolicy === undefined);
  demand(isAlike, 'The scheduling policy of a job queue can be replaced only by one of the same type.');
  return { schedulingPolicyArn: policy.arn, decays: changedDecays(queue.decays, policy, now) };
}

/** Changes of a queue's decay that are kept: whatever was used before faded as the first of them says. */
const keptDecays = 16;

/** What shares have used up to now goes on as it faded until now; from now on all of it fades as the policy says. */
export function changedDecays(
  before: readonly Decay[] = [],
  policy: Pick<SchedulingPolicyRecord, 'fairsharePolicy'>,
  now: EpochMilliseconds,
): readonly Decay[] {
  const [first] = newDecays(policy);
  if (!first || before.at(-1)?.seconds === first.seconds) return before;
  const [oldest, ...others] = [...before, { ...first, since: now }].slice(-keptDecays);
  return oldest ? [{ ...oldest, since: 0 }, ...others] : [];
}

/** Of a queue that nobody has used. */
export function newDecays({ fairsharePolicy }: Pick<SchedulingPolicyRecord, 'fairsharePolicy'>): readonly Decay[] {
  return [{ since: 0, seconds: fairsharePolicy?.shareDecaySeconds ?? 0 }];
}

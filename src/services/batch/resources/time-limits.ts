import type { JobStateTimeLimitAction } from '@aws-sdk/client-batch';
import type { Milliseconds } from '../../../core/ids.ts';
import { blockedWords, insufficientCapacity } from '../../../scheduler/index.ts';
import type { StateTimeLimitAction } from '../records.ts';
import { demand } from '../refusals.ts';

/** What a queue may have done to a job that stays at its head for too long, and for which blocked reasons. */
interface TimeLimitRules {
  readonly action: 'CANCEL' | 'TERMINATE';
  /** The others are not AWS's to act on (spec 06 §8.3). */
  readonly reasons: readonly string[];
}

/** Of queues with compute environments. */
export const computeLimits: TimeLimitRules = {
  action: 'CANCEL',
  reasons: [
    insufficientCapacity.code,
    blockedWords['request-exceeds-every-environment'].code,
    blockedWords['request-exceeds-pool'].code,
    'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS',
    // Both as AWS has them, though nothing here is ever blocked for them.
    'MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED',
  ],
};

/** Of queues of service jobs (AWS's guide, "Automatic remediation with jobStateTimeLimitActions" of SageMaker Training jobs). */
export const serviceLimits: TimeLimitRules = {
  action: 'TERMINATE',
  reasons: [
    insufficientCapacity.code,
    'MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE',
    'MISCONFIGURATION:QUOTA_MANAGEMENT_LIMIT_EXCEEDED',
  ],
};

const seconds = { least: 600, most: 86_400 };

/** Checks `jobStateTimeLimitActions` of a queue. Spec 03 §9.5. The words: cdk-preflight; of reasons and times none are reported. */
export function checkTimeLimitActions(
  actions: readonly JobStateTimeLimitAction[] | undefined,
  { action: valid, reasons }: TimeLimitRules,
): void {
  for (const { reason = '', maxTimeSeconds = 0, action } of actions ?? []) {
    demand(action === valid, `Invalid job action. Valid job actions: [${valid}]`);
    demand(reasons.includes(reason), `Invalid reason. Valid reasons: [${reasons.join(', ')}]`);
    const { least, most } = seconds;
    const fits = maxTimeSeconds >= least && maxTimeSeconds <= most;
    demand(fits, `maxTimeSeconds must be between ${least} and ${most}, got ${maxTimeSeconds}.`);
  }
  const distinct = new Set((actions ?? []).map(({ state, reason }) => `${state}|${reason}`));
  demand(distinct.size === (actions ?? []).length, 'Duplicate job state limit actions are not allowed.');
}

/** What is still to come, for people. */
export function limitNote({ action, reason }: StateTimeLimitAction, left: Milliseconds): string {
  const seconds = Math.ceil(left / 1_000);
  return `jobStateTimeLimitActions of the job queue: ${action} in ${seconds} s if it still waits for ${reason}`;
}

/** The `statusReason` of a job that waited for too long (spec 06 §8.3; of TERMINATE, AWS's guide on service jobs). */
export function limitWords({ action, reason }: StateTimeLimitAction): string {
  const done = action === 'TERMINATE' ? 'Terminated' : 'Canceled';
  return `${done} by JobStateTimeLimit action due to reason: ${reason}`;
}

import type { JobStateTimeLimitAction } from '@aws-sdk/client-batch';
import { demand } from '../refusals.ts';

/** Blocked reasons that an action can be set for; the others are not AWS's to act on (spec 06 §8.3). */
const reasons = [
  'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
  'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE',
  'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
  'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS',
];
const seconds = { least: 600, most: 86_400 };

/** Checks `jobStateTimeLimitActions` of a queue. Spec 03 §9.5. */
export function checkTimeLimitActions(actions: readonly JobStateTimeLimitAction[] | undefined): void {
  for (const { reason = '', maxTimeSeconds = 0, action } of actions ?? []) {
    demand(action === 'CANCEL', 'Invalid job action. Valid job actions: [CANCEL]');
    demand(reasons.includes(reason), `Invalid reason. Valid reasons: [${reasons.join(', ')}]`);
    const { least, most } = seconds;
    const fits = maxTimeSeconds >= least && maxTimeSeconds <= most;
    demand(fits, `maxTimeSeconds must be between ${least} and ${most}, got ${maxTimeSeconds}.`);
  }
  const distinct = new Set((actions ?? []).map(({ state, reason }) => `${state}|${reason}`));
  demand(distinct.size === (actions ?? []).length, 'Duplicate job state limit actions are not allowed.');
}

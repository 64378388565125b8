import { type Scope, scopeOf } from '../../core/arn.ts';
import { servicePrincipal } from '../../iam/index.ts';
import { groupArn } from './names.ts';
import { invalid } from './refusals.ts';
import type { SchedulerRuntime } from './runtime.ts';

/** Who uses the role of a schedule: policies tell schedules apart by their group (user guide, confused deputy prevention). */
export function schedulerFor(scope: Scope, group: string) {
  return { kind: 'service', service: 'scheduler.amazonaws.com', arn: groupArn(scope, group) } as const;
}

/** That Scheduler may use a role for schedules of a group. Throws `ValidationException`, in AWS's words (aws-sdk-js-v3 issue 6494). */
export function checkRole(
  { authority, clock }: Pick<SchedulerRuntime, 'authority' | 'clock'>,
  scope: Scope,
  group: string,
  roleArn: string,
): void {
  const source = schedulerFor(scope, group);
  const principal = servicePrincipal(scope.account, source.service);
  const call = { ...scopeOf(scope), principal, source, now: clock.now() };
  if (authority.mayUse(call, roleArn).allowed) return;
  invalid('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.');
}

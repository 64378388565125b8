import { type Scope, scopeOf } from '../../core/arn.ts';
import { servicePrincipal } from '../../iam/index.ts';
import { invalid } from './refusals.ts';
import type { EventsRuntime } from './runtime.ts';

/** That EventBridge may use a role for a rule. Throws `ValidationException`, in AWS's words (reported in zappa issue 381). */
export function checkRole({ authority, clock }: EventsRuntime, scope: Scope, rule: string, roleArn: string): void {
  const source = { kind: 'service', service: 'events.amazonaws.com', arn: rule } as const;
  const principal = servicePrincipal(scope.account, source.service);
  const call = { ...scopeOf(scope), principal, source, now: clock.now() };
  if (authority.mayUse(call, roleArn).allowed) return;
  invalid(`Provided role '${roleArn}' cannot be assumed by principal '${source.service}'.`);
}

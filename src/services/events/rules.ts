import type { Scope } from '../../core/arn.ts';
import type { EventsRuntime, ManagedRule } from './managed-rule.ts';
import { defaultBus, requireDefaultBus, ruleArn } from './names.ts';
import { noRule } from './refusals.ts';

/** The rule of that name. Throws `ResourceNotFoundException` if bus or rule is not there. */
export function requireRule(
  { managedRules }: EventsRuntime,
  scope: Scope,
  name: string,
  bus: string | undefined,
): ManagedRule {
  requireDefaultBus(scope, bus);
  return managedRules(scope).find((rule) => rule.name === name) ?? noRule(name);
}

/** A rule as it is answered. */
export function describe(scope: Scope, { name, description, eventPattern, managedBy }: ManagedRule) {
  return {
    Name: name,
    Arn: ruleArn(scope, name),
    EventPattern: eventPattern,
    State: 'ENABLED',
    Description: description,
    ManagedBy: managedBy,
    EventBusName: defaultBus,
  } as const;
}

import type { Scope } from '../../core/arn.ts';
import type { AccessRequest } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import { ruleArn } from './names.ts';

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string): () => readonly AccessRequest[] {
  return () => [{ action: `events:${action}`, resource: '*' }];
}

/** Access to a rule of the bus that `bus` names. */
export function ruleAccess(action: string, scope: Scope, name: unknown, bus: unknown): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: ruleArn(scope, textOf(name) ?? '*', textOf(bus)) }];
}

import { formatArn, type Scope } from '../../core/arn.ts';
import type { AccessRequest } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import { busArn, ruleArn } from './names.ts';

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string): () => readonly AccessRequest[] {
  return () => [{ action: `events:${action}`, resource: '*' }];
}

/** Access to a rule of the bus that `bus` names. */
export function ruleAccess(action: string, scope: Scope, name: unknown, bus: unknown): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: ruleArn(scope, textOf(name) ?? '*', textOf(bus)) }];
}

/** Access to a bus. */
export function busAccess(action: string, scope: Scope, name: unknown): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: busArn(scope, textOf(name)) }];
}

/** Access to a connection. The reference names it without the id that its ARN ends with. */
export function connectionAccess(action: string, scope: Scope, name: string): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: formatArn('events', scope, `connection/${name}`) }];
}

/** Access to an API destination, named in the same way. */
export function destinationAccess(action: string, scope: Scope, name: string): readonly AccessRequest[] {
  return [{ action: `events:${action}`, resource: formatArn('events', scope, `api-destination/${name}`) }];
}

/** Whether a role may be handed to EventBridge; nothing to ask where none is. */
export function passRole(role: unknown): readonly AccessRequest[] {
  const resource = textOf(role);
  if (resource === undefined) return [];
  return [{ action: 'iam:PassRole', resource, conditions: { 'iam:PassedToService': 'events.amazonaws.com' } }];
}

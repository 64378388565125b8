import type { Scope } from '../../core/arn.ts';
import type { AccessRequest } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import { parseStatesArn, stateMachineArn } from './names.ts';

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string): () => readonly AccessRequest[] {
  return () => [{ action: `states:${action}`, resource: '*' }];
}

/** Access to the resource that `arn` names, as it is. */
export function resourceAccess(action: string, arn: unknown): readonly AccessRequest[] {
  return [{ action: `states:${action}`, resource: textOf(arn) ?? '*' }];
}

/**
 * Access to a state machine. AWS asks about the machine itself, whatever version, alias or label the ARN has, and gives
 * version or alias as a condition key (developer guide, "Authorization for versions and aliases").
 */
export function machineAccess(action: string, scope: Scope, arn: unknown): readonly AccessRequest[] {
  const named = parseStatesArn(textOf(arn) ?? '');
  if (named?.kind !== 'version' && named?.kind !== 'alias') return resourceAccess(action, arn);
  const qualifier = named.kind === 'version' ? String(named.version) : named.alias;
  return [
    {
      action: `states:${action}`,
      resource: stateMachineArn(scope, named.machine),
      conditions: { 'states:StateMachineQualifier': [qualifier] },
    },
  ];
}

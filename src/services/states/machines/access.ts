import type { Scope } from '../../../core/arn.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { isTrue, textOf } from '../../../core/unvalidated.ts';
import { stateMachineArn } from '../names.ts';
import { requestTagConditions } from '../tags.ts';

/** Handing a role to Step Functions needs leave for it. */
export function passRole(given: unknown, machine: unknown): readonly AccessRequest[] {
  const roleArn = textOf(given);
  if (roleArn === undefined) return [];
  const associated = textOf(machine);
  const conditions = {
    'iam:PassedToService': 'states.amazonaws.com',
    ...(associated !== undefined && { 'iam:AssociatedResourceArn': associated }),
  };
  return [{ action: 'iam:PassRole', resource: roleArn, conditions }];
}

/** Publishing along with another call needs leave for that too. */
export function publishing(publish: unknown, arn: unknown): readonly AccessRequest[] {
  return isTrue(publish) ? [{ action: 'states:PublishStateMachineVersion', resource: textOf(arn) ?? '*' }] : [];
}

export function creating(scope: Scope, name: unknown, tags: unknown): AccessRequest {
  const resource = stateMachineArn(scope, textOf(name) ?? '*');
  return { action: 'states:CreateStateMachine', resource, conditions: requestTagConditions(tags) };
}

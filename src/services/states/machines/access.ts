import type { Tag } from '@aws-sdk/client-sfn';
import type { Scope } from '../../../core/arn.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { stateMachineArn } from '../names.ts';
import { requestTagConditions } from '../tags.ts';

/** Handing a role to Step Functions needs leave for it. */
export function passRole(roleArn: string | undefined): readonly AccessRequest[] {
  if (roleArn === undefined) return [];
  const conditions = { 'iam:PassedToService': 'states.amazonaws.com' };
  return [{ action: 'iam:PassRole', resource: roleArn, conditions }];
}

/** Publishing along with another call needs leave for that too. */
export function publishing(publish: boolean | undefined, arn: string): readonly AccessRequest[] {
  return publish ? [{ action: 'states:PublishStateMachineVersion', resource: arn }] : [];
}

export function creating(scope: Scope, name: string, tags: readonly Tag[] | undefined): AccessRequest {
  const resource = stateMachineArn(scope, name);
  return { action: 'states:CreateStateMachine', resource, conditions: requestTagConditions(tags) };
}

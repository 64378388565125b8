import type { AccountId, Arn } from '../../core/ids.ts';
import type { RandomSource } from '../../core/random.ts';
import { iamScope, type RoleRecord } from './records.ts';
import { newUniqueId } from './unique-ids.ts';

/** What the paths of all roles begin with that belong to services. */
export const servicePath = '/aws-service-role/';

/** The role of a service, and what it may do. */
export interface ServiceLinkedRole {
  readonly role: string;
  /** Absent where the policy is none of those that are here. */
  readonly policyArn?: string;
}

const policy = (name: string) => `arn:aws:iam::aws:policy/aws-service-role/${name}`;

/** By the service's principal name: those that Batch and what it stands on have. */
export const serviceLinkedRoles: Readonly<Record<string, ServiceLinkedRole>> = {
  'batch.amazonaws.com': { role: 'AWSServiceRoleForBatch', policyArn: policy('BatchServiceRolePolicy') },
  'sagemaker-queuing.batch.amazonaws.com': {
    role: 'AWSServiceRoleForAWSBatchWithSagemaker',
    policyArn: policy('AWSBatchServiceRolePolicyForSageMaker'),
  },
  'spot.amazonaws.com': { role: 'AWSServiceRoleForEC2Spot', policyArn: policy('AWSEC2SpotServiceRolePolicy') },
  'spotfleet.amazonaws.com': {
    role: 'AWSServiceRoleForEC2SpotFleet',
    policyArn: policy('AWSEC2SpotFleetServiceRolePolicy'),
  },
  'ecs.amazonaws.com': { role: 'AWSServiceRoleForECS' },
  'events.amazonaws.com': { role: 'AWSServiceRoleForCloudWatchEvents' },
};

/** The role of a service as it is made; its policy is attached beside. */
export function linkedRoleRecord(
  service: string,
  { role: name }: ServiceLinkedRole,
  { account, random, at }: { readonly account: AccountId; readonly random: RandomSource; readonly at: number },
): RoleRecord {
  return {
    ...{ ...iamScope(account), name, path: `${servicePath}${service}/`, tags: {} },
    ...{ id: newUniqueId('AROA', random), createdAt: at, service },
    ...{ trust: trustOfService(service), maxSessionDuration: 3600 },
  };
}

/** Who may assume the role of a service: that service. */
function trustOfService(service: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
}

/** What a role of a service is needed by, in one region. */
export interface RoleUse {
  readonly region: string;
  readonly resources: readonly string[];
}

/** Says what needs a role of a service still. */
export type RoleUses = (account: AccountId, roleArn: Arn) => readonly RoleUse[];

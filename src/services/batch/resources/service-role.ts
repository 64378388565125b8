import { formatArn } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Arn } from '../../../core/ids.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import {
  type Authority,
  type CallFacts,
  roleNameOf,
  rolePrincipal,
  type StoredRole,
  servicePrincipal,
} from '../../../iam/index.ts';
import type { RoleProblem, ServedEnvironment } from './account-roles.ts';
import { isServiceLinkedRole } from './roles.ts';

const service = 'batch.amazonaws.com';
/** The name of the service's sessions (spec 06 §1.1). */
const sessionName = 'aws-batch';

export interface ServiceRolesOptions {
  readonly authority: Pick<Authority, 'reads' | 'unstoredRoles' | 'answer' | 'decide'>;
  readonly clock: Clock;
}

/**
 * What keeps the service from what it must do by an environment's service role. Its own role, which nobody can change, is not looked at; one
 * that IAM does not have counts as `iam.unstoredRoles` says.
 */
export function serviceRoleProblem(
  { authority, clock }: ServiceRolesOptions,
  environment: ServedEnvironment,
): RoleProblem | undefined {
  const { account, region, serviceRole, arn } = environment;
  if (!serviceRole || isServiceLinkedRole(serviceRole)) return undefined;
  const role = authority.reads.role(account, roleNameOf(serviceRole));
  if (!role) return authority.unstoredRoles === 'their-purpose' ? undefined : { kind: 'missing' };
  const source = { kind: 'service', service, arn } as const;
  const call = { account, region, source, now: clock.now() };
  const assume = { action: 'sts:AssumeRole', resource: serviceRole, trustOf: roleNameOf(serviceRole) };
  const asService: CallFacts = { ...call, principal: servicePrincipal(account, service) };
  if (!authority.answer(asService, assume).allowed) return { kind: 'unassumable' };
  const asRole: CallFacts = { ...call, principal: sessionOf(role, environment) };
  const decision = authority.decide(asRole, neededOf(environment));
  return decision.kind === 'deny' ? { kind: 'unauthorized', words: decision.message } : undefined;
}

/** Why nothing is placed in an environment that is VALID. One whose role IAM never had was made before that counted, and goes on until its next update. */
export function roleProblemWords(
  problem: RoleProblem | undefined,
  { serviceRole }: ServedEnvironment,
): string | undefined {
  if (!problem || problem.kind === 'missing') return undefined;
  return problem.kind === 'unauthorized' ? problem.words : `service role ${serviceRole} cannot be assumed`;
}

function sessionOf({ arn: roleArn, uniqueId: roleId }: StoredRole, { account }: ServedEnvironment) {
  return rolePrincipal({ account, roleArn, roleId, sessionName, use: { kind: 'assumed' } });
}

/** On all that the service makes (spec 06 §3.1). */
const tagged = { 'aws:RequestTag/AWSBatchServiceTag': 'batch' };

/**
 * What is asked of a service role: calls that every environment of its kind makes on AWS, by which `AWSBatchServiceRole` and a role cut down to
 * what the service names its things are told from roles that lack something. Not all that AWS calls.
 */
function neededOf(environment: ServedEnvironment): readonly AccessRequest[] {
  const { kind, computeResources } = environment;
  const cluster = [{ action: 'ecs:CreateCluster', resource: '*', conditions: tagged }];
  if (kind === 'UNMANAGED') return cluster;
  const network = { action: 'ec2:DescribeSubnets', resource: '*' };
  const launches = computeResources?.type === 'EC2' || computeResources?.type === 'SPOT';
  return launches ? [...cluster, network, ...scaling(environment)] : [...cluster, network];
}

/** Groups are called AWSBatch*, after the environment. */
function scaling(environment: ServedEnvironment): readonly AccessRequest[] {
  const group = `autoScalingGroup:*:autoScalingGroupName/AWSBatch-${environment.name}-asg`;
  const instance = formatArn('ec2', environment, 'instance/*') as Arn;
  return [
    { action: 'autoscaling:CreateAutoScalingGroup', resource: formatArn('autoscaling', environment, group) },
    { action: 'ec2:RunInstances', resource: instance, conditions: tagged },
  ];
}

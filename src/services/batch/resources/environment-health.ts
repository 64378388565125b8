import { type ComputeEnvironmentRecord, healthyEnvironment, type LaunchSetupRecord } from '../records.ts';
import type { AccountRoles } from './account-roles.ts';
import { type FindTemplate, knownTemplates } from './launch-template.ts';
import { impossibleProfile, isRoleArn } from './roles.ts';
import { isMultipart } from './user-data.ts';

/** What AWS finds of an environment after it has taken it, in its words (spec 06 §7.1, §9.2). */
export type Health = Pick<ComputeEnvironmentRecord, 'status' | 'statusReason'>;

export interface HealthOptions {
  /** What the finding is to be reported under. */
  readonly requestId: string;
  /** Whether an engine of this server runs pods. */
  readonly runsPods: boolean;
  readonly findTemplate: FindTemplate;
  /** What its instances are launched with; undefined for one that launches none. */
  readonly setup: LaunchSetupRecord | undefined;
  /** What is wrong with its service role, of one that can be such a role. */
  readonly problemOf: AccountRoles['problemOf'];
}

/** An environment that was made before there were instances has none to replace: the state says so, since AWS's jobs would be stopped by it. */
const replacedNothing = {
  ...healthyEnvironment,
  statusReason: `${healthyEnvironment.statusReason}. It was made before Batchyard launched instances, and replaces none: jobs that run go on.`,
};

/** How an environment is: INVALID with the first cause, else VALID. AWS takes any name of a role or profile and finds out later. */
export function healthOf(record: ComputeEnvironmentRecord, options: HealthOptions): Health {
  const cause = causes.map((find) => find(record, options)).find((words) => words !== undefined);
  if (cause !== undefined) return { status: 'INVALID', statusReason: `CLIENT_ERROR - ${cause}` };
  return record.updating === 'infrastructure' && hasNoInstances(record) ? replacedNothing : healthyEnvironment;
}

/** Fargate has none on AWS either. */
function hasNoInstances({ fleet, computeResources }: ComputeEnvironmentRecord): boolean {
  return !fleet && (computeResources?.type === 'EC2' || computeResources?.type === 'SPOT');
}

type Cause = (record: ComputeEnvironmentRecord, options: HealthOptions) => string | undefined;

const causes: readonly Cause[] = [uselessRole, missingProfile, invalidFleetRole, strangeUserData, unreachableCluster];

/** Nor can the service take on a role of another account: none is passed beyond its own. */
function uselessRole(record: ComputeEnvironmentRecord, { requestId, problemOf }: HealthOptions): string | undefined {
  const { serviceRole, account } = record;
  const problem = serviceRole && isRoleArn(serviceRole, account) ? problemOf(record) : undefined;
  if (problem?.kind === 'unauthorized') return problem.words;
  if (!problem && (!serviceRole || isRoleArn(serviceRole, account))) return undefined;
  return `Not authorized to perform sts:AssumeRole (Service: AWSSecurityTokenService; Status Code: 403; Error Code: AccessDenied; Request ID: ${requestId})`;
}

function missingProfile(record: ComputeEnvironmentRecord): string | undefined {
  const { instanceRole } = record.computeResources ?? {};
  const arn = instanceRole ? impossibleProfile(record, instanceRole) : undefined;
  return arn && `Instance profile ${arn} does not exist`;
}

function invalidFleetRole(
  { computeResources, account }: ComputeEnvironmentRecord,
  { requestId }: HealthOptions,
): string | undefined {
  const role = computeResources?.spotIamFleetRole;
  if (!role?.startsWith('arn:') || isRoleArn(role, account)) return undefined;
  const parameter = 'Parameter: SpotFleetRequestConfig.IamFleetRole is invalid';
  return `${parameter}. (Service: AmazonEC2; Status Code: 400; Error Code: InvalidSpotFleetRequestConfig; Request ID: ${requestId}) ${parameter}`;
}

/** AWS adds parts of its own to user data (spec 04 §4.2). The words: aws/aws-cdk issue 6427. */
function strangeUserData(record: ComputeEnvironmentRecord, { findTemplate, setup }: HealthOptions): string | undefined {
  const templates = knownTemplates(record, record.computeResources?.launchTemplate, findTemplate);
  const named = templates.flatMap(({ data }) => (typeof data.UserData === 'string' ? data.UserData : []));
  const given = setup ? setup.templates.flatMap(({ userData }) => userData ?? []) : named;
  return given.every(isMultipart) ? undefined : 'Launch Template UserData is not MIME multipart format';
}

/** AWS's words of a cluster that it cannot reach (spec 06 §9.3), and why. */
function unreachableCluster({ kubernetes }: ComputeEnvironmentRecord, { runsPods }: HealthOptions): string | undefined {
  if (!kubernetes || runsPods) return undefined;
  return 'Unable to validate Kubernetes Namespace: no Kubernetes engine is configured';
}

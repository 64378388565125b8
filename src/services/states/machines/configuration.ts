import type { LoggingConfiguration, TracingConfiguration } from '@aws-sdk/client-sfn';
import { parseArn, type Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import { type MayUseRole, servicePrincipal } from '../../../iam/index.ts';
import { invalidLogging } from '../refusals.ts';

/** Checks the form of an execution role's ARN, that it is of this account, and that Step Functions may use it. */
export function checkRole(
  { clock, mayUse }: RoleRules,
  machine: Scope & { readonly arn: string },
  roleArn: string,
): void {
  checkRoleForm(machine, roleArn);
  const { account, region, arn } = machine;
  const source = { kind: 'service', service: 'states.amazonaws.com', arn } as const;
  const principal = servicePrincipal(account, source.service);
  if (mayUse({ account, region, principal, source, now: clock.now() }, roleArn)) return;
  // As reported in lumigo-cli issue 83.
  const message =
    'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.';
  throw new ServiceError('AccessDeniedException', message);
}

interface RoleRules {
  readonly clock: Clock;
  readonly mayUse: MayUseRole;
}

function checkRoleForm(scope: Scope, roleArn: string): void {
  const parts = parseArn(roleArn);
  if (parts?.service !== 'iam' || parts.region !== '' || !/^role\/[\x21-\x7e]+$/.test(parts.resource)) {
    throw new ServiceError('InvalidArn', `Invalid Role Arn: '${roleArn}'`);
  }
  if (parts.account === scope.account) return;
  throw new ServiceError('AccessDeniedException', 'Cross-account pass role is not allowed.');
}

/** Checks a logging configuration: a level other than OFF needs exactly one log group, named as AWS wants it. */
export function checkLogging(configuration: LoggingConfiguration | undefined): void {
  const { level = 'OFF', destinations = [] } = configuration ?? {};
  if (destinations.length > 1 || (level !== 'OFF' && destinations.length === 0)) {
    invalidLogging('Must specify exactly one Log Destination.');
  }
  for (const { cloudWatchLogsLogGroup } of destinations) checkLogGroup(cloudWatchLogsLogGroup?.logGroupArn);
}

function checkLogGroup(arn: string | undefined): void {
  if (arn === undefined) invalidLogging('Log Destination must have a log group ARN.');
  if (logGroupName(arn) !== undefined) return;
  // Reported of AWS: hashicorp/terraform-provider-aws issue 17682. The other sentences are ours.
  if (logGroupName(`${arn}:*`) !== undefined) invalidLogging("Log Group ARN must be provided with '*' qualifier.");
  invalidLogging(`Log Destination '${arn}' must be the ARN of a log group.`);
}

/** The name of the group in `arn:...:log-group:NAME:*`. */
export function logGroupName(arn: string): string | undefined {
  const parts = parseArn(arn);
  return parts?.service === 'logs' ? /^log-group:([^:*]{1,512}):\*$/.exec(parts.resource)?.[1] : undefined;
}

/** What AWS answers where nothing, or not all, was asked for. */
export function describeLogging(configuration: LoggingConfiguration | undefined): LoggingConfiguration {
  return {
    ...configuration,
    level: configuration?.level ?? 'OFF',
    includeExecutionData: configuration?.includeExecutionData ?? false,
  };
}

export function describeTracing(configuration: TracingConfiguration | undefined): TracingConfiguration {
  return { enabled: configuration?.enabled ?? false };
}

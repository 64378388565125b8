import { formatArn, parseArn, type Scope } from '../../core/arn.ts';
import { demand, textOf } from './constraints.ts';
import { groupMissing, invalidParameter } from './refusals.ts';

export const groupNameRule = textOf(1, 512, '[\\.\\-_/#A-Za-z0-9]+');
export const streamNameRule = textOf(1, 512, '[^:*]*');
const identifierRule = textOf(1, 2048, '[\\w#+=/:,.@-]*');

/** The group that jobs log to unless told otherwise: it comes to life by itself (spec 03 §3). */
export const defaultGroupName = '/aws/batch/job';

/** The ARN of a group without the `:*` that DescribeLogGroups' `arn` has. */
export function groupArn(scope: Scope, groupName: string): string {
  return formatArn('logs', scope, `log-group:${groupName}`);
}

export function streamArn(scope: Scope, groupName: string, streamName: string): string {
  return `${groupArn(scope, groupName)}:log-stream:${streamName}`;
}

/** What names a group in an input: its name, or in the newer member its name or ARN. */
export interface GroupReference {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

/** The name that a reference gives, or undefined when it gives none, or two, or an ARN of something else. Checks nothing. */
export function referredGroup(scope: Scope, reference: GroupReference): string | undefined {
  const { logGroupName, logGroupIdentifier } = reference;
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) return undefined;
  if (logGroupIdentifier === undefined) return logGroupName;
  return logGroupIdentifier.startsWith('arn:') ? groupNameIn(scope, logGroupIdentifier) : logGroupIdentifier;
}

/** The name that a reference gives. Throws AWS's errors for none, two, malformed ones and foreign ARNs. */
export function resolveGroup(scope: Scope, reference: GroupReference): string {
  const { logGroupName, logGroupIdentifier } = reference;
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw invalidParameter('Exactly one of logGroupName or logGroupIdentifier must be specified.');
  }
  demand(groupNameRule('logGroupName', logGroupName), identifierRule('logGroupIdentifier', logGroupIdentifier));
  const name = referredGroup(scope, reference);
  if (name === undefined) throw groupMissing();
  return name;
}

/** The name of the group with this ARN (with or without `:*`) in this scope; undefined for any other ARN. */
export function groupNameIn(scope: Scope, arn: string): string | undefined {
  const parts = parseArn(arn);
  if (parts?.service !== 'logs' || parts.region !== scope.region || parts.account !== scope.account) return undefined;
  return /^log-group:([^:*]+)(?::\*)?$/.exec(parts.resource)?.[1];
}

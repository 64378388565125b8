import type { AccessRequest, RequestContext } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import { groupArn, referredGroup, streamArn } from './names.ts';
import { accountPolicies, findPolicy } from './resource-policies.ts';
import type { LogsRuntime } from './runtime.ts';

interface GroupMembers {
  readonly logGroupName?: unknown;
  readonly logGroupIdentifier?: unknown;
  readonly logStreamName?: unknown;
}

/**
 * Access to a group, or to one stream of it. AWS evaluates actions on a group against `...:log-group:NAME:log-stream:`,
 * which both `...:log-group:NAME:*` and `...:log-group:NAME*` in a policy match.
 */
export function groupAccess(action: string) {
  return (input: GroupMembers, context: RequestContext) => {
    const { logGroupName, logGroupIdentifier, logStreamName } = input;
    const reference = { logGroupName: textOf(logGroupName), logGroupIdentifier: textOf(logGroupIdentifier) };
    const group = referredGroup(context, reference) ?? '*';
    return [{ action: `logs:${action}`, resource: streamArn(context, group, textOf(logStreamName) ?? '') }];
  };
}

/** Access to a group of what services deliver, too: the policies of the account and of the group speak of it. */
export function deliveryAccess(action: string) {
  const access = groupAccess(action);
  return (input: GroupMembers, context: RequestContext, { ledger }: LogsRuntime): readonly AccessRequest[] => {
    const groupName = textOf(input.logGroupName);
    const own = groupName === undefined ? undefined : findPolicy(ledger, context, { groupName });
    const policies = [...accountPolicies(ledger, context), ...(own ? [own] : [])];
    const asked = access(input, context);
    if (policies.length === 0) return asked;
    const resourcePolicy = policies.map(({ document }) => document);
    return asked.map((each) => ({ ...each, resourcePolicy }));
  };
}

/** Access to the tags of a group: AWS evaluates these against the ARN without a suffix. */
export function tagAccess(action: string) {
  return (input: { readonly logGroupName?: unknown; readonly resourceArn?: unknown }, context: RequestContext) => {
    const resource = textOf(input.resourceArn) ?? groupArn(context, textOf(input.logGroupName) ?? '*');
    return [{ action: `logs:${action}`, resource }];
  };
}

import type { RequestContext } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import { groupArn, referredGroup, streamArn } from './names.ts';

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

/** Access to the tags of a group: AWS evaluates these against the ARN without a suffix. */
export function tagAccess(action: string) {
  return (input: { readonly logGroupName?: unknown; readonly resourceArn?: unknown }, context: RequestContext) => {
    const resource = textOf(input.resourceArn) ?? groupArn(context, textOf(input.logGroupName) ?? '*');
    return [{ action: `logs:${action}`, resource }];
  };
}

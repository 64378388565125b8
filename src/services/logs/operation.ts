import { type RequestContext, serviceOperation } from '../../core/operation.ts';
import { type GroupReference, groupArn, referredGroup, streamArn } from './names.ts';
import type { LogsRuntime } from './runtime.ts';

/** Declares an operation of Logs: `logsOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const logsOperation = <SdkInput, SdkOutput>() => serviceOperation<LogsRuntime, SdkInput, SdkOutput>();

/**
 * Access to a group, or to one stream of it. AWS evaluates actions on a group against `...:log-group:NAME:log-stream:`,
 * which both `...:log-group:NAME:*` and `...:log-group:NAME*` in a policy match.
 */
export function groupAccess(action: string) {
  return (input: GroupReference & { readonly logStreamName?: string | undefined }, context: RequestContext) => {
    const group = referredGroup(context, input) ?? '*';
    return [{ action: `logs:${action}`, resource: streamArn(context, group, input.logStreamName ?? '') }];
  };
}

/** Access to the tags of a group: AWS evaluates these against the ARN without a suffix. */
export function tagAccess(action: string) {
  return (input: { readonly logGroupName?: string; readonly resourceArn?: string }, context: RequestContext) => {
    const resource = input.resourceArn ?? groupArn(context, input.logGroupName ?? '*');
    return [{ action: `logs:${action}`, resource }];
  };
}

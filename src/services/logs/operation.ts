import type { ZodType } from 'zod';
import { type AccessRequest, defineOperation, type Operation, type RequestContext } from '../../core/operation.ts';
import { type GroupReference, groupArn, referredGroup, streamArn } from './names.ts';
import type { LogsRuntime } from './runtime.ts';

/** One operation of Logs, before it is given what it works with. */
interface LogsOperation<Input, Output> {
  readonly schema: ZodType<Input>;
  readonly readOnly: boolean;
  readonly access: (input: Input, context: RequestContext) => readonly AccessRequest[];
  readonly handler: (runtime: LogsRuntime, input: Input, context: RequestContext) => Output | Promise<Output>;
}

/** Declares an operation of Logs: like `defineOperation`, with the service's runtime handed to the handler. */
export function logsOperation<SdkInput, SdkOutput>() {
  type Output = Omit<SdkOutput, '$metadata'>;
  return <Input extends SdkInput>(parts: LogsOperation<Input, Output>) =>
    (runtime: LogsRuntime): Operation<Input, Output> =>
      defineOperation<SdkInput, SdkOutput>()<Input>({
        schema: parts.schema,
        readOnly: parts.readOnly,
        access: parts.access,
        handler: (input, context) => parts.handler(runtime, input, context),
      });
}

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

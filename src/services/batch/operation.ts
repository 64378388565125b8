import type { ZodType } from 'zod';
import type { AuditRule } from '../../core/audit.ts';
import type { Caller } from '../../core/job.ts';
import {
  type AccessRequest,
  type AccessRequests,
  defineOperation,
  type Operation,
  type RefusedEntries,
  type RequestContext,
} from '../../core/operation.ts';
import type { Unvalidated } from '../../core/unvalidated.ts';
import { executionError, InvalidInput } from './refusals.ts';
import type { BatchRuntime } from './runtime.ts';

/** One operation of Batch, before it is given what it works with. */
export interface BatchOperation<Input, Output> {
  readonly schema: ZodType<Input>;
  readonly readOnly: boolean;
  readonly audit: AuditRule;
  readonly access: (
    input: Unvalidated<Input>,
    context: RequestContext,
    runtime: BatchRuntime,
  ) => AccessRequests | Promise<AccessRequests>;
  readonly handler: (
    runtime: BatchRuntime,
    input: Input,
    context: RequestContext,
    refused: RefusedEntries,
  ) => Output | Promise<Output>;
}

/**
 * Declares an operation of Batch: like `defineOperation`, with what all of them share. The region comes to life on its
 * first use, and an `InvalidInput` reaches the caller in AWS's words.
 */
export function batchOperation<SdkInput, SdkOutput>() {
  type Output = Omit<SdkOutput, '$metadata'>;
  return <Input extends SdkInput>(parts: BatchOperation<Input, Output>) =>
    (runtime: BatchRuntime): Operation<Input, Output> =>
      defineOperation<SdkInput, SdkOutput>()<Input>({
        schema: parts.schema,
        readOnly: parts.readOnly,
        audit: parts.audit,
        access: (input, context) => parts.access(input, context, runtime),
        handler: (input, context, refused) => {
          runtime.regions.ensure(context);
          return inCallersWords(context, () => parts.handler(runtime, input, context, refused));
        },
      });
}

/** Runs `work`, which may answer at once or later, and reports an `InvalidInput` as AWS does. */
function inCallersWords<Output>(
  context: RequestContext,
  work: () => Output | Promise<Output>,
): Output | Promise<Output> {
  const report = (error: unknown): never => {
    throw error instanceof InvalidInput ? executionError(error, context) : error;
  };
  try {
    const answer = work();
    return answer instanceof Promise ? answer.catch(report) : answer;
  } catch (error) {
    return report(error);
  }
}

/** Access to an action that has no resource-level permissions (spec 05 §2.1). */
export function anyResource(action: string): () => readonly AccessRequest[] {
  return () => [{ action: `batch:${action}`, resource: '*' }];
}

/** An operation of Batchyard's own brings its region to life and reports an `InvalidInput`, like Batch's. */
export function batchyardOperation<Input, Output>(
  runtime: BatchRuntime,
  operation: Omit<Operation<Input, Output>, 'kind'>,
): Operation<Input, Output> {
  return {
    kind: 'operation',
    ...operation,
    handler: (input, context, refused) => {
      runtime.regions.ensure(context);
      return inCallersWords(context, () => operation.handler(input, context, refused));
    },
  };
}

/** Who asks, as the job's row keeps it. */
export function callerOf({ principal, requestId }: RequestContext): Caller {
  const role = principal.kind === 'role-session' ? { role: principal.roleArn } : {};
  return { principal: principal.arn, ...role, requestId };
}

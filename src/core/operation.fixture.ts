import type { Scope } from './arn.ts';
import type { Arn, EpochMilliseconds } from './ids.ts';
import type { Operation, RequestContext } from './operation.ts';

/** The context of a call by the account's root user, as the gateway makes it. */
export function rootContext(
  { account, region }: Scope,
  now: EpochMilliseconds,
  more: Partial<RequestContext> = {},
): RequestContext {
  return {
    account,
    region,
    principal: { kind: 'root', arn: `arn:aws:iam::${account}:root` as Arn, userId: account, account },
    requestId: 'request-1',
    now,
    signal: new AbortController().signal,
    ...more,
  };
}

/** Calls an operation as the gateway does: parses the input, runs the handler, waits until everything is `settled`. */
export async function callOperation<Input, Output>(
  operation: Operation<Input, Output>,
  input: unknown,
  context: RequestContext,
  settled: () => Promise<void>,
): Promise<Output> {
  const answer = await operation.handler(operation.schema.parse(input), context);
  await settled();
  return answer;
}

/** What an operation asks the policy evaluator about an input. */
export function accessOf(operation: Operation, input: unknown, context: RequestContext) {
  return operation.access(operation.schema.parse(input), context);
}

/** What a call is rejected with; undefined when it is not. */
export function rejectionOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

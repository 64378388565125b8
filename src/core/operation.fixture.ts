import type { Scope } from './arn.ts';
import type { Arn, EpochMilliseconds } from './ids.ts';
import type { AccessRequests, Operation, RequestContext } from './operation.ts';

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
    source: { kind: 'network', address: '127.0.0.1' },
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
  const answer = await operation.handler(operation.schema.parse(input), context, new Map());
  await settled();
  return answer;
}

/** What an operation asks the policy evaluator about an input, which it validates no more than the gateway has then. */
export async function accessOf(operation: Operation, input: unknown, context: RequestContext): Promise<AccessRequests> {
  return operation.access(typeof input === 'object' && input !== null ? input : {}, context);
}

/** What a call is rejected with; undefined when it is not. */
export function rejectionOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

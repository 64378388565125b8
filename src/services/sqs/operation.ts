import { formatArn } from '../../core/arn.ts';
import type { AccountId } from '../../core/ids.ts';
import { type AccessRequest, defineOperation, type Operation, type RequestContext } from '../../core/operation.ts';
import { textOf, type Unvalidated } from '../../core/unvalidated.ts';
import { queueOfArn, readQueueUrl } from './queues.ts';
import type { SqsRuntime } from './runtime.ts';

type Parts<Input, Output> = Omit<Operation<Input, Output>, 'kind' | 'access' | 'handler'> & {
  readonly access: (
    runtime: SqsRuntime,
    input: Unvalidated<Input>,
    context: RequestContext,
  ) => readonly AccessRequest[];
  readonly handler: (runtime: SqsRuntime, input: Input, context: RequestContext) => Output | Promise<Output>;
};

/**
 * Declares an operation of SQS: `sqsOperation<SdkInput, SdkOutput>()({...})(runtime)`. Access is asked with the runtime: what a
 * queue is tagged with only its record knows.
 */
export function sqsOperation<SdkInput, SdkOutput>() {
  type Output = Omit<SdkOutput, '$metadata'>;
  return <Input extends SdkInput>(parts: Parts<Input, Output>) =>
    (runtime: SqsRuntime): Operation<Input, Output> =>
      defineOperation<SdkInput, SdkOutput>()<Input>({
        ...parts,
        access: (input, context) => parts.access(runtime, input, context),
        handler: (input, context) => parts.handler(runtime, input, context),
      });
}

/** What is asked about the queue of an ARN: a policy that it was given may allow it too, or deny it. */
export function queueRequest({ ledger }: SqsRuntime, action: string, arn: string): AccessRequest {
  const queue = queueOfArn(ledger, arn);
  const tags = Object.entries(queue?.tags ?? {});
  const conditions = Object.fromEntries(tags.map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  const resourcePolicy = queue?.attributes.Policy;
  return {
    ...{ action: `sqs:${action}`, resource: arn },
    ...(tags.length > 0 && { conditions }),
    ...(resourcePolicy !== undefined && { resourcePolicy }),
  };
}

/** Access to the queue that `QueueUrl` names. */
export function queueAccess(action: string) {
  return (runtime: SqsRuntime, { QueueUrl }: { readonly QueueUrl?: unknown }, context: RequestContext) => {
    const found = readQueueUrl(textOf(QueueUrl) ?? '');
    const scope = { region: context.region, account: (found?.account ?? context.account) as AccountId };
    return [queueRequest(runtime, action, formatArn('sqs', scope, found?.name ?? '*'))];
  };
}

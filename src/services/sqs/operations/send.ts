import { createHash } from 'node:crypto';
import type {
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
  SendMessageCommandInput,
  SendMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { idempotencyRecordKey } from '../../../store/index.ts';
import { doEach } from '../batch.ts';
import { md5, md5OfAttributes } from '../digests.ts';
import type { Sent } from '../house.ts';
import { largestBody, limits } from '../limits.ts';
import { type CheckedMessage, checkMessage } from '../message.ts';
import { queueAccess, sqsOperation } from '../operation.ts';
import { findQueue } from '../queues.ts';
import type { SqsRuntime } from '../runtime.ts';
import { list, messageMembers } from '../shapes.ts';

const hide = ['MessageBody', 'MessageAttributes', 'MessageSystemAttributes'] as const;

/** As long as an execution of Step Functions, which gives the keys, may run and be redriven. */
const keyLifetime: Milliseconds = 370 * 24 * 60 * 60_000;

/** Answers once the message is durable. */
export const sendMessage = sqsOperation<SendMessageCommandInput, SendMessageCommandOutput>()({
  schema: z.object({ QueueUrl: z.string(), ...messageMembers }),
  readOnly: false,
  audit: { kind: 'data', hide },
  maxBody: largestBody,
  access: queueAccess('SendMessage'),
  handler: async (runtime, { QueueUrl, ...given }, context) => {
    const known = await repeated(runtime, context);
    const queue = findQueue(runtime.ledger, context, QueueUrl);
    const message = checkMessage(queue, given);
    if (known) return answer(message, known);
    const sent = runtime.ledger.transact((transaction) => {
      const result = runtime.house.send(transaction, queue, message, context.principal.userId);
      if (context.idempotencyKey !== undefined) transaction.add(remembered(runtime, context, given, result));
      return result;
    });
    return answer(message, sent);
  },
});

/** What a call with this idempotency key, such as that of a task of Step Functions before a crash, was answered. */
async function repeated({ ledger, clock }: SqsRuntime, context: RequestContext): Promise<Sent | undefined> {
  if (context.idempotencyKey === undefined) return undefined;
  const key = idempotencyRecordKey('sqs', 'SendMessage', context.idempotencyKey);
  const stored = await ledger.store.reads.idempotency(scopeOf(context), key);
  return stored && stored.expiresAt > clock.now() ? (stored.result as Sent) : undefined;
}

function remembered({ clock }: SqsRuntime, context: RequestContext, input: object, result: Sent) {
  const key = idempotencyRecordKey('sqs', 'SendMessage', context.idempotencyKey ?? '');
  const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  const expiresAt = clock.now() + keyLifetime;
  return { kind: 'idempotency.put', record: { ...scopeOf(context), key, fingerprint, result, expiresAt } } as const;
}

export const sendMessageBatch = sqsOperation<SendMessageBatchCommandInput, SendMessageBatchCommandOutput>()({
  schema: z.object({ QueueUrl: z.string(), Entries: list(z.object({ Id: z.string(), ...messageMembers })) }),
  readOnly: false,
  audit: { kind: 'data', hide },
  maxBody: largestBody,
  access: queueAccess('SendMessage'),
  handler: ({ ledger, house }, { QueueUrl, Entries }, context) => {
    const queue = findQueue(ledger, context, QueueUrl);
    const checked = doEach(Entries, ({ Id, ...given }) => ({ Id, message: checkMessage(queue, given) }));
    const bytes = checked.Successful.reduce((sum, { message }) => sum + message.bytes, 0);
    if (bytes > limits.messageBytes) {
      const words = `Batch requests cannot be longer than ${limits.messageBytes} bytes. You have sent ${bytes} bytes.`;
      throw new ServiceError('BatchRequestTooLong', words);
    }
    if (checked.Successful.length === 0) return { Successful: [], Failed: checked.Failed };
    const Successful = ledger.transact((transaction) =>
      checked.Successful.map(({ Id, message }) => {
        return { Id, ...answer(message, house.send(transaction, queue, message, context.principal.userId)) };
      }),
    );
    return { Successful, Failed: checked.Failed };
  },
});

function answer({ body, attributes, systemAttributes }: CheckedMessage, { messageId, sequence }: Sent) {
  const ofAttributes = md5OfAttributes(attributes);
  const ofSystem = md5OfAttributes(systemAttributes);
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5(body),
    ...(ofAttributes !== undefined && { MD5OfMessageAttributes: ofAttributes }),
    ...(ofSystem !== undefined && { MD5OfMessageSystemAttributes: ofSystem }),
    ...(sequence !== undefined && { SequenceNumber: sequenceText(sequence) }),
  };
}

/** Twenty digits, so that texts sort as numbers do. */
export function sequenceText(sequence: number): string {
  return `1${String(sequence).padStart(19, '0')}`;
}

import type {
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityBatchCommandOutput,
  ChangeMessageVisibilityCommandInput,
  ChangeMessageVisibilityCommandOutput,
  DeleteMessageBatchCommandInput,
  DeleteMessageBatchCommandOutput,
  DeleteMessageCommandInput,
  DeleteMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import { doEach } from '../batch.ts';
import { type Handle, readHandle } from '../handles.ts';
import { limits } from '../limits.ts';
import { queueAccess, sqsOperation } from '../operation.ts';
import { findQueue } from '../queues.ts';
import type { QueueRecord } from '../records.ts';
import { demandRange, handleInvalid, invalidValue, missing } from '../refusals.ts';
import type { SqsRuntime } from '../runtime.ts';
import { list, number } from '../shapes.ts';

/** What a handle of this queue names; it may be of a receive that is long over. */
function read({ ledger }: SqsRuntime, queue: QueueRecord, text: string): Handle {
  if (text === '') throw missing('ReceiptHandle');
  const handle = readHandle(ledger, queue, text);
  if (handle?.queue !== queue.number) throw handleInvalid(text);
  return handle;
}

const expired = 'The receipt handle has expired.';

/** A handle that is no longer the message's deletes nothing: in silence, but of a FIFO queue. */
function deleteOne(runtime: SqsRuntime, queue: QueueRecord, text: string): void {
  const { id, nonce } = read(runtime, queue, text);
  const messages = runtime.house.of(queue);
  const entry = messages.get(id);
  if (!entry) return;
  if (messages.isFifo && (entry.nonce !== nonce || entry.place !== 'leased')) {
    throw invalidValue('ReceiptHandle', text, expired);
  }
  if (entry.nonce !== nonce) return;
  runtime.ledger.transact((transaction) => runtime.house.remove(transaction, messages, entry));
}

export const deleteMessage = sqsOperation<DeleteMessageCommandInput, DeleteMessageCommandOutput>()({
  schema: z.object({ QueueUrl: z.string(), ReceiptHandle: z.string() }),
  readOnly: false,
  audit: 'data',
  access: queueAccess('DeleteMessage'),
  handler: (runtime, { QueueUrl, ReceiptHandle }, context) => {
    deleteOne(runtime, findQueue(runtime.ledger, context, QueueUrl), ReceiptHandle);
    return {};
  },
});

export const deleteMessageBatch = sqsOperation<DeleteMessageBatchCommandInput, DeleteMessageBatchCommandOutput>()({
  schema: z.object({ QueueUrl: z.string(), Entries: list(z.object({ Id: z.string(), ReceiptHandle: z.string() })) }),
  readOnly: false,
  audit: 'data',
  access: queueAccess('DeleteMessage'),
  handler: (runtime, { QueueUrl, Entries }, context) => {
    const queue = findQueue(runtime.ledger, context, QueueUrl);
    return doEach(Entries, ({ Id, ReceiptHandle }) => {
      deleteOne(runtime, queue, ReceiptHandle);
      return { Id };
    });
  },
});

function changeOne(runtime: SqsRuntime, queue: QueueRecord, text: string, seconds: number): void {
  demandRange('VisibilityTimeout', seconds, limits.visibility);
  const { id, nonce } = read(runtime, queue, text);
  const messages = runtime.house.of(queue);
  const entry = messages.get(id);
  if (!entry || (entry.nonce !== nonce && messages.isFifo)) {
    const reason = 'Message does not exist or is not available for visibility timeout change.';
    throw invalidValue('ReceiptHandle', text, reason);
  }
  if (entry.place !== 'leased' || entry.nonce !== nonce) {
    throw new ServiceError('MessageNotInflight', 'The specified message is not in flight.');
  }
  runtime.ledger.transact((transaction) => runtime.house.extend(transaction, messages, entry, seconds * 1_000));
}

export const changeMessageVisibility = sqsOperation<
  ChangeMessageVisibilityCommandInput,
  ChangeMessageVisibilityCommandOutput
>()({
  schema: z.object({ QueueUrl: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: number }),
  readOnly: false,
  audit: 'data',
  access: queueAccess('ChangeMessageVisibility'),
  handler: (runtime, { QueueUrl, ReceiptHandle, VisibilityTimeout }, context) => {
    changeOne(runtime, findQueue(runtime.ledger, context, QueueUrl), ReceiptHandle, VisibilityTimeout);
    return {};
  },
});

export const changeMessageVisibilityBatch = sqsOperation<
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityBatchCommandOutput
>()({
  schema: z.object({
    QueueUrl: z.string(),
    Entries: list(z.object({ Id: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: number.optional() })),
  }),
  readOnly: false,
  audit: 'data',
  access: queueAccess('ChangeMessageVisibility'),
  handler: (runtime, { QueueUrl, Entries }, context) => {
    const queue = findQueue(runtime.ledger, context, QueueUrl);
    return doEach(Entries, ({ Id, ReceiptHandle, VisibilityTimeout: seconds }) => {
      if (seconds === undefined) throw missing('VisibilityTimeout');
      changeOne(runtime, queue, ReceiptHandle, seconds);
      return { Id };
    });
  },
});

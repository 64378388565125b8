import type { SqsOperationName } from '../../../src/services/sqs/index.ts';
import type { ServiceClaims } from '../claims.ts';

const made = { supported: 'a queue is made once, found, listed, tagged and deleted' };
const messages = {
  supported: 'a message is sent, received with what was asked for, and deleted; the SDK checks its digests',
};
const batches = { supported: 'batches answer entry by entry' };
const fifo = { supported: 'a FIFO queue keeps groups in order, and knows what was sent before' };
const redriven = {
  supported: 'what is received too often moves to the dead-letter queue, and a task moves it back',
};
const polled = { supported: 'a long poll is answered as soon as something is sent' };
const purged = { supported: 'a purge takes what was sent before it, and nothing that was sent after' };
const permissions = { supported: 'permissions are statements of the policy, which is kept as it was given' };
const lists = { ignored: 'AWS has not built values that are lists either' };
const attributes = {
  ...made,
  but: 'encryption and FifoThroughputLimit are kept and change nothing',
};
const cancelled = { supported: 'a task that moves messages goes at its rate until it is cancelled' };

export const sqsClaims = {
  AddPermission: { '*': permissions },
  CancelMessageMoveTask: { '*': cancelled },
  ChangeMessageVisibility: { '*': messages },
  ChangeMessageVisibilityBatch: { '*': batches },
  CreateQueue: { '*': made, Attributes: attributes },
  DeleteMessage: { '*': messages },
  DeleteMessageBatch: { '*': batches },
  DeleteQueue: { '*': made },
  GetQueueAttributes: { '*': messages },
  GetQueueUrl: { '*': made },
  ListDeadLetterSourceQueues: { '*': redriven },
  ListMessageMoveTasks: { '*': redriven },
  ListQueues: { '*': made },
  ListQueueTags: { '*': made },
  PurgeQueue: { '*': purged },
  ReceiveMessage: {
    '*': messages,
    WaitTimeSeconds: polled,
    ReceiveRequestAttemptId: { ...fifo, but: 'it is not remembered over a restart' },
  },
  RemovePermission: { '*': permissions },
  SendMessage: {
    '*': messages,
    MessageGroupId: fifo,
    MessageDeduplicationId: fifo,
    'MessageAttributes{}.StringListValues': lists,
    'MessageAttributes{}.BinaryListValues': lists,
    'MessageSystemAttributes{}.StringListValues': lists,
    'MessageSystemAttributes{}.BinaryListValues': lists,
  },
  SendMessageBatch: {
    '*': batches,
    'Entries[].MessageAttributes{}.StringListValues': lists,
    'Entries[].MessageAttributes{}.BinaryListValues': lists,
    'Entries[].MessageSystemAttributes{}.StringListValues': lists,
    'Entries[].MessageSystemAttributes{}.BinaryListValues': lists,
  },
  SetQueueAttributes: { '*': permissions, Attributes: attributes },
  StartMessageMoveTask: { '*': cancelled },
  TagQueue: { '*': made },
  UntagQueue: { '*': made },
} satisfies ServiceClaims<SqsOperationName>;

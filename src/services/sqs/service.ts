import type { CommandNames, FlatNames, ServiceDefinition } from '../../core/operation.ts';
import type { Authority } from '../../iam/index.ts';
import { QueueHouse } from './house.ts';
import type { HouseOptions } from './house-options.ts';
import { MoveTasks } from './move-tasks.ts';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
} from './operations/handles.ts';
import { cancelMessageMoveTask, listMessageMoveTasks, startMessageMoveTask } from './operations/move-tasks.ts';
import {
  addPermission,
  getQueueAttributes,
  listQueueTags,
  removePermission,
  setQueueAttributes,
  tagQueue,
  untagQueue,
} from './operations/queue-details.ts';
import {
  createQueue,
  deleteQueue,
  getQueueUrl,
  listDeadLetterSourceQueues,
  listQueues,
  purgeQueue,
} from './operations/queues.ts';
import { receiveMessage } from './operations/receive.ts';
import { sendMessage, sendMessageBatch } from './operations/send.ts';
import { createPort, type QueuePort } from './port.ts';
import { queryCodes } from './refusals.ts';
import type { SqsRuntime } from './runtime.ts';

export type SqsOperationName = CommandNames<typeof import('@aws-sdk/client-sqs')>;

export interface SqsOptions extends HouseOptions {
  /** Where clients reach this server: queue URLs begin so. */
  readonly baseUrl: () => string;
  /** Asked by the port, for those who deliver. */
  readonly authority: Authority;
}

export interface SqsService {
  readonly definition: ServiceDefinition<SqsOperationName>;
  /** How other services deliver. */
  readonly port: QueuePort;
  /** Takes in what the store has. */
  fill(): Promise<void>;
  /** Answers those who wait for messages. */
  dismissWaiting(): void;
}

/** Amazon SQS: standard and FIFO queues. Work that waits for its time is done while due work is open. */
export function createSqs(options: SqsOptions): SqsService {
  const house = new QueueHouse(options);
  const moves = new MoveTasks(options, house);
  const baseUrl = () => options.baseUrl().replace(/\/+$/, '');
  return {
    definition: define({ ...options, house, moves, baseUrl }),
    port: createPort({ ...options, house, moves, baseUrl }),
    fill: () => house.fill(),
    dismissWaiting: () => house.dismiss(),
  };
}

const attribute = ['Name', 'Value'] as const;
const tag = ['Key', 'Value'] as const;

/** As the query protocol of 2012-11-05 names lists and maps. */
const names: FlatNames = {
  path: 'QueueUrl',
  parameters: {
    Attribute: { name: 'Attributes', pair: attribute },
    AttributeName: { name: 'AttributeNames' },
    'CreateQueue.Tag': { name: 'tags', pair: tag },
    Tag: { name: 'Tags', pair: tag },
    TagKey: { name: 'TagKeys' },
    AWSAccountId: { name: 'AWSAccountIds' },
    ActionName: { name: 'Actions' },
    MessageAttribute: { name: 'MessageAttributes', pair: attribute },
    MessageSystemAttribute: { name: 'MessageSystemAttributes', pair: attribute },
    MessageAttributeName: { name: 'MessageAttributeNames' },
    MessageSystemAttributeName: { name: 'MessageSystemAttributeNames' },
    SendMessageBatchRequestEntry: { name: 'Entries' },
    DeleteMessageBatchRequestEntry: { name: 'Entries' },
    ChangeMessageVisibilityBatchRequestEntry: { name: 'Entries' },
  },
  results: {
    Attributes: { name: 'Attribute', pair: attribute },
    Tags: { name: 'Tag', pair: tag },
    QueueUrls: { name: 'QueueUrl' },
    queueUrls: { name: 'QueueUrl' },
    Messages: { name: 'Message' },
    MessageAttributes: { name: 'MessageAttribute', pair: attribute },
    'SendMessageBatch.Successful': { name: 'SendMessageBatchResultEntry' },
    'DeleteMessageBatch.Successful': { name: 'DeleteMessageBatchResultEntry' },
    'ChangeMessageVisibilityBatch.Successful': { name: 'ChangeMessageVisibilityBatchResultEntry' },
    Failed: { name: 'BatchResultErrorEntry' },
    Results: { name: 'ListMessageMoveTasksResultEntry' },
  },
};

function define(runtime: SqsRuntime): ServiceDefinition<SqsOperationName> {
  return {
    name: 'sqs',
    apiVersion: '2012-11-05',
    protocol: { kind: 'awsJson1.0', targetPrefix: 'AmazonSQS' },
    otherProtocols: [{ kind: 'awsQuery', xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/', flat: names }],
    errors: { validation: 'InvalidParameterValueException', internal: 'InternalError', query: queryCodes },
    operations: {
      AddPermission: addPermission(runtime),
      CancelMessageMoveTask: cancelMessageMoveTask(runtime),
      ChangeMessageVisibility: changeMessageVisibility(runtime),
      ChangeMessageVisibilityBatch: changeMessageVisibilityBatch(runtime),
      CreateQueue: createQueue(runtime),
      DeleteMessage: deleteMessage(runtime),
      DeleteMessageBatch: deleteMessageBatch(runtime),
      DeleteQueue: deleteQueue(runtime),
      GetQueueAttributes: getQueueAttributes(runtime),
      GetQueueUrl: getQueueUrl(runtime),
      ListDeadLetterSourceQueues: listDeadLetterSourceQueues(runtime),
      ListMessageMoveTasks: listMessageMoveTasks(runtime),
      ListQueues: listQueues(runtime),
      ListQueueTags: listQueueTags(runtime),
      PurgeQueue: purgeQueue(runtime),
      ReceiveMessage: receiveMessage(runtime),
      RemovePermission: removePermission(runtime),
      SendMessage: sendMessage(runtime),
      SendMessageBatch: sendMessageBatch(runtime),
      SetQueueAttributes: setQueueAttributes(runtime),
      StartMessageMoveTask: startMessageMoveTask(runtime),
      TagQueue: tagQueue(runtime),
      UntagQueue: untagQueue(runtime),
    },
  };
}

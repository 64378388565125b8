import type {
  CancelMessageMoveTaskCommandInput,
  CancelMessageMoveTaskCommandOutput,
  ListMessageMoveTasksCommandInput,
  ListMessageMoveTasksCommandOutput,
  StartMessageMoveTaskCommandInput,
  StartMessageMoveTaskCommandOutput,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { formatArn } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { uuidV7 } from '../../../core/random.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { limits } from '../limits.ts';
import { isFifo } from '../message.ts';
import { queueRequest, sqsOperation } from '../operation.ts';
import { queueOfArn } from '../queues.ts';
import { type MoveTaskRecord, moveTaskRecords, type QueueRecord, queueArn, queueRecords } from '../records.ts';
import { demandRange, invalidValue } from '../refusals.ts';
import type { SqsRuntime } from '../runtime.ts';
import { number } from '../shapes.ts';

function notFound(what: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', what, { status: 404 });
}

function queueNamed({ ledger }: SqsRuntime, arn: string, { account, region }: RequestContext): QueueRecord {
  const queue = queueOfArn(ledger, arn);
  if (queue?.account !== account || queue.region !== region) {
    throw notFound("The resource that you specified for the SourceArn parameter doesn't exist.");
  }
  return queue;
}

/** The queues whose dead letters a queue takes: without a destination each message goes back to its own. */
function sourcesOf({ ledger }: SqsRuntime, arn: string): readonly string[] {
  const queue = queueOfArn(ledger, arn);
  return queue ? [...ledger.by(queueRecords, queue, 'deadLetters', { value: arn })].map(queueArn) : [];
}

export const startMessageMoveTask = sqsOperation<StartMessageMoveTaskCommandInput, StartMessageMoveTaskCommandOutput>()(
  {
    schema: z.object({
      SourceArn: z.string(),
      DestinationArn: z.string().optional(),
      MaxNumberOfMessagesPerSecond: number.optional(),
    }),
    readOnly: false,
    audit: 'management',
    // A task receives and deletes in one queue, and sends to the other.
    access: (runtime, { SourceArn, DestinationArn }) => {
      const source = textOf(SourceArn) ?? '*';
      const target = textOf(DestinationArn);
      const targets = target === undefined ? sourcesOf(runtime, source) : [target];
      const needed = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
      const requests = needed.map((action) => queueRequest(runtime, action, source));
      return [...requests, ...targets.map((each) => queueRequest(runtime, 'SendMessage', each))];
    },
    handler: (runtime, { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: rate }, context) => {
      const { ledger, clock, random, house, moves } = runtime;
      const queue = queueNamed(runtime, SourceArn, context);
      if (rate !== undefined) demandRange('MaxNumberOfMessagesPerSecond', rate, limits.moveRate);
      if (ledger.countBy(queueRecords, queue, 'deadLetters', queueArn(queue)) === 0) {
        throw invalidValue('SourceArn', SourceArn, 'Source queue must be configured as a Dead Letter Queue.');
      }
      if (DestinationArn !== undefined) checkTarget(runtime, queue, DestinationArn);
      if (tasksOf(runtime, queue).some(({ status }) => status === 'RUNNING')) {
        throw new ServiceError(
          'UnsupportedOperation',
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        );
      }
      const now = clock.now();
      const { account, region, name, number: queueNumber } = queue;
      const task: MoveTaskRecord = {
        ...{ account, region, id: uuidV7(now, random), queue: name, number: queueNumber, startedAt: now },
        ...{ status: 'RUNNING', moved: 0, toMove: house.of(queue).counts.visible },
        ...(DestinationArn !== undefined && { destinationArn: DestinationArn }),
        ...(rate !== undefined && { perSecond: rate }),
      };
      moves.start(task);
      return { TaskHandle: handleOf(task) };
    },
  },
);

function checkTarget({ ledger }: SqsRuntime, source: QueueRecord, arn: string): void {
  const target = queueOfArn(ledger, arn);
  if (!target) throw notFound("The resource that you specified for the DestinationArn parameter doesn't exist.");
  if (target.number === source.number) throw invalidValue('DestinationArn', arn, 'It is the source.');
  if (isFifo(target) !== isFifo(source)) {
    throw invalidValue('DestinationArn', arn, 'Must be the same type of queue as the source.');
  }
}

/** Oldest first. */
function tasksOf({ ledger }: SqsRuntime, queue: QueueRecord): readonly MoveTaskRecord[] {
  const tasks = [...ledger.by(moveTaskRecords, queue, 'queue', { value: queue.name })];
  return tasks.filter((task) => task.number === queue.number);
}

function handleOf(task: MoveTaskRecord): string {
  const sourceArn = formatArn('sqs', task, task.queue);
  return Buffer.from(JSON.stringify({ taskId: task.id, sourceArn })).toString('base64');
}

function readTaskHandle(text: string): { readonly taskId: string; readonly sourceArn: string } | undefined {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(text.slice(0, 4_096), 'base64').toString());
    return typeof taskId === 'string' && typeof sourceArn === 'string' ? { taskId, sourceArn } : undefined;
  } catch {
    return undefined;
  }
}

export const cancelMessageMoveTask = sqsOperation<
  CancelMessageMoveTaskCommandInput,
  CancelMessageMoveTaskCommandOutput
>()({
  schema: z.object({ TaskHandle: z.string() }),
  readOnly: false,
  audit: 'management',
  access: (runtime, { TaskHandle }) => {
    const source = readTaskHandle(textOf(TaskHandle) ?? '')?.sourceArn ?? '*';
    return [queueRequest(runtime, 'CancelMessageMoveTask', source)];
  },
  handler: ({ ledger }, { TaskHandle }, context) => {
    const named = readTaskHandle(TaskHandle);
    const task = named && ledger.get(moveTaskRecords, context, named.taskId);
    // Access was asked for the queue that the handle names.
    if (!task || formatArn('sqs', task, task.queue) !== named.sourceArn) throw notFound('Task does not exist.');
    if (task.status !== 'RUNNING') {
      throw new ServiceError('UnsupportedOperation', 'Only active tasks can be cancelled.');
    }
    ledger.transact((transaction) => transaction.put(moveTaskRecords, { ...task, status: 'CANCELLED' }));
    return { ApproximateNumberOfMessagesMoved: task.moved };
  },
});

export const listMessageMoveTasks = sqsOperation<ListMessageMoveTasksCommandInput, ListMessageMoveTasksCommandOutput>()(
  {
    schema: z.object({ SourceArn: z.string(), MaxResults: number.optional() }),
    readOnly: true,
    audit: 'management',
    access: (runtime, { SourceArn }) => [queueRequest(runtime, 'ListMessageMoveTasks', textOf(SourceArn) ?? '*')],
    handler: (runtime, { SourceArn, MaxResults: most = 1 }, context) => {
      const queue = queueNamed(runtime, SourceArn, context);
      demandRange('MaxResults', most, [1, 10]);
      return { Results: tasksOf(runtime, queue).slice(-most).reverse().map(describeTask) };
    },
  },
);

function describeTask(task: MoveTaskRecord) {
  return {
    ...(task.status === 'RUNNING' && { TaskHandle: handleOf(task) }),
    Status: task.status,
    SourceArn: formatArn('sqs', task, task.queue),
    ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
    ...(task.perSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAt,
  };
}

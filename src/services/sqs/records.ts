import { formatArn, type Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';

/** A queue. Its messages are rows of the store. */
export interface QueueRecord extends Scope {
  readonly name: string;
  /** Stands for it in the store: a queue that is made again under its name has another one. */
  readonly number: number;
  /** As given, by SQS's attribute names; computed attributes are not among them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
  readonly changedAt: EpochMilliseconds;
  /** The last purge: messages with numbers up to this one are gone, though rows may be left. */
  readonly purged?: { readonly through: number; readonly at: EpochMilliseconds };
}

export function queueArn(queue: Scope & { readonly name: string }): string {
  return formatArn('sqs', queue, queue.name);
}

export const queueRecords = defineRecord({
  type: 'sqsQueue',
  key: ({ name }: QueueRecord) => name,
  indexes: {
    name: { order: ({ name }) => name },
    /** Those whose dead letters go to a queue, by its ARN. */
    deadLetters: { value: ({ attributes }) => redriveOf(attributes)?.target, order: ({ name }) => name },
  },
});

/** A name that cannot be given again yet. */
export interface DeletedQueueRecord extends Scope {
  readonly name: string;
  readonly deletedAt: EpochMilliseconds;
}

export const deletedQueueRecords = defineRecord({
  type: 'sqsDeletedQueue',
  key: ({ name }: DeletedQueueRecord) => name,
});

/** What handles are sealed with. */
export interface HandleKeyRecord extends Scope {
  /** Hexadecimal. */
  readonly key: string;
}

export const handleKeyRecords = defineRecord<HandleKeyRecord>({ type: 'sqsHandleKey' });

/** A task that moves the messages of a dead-letter queue. */
export interface MoveTaskRecord extends Scope {
  readonly id: string;
  /** The name and number of the queue that is emptied. */
  readonly queue: string;
  readonly number: number;
  /** Absent: each message goes back to where it came from. */
  readonly destinationArn?: string;
  readonly perSecond?: number;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly moved: number;
  readonly toMove: number;
  readonly failureReason?: string;
  readonly startedAt: EpochMilliseconds;
}

export const moveTaskRecords = defineRecord({
  type: 'sqsMoveTask',
  key: ({ id }: MoveTaskRecord) => id,
  indexes: { queue: { value: ({ queue }) => queue, order: ({ id }) => id } },
});

/** Every type of record that SQS keeps. */
export const sqsRecords = [queueRecords, deletedQueueRecords, handleKeyRecords, moveTaskRecords];

export interface Redrive {
  /** The ARN of the dead-letter queue. */
  readonly target: string;
  readonly most: number;
}

const redrives = new WeakMap<object, Redrive | 'none'>();

/** What a queue's redrive policy says, read once for each version of its attributes. */
export function redriveOf(attributes: QueueRecord['attributes']): Redrive | undefined {
  const known = redrives.get(attributes);
  if (known) return known === 'none' ? undefined : known;
  const { RedrivePolicy: text } = attributes;
  const policy = text === undefined ? undefined : JSON.parse(text);
  const redrive = policy && { target: String(policy.deadLetterTargetArn), most: Number(policy.maxReceiveCount) };
  redrives.set(attributes, redrive ?? 'none');
  return redrive;
}

import { ServiceError } from '../../core/errors.ts';
import { readPolicy } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import type { QueueHouse } from './house.ts';
import { limits } from './limits.ts';
import { isFifo } from './message.ts';
import { queueOfArn } from './queues.ts';
import { type QueueRecord, queueArn } from './records.ts';
import { invalidValue } from './refusals.ts';

type Attributes = Readonly<Record<string, string>>;
type Check = (value: string) => boolean;

const inRange =
  ([from, to]: readonly [number, number]): Check =>
  (value) =>
    /^\d{1,8}$/.test(value) && Number(value) >= from && Number(value) <= to;
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    words.includes(value);
const isFlag = oneOf('true', 'false');

/** What a caller may set, and what it must look like. */
const settable: Readonly<Record<string, Check>> = {
  DelaySeconds: inRange(limits.delay),
  MaximumMessageSize: inRange(limits.maximumSize),
  MessageRetentionPeriod: inRange(limits.retention),
  ReceiveMessageWaitTimeSeconds: inRange(limits.wait),
  VisibilityTimeout: inRange(limits.visibility),
  // What cannot be evaluated would deny nothing.
  Policy: (value) => readPolicy(value, 'resource').kind === 'policy',
  RedrivePolicy: isRedrive,
  RedriveAllowPolicy: isRedriveAllow,
  KmsMasterKeyId: (value) => value.length <= 2048,
  KmsDataKeyReusePeriodSeconds: inRange([60, 86_400]),
  SqsManagedSseEnabled: isFlag,
};

const settableOfFifo: Readonly<Record<string, Check>> = {
  ContentBasedDeduplication: isFlag,
  DeduplicationScope: oneOf('messageGroup', 'queue'),
  FifoThroughputLimit: oneOf('perQueue', 'perMessageGroupId'),
};

const defaults: Attributes = {
  DelaySeconds: '0',
  MaximumMessageSize: String(limits.messageBytes),
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  VisibilityTimeout: '30',
  SqsManagedSseEnabled: 'true',
};

const fifoDefaults: Attributes = {
  FifoQueue: 'true',
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
};

const computed = [
  ...['QueueArn', 'CreatedTimestamp', 'LastModifiedTimestamp', 'ApproximateNumberOfMessages'],
  ...['ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'],
];

/** Names that GetQueueAttributes knows. */
const known: ReadonlySet<string> = new Set([
  ...computed,
  ...Object.keys(settable),
  ...Object.keys(fifoDefaults),
  'All',
]);

/** Checks attributes of a new queue in SQS's words, and gives those that are kept. */
export function checkNew(ledger: Ledger, queue: QueueRecord, given: Attributes): Attributes {
  const { FifoQueue: fifo, ...rest } = given;
  const isNamed = isFifo(queue);
  if (fifo !== undefined && fifo !== String(isNamed)) {
    if (fifo === 'true') {
      throw invalidValue(
        'QueueName',
        queue.name,
        'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
      );
    }
    throw invalidAttribute('FifoQueue');
  }
  if (isNamed && fifo === undefined) {
    throw invalidValue(
      'QueueName',
      queue.name,
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  }
  return merge(ledger, { ...queue, attributes: {} }, rest);
}

/** Puts given attributes over those of a queue. An empty policy takes the present one away. */
export function merge(ledger: Ledger, queue: QueueRecord, given: Attributes): Attributes {
  for (const [name, value] of Object.entries(given)) check(queue, name, value);
  const merged = { ...queue.attributes, ...given };
  const { RedrivePolicy: redrive } = given;
  if (redrive) checkTarget(ledger, queue, redrive);
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}

function check(queue: QueueRecord, name: string, value: string): void {
  if (name === 'FifoQueue' && value === String(isFifo(queue))) return;
  const table = isFifo(queue) ? { ...settable, ...settableOfFifo } : settable;
  const holds = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!holds) throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name.slice(0, 200)}.`);
  if (value === '' && (name.endsWith('Policy') || name === 'KmsMasterKeyId')) return;
  if (!holds(value)) throw invalidAttribute(name);
}

function invalidAttribute(name: string): ServiceError {
  return new ServiceError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
}

/** The dead-letter queue is there, of the same kind, in the same region, and takes what comes from this one. */
function checkTarget(ledger: Ledger, queue: QueueRecord, text: string): void {
  const refuse = (reason: string) => invalidValue('RedrivePolicy', text, reason);
  const target = queueOfArn(ledger, String(objectIn(text)?.deadLetterTargetArn));
  if (!target || target.region !== queue.region) throw refuse('Dead letter target does not exist.');
  if (isFifo(target) !== isFifo(queue)) throw refuse('Dead-letter queue must be same type of queue as the source.');
  const allow = target.attributes.RedriveAllowPolicy;
  const { redrivePermission: permission, sourceQueueArns: sources } = (allow && objectIn(allow)) || {};
  const isAllowed =
    permission === undefined ||
    permission === 'allowAll' ||
    (permission === 'byQueue' && Array.isArray(sources) && sources.includes(queueArn(queue)));
  if (!isAllowed) throw refuse('The dead-letter queue does not allow this queue as a source.');
}

function isRedrive(text: string): boolean {
  const policy = objectIn(text);
  const most = Number(policy?.maxReceiveCount);
  return typeof policy?.deadLetterTargetArn === 'string' && Number.isInteger(most) && most >= 1 && most <= 1_000;
}

function isRedriveAllow(text: string): boolean {
  const { redrivePermission: permission, sourceQueueArns: sources } = objectIn(text) ?? {};
  if (permission === 'allowAll' || permission === 'denyAll') return sources === undefined;
  if (permission !== 'byQueue' || !Array.isArray(sources)) return false;
  return sources.length >= 1 && sources.length <= 10 && sources.every((source) => typeof source === 'string');
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** All that GetQueueAttributes knows of a queue. */
export function describe(house: QueueHouse, queue: QueueRecord): Attributes {
  const { visible, leased, delayed } = house.of(queue).counts;
  return {
    QueueArn: queueArn(queue),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1_000)),
    LastModifiedTimestamp: String(Math.floor(queue.changedAt / 1_000)),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(leased),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ...configured(queue),
  };
}

function configured(queue: QueueRecord): Attributes {
  return { ...defaults, ...(isFifo(queue) && fifoDefaults), ...queue.attributes };
}

/** The attributes that are asked for. */
export function select(attributes: Attributes, names: readonly string[]): Attributes {
  for (const name of names) {
    if (!known.has(name)) throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name.slice(0, 200)}.`);
  }
  if (names.includes('All')) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}

/** The attribute in which a queue differs from what is asked of a new one of its name. */
export function difference(queue: QueueRecord, asked: Attributes): string | undefined {
  const present = configured(queue);
  return Object.keys(asked).find((name) => (asked[name] ?? '') !== (present[name] ?? ''));
}

/** Seconds of a queue's attribute. */
export function secondsOf(
  { attributes }: QueueRecord,
  name: 'VisibilityTimeout' | 'ReceiveMessageWaitTimeSeconds',
): number {
  return Number(attributes[name] ?? defaults[name]);
}

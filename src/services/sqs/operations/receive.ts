import type {
  Message,
  MessageSystemAttributeName,
  QueueAttributeName,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { CommitFailed, ServiceError } from '../../../core/errors.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { RequestContext } from '../../../core/operation.ts';
import type { MessageContent } from '../../../store/index.ts';
import { readRest } from '../contents.ts';
import { isBinary, type MessageAttributes, md5, md5OfAttributes } from '../digests.ts';
import { formatHandle } from '../handles.ts';
import { type Given, isFull } from '../house.ts';
import { limits } from '../limits.ts';
import { isFifo } from '../message.ts';
import { queueAccess, sqsOperation } from '../operation.ts';
import { secondsOf } from '../queue-attributes.ts';
import { findQueue } from '../queues.ts';
import type { QueueRecord } from '../records.ts';
import { demandRange, invalid, invalidValue } from '../refusals.ts';
import type { SqsRuntime } from '../runtime.ts';
import { list, number } from '../shapes.ts';
import { sequenceText } from './send.ts';

/** Which names of attributes there are is looked at later, in SQS's own words. */
const schema = z.object({
  QueueUrl: z.string(),
  AttributeNames: list(z.string().transform((name) => name as QueueAttributeName)).optional(),
  MessageSystemAttributeNames: list(z.string().transform((name) => name as MessageSystemAttributeName)).optional(),
  MessageAttributeNames: list(z.string()).optional(),
  MaxNumberOfMessages: number.optional(),
  VisibilityTimeout: number.optional(),
  WaitTimeSeconds: number.optional(),
  ReceiveRequestAttemptId: z.string().optional(),
});

type Input = z.infer<typeof schema>;

/** Answers once the leases are durable; waits for messages if there are none. */
export const receiveMessage = sqsOperation<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>()({
  schema,
  readOnly: false,
  audit: { kind: 'data', hideAnswer: ['Body', 'MessageAttributes'] },
  access: queueAccess('ReceiveMessage'),
  handler: async (runtime, input, context) => {
    const queue = findQueue(runtime.ledger, context, input.QueueUrl);
    const asked = check(queue, input);
    const given = await waitFor(runtime, input, context, asked);
    if (given.length === 0) return {};
    const found = findQueue(runtime.ledger, context, input.QueueUrl);
    const contents = await runtime.house.contents.find(given.map(({ content }) => content));
    const Messages = given.flatMap((each) => {
      const content = contents.get(each.content);
      return content ? [show(runtime, found, each, content, input)] : [];
    });
    return Messages.length > 0 ? { Messages } : {};
  },
});

interface Asked {
  readonly count: number;
  readonly duration: Milliseconds;
  readonly wait: Milliseconds;
}

function check(queue: QueueRecord, input: Input): Asked {
  const { MaxNumberOfMessages: count = 1, ReceiveRequestAttemptId: attempt } = input;
  const { VisibilityTimeout: seconds = secondsOf(queue, 'VisibilityTimeout') } = input;
  const { WaitTimeSeconds: wait = secondsOf(queue, 'ReceiveMessageWaitTimeSeconds') } = input;
  demandRange('MaxNumberOfMessages', count, [1, limits.batch]);
  demandRange('VisibilityTimeout', seconds, limits.visibility);
  demandRange('WaitTimeSeconds', wait, limits.wait);
  if (attempt !== undefined && !/^[\x21-\x7e]{1,128}$/.test(attempt)) {
    const reason =
      'ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length.';
    throw invalidValue('ReceiveRequestAttemptId', attempt, reason);
  }
  if (attempt !== undefined && !isFifo(queue)) {
    throw invalid('The request includes a parameter that is not valid for this queue type: ReceiveRequestAttemptId');
  }
  checkNames(input);
  return { count, duration: seconds * 1_000, wait: wait * 1_000 };
}

/** Takes what there is or, if there is nothing, waits for something as long as is asked. */
async function waitFor(
  runtime: SqsRuntime,
  input: Input,
  context: RequestContext,
  asked: Asked,
): Promise<readonly Given[]> {
  const { ledger, house, clock } = runtime;
  const until = clock.monotonic() + asked.wait;
  for (;;) {
    const queue = findQueue(ledger, context, input.QueueUrl);
    const messages = house.of(queue);
    const given = take(runtime, queue, asked, input.ReceiveRequestAttemptId);
    if (given.length > 0) {
      if (asked.duration > 0) giveBackIfGone(runtime, queue, given, context.signal);
      messages.wake();
      return given;
    }
    const left = until - clock.monotonic();
    if (left <= 0) return [];
    const how = await messages.wait(left, context.signal);
    if (how === 'over') return [];
    if (how === 'gone' || context.signal.aborted) {
      // It may have been woken for a message that is another's now.
      messages.wake();
      return [];
    }
  }
}

function take(
  { house, ledger }: SqsRuntime,
  queue: QueueRecord,
  { count, duration }: Asked,
  attempt: string | undefined,
): readonly Given[] {
  const messages = house.of(queue);
  const before = attempt === undefined ? undefined : house.attempts.find(messages, attempt);
  if (before) {
    ledger.transact((transaction) => {
      for (const entry of before) house.extend(transaction, messages, entry, duration);
    });
    if (attempt !== undefined) house.attempts.remember(messages, attempt, before);
    return before.map((entry) => ({ ...entry, entry }));
  }
  if (isFull(messages)) {
    if (isFifo(queue)) return [];
    throw new ServiceError(
      'OverLimit',
      `Too many messages are in flight: ${limits.inFlight} at most. Delete some first.`,
    );
  }
  const given = house.take(queue, Math.min(count, limits.inFlight - messages.counts.leased), duration);
  const entries = given.map(({ entry }) => entry);
  if (attempt !== undefined && given.length > 0) house.attempts.remember(messages, attempt, entries);
  return given;
}

/** Nobody has what its client cannot be told of: it is visible again at once. */
function giveBackIfGone({ house }: SqsRuntime, queue: QueueRecord, given: readonly Given[], signal: AbortSignal): void {
  const giveBack = () => {
    try {
      house.giveBack(queue, given);
    } catch (error) {
      // Nothing can be changed now: others have it when its time is over.
      if (!(error instanceof CommitFailed)) throw error;
    }
  };
  signal.addEventListener('abort', giveBack, { once: true });
}

function show(
  { ledger }: SqsRuntime,
  queue: QueueRecord,
  given: Given,
  { body, rest }: MessageContent,
  input: Input,
): Message {
  const { messageId, sender, attributes, traceHeader, deduplicationId } = readRest(rest);
  const { sentAt, group, source } = given.entry;
  const system: Readonly<Record<string, string | undefined>> = {
    SenderId: sender,
    SentTimestamp: String(sentAt),
    ApproximateReceiveCount: String(given.receives),
    ApproximateFirstReceiveTimestamp: String(given.firstAt),
    ...(isFifo(queue) && { SequenceNumber: sequenceText(given.id) }),
    MessageDeduplicationId: deduplicationId,
    MessageGroupId: group,
    AWSTraceHeader: traceHeader,
    DeadLetterQueueSourceArn: source,
  };
  const shownSystem = selected(system, [...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])]);
  const shown = selectAttributes(attributes, input.MessageAttributeNames ?? []);
  const digest = md5OfAttributes(shown);
  const { id, nonce } = given;
  return {
    MessageId: messageId,
    ReceiptHandle: formatHandle(ledger, queue, { queue: queue.number, id, nonce }),
    MD5OfBody: md5(body),
    Body: body,
    ...(Object.keys(shownSystem).length > 0 && { Attributes: shownSystem }),
    ...(digest !== undefined && { MD5OfMessageAttributes: digest, MessageAttributes: onWire(shown) }),
  };
}

const systemNames: ReadonlySet<string> = new Set([
  ...['All', 'SenderId', 'SentTimestamp', 'ApproximateReceiveCount', 'ApproximateFirstReceiveTimestamp'],
  ...['SequenceNumber', 'MessageDeduplicationId', 'MessageGroupId', 'AWSTraceHeader', 'DeadLetterQueueSourceArn'],
]);

function checkNames({ AttributeNames = [], MessageSystemAttributeNames = [] }: Input): void {
  for (const name of [...AttributeNames, ...MessageSystemAttributeNames] as string[]) {
    if (!systemNames.has(name))
      throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name.slice(0, 200)}.`);
  }
}

function selected(all: Readonly<Record<string, string | undefined>>, names: readonly string[]): Record<string, string> {
  const wanted = new Set(names);
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value !== undefined && (wanted.has('All') || wanted.has(name)) ? [[name, value]] : [],
    ),
  );
}

/** By name, by the beginning of names (`a.*`), or all. */
function selectAttributes(all: MessageAttributes, asked: readonly string[]): MessageAttributes {
  const names = new Set(asked);
  const beginnings = asked.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -2));
  const isAsked = (name: string) =>
    names.has('All') ||
    names.has('.*') ||
    names.has(name) ||
    beginnings.some((beginning) => name.startsWith(beginning));
  return Object.fromEntries(Object.entries(all).filter(([name]) => isAsked(name)));
}

function onWire(attributes: MessageAttributes): NonNullable<Message['MessageAttributes']> {
  const entries = Object.entries(attributes).map(([name, { type, value }]) => {
    const content = isBinary(type) ? { BinaryValue: Buffer.from(value, 'base64') } : { StringValue: value };
    return [name, { ...content, DataType: type }] as const;
  });
  return Object.fromEntries(entries);
}

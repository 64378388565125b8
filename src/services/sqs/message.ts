import { createHash } from 'node:crypto';
import { ServiceError } from '../../core/errors.ts';
import { isBinary, type MessageAttribute, type MessageAttributes } from './digests.ts';
import { limits } from './limits.ts';
import type { QueueRecord } from './records.ts';
import { demandRange, invalid, invalidValue, missing } from './refusals.ts';

/** An attribute as a caller gives it. */
export interface GivenAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

/** A message as a caller gives it, alone or in a batch. */
export interface GivenMessage {
  readonly MessageBody: string;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: Readonly<Record<string, GivenAttribute>> | undefined;
  readonly MessageSystemAttributes?: Readonly<Record<string, GivenAttribute>> | undefined;
  readonly MessageDeduplicationId?: string | undefined;
  readonly MessageGroupId?: string | undefined;
}

/** A message that may be put into its queue. */
export interface CheckedMessage {
  readonly body: string;
  readonly delaySeconds: number;
  readonly attributes: MessageAttributes;
  readonly systemAttributes: MessageAttributes;
  readonly group?: string;
  /** Of a FIFO queue. */
  readonly deduplicationId?: string;
  /** Of body and attributes. */
  readonly bytes: number;
}

/** Checks a message for a queue, in SQS's words. */
export function checkMessage(queue: QueueRecord, given: GivenMessage): CheckedMessage {
  const { MessageBody: body, MessageGroupId: group } = given;
  if (body === '') throw missing('MessageBody');
  demandCharacters(body);
  const attributes = checkAttributes(given.MessageAttributes ?? {});
  const systemAttributes = checkSystem(given.MessageSystemAttributes ?? {});
  const bytes = Buffer.byteLength(body) + bytesOf(attributes);
  const most = Number(queue.attributes.MaximumMessageSize ?? limits.messageBytes);
  if (bytes > most) {
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  }
  if (group !== undefined) demandId('MessageGroupId', group);
  return {
    ...{ body, attributes, systemAttributes, bytes },
    delaySeconds: delayOf(queue, given.DelaySeconds),
    ...(group !== undefined && { group }),
    ...(isFifo(queue) ? { deduplicationId: deduplicationIdOf(queue, given) } : noDeduplication(given)),
  };
}

export function isFifo({ name }: Pick<QueueRecord, 'name'>): boolean {
  return name.endsWith('.fifo');
}

function delayOf(queue: QueueRecord, given: number | undefined): number {
  const usual = Number(queue.attributes.DelaySeconds ?? 0);
  if (given === undefined) return usual;
  demandRange('DelaySeconds', given, limits.delay);
  if (!isFifo(queue)) return given;
  if (given === 0) return usual;
  throw invalidValue('DelaySeconds', given, 'The request include parameter that is not valid for this queue type.');
}

function noDeduplication({ MessageDeduplicationId: id }: GivenMessage): Record<string, never> {
  if (id === undefined) return {};
  throw invalidValue(
    'MessageDeduplicationId',
    id,
    'The request includes a parameter that is not valid for this queue type.',
  );
}

/** SQS tells messages apart by this, or by the hash of their body alone. */
function deduplicationIdOf(queue: QueueRecord, given: GivenMessage): string {
  const { MessageBody: body, MessageGroupId: group, MessageDeduplicationId: id } = given;
  if (group === undefined) throw missing('MessageGroupId');
  if (id !== undefined) {
    demandId('MessageDeduplicationId', id);
    return id;
  }
  if (queue.attributes.ContentBasedDeduplication === 'true') return createHash('sha256').update(body).digest('hex');
  throw invalid(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
}

function demandId(member: string, id: string): void {
  if (/^[\x21-\x7e]{1,128}$/.test(id)) return;
  const reason = `${member} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
  throw invalidValue(member, id, reason);
}

/** XML 1.0's, and nothing else. */
function demandCharacters(text: string): void {
  if (!/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text)) return;
  throw new ServiceError(
    'InvalidMessageContents',
    'Invalid binary character was found in the message body, the set of allowed characters is ' +
      '#x9 | #xA | #xD | [#x20 to #xD7FF] | [#xE000 to #xFFFD] | [#x10000 to #x10FFFF].',
  );
}

type GivenAttributes = Readonly<Record<string, GivenAttribute>>;

function checkAttributes(given: GivenAttributes): MessageAttributes {
  const entries = Object.entries(given);
  if (entries.length > limits.attributes) {
    throw invalid(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${limits.attributes}].`,
    );
  }
  return Object.fromEntries(entries.map(([name, attribute]) => [name, checkAttribute(name, attribute)]));
}

function checkSystem(given: GivenAttributes): MessageAttributes {
  for (const [name, { DataType }] of Object.entries(given)) {
    if (name !== 'AWSTraceHeader') throw invalid(`Message system attribute name '${name}' is invalid.`);
    if (DataType !== 'String') {
      throw invalid(`Message system attribute '${name}' must have data type 'String'.`);
    }
  }
  return checkAttributes(given);
}

function checkAttribute(name: string, given: GivenAttribute): MessageAttribute {
  if (!/^[\w-]+(\.[\w-]+)*$/.test(name) || name.length > 256 || /^(aws|amazon)\./i.test(name)) {
    throw invalid(`Message attribute name '${name.slice(0, 200)}' is invalid.`);
  }
  const { DataType: type, StringValue: text, BinaryValue: bytes } = given;
  if (!/^(String|Number|Binary)(\.|$)/.test(type) || type.length > 256) {
    throw invalid(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  demandCharacters(type);
  const value = isBinary(type) ? bytes && Buffer.from(bytes).toString('base64') : text;
  if (!value) {
    const field = isBinary(type) ? 'BinaryValue' : 'StringValue';
    throw invalid(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}' in ${field}.`,
    );
  }
  if (type.startsWith('Number')) demandNumber(name, value);
  if (!isBinary(type)) demandCharacters(value);
  return { type, value };
}

function demandNumber(name: string, value: string): void {
  if (value.length <= 200 && /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$/.test(value)) return;
  throw invalid(`Could not cast message attribute '${name}' value to number.`);
}

function bytesOf(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce((sum, [name, { type, value }]) => {
    const length = isBinary(type) ? Buffer.byteLength(value, 'base64') : Buffer.byteLength(value);
    return sum + Buffer.byteLength(name) + Buffer.byteLength(type) + length;
  }, 0);
}

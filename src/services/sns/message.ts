import type { z } from 'zod';
import { type Placed, placeOf } from './fifo/index.ts';
import type { MessageAttribute } from './filter-policy/index.ts';
import type { TopicRecord } from './records.ts';
import { demand, invalidParameter, invalidValue } from './refusals.ts';
import type { messageAttributes } from './shapes.ts';

/** What a caller gives of a message. */
export interface GivenMessage {
  readonly Message: string;
  readonly Subject?: string | undefined;
  readonly MessageStructure?: string | undefined;
  readonly MessageAttributes?: z.infer<typeof messageAttributes> | undefined;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
}

/** A message that has been checked. */
export interface CheckedMessage extends Placed {
  readonly subject: string | undefined;
  /** The text for endpoints of a protocol. */
  readonly messageFor: (protocol: string) => string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Of message and attributes: what AWS's limit counts. */
  readonly bytes: number;
}

/** AWS's: 256 KiB for a message, and for a batch of them. */
export const longestMessage = 262_144;

/** Checks a message for a topic in AWS's words. */
export function checkMessage(topic: Pick<TopicRecord, 'name' | 'attributes'>, given: GivenMessage): CheckedMessage {
  demand(given.Message !== '', 'Empty message');
  const placed = placeOf(topic, given);
  checkSubject(given.Subject);
  const attributes = checkAttributes(given.MessageAttributes ?? {});
  const bytes = Buffer.byteLength(given.Message) + attributeBytes(attributes);
  demand(bytes <= longestMessage, 'Message too long');
  return { subject: given.Subject, messageFor: readStructure(given), attributes, bytes, ...placed };
}

/** Up to 100 characters of ASCII, no control characters, and no blank first. */
function checkSubject(subject: string | undefined): void {
  demand(subject === undefined || /^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject), 'Subject');
}

/** With `MessageStructure` `json` each protocol may have a text of its own, and all others the default. */
function readStructure({ Message: message, MessageStructure: structure }: GivenMessage): CheckedMessage['messageFor'] {
  if (structure === undefined || structure === '') return () => message;
  demand(structure === 'json', 'MessageStructure');
  const texts = parseTexts(message);
  const usual = texts.default;
  if (typeof usual !== 'string') {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  return (protocol) => {
    const own = Object.hasOwn(texts, protocol) ? texts[protocol] : undefined;
    return typeof own === 'string' ? own : usual;
  };
}

function parseTexts(message: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(message);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // The same words for both.
  }
  throw invalidParameter('Message Structure - JSON message body failed to parse');
}

type GivenAttributes = NonNullable<GivenMessage['MessageAttributes']>;

function checkAttributes(given: GivenAttributes): Readonly<Record<string, MessageAttribute>> {
  const entries = Object.entries(given).map(([name, attribute]) => [name, checkAttribute(name, attribute)] as const);
  return Object.fromEntries(entries);
}

function checkAttribute(name: string, given: GivenAttributes[string]): MessageAttribute {
  checkAttributeName(name);
  const type = given.DataType;
  const [kind] = /^(String|Number|Binary)(?=\.|$)/.exec(type) ?? [];
  if (kind === undefined || type.length > 256) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const [field, other] = kind === 'Binary' ? (['Binary', 'String'] as const) : (['String', 'Binary'] as const);
  if (given[`${field}Value`] === undefined && given[`${other}Value`] !== undefined) {
    throw invalidValue(`The message attribute '${name}' with type '${type}' must use field '${field}'.`);
  }
  const value = kind === 'Binary' ? base64(given.BinaryValue) : given.StringValue;
  if (!value) {
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (kind === 'Number' && !isNumber(value)) {
    throw invalidValue(`Could not cast message attribute '${name}' value to number.`);
  }
  return { type, value };
}

function checkAttributeName(name: string): void {
  const wellFormed = /^[\w-]+(\.[\w-]+)*$/.test(name) && name.length <= 256 && !/^(aws|amazon)\./i.test(name);
  if (!wellFormed) throw invalidValue(`Invalid message attribute name '${name}'.`);
}

function base64(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('base64');
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text.trim());
}

function attributeBytes(attributes: CheckedMessage['attributes']): number {
  return Object.entries(attributes).reduce((sum, [name, { type, value }]) => {
    const length = type.startsWith('Binary') ? Buffer.byteLength(value, 'base64') : Buffer.byteLength(value);
    return sum + Buffer.byteLength(name) + Buffer.byteLength(type) + length;
  }, 0);
}

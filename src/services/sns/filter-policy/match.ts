import { isObject, type Json, matchesInTurns, rememberedLook } from '../../../event-patterns/index.ts';
import type { FilterPolicy } from './policy.ts';

/** An attribute of a message, as it is published. */
export interface MessageAttribute {
  /** `String`, `Number`, `Binary`, `String.Array`, or one of the first three with a label of the publisher's after a dot. */
  readonly type: string;
  /** Of binary attributes base64. */
  readonly value: string;
}

/**
 * Which messages pass, one message after the other: what is read of one is kept for all policies. A message costs at most
 * its length for each pattern of a policy, of which there are 150, in turns.
 */
export class MessageFilter {
  readonly #attributes: Json;
  readonly #bodies = new Map<string, Json | undefined>();
  readonly #look = rememberedLook();

  constructor(attributes: Readonly<Record<string, MessageAttribute>>) {
    this.#attributes = attributeValues(attributes);
  }

  /** Whether the message passes, with the body that the subscription is sent. Of a body that is no JSON object nothing passes. */
  async passes(policy: FilterPolicy, body: string): Promise<boolean> {
    if (policy.scope === 'MessageAttributes') return matchesInTurns(policy.root, this.#attributes, asItIs);
    const subject = this.#body(body);
    return subject !== undefined && matchesInTurns(policy.root, subject, this.#look);
  }

  #body(text: string): Json | undefined {
    if (this.#bodies.has(text)) return this.#bodies.get(text);
    const value = parseJson(text);
    const body = isObject(value) ? value : undefined;
    this.#bodies.set(text, body);
    return body;
  }
}

function asItIs(object: Json): Json {
  return object;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Binary attributes are not looked at. */
function attributeValues(attributes: Readonly<Record<string, MessageAttribute>>): Json {
  const readable = Object.entries(attributes).filter(([, { type }]) => !/^Binary\b/.test(type));
  return Object.fromEntries(readable.map(([name, attribute]) => [name, attributeValue(attribute)]));
}

function attributeValue({ type, value }: MessageAttribute): unknown {
  if (/^Number\b/.test(type)) return Number(value);
  if (type !== 'String.Array') return value;
  const items = parseJson(value);
  return Array.isArray(items) ? items : value;
}

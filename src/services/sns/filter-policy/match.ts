import { matchesWildcard } from '../../../core/wildcard.ts';
import { withoutPoints } from './dotted-keys.ts';
import type { Condition, FilterPolicy, PolicyNode, Scalar } from './policy.ts';
import { inFiveDigits, isNode, scalarKey } from './policy.ts';

/** An attribute of a message, as it is published. */
export interface MessageAttribute {
  /** `String`, `Number`, `Binary`, `String.Array`, or one of the first three with a label of the publisher's after a dot. */
  readonly type: string;
  /** Of binary attributes base64. */
  readonly value: string;
}

/** So much work (characters, values and conditions looked at) is done before others have their turn: about 1 ms. */
const turnWork = 100_000;

/**
 * Which messages pass, one message after the other: what is read of one is kept for all policies. A message costs at most
 * its length for each pattern of a policy, of which there are 150, in turns.
 */
export class MessageFilter {
  readonly #attributes: Json;
  readonly #bodies = new Map<string, Json | undefined>();
  /** Objects of bodies as they are looked at, once for all policies. */
  readonly #looks = new WeakMap<Json, Json>();

  constructor(attributes: Readonly<Record<string, MessageAttribute>>) {
    this.#attributes = attributeValues(attributes);
  }

  /** Whether the message passes, with the body that the subscription is sent. Of a body that is no JSON object nothing passes. */
  async passes(policy: FilterPolicy, body: string): Promise<boolean> {
    const subject = policy.scope === 'MessageBody' ? this.#body(body) : this.#attributes;
    if (subject === undefined) return false;
    const look = policy.scope === 'MessageBody' ? (object: Json) => this.#look(object) : (object: Json) => object;
    const matching = matchesNode(policy.root, subject, look);
    let work = 0;
    for (;;) {
      const { done, value } = matching.next();
      if (done) return value;
      work += value;
      if (work < turnWork) continue;
      work = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #look(object: Json): Json {
    const known = this.#looks.get(object);
    if (known) return known;
    const look = withoutPoints(object);
    this.#looks.set(object, look);
    return look;
  }

  #body(text: string): Json | undefined {
    if (this.#bodies.has(text)) return this.#bodies.get(text);
    const value = parseJson(text);
    const body = isObject(value) ? value : undefined;
    this.#bodies.set(text, body);
    return body;
  }
}

/** How an object is read: of bodies, with points in keys taken for objects in objects. */
type Look = (object: Json) => Json;

/** Yields the work done since it last did; returns whether there is a match. */
type Matching = Generator<number, boolean>;

type Json = Readonly<Record<string, unknown>>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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

function* matchesNode(node: PolicyNode, subject: Json, look: Look): Matching {
  const members = look(subject);
  for (const [key, wanted] of node.keys) {
    const value = Object.hasOwn(members, key) ? members[key] : undefined;
    if (!(yield* matchesKey(wanted, value, look))) return false;
  }
  for (const alternatives of node.either) if (!(yield* matchesOne(alternatives, subject, look))) return false;
  return true;
}

function* matchesOne(alternatives: readonly PolicyNode[], subject: Json, look: Look): Matching {
  for (const alternative of alternatives) if (yield* matchesNode(alternative, subject, look)) return true;
  return false;
}

function* matchesKey(wanted: readonly Condition[] | PolicyNode, value: unknown, look: Look): Matching {
  yield 1;
  if (!isNode(wanted)) return yield* matchesAny(wanted, scalarsOf(value));
  if (!Array.isArray(value)) return yield* matchesNode(wanted, isObject(value) ? value : {}, look);
  for (const item of value) {
    yield 1;
    if (isObject(item) && (yield* matchesNode(wanted, item, look))) return true;
  }
  return false;
}

/** Lists in lists are looked through so far. */
const deepestList = 64;

/** The values of a key: none if it is missing or holds an object. */
function scalarsOf(value: unknown): readonly Scalar[] {
  // Not without end: a body may be nested deeper than the stack.
  const values = Array.isArray(value) ? value.flat(deepestList) : [value];
  return values.filter((each): each is Scalar => each !== undefined && !(typeof each === 'object' && each !== null));
}

function* matchesAny(conditions: readonly Condition[], values: readonly Scalar[]): Matching {
  yield values.length;
  for (const condition of conditions) {
    if (condition.kind === 'exists') {
      if (condition.exists === values.length > 0) return true;
      continue;
    }
    for (const value of values) if (yield* matches(condition, value)) return true;
  }
  return false;
}

function* matches(condition: Condition, value: Scalar): Matching {
  if (condition.kind !== 'anything-but') {
    yield 1 + (typeof value === 'string' ? value.length : 0);
    return holds(condition, value);
  }
  for (const each of condition.conditions) if (yield* matches(each, value)) return false;
  return true;
}

/** Whether a condition holds for a value that is there. */
function holds(condition: Exclude<Condition, { kind: 'anything-but' }>, value: Scalar): boolean {
  switch (condition.kind) {
    case 'exact':
      return isSame(condition.value, value);
    case 'none-of':
      return !condition.keys.has(scalarKey(value));
    case 'numeric':
      return typeof value === 'number' && isBetween(condition, value);
    case 'exists':
      return condition.exists;
    default:
      return typeof value === 'string' && holdsForText(condition, value);
  }
}

type TextCondition = Exclude<Condition, { kind: 'exact' | 'none-of' | 'anything-but' | 'numeric' | 'exists' }>;

function holdsForText(condition: TextCondition, text: string): boolean {
  switch (condition.kind) {
    case 'prefix':
      return text.startsWith(condition.text);
    case 'suffix':
      return text.endsWith(condition.text);
    case 'equals-ignore-case':
      return text.toLowerCase() === condition.text.toLowerCase();
    case 'wildcard':
      return matchesWildcard(condition.pieces, text);
    case 'cidr':
      return condition.contains(text);
  }
}

function isSame(wanted: Scalar, value: Scalar): boolean {
  if (typeof wanted !== 'number' || typeof value !== 'number') return wanted === value;
  return inFiveDigits(wanted) === inFiveDigits(value);
}

function isBetween({ low, high }: Extract<Condition, { kind: 'numeric' }>, value: number): boolean {
  const number = inFiveDigits(value);
  if (Number.isNaN(number)) return false;
  if (low && (low.inclusive ? number < inFiveDigits(low.value) : number <= inFiveDigits(low.value))) return false;
  return !(high && (high.inclusive ? number > inFiveDigits(high.value) : number >= inFiveDigits(high.value)));
}

import { matchesWildcard } from '../../../core/wildcard.ts';
import type { Condition, FilterPolicy, PolicyNode, Scalar } from './policy.ts';
import { inFiveDigits } from './policy.ts';

/** A message as a filter policy sees it. */
export interface FilteredMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** An attribute of a message, as it is published. */
export interface MessageAttribute {
  /** `String`, `Number`, `Binary`, `String.Array`, or one of the first three with a label of the publisher's after a dot. */
  readonly type: string;
  /** Of binary attributes base64. */
  readonly value: string;
}

/** Whether a message passes. Of a body that is not a JSON object nothing passes. */
export function passesFilter(policy: FilterPolicy, message: FilteredMessage): boolean {
  const subject = policy.scope === 'MessageBody' ? parseBody(message.body) : attributeValues(message.attributes);
  return subject !== undefined && matchesNode(policy.root, subject);
}

type Json = Readonly<Record<string, unknown>>;

function parseBody(body: string): Json | undefined {
  const value = parseJson(body);
  return isObject(value) ? value : undefined;
}

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
function attributeValues(attributes: FilteredMessage['attributes']): Json {
  const readable = Object.entries(attributes).filter(([, { type }]) => !/^Binary\b/.test(type));
  return Object.fromEntries(readable.map(([name, attribute]) => [name, attributeValue(attribute)]));
}

function attributeValue({ type, value }: MessageAttribute): unknown {
  if (/^Number\b/.test(type)) return Number(value);
  if (type !== 'String.Array') return value;
  const items = parseJson(value);
  return Array.isArray(items) ? items : value;
}

function matchesNode(node: PolicyNode, subject: Json): boolean {
  for (const [key, wanted] of node.keys) {
    const value = Object.hasOwn(subject, key) ? subject[key] : undefined;
    if (!matchesKey(wanted, value)) return false;
  }
  return node.either.every((alternatives) => alternatives.some((alternative) => matchesNode(alternative, subject)));
}

function matchesKey(wanted: readonly Condition[] | PolicyNode, value: unknown): boolean {
  if (!isNode(wanted)) return matchesAny(wanted, scalarsOf(value));
  if (Array.isArray(value)) return value.some((item) => isObject(item) && matchesNode(wanted, item));
  return matchesNode(wanted, isObject(value) ? value : {});
}

function isNode(wanted: readonly Condition[] | PolicyNode): wanted is PolicyNode {
  return !Array.isArray(wanted);
}

/** Lists in lists are looked through so far. */
const deepestList = 64;

/** The values of a key: none if it is missing or holds an object. */
function scalarsOf(value: unknown): readonly Scalar[] {
  // Not without end: a body may be nested deeper than the stack.
  const values = Array.isArray(value) ? value.flat(deepestList) : [value];
  return values.filter((each): each is Scalar => each !== undefined && !(typeof each === 'object' && each !== null));
}

function matchesAny(conditions: readonly Condition[], values: readonly Scalar[]): boolean {
  return conditions.some((condition) => {
    if (condition.kind === 'exists') return condition.exists === values.length > 0;
    return values.some((value) => holds(condition, value));
  });
}

/** Whether a condition holds for a value that is there. */
function holds(condition: Condition, value: Scalar): boolean {
  switch (condition.kind) {
    case 'exact':
      return isSame(condition.value, value);
    case 'anything-but':
      return !condition.conditions.some((each) => holds(each, value));
    case 'numeric':
      return typeof value === 'number' && isBetween(condition, value);
    case 'exists':
      return condition.exists;
    default:
      return typeof value === 'string' && holdsForText(condition, value);
  }
}

type TextCondition = Exclude<Condition, { kind: 'exact' | 'anything-but' | 'numeric' | 'exists' }>;

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

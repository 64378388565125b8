import { createHash } from 'node:crypto';
import { JavaRandom } from '../json/java-random.ts';
import { type Json, nestsDeeper, sameJson, setMember } from '../json/json.ts';
import type { SeededRandom } from '../json/seeded-random.ts';
import { bounds, limits } from '../limits.ts';
import { type Arguments, IntrinsicFault } from './arguments.ts';
import type { IntrinsicName } from './arity.ts';
import { decodeBase64 } from './base64.ts';
import { format } from './format.ts';

type IntrinsicFunction = (args: Arguments, random: SeededRandom) => Json;

/** What each intrinsic function does (developer guide, "Intrinsic functions for JSONPath states"). */
export const intrinsicFunctions: Readonly<Record<IntrinsicName, IntrinsicFunction>> = {
  'States.Array': (args) => Array.from({ length: args.count }, (_, i) => args.any(i)),
  'States.ArrayContains': (args) => args.array(0).some((item) => sameJson(item, args.any(1))),
  'States.ArrayGetItem': arrayGetItem,
  'States.ArrayLength': (args) => args.array(0).length,
  'States.ArrayPartition': (args) => partition(args.array(0), args.integer(1)),
  'States.ArrayRange': (args) => range(args.integer(0), args.integer(1), args.integer(2), checkRange),
  'States.ArrayUnique': (args) => unique(args.array(0)),
  'States.Base64Decode': (args) => decodeBase64(base64Argument(args)),
  'States.Base64Encode': (args) => Buffer.from(base64Argument(args), 'utf8').toString('base64'),
  'States.Format': format,
  'States.Hash': (args) => hash(args.any(0), args.string(1)),
  'States.JsonMerge': jsonMerge,
  'States.JsonToString': (args) => JSON.stringify(args.any(0)),
  'States.MathAdd': mathAdd,
  'States.MathRandom': mathRandom,
  'States.StringSplit': (args) => splitString(args.string(0), args.string(1)),
  'States.StringToJson': stringToJson,
  'States.UUID': (_args, random) => random.uuid(),
};

function arrayGetItem(args: Arguments): Json {
  const item = args.array(0)[args.integer(1)];
  if (item === undefined) throw new IntrinsicFault(`index ${args.integer(1)} is outside the array`);
  return item;
}

/** Chunks of `size`, the last one perhaps shorter. */
export function partition(array: readonly Json[], size: number): Json[] {
  if (size < 1) throw new IntrinsicFault('the chunk size must be a positive integer');
  const chunks: Json[] = [];
  for (let from = 0; from < array.length; from += size) chunks.push(array.slice(from, from + size));
  return chunks;
}

/** From `first` to `last`, both included, by `step`. `check` is told how many there will be, and may refuse. */
export function range(first: number, last: number, step: number, check: (count: number) => void): number[] {
  if (step === 0) throw new IntrinsicFault('the step must not be 0');
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  check(count);
  return Array.from({ length: count }, (_, i) => first + i * step);
}

function checkRange(count: number): void {
  if (count > limits.rangeItems) throw new IntrinsicFault(`the range has more than ${limits.rangeItems} items`);
}

/** Each value once, where it first occurs. */
function unique(array: readonly Json[]): Json[] {
  const seen = new Set<Json>();
  const kept: Json[] = [];
  for (const item of array) {
    const key = typeof item === 'object' && item !== null ? canonical(item) : item;
    const mark = typeof key === 'string' ? `${typeof item}:${key}` : key;
    if (seen.has(mark)) continue;
    seen.add(mark);
    kept.push(item);
  }
  return kept;
}

/** JSON with sorted member names, equal for equal values. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function base64Argument(args: Arguments): string {
  const text = args.string(0);
  if (text.length > limits.base64Characters) {
    throw new IntrinsicFault(`the string is longer than ${limits.base64Characters} characters`);
  }
  return text;
}

const hashAlgorithms: ReadonlySet<string> = new Set(['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']);

/** Lower case hexadecimal digest of a string, or of the JSON of anything else. */
export function hash(value: Json, algorithm: string): string {
  if (!hashAlgorithms.has(algorithm)) throw new IntrinsicFault(`unknown hash algorithm '${algorithm}'`);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length > limits.hashCharacters) {
    throw new IntrinsicFault(`the data is longer than ${limits.hashCharacters} characters`);
  }
  return createHash(algorithm.replace('-', '')).update(text, 'utf8').digest('hex');
}

function jsonMerge(args: Arguments): Json {
  if (args.any(2) !== false) throw new IntrinsicFault('argument 3 must be false: deep merging is not supported');
  const merged: Record<string, Json> = { ...args.object(0) };
  for (const [key, value] of Object.entries(args.object(1))) setMember(merged, key, value);
  return merged;
}

function int32(value: number): number {
  if (value < -2_147_483_648 || value > 2_147_483_647) throw new IntrinsicFault(`${value} is no 32 bit integer`);
  return value;
}

function mathAdd(args: Arguments): Json {
  return int32(int32(args.integer(0)) + int32(args.integer(1)));
}

/** From the first argument, included, to the second, excluded. A third argument is a seed, and draws as Java does. */
function mathRandom(args: Arguments, random: SeededRandom): Json {
  const start = int32(args.integer(0));
  const end = int32(args.integer(1));
  if (end <= start) throw new IntrinsicFault('the end must be greater than the start');
  if (args.count > 2) return new JavaRandom(args.integer(2)).nextInt(start, end);
  return start + Math.floor(random.fraction() * (end - start));
}

/** Every character of `delimiters` splits; empty parts are dropped. */
function splitString(text: string, delimiters: string): string[] {
  const splits = new Set(delimiters);
  const parts: string[] = [];
  let part = '';
  for (const character of text) {
    if (!splits.has(character)) part += character;
    else if (part !== '') {
      parts.push(part);
      part = '';
    }
  }
  if (part !== '') parts.push(part);
  return parts;
}

/** The value of a JSON text. Throws `IntrinsicFault` for other texts, and for values that nest too deep. */
export function parseJson(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new IntrinsicFault('the string is not valid JSON');
  }
  if (nestsDeeper(value, bounds.jsonDepth)) throw new IntrinsicFault(`the value nests deeper than ${bounds.jsonDepth}`);
  return value;
}

/** A blank text is null, as the Java parser says that AWS uses. */
function stringToJson(args: Arguments): Json {
  const text = args.string(0);
  return /^[ \t\r\n]*$/.test(text) ? null : parseJson(text);
}

import { parseCondition } from './conditions.ts';
import { type Dialect, deepest } from './dialect.ts';
import { joinedKeys, nestedKey } from './dotted-keys.ts';
import { isObject, type Json } from './json.ts';
import type { Condition, PatternKey, PatternNode } from './pattern.ts';

/** Keys that no alternative of an `$or` may have: with one, `$or` is a key like any other. */
const keywords: ReadonlySet<string> = new Set([
  'anything-but',
  'cidr',
  'equals-ignore-case',
  'exists',
  'numeric',
  'prefix',
  'suffix',
  'wildcard',
]);

/** How much a pattern asks for: its leaf keys, and the product of their numbers of values (each times its depth). */
export interface PatternSize {
  readonly keys: number;
  readonly combinations: number;
}

interface Sized<Part> {
  readonly node: Part;
  readonly size: PatternSize;
}

/** Reads a pattern from its JSON. What is not right is refused by the dialect. */
export function readPattern(dialect: Dialect, given: Json): Sized<PatternNode> {
  return readNode(dialect, given, 1);
}

function readNode(dialect: Dialect, given: Json, depth: number): Sized<PatternNode> {
  if (depth > deepest) return tooDeep(dialect);
  const keys: PatternKey[] = [];
  const either: (readonly PatternNode[])[] = [];
  let size: PatternSize = { keys: 0, combinations: 1 };
  for (const [key, value] of Object.entries(given)) {
    const alternatives = key === '$or' ? alternativesIn(value) : undefined;
    const read = alternatives ? readAlternatives(dialect, alternatives, depth) : readKey(dialect, key, value, depth);
    if ('either' in read) either.push(read.either);
    else keys.push(dialect.refuseNested ? [key, read.node] : (nestedKey(key, read.node) ?? tooDeep(dialect)));
    size = { keys: size.keys + read.size.keys, combinations: size.combinations * read.size.combinations };
  }
  return { node: { keys: joinedKeys(keys), either }, size };
}

function tooDeep({ name, refuse }: Dialect): never {
  return refuse(`${name} is nested too deep`);
}

/** What stands in an `$or`, if it is one. */
function alternativesIn(value: unknown): readonly Json[] | undefined {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject)) return undefined;
  return value.some((each) => Object.keys(each).some((key) => keywords.has(key))) ? undefined : value;
}

function readAlternatives(dialect: Dialect, alternatives: readonly Json[], depth: number) {
  if (alternatives.some((each) => Object.keys(each).length === 0))
    return dialect.refuse('Empty objects are not allowed');
  const read = alternatives.map((each) => readNode(dialect, each, depth));
  const size = {
    keys: Math.max(...read.map(({ size }) => size.keys)),
    combinations: read.reduce((sum, { size }) => sum + size.combinations, 0),
  };
  return { either: read.map(({ node }) => node), size };
}

/** How many patterns a value is compared with. */
function patternsOf(condition: Condition): number {
  return condition.kind === 'value' ? condition.tests.length : 1;
}

function readKey(
  dialect: Dialect,
  key: string,
  value: unknown,
  depth: number,
): Sized<readonly Condition[] | PatternNode> {
  if (isObject(value)) {
    dialect.refuseNested?.();
    if (Object.keys(value).length === 0) return dialect.refuse('Empty objects are not allowed');
    return readNode(dialect, value, depth + 1);
  }
  if (!Array.isArray(value)) return dialect.refuse(`"${key}" must be an object or an array`);
  if (value.length === 0) return dialect.refuse('Empty arrays are not allowed');
  const conditions = value.map((each) => parseCondition(dialect, each));
  const patterns = conditions.reduce((sum, each) => sum + patternsOf(each), 0);
  return { node: conditions, size: { keys: 1, combinations: patterns * depth } };
}

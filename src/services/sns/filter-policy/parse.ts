import { parseCondition } from './conditions.ts';
import { joinedKeys, nestedKey } from './dotted-keys.ts';
import type { Condition, FilterPolicy, FilterPolicyScope, PolicyKey, PolicyNode } from './policy.ts';
import { refusePolicy } from './refuse.ts';

/** AWS's limits on one policy. */
const limits = { bytes: 256 * 1024, keys: 5, combinations: 150, depth: 64 } as const;

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

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a filter policy. Throws `ServiceError` `InvalidParameter` in AWS's words. An empty policy is a policy that
 * everything passes.
 */
export function parseFilterPolicy(text: string, scope: FilterPolicyScope): FilterPolicy {
  if (Buffer.byteLength(text) > limits.bytes) return refusePolicy('Filter policy is too large');
  const given = parseJson(text);
  if (!isObject(given)) return refusePolicy('Filter policy must be a JSON object');
  const { node, size } = readNode(given, scope, 1);
  if (size.keys > limits.keys) return refusePolicy('Filter policy can not have more than 5 keys');
  if (size.combinations > limits.combinations) return refusePolicy('Filter policy is too complex');
  return { scope, root: node };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refusePolicy('failed to parse JSON.');
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How much a policy asks for: its leaf keys, and the product of their numbers of values (each times its depth). */
interface Size {
  readonly keys: number;
  readonly combinations: number;
}

interface Sized<Part> {
  readonly node: Part;
  readonly size: Size;
}

function readNode(given: Json, scope: FilterPolicyScope, depth: number): Sized<PolicyNode> {
  if (depth > limits.depth) return refusePolicy('Filter policy is nested too deep');
  const keys: PolicyKey[] = [];
  const either: (readonly PolicyNode[])[] = [];
  let size: Size = { keys: 0, combinations: 1 };
  for (const [key, value] of Object.entries(given)) {
    const alternatives = key === '$or' ? alternativesIn(value) : undefined;
    const read = alternatives ? readAlternatives(alternatives, scope, depth) : readKey(key, value, scope, depth);
    if ('either' in read) either.push(read.either);
    else keys.push(scope === 'MessageBody' ? nestedKey(key, read.node, limits.depth) : [key, read.node]);
    size = { keys: size.keys + read.size.keys, combinations: size.combinations * read.size.combinations };
  }
  return { node: { keys: joinedKeys(keys), either }, size };
}

/** What stands in an `$or`, if it is one. */
function alternativesIn(value: unknown): readonly Json[] | undefined {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject)) return undefined;
  return value.some((each) => Object.keys(each).some((key) => keywords.has(key))) ? undefined : value;
}

function readAlternatives(alternatives: readonly Json[], scope: FilterPolicyScope, depth: number) {
  const read = alternatives.map((each) => readNode(each, scope, depth));
  const size = {
    keys: Math.max(...read.map(({ size }) => size.keys)),
    combinations: read.reduce((sum, { size }) => sum + size.combinations, 0),
  };
  return { either: read.map(({ node }) => node), size };
}

/** How many patterns a value is compared with. */
function patternsOf(condition: Condition): number {
  return condition.kind === 'anything-but' ? condition.conditions.length : 1;
}

function readKey(
  key: string,
  value: unknown,
  scope: FilterPolicyScope,
  depth: number,
): Sized<readonly Condition[] | PolicyNode> {
  if (isObject(value)) {
    if (scope === 'MessageAttributes') {
      return refusePolicy('Filter policy scope MessageAttributes does not support nested filter policy');
    }
    if (Object.keys(value).length === 0) return refusePolicy('Empty objects are not allowed');
    return readNode(value, scope, depth + 1);
  }
  if (!Array.isArray(value)) return refusePolicy(`"${key}" must be an object or an array`);
  if (value.length === 0) return refusePolicy('Empty arrays are not allowed');
  const conditions = value.map(parseCondition);
  const patterns = conditions.reduce((sum, each) => sum + patternsOf(each), 0);
  return { node: conditions, size: { keys: 1, combinations: patterns * depth } };
}

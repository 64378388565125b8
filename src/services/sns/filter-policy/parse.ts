import { type Dialect, isObject, readPattern } from '../../../event-patterns/index.ts';
import { invalidParameter } from '../refusals.ts';
import type { FilterPolicy, FilterPolicyScope } from './policy.ts';

/** AWS's limits on one policy. */
const limits = { bytes: 256 * 1024, keys: 5, combinations: 150 } as const;

/**
 * Reads a filter policy. Throws `ServiceError` `InvalidParameter` in AWS's words. An empty policy is a policy that
 * everything passes.
 */
export function parseFilterPolicy(text: string, scope: FilterPolicyScope): FilterPolicy {
  if (Buffer.byteLength(text) > limits.bytes) return refuse('Filter policy is too large');
  const given = parseJson(text);
  if (!isObject(given)) return refuse('Filter policy must be a JSON object');
  const { node, size } = readPattern(dialects[scope], given);
  if (size.keys > limits.keys) return refuse('Filter policy can not have more than 5 keys');
  if (size.combinations > limits.combinations) return refuse('Filter policy is too complex');
  return { scope, root: node };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('failed to parse JSON.');
  }
}

function refuse(reason: string): never {
  throw invalidParameter(`FilterPolicy: ${reason}`);
}

/** The names of attributes are what they are; bodies have objects in objects. */
const dialects: Readonly<Record<FilterPolicyScope, Dialect>> = {
  MessageAttributes: dialectOf(() =>
    refuse('Filter policy scope MessageAttributes does not support nested filter policy'),
  ),
  MessageBody: dialectOf(undefined),
};

function dialectOf(refuseNested: (() => never) | undefined): Dialect {
  return {
    ...{ name: 'Filter policy', refuse, refuseNested, affixesOfAnyCase: false, mixedLists: true },
    numbers: { most: 1e9, mostText: '1.0E9', decimals: 5, othersByText: false },
  };
}

import type { Json, JsonObject } from '../../../asl/index.ts';
import type { ApiShape } from './api.ts';

/**
 * The first thing that keeps a mocked result from being what an API answers; undefined when it could be that. Members that
 * the API has not are taken: it may get them. `STRICT` wants its required members too.
 *
 * Words: "must be a string" and "must be a number" are recorded, the other types are by analogy; times are text, as recorded.
 */
export function resultProblem(shape: ApiShape, result: Json, mode: 'STRICT' | 'PRESENT'): string | undefined {
  return check(shape, result, undefined, mode === 'STRICT');
}

const names = {
  string: 'a string',
  timestamp: 'a string',
  blob: 'a string',
  integer: 'a number',
  float: 'a number',
  boolean: 'a boolean',
  list: 'an array',
  map: 'an object',
  structure: 'an object',
} as const satisfies Readonly<Record<Exclude<ApiShape['kind'], 'document'>, string>>;

function check(shape: ApiShape, value: Json, field: string | undefined, strict: boolean): string | undefined {
  if (shape.kind === 'document') return undefined;
  const name = names[shape.kind];
  if (typeOf(value) !== name)
    return field === undefined ? `Result must be ${name}` : `Field '${field}' must be ${name}`;
  switch (shape.kind) {
    case 'structure':
      return checkMembers(shape, value as JsonObject, strict);
    case 'list':
      return first(value as readonly Json[], (item) => check(shape.element, item, field, strict));
    case 'map':
      return first(Object.entries(value as JsonObject), ([key, item]) => check(shape.value, item, key, strict));
    default:
      return undefined;
  }
}

function checkMembers(
  { members }: ApiShape & { readonly kind: 'structure' },
  value: JsonObject,
  strict: boolean,
): string | undefined {
  const missing = first(strict ? [...members] : [], ([name, { required }]) =>
    required && !Object.hasOwn(value, name) ? `Required field '${name}' is missing` : undefined,
  );
  return (
    missing ??
    first(Object.entries(value), ([name, item]) => {
      const member = members.get(name);
      return member && item !== null ? check(member.shape, item, name, strict) : undefined;
    })
  );
}

function first<Item>(items: readonly Item[], problem: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  return `a ${typeof value}`;
}

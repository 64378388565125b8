import { type Json, setMember } from '../json/json.ts';

/** The result of an expression is no JSON: it is a function. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/**
 * JSONata's result as plain JSON: its arrays carry marks of their own, which are left behind. Undefined members and
 * elements vanish, as they do for JSONata itself. Undefined for an undefined result.
 */
export function plainJson(value: unknown): Json | undefined {
  if (value === undefined) return undefined;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  // A number that JSON has no digits for becomes its name, as Java's JSON writers do and AWS answers.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'function' || typeof value !== 'object') throw new NotJson('a function');
  return Array.isArray(value) ? plainArray(value) : plainObject(value);
}

function plainArray(values: readonly unknown[]): Json {
  const items: Json[] = [];
  for (const value of values) {
    const item = plainJson(value);
    if (item !== undefined) items.push(item);
  }
  return items;
}

function plainObject(value: object): Json {
  if ('_jsonata_function' in value || '_jsonata_lambda' in value) throw new NotJson('a function');
  const object: Record<string, Json> = {};
  for (const [name, inner] of Object.entries(value)) {
    const plain = plainJson(inner);
    if (plain !== undefined) setMember(object, name, plain);
  }
  return object;
}

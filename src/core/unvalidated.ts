/**
 * Reading an input that nobody has validated yet: what names things, and no more. A member that is not what it should be
 * counts as absent; validation refuses it afterwards, with its own words.
 */

/** An input of which the names of the members are known and nothing else. */
export type Unvalidated<Input> = { readonly [Member in keyof Input]?: unknown };

/** More characters than the name or ARN of anything that exists. */
const longestName = 4096;
/** More entries than any list or map of names may have. */
const mostNames = 1024;

/** The text, unless it is something else or longer than any name. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= longestName ? value : undefined;
}

/** The number, unless it is something else. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Whether it is `true`. */
export function isTrue(value: unknown): boolean {
  return value === true;
}

/** The texts of a list, at most the first 1,024 entries. */
export function textsOf(value: unknown): string[] {
  return listOf(value).flatMap((each) => textOf(each) ?? []);
}

/** The structures of a list, at most the first 1,024 entries. */
export function structuresOf(value: unknown): Unvalidated<Record<string, unknown>>[] {
  return listOf(value).map(structureOf);
}

/** A structure; an empty one if it is something else. */
export function structureOf(value: unknown): Unvalidated<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...bounded(value) } : {};
}

/** The texts of a map by their keys, at most the first 1,024; undefined if it is something else. */
export function textMapOf(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const texts: Record<string, string> = Object.create(null);
  for (const [key, member] of Object.entries(bounded(value))) {
    const text = textOf(member);
    if (text !== undefined) texts[key] = text;
  }
  return texts;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, mostNames) : [];
}

/** The first entries of an object: walking all keys of a huge one is what this file is there to avoid. */
function bounded(value: object): Record<string, unknown> {
  const first: Record<string, unknown> = Object.create(null);
  let count = 0;
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    if (count++ === mostNames) break;
    first[key] = (value as Record<string, unknown>)[key];
  }
  return first;
}

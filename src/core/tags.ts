import { structuresOf, textOf } from './unvalidated.ts';

/** What keys and values of tags may be made of in nearly all services (spec 06 §5.3). */
export const allowedTagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** AWS's own tags, which users can neither set nor remove. */
export const reservedTagText = /^aws:/i;

/** The condition keys of a request that carries these tags. */
export function requestTagConditions(
  tags: readonly (readonly [key: string, value: string])[],
): Record<string, string | readonly string[]> {
  if (tags.length === 0) return {};
  return {
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': tags.map(([key]) => key),
  };
}

/** The same for a list of `Key` and `Value` that nobody has validated. */
export function givenTagConditions(tags: unknown): Readonly<Record<string, string | readonly string[]>> {
  return requestTagConditions(
    structuresOf(tags).flatMap(({ Key, Value }) => {
      const key = textOf(Key);
      return key === undefined ? [] : [[key, textOf(Value) ?? ''] as const];
    }),
  );
}

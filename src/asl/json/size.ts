import type { Json } from './json.ts';

/**
 * Whether the JSON text of a value surely has more than `characters` (`long`), or the value nests more than `levels` deep
 * (`deep`). Looks at no more than so many nodes and characters, whatever the value is made of: one small array that holds
 * another many times over may stand for gigabytes of text.
 */
export function excessOf(value: Json, characters: number, levels: number): 'long' | 'deep' | undefined {
  const rest = left(value, characters, levels);
  if (rest >= 0) return undefined;
  return rest === tooDeep ? 'deep' : 'long';
}

const tooDeep = Number.NEGATIVE_INFINITY;

/** What is left of `room` when each node, and each character of a text or name, takes one. Stops below 0. */
function left(value: Json, room: number, levels: number): number {
  if (typeof value === 'string') return room - 2 - value.length;
  if (typeof value !== 'object' || value === null) return room - 1;
  if (levels === 0) return tooDeep;
  let rest = room - 2;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && rest >= 0; at += 1) rest = left(value[at], rest, levels - 1);
    return rest;
  }
  const object = value as Readonly<Record<string, Json>>;
  for (const name of Object.keys(object)) {
    if (rest < 0) return rest;
    rest = left(object[name] ?? null, rest - name.length - 3, levels - 1);
  }
  return rest;
}

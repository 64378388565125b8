import type { Json } from './json.ts';

/**
 * Whether the JSON text of a value surely has more than `characters`. Looks at no more than so many nodes and characters,
 * whatever the value is made of: one small array that holds another many times over may stand for gigabytes of text. What
 * lies more than `levels` deep is not looked at.
 */
export function isLonger(value: Json, characters: number, levels: number): boolean {
  return left(value, characters, levels) < 0;
}

/** What is left of `room` when each node, and each character of a text or name, takes one. Stops below 0. */
function left(value: Json, room: number, levels: number): number {
  if (typeof value === 'string') return room - 2 - value.length;
  if (typeof value !== 'object' || value === null || levels === 0) return room - 1;
  let rest = room - 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (rest < 0) return rest;
      rest = left(item, rest, levels - 1);
    }
    return rest;
  }
  for (const [name, member] of Object.entries(value)) {
    if (rest < 0) return rest;
    rest = left(member, rest - name.length - 3, levels - 1);
  }
  return rest;
}

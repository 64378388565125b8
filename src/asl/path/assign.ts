import { isArray, isObject, type Json, member, setMember } from '../json/json.ts';
import type { ReferenceStep } from './path.ts';

/** A reference path cannot be applied: it indexes what is no array, or beyond its end. */
export class CannotAssign extends Error {
  override readonly name = 'CannotAssign';
}

/**
 * A copy of `document` with `value` at the reference path. Missing objects on the way are made, and an existing node
 * is replaced; anything on the way that is no object becomes one (Amazon States Language, "ResultPath").
 */
export function assignAt(document: Json, steps: readonly ReferenceStep[], value: Json, depth = 0): Json {
  const step = steps[depth];
  if (step === undefined) return value;
  return typeof step === 'number'
    ? assignIndex(document, steps, step, value, depth)
    : assignName(document, steps, step, value, depth);
}

function assignName(document: Json, steps: readonly ReferenceStep[], name: string, value: Json, depth: number): Json {
  if (!isObject(document) && document !== null) {
    throw new CannotAssign(`'${name}' cannot be set on ${isArray(document) ? 'an array' : `a ${typeof document}`}`);
  }
  const copy: Record<string, Json> = { ...document };
  const inner = document === null ? undefined : member(document, name);
  setMember(copy, name, assignAt(inner ?? emptyFor(steps[depth + 1]), steps, value, depth + 1));
  return copy;
}

function assignIndex(document: Json, steps: readonly ReferenceStep[], index: number, value: Json, depth: number): Json {
  if (!isArray(document) || index >= document.length) throw new CannotAssign(`there is no array element ${index}`);
  return document.with(index, assignAt(document[index] ?? null, steps, value, depth + 1));
}

function emptyFor(next: ReferenceStep | undefined): Json {
  return typeof next === 'number' ? null : {};
}

import type { Json, JsonObject } from '../../../asl/index.ts';
import type { ApiShape } from './api.ts';
import type { Integration } from './integration.ts';
import { capitalised } from './names.ts';

/**
 * Parameters with the names of the service's own members, at every depth; the keys of maps are the user's and stay. Null is
 * absent. What the service takes as text and is given as an object or a list becomes its text.
 */
export function toServiceInput({ input, anyJson }: Pick<Integration, 'input' | 'anyJson'>, parameters: Json): Json {
  const convert = (shape: ApiShape, value: Json, path: string): Json => {
    if (typeof value !== 'string' && anyJson.has(path)) return JSON.stringify(value);
    if (typeof value !== 'object' || value === null) return value;
    switch (shape.kind) {
      case 'structure':
        return Array.isArray(value) ? value : structure(shape, value as JsonObject, path);
      case 'map':
        return mapped(value, (key, item) => [key, convert(shape.value, item, path)]);
      case 'list':
        return Array.isArray(value) ? value.map((item) => convert(shape.element, item, path)) : value;
      case 'string':
      case 'blob':
        return JSON.stringify(value);
      default:
        return value;
    }
  };
  const structure = ({ members }: ApiShape & { kind: 'structure' }, value: JsonObject, path: string): Json =>
    mapped(value, (key, item) => {
      const member = members.get(key);
      const inner = path === '' ? key : `${path}.${key}`;
      return member ? [member.name, convert(member.shape, item, inner)] : [key, item];
    });
  return convert(input, parameters, '');
}

/** How an output shows times: the optimised integrations as milliseconds, those of the SDK as ISO 8601. */
export type TimeForm = 'milliseconds' | 'iso';

/**
 * A service's output as a task's result, with the names that definitions use, at every depth; the keys of maps stay. Absent
 * members stay absent. What the API does not tell of is named with a capital.
 */
export function toTaskOutput(output: unknown, shape: ApiShape | undefined, times: TimeForm): Json {
  if (output === null || output === undefined) return null;
  if (typeof output === 'string' || typeof output === 'number' || typeof output === 'boolean') return output;
  if (output instanceof Date) return times === 'milliseconds' ? output.getTime() : isoTime(output);
  if (output instanceof Uint8Array) return Buffer.from(output).toString('base64');
  if (Array.isArray(output)) {
    const element = shape?.kind === 'list' ? shape.element : undefined;
    return output.map((item) => toTaskOutput(item, element, times));
  }
  const members = membersByName(shape);
  const shown = Object.entries(output)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]): [string, Json] => {
      if (shape?.kind === 'map') return [key, toTaskOutput(item, shape.value, times)];
      if (shape?.kind === 'document') return [key, toTaskOutput(item, shape, times)];
      const member = members?.get(key);
      return [member?.shown ?? capitalised(key), toTaskOutput(item, member?.shape, times)];
    });
  return Object.fromEntries(shown);
}

type Shown = ReadonlyMap<string, { readonly shown: string; readonly shape: ApiShape }>;
const byName = new WeakMap<ApiShape, Shown>();

/** The members of a structure by the service's own names for them. */
function membersByName(shape: ApiShape | undefined): Shown | undefined {
  if (shape?.kind !== 'structure') return undefined;
  const known = byName.get(shape);
  if (known) return known;
  const members = new Map([...shape.members].map(([shown, member]) => [member.name, { shown, shape: member.shape }]));
  byName.set(shape, members);
  return members;
}

/** As the AWS SDK for Java writes an Instant: no fraction when there is none. */
function isoTime(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z');
}

/** `Object.fromEntries` makes own members even of `__proto__`, which the user's maps may hold. Null is absent. */
function mapped(value: object, change: (key: string, item: Json) => [string, Json]): Json {
  const present = Object.entries(value as JsonObject).filter(([, item]) => item !== null);
  return Object.fromEntries(present.map(([key, item]) => change(key, item)));
}

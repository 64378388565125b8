import type { z } from 'zod';

type Schema = z.core.$ZodType;
type Parse = Schema['_zod']['parse'];

/** Lists and maps that are longer are validated in slices of so many members. */
export const sliceLength = 100;

const sliced = new WeakSet<Schema>();

/**
 * Makes a schema validate long lists and maps slice by slice, and stop at the first slice that has something wrong. Zod
 * goes on to the end, and makes an issue of each wrong member, at 10 µs each: a list of 10,000 nulls took 100 ms. What is
 * found in inputs without long lists is the same as before. Changes the schema in place, once.
 */
export function validateInSlices(schema: Schema): void {
  if (sliced.has(schema)) return;
  sliced.add(schema);
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  switch (def.type) {
    case 'object':
      for (const member of Object.values(def.shape)) validateInSlices(member);
      return;
    case 'array':
      validateInSlices(def.element);
      replaceParse(schema, (parse) => sliceLists(parse, maximumOf(schema)));
      return;
    case 'record':
      validateInSlices(def.valueType);
      replaceParse(schema, sliceMaps);
      return;
    case 'union':
      for (const option of def.options) validateInSlices(option);
      return;
    case 'optional':
    case 'nullable':
    case 'default':
      validateInSlices(def.innerType);
      return;
    case 'pipe':
      validateInSlices(def.in);
      validateInSlices(def.out);
      return;
    case 'lazy':
      validateInSlices(def.getter());
      return;
    default:
  }
}

function replaceParse(schema: Schema, wrap: (parse: Parse) => Parse): void {
  const { _zod: internals } = schema;
  const { parse } = internals;
  const wrapped = wrap(parse);
  // A schema without further checks runs nothing but its parse.
  if (internals.run === parse) internals.run = wrapped;
  internals.parse = wrapped;
}

/** The length that a list may have. */
function maximumOf({ _zod: { def } }: Schema): number {
  const lengths = (def.checks ?? []).map((check) => {
    const found = check._zod.def as Partial<z.core.$ZodCheckMaxLengthDef>;
    return found.check === 'max_length' && found.maximum !== undefined ? found.maximum : Number.POSITIVE_INFINITY;
  });
  return Math.min(Number.POSITIVE_INFINITY, ...lengths);
}

/** Of a list that is longer than it may be the check of its length says just that: no member is looked at. */
function sliceLists(parse: Parse, maximum: number): Parse {
  return (payload, context) => {
    const input = payload.value;
    if (!Array.isArray(input) || input.length <= sliceLength) return parse(payload, context);
    if (input.length > maximum) return payload;
    const value: unknown[] = [];
    for (let start = 0; start < input.length; start += sliceLength) {
      const slice = parse({ value: input.slice(start, start + sliceLength), issues: [] }, context);
      if (slice instanceof Promise) throw new Error('schemas of operations are synchronous');
      value.push(...(slice.value as unknown[]));
      if (slice.issues.length === 0) continue;
      payload.issues.push(...slice.issues.map((issue) => ({ ...issue, path: shifted(issue.path, start) })));
      break;
    }
    payload.value = value;
    return payload;
  };
}

/** A path from the whole list instead of the slice that begins at `start`. */
function shifted(path: readonly PropertyKey[] | undefined, start: number): PropertyKey[] {
  const [index, ...rest] = path ?? [];
  return [Number(index) + start, ...rest];
}

function sliceMaps(parse: Parse): Parse {
  return (payload, context) => {
    const input = payload.value;
    const names = isPlain(input) ? Object.keys(input) : [];
    if (!isPlain(input) || names.length <= sliceLength) return parse(payload, context);
    const entries: [string, unknown][] = [];
    for (let start = 0; start < names.length; start += sliceLength) {
      const members = names.slice(start, start + sliceLength).map((name) => [name, input[name]] as const);
      const slice = parse({ value: Object.fromEntries(members), issues: [] }, context);
      if (slice instanceof Promise) throw new Error('schemas of operations are synchronous');
      entries.push(...Object.entries(slice.value as object));
      if (slice.issues.length === 0) continue;
      payload.issues.push(...slice.issues);
      break;
    }
    payload.value = Object.fromEntries(entries);
    return payload;
  };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

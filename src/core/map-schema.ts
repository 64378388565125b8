import { z } from 'zod';

const odd = '__proto__';

/**
 * A map from texts to what `value` says. Zod's own leaves out the key `__proto__` in silence: to users it is a name like any other.
 * A map that has none goes the way of zod's, and costs what that does.
 */
export function mapOf<Value extends z.ZodType>(value: Value): z.ZodRecord<z.ZodString, Value> {
  const schema = z.record(z.string(), value);
  const { _zod: internals } = schema;
  const { parse, run } = internals;
  const parseWhole: typeof parse = (payload, context) => {
    const input = payload.value;
    if (typeof input !== 'object' || input === null || !Object.hasOwn(input, odd)) return parse(payload, context);
    const others = Object.entries(input).filter(([name]) => name !== odd);
    const rest = parse({ value: Object.fromEntries(others), issues: [] }, context);
    const own = value._zod.run({ value: Object.getOwnPropertyDescriptor(input, odd)?.value, issues: [] }, context);
    if (rest instanceof Promise || own instanceof Promise) throw new Error('maps are read synchronously');
    const issues = own.issues.map((issue) => ({ ...issue, path: [odd, ...(issue.path ?? [])] }));
    payload.issues.push(...rest.issues, ...issues);
    const entries = [...Object.entries(rest.value as object), [odd, own.value]] as [string, z.output<Value>][];
    payload.value = Object.fromEntries(entries);
    return payload;
  };
  // A schema without further checks runs nothing but its parse.
  if (run === parse) internals.run = parseWhole;
  internals.parse = parseWhole;
  return schema;
}

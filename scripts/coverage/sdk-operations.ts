/** A run-time schema of an AWS SDK client: a number, or an array whose first element says which kind it is. */
type Schema = number | readonly unknown[] | (() => Schema);

/** Kinds of schemas that have something inside, by the first element of their array. */
const kind = { list: 1, map: 2, structure: 3, union: 4, operation: 9 } as const;
/** Kinds of simple schemas whose values are no texts; `listOf` and `mapOf` are added to that of an element. */
const simple = { number: 1, boolean: 2, listOf: 64, mapOf: 128 } as const;

/** One operation of an SDK client, with every field of its input, however deep. */
export interface SdkOperation {
  readonly name: string;
  /** `dependsOn`, `dependsOn[].jobId`, `tags`: in the order of the schema. */
  readonly fields: readonly string[];
  /** An input with nothing but this field, with some value of its type, and what it is part of. */
  example(field: string): Readonly<Record<string, unknown>>;
}

/** A field, and some value of its type. */
type Field = readonly [path: string, example: unknown];

/** Every operation that a client package can call, as its own run-time schemas list them, by name. */
export function sdkOperations(client: object): readonly SdkOperation[] {
  const operations = Object.values(client).filter(isOperation).map(operationOf);
  return operations.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function operationOf(schema: readonly unknown[]): SdkOperation {
  const fields = new Map(fieldsOf(schema[4] as Schema, ''));
  return {
    name: String(schema[2]),
    fields: [...fields.keys()],
    example: (field) => nest(field.split('.'), fields.get(field)) as Record<string, unknown>,
  };
}

function isOperation(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value[0] === kind.operation;
}

/** Fields below a schema. A structure that contains itself is listed once. */
function fieldsOf(reference: Schema, path: string, above: readonly Schema[] = []): Field[] {
  const schema = resolve(reference);
  if (!Array.isArray(schema) || above.includes(schema)) return [];
  const within = [...above, schema];
  switch (schema[0]) {
    case kind.list:
      return fieldsOf(schema[4] as Schema, `${path}[]`, within);
    case kind.map:
      return fieldsOf(schema[5] as Schema, `${path}{}`, within);
    case kind.structure:
    case kind.union:
      return membersOf(schema, path, within);
    default:
      return [];
  }
}

function membersOf(schema: readonly unknown[], path: string, within: readonly Schema[]): Field[] {
  // A structure without members has no lists of them.
  const names = (schema[4] ?? []) as readonly string[];
  const members = schema[5] as readonly Schema[];
  return names.flatMap((name, index) => {
    const field = path === '' ? name : `${path}.${name}`;
    const member = members[index] as Schema;
    return [[field, exampleOf(member)], ...fieldsOf(member, field, within)];
  });
}

/** The schema itself, of a reference to it or of one with traits, `[() => schema, traits]`. */
function resolve(reference: Schema): Schema {
  if (typeof reference === 'function') return resolve(reference());
  if (!Array.isArray(reference)) return reference;
  return typeof reference[0] === 'function' ? resolve(reference[0] as Schema) : reference;
}

function exampleOf(reference: Schema): unknown {
  const schema = resolve(reference);
  if (typeof schema === 'number') return simpleExample(schema);
  if (!Array.isArray(schema)) return 'x';
  switch (schema[0]) {
    case kind.list:
      return [exampleOf(schema[4] as Schema)];
    case kind.map:
      return { x: exampleOf(schema[5] as Schema) };
    case kind.structure:
    case kind.union:
      return {};
    default:
      // `[0, namespace, name, traits, schema]` is a simple schema with traits.
      return exampleOf((schema[4] ?? 0) as Schema);
  }
}

function simpleExample(schema: number): unknown {
  if (schema >= simple.mapOf) return { x: simpleExample(schema - simple.mapOf) };
  if (schema >= simple.listOf) return [simpleExample(schema - simple.listOf)];
  if (schema === simple.number) return 1;
  return schema === simple.boolean ? true : 'x';
}

/** Wraps `value` in what the names say: `a`, `a[]` for a list of structures, `a{}` for a map of them. */
function nest([name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const [, member = '', wrapping = ''] = /^([^[{]*)([[\]{}]*)$/.exec(name) ?? [];
  const wraps = wrapping.match(/\[\]|\{\}/g) ?? [];
  const inner = wraps.reduceRight<unknown>(
    (inside, wrap) => (wrap === '[]' ? [inside] : { x: inside }),
    nest(rest, value),
  );
  return { [member]: inner };
}

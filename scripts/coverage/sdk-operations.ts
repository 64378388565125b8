/** A run-time schema of an AWS SDK client: an array whose first element says which kind it is. */
type Schema = number | readonly unknown[] | (() => Schema);

/** Kinds of schemas that have something inside, by the first element of their array. */
const kind = { list: 1, map: 2, structure: 3, union: 4, operation: 9 } as const;

/** One operation of an SDK client, with every field of its input, however deep. */
export interface SdkOperation {
  readonly name: string;
  /** `dependsOn`, `dependsOn[].jobId`, `tags{}`: in the order of the schema. */
  readonly fields: readonly string[];
}

/** Every operation that a client package can call, as its own run-time schemas list them, by name. */
export function sdkOperations(client: object): readonly SdkOperation[] {
  const schemas = Object.values(client).filter(isOperation);
  const operations = schemas.map((schema) => ({ name: String(schema[2]), fields: fieldsOf(schema[4] as Schema, '') }));
  return operations.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function isOperation(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value[0] === kind.operation;
}

/** Paths below a schema. A structure that contains itself is listed once. */
function fieldsOf(reference: Schema, path: string, above: readonly Schema[] = []): string[] {
  const schema = typeof reference === 'function' ? reference() : reference;
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
      // A simple schema with traits, or a document reference `[() => schema, traits]`.
      return typeof schema[0] === 'function' ? fieldsOf(schema[0] as Schema, path, above) : [];
  }
}

function membersOf(schema: readonly unknown[], path: string, within: readonly Schema[]): string[] {
  const names = schema[4] as readonly string[];
  const members = schema[5] as readonly Schema[];
  return names.flatMap((name, index) => {
    const field = path === '' ? name : `${path}.${name}`;
    return [field, ...fieldsOf(members[index] as Schema, field, within)];
  });
}

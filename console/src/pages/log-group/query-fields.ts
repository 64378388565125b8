interface Field {
  readonly field?: string | undefined;
}

/** The fields of all rows, in the order in which they first stand; not `@ptr`, which leads to the whole record. */
export function fieldsOf(rows: readonly (readonly Field[])[]): readonly string[] {
  const fields = new Set<string>();
  for (const row of rows) for (const { field } of row) if (field !== undefined && field !== '@ptr') fields.add(field);
  return [...fields];
}

/** A key and its value, as they are typed. */
export type MapRow = readonly [key: string, value: string];

/** The map that rows stand for. A row whose key is missing, or taken by one above it, stands there with no key: it is not whole. */
export function mapOf(rows: readonly MapRow[]): Readonly<Record<string, string>> | undefined {
  const entries = rows.map(([key, value], index): MapRow => [isTaken(rows, index) ? '' : key, value]);
  return rows.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Whether a row has the key of one above it. */
export function isTaken(rows: readonly MapRow[], index: number): boolean {
  const key = rows[index]?.[0];
  return rows.slice(0, index).some(([other]) => other === key);
}

/** The rows of a map: those that are typed as long as they stand for it, else its own. */
export function rowsOf(value: unknown, typed: readonly MapRow[]): readonly MapRow[] {
  if (JSON.stringify(mapOf(typed)) === JSON.stringify(value)) return typed;
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, text]): MapRow => [key, String(text)]);
}

/** The first rows, at most `limit`, up to the one that does not hold. */
export function takeWhile<Row>(rows: Iterable<Row>, limit: number, holds: (row: Row) => boolean): Row[] {
  const taken: Row[] = [];
  for (const row of rows) {
    if (taken.length >= limit || !holds(row)) break;
    taken.push(row);
  }
  return taken;
}

export function* filter<Row>(rows: Iterable<Row>, holds: (row: Row) => boolean): Generator<Row> {
  for (const row of rows) if (holds(row)) yield row;
}

export const always = (): boolean => true;

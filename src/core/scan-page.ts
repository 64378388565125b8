export interface Scan<Record, Item> {
  /** The place of a record in the order that they come in. */
  readonly placeOf: (record: Record) => string;
  /** Undefined leaves a record out. */
  readonly pick: (record: Record) => Item | undefined;
  /** Most items. */
  readonly size: number;
  /** Most records looked at. */
  readonly lookedAt: number;
}

export interface ScannedPage<Item> {
  readonly items: readonly Item[];
  /** The place behind which the next page begins; absent after the last one. */
  readonly after?: string;
}

/**
 * A page of what `pick` makes of records: `size` of them, or what a bounded number of records has of them. So a page may be
 * empty and not the last.
 */
export function scanPage<Record, Item>(
  records: Iterable<Record>,
  { placeOf, pick, size, lookedAt }: Scan<Record, Item>,
): ScannedPage<Item> {
  const items: Item[] = [];
  let looked = 0;
  let after = '';
  for (const record of records) {
    if (items.length === size || looked === lookedAt) return { items, after };
    looked += 1;
    after = placeOf(record);
    const item = pick(record);
    if (item !== undefined) items.push(item);
  }
  return { items };
}

import { type Compare, SortedList } from '../../core/sorted-list.ts';

/** Undoes what the current batch has done so far, last first. */
export type Journal = (() => void)[];

/** A sorted view of the rows that have a group, one list a group. */
export interface Index<Row> {
  /** Absent: the row is not in this index. */
  readonly group: (row: Row) => string | undefined;
  /** Total within a group: two rows that compare as equal are versions of one row. */
  readonly compare: Compare<Row>;
}

/** Rows by key with sorted indexes. Rows are never changed, only replaced; every change is entered in the journal. */
export class MemoryTable<Row, IndexName extends string> {
  readonly #rows = new Map<string, Row>();
  readonly #keyOf: (row: Row) => string;
  readonly #indexes: readonly { readonly index: Index<Row>; readonly lists: Map<string, SortedList<Row>> }[];
  readonly #listsByName: Readonly<Record<string, Map<string, SortedList<Row>>>>;
  readonly #journal: Journal;

  constructor(keyOf: (row: Row) => string, indexes: Readonly<Record<IndexName, Index<Row>>>, journal: Journal) {
    const named = Object.entries<Index<Row>>(indexes).map(([name, index]) => ({ name, index, lists: new Map() }));
    this.#keyOf = keyOf;
    this.#indexes = named;
    this.#listsByName = Object.fromEntries(named.map(({ name, lists }) => [name, lists]));
    this.#journal = journal;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  values(): Iterable<Row> {
    return this.#rows.values();
  }

  /** The rows of a group in the order of an index; an empty list when there are none. */
  list(name: IndexName, group: string): Pick<SortedList<Row>, 'size' | 'last' | 'from'> {
    return this.#lists(name).get(group) ?? empty;
  }

  groups(name: IndexName): Iterable<string> {
    return this.#lists(name).keys();
  }

  put(row: Row): void {
    const key = this.#keyOf(row);
    const old = this.#rows.get(key);
    this.#set(key, old, row);
    this.#journal.push(() => this.#set(key, row, old));
  }

  /** Does nothing when there is no such row. */
  delete(key: string): void {
    const old = this.#rows.get(key);
    if (old === undefined) return;
    this.#set(key, old, undefined);
    this.#journal.push(() => this.#set(key, undefined, old));
  }

  #set(key: string, old: Row | undefined, row: Row | undefined): void {
    if (row === undefined) this.#rows.delete(key);
    else this.#rows.set(key, row);
    for (const { index, lists } of this.#indexes) reindex(index, lists, old, row);
  }

  #lists(name: IndexName): Map<string, SortedList<Row>> {
    return this.#listsByName[name] ?? new Map();
  }
}

const empty = new SortedList<never>(() => 0);

function reindex<Row>(
  { group, compare }: Index<Row>,
  lists: Map<string, SortedList<Row>>,
  old: Row | undefined,
  row: Row | undefined,
): void {
  const from = old === undefined ? undefined : group(old);
  const to = row === undefined ? undefined : group(row);
  if (old !== undefined && row !== undefined && from !== undefined && from === to && compare(old, row) === 0) {
    lists.get(from)?.replace(row);
    return;
  }
  if (old !== undefined && from !== undefined) removeFrom(lists, from, old);
  if (row !== undefined && to !== undefined) addTo(lists, to, row, compare);
}

function removeFrom<Row>(lists: Map<string, SortedList<Row>>, group: string, row: Row): void {
  const list = lists.get(group);
  list?.remove(row);
  if (list?.size === 0) lists.delete(group);
}

function addTo<Row>(lists: Map<string, SortedList<Row>>, group: string, row: Row, compare: Compare<Row>): void {
  const list = lists.get(group) ?? new SortedList(compare);
  lists.set(group, list);
  list.add(row);
}

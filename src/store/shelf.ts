import type { Scope } from '../core/arn.ts';
import { type Compare, SortedList } from '../core/sorted-list.ts';
import type { RecordIndex } from './record-type.ts';

/** A record and its place in the order of creation, which a replacement keeps. */
export interface Placed {
  readonly record: Scope;
  readonly position: number;
}

export interface IndexQuery {
  /** Absent for an index of all records. */
  readonly value?: string;
  /** Only records whose place in the index's order is behind this; before it, if they are read in descending order. */
  readonly after?: string | undefined;
  /** @default false */
  readonly descending?: boolean;
}

interface ShelfIndex {
  readonly index: RecordIndex<never>;
  readonly lists: Map<string, SortedList<Placed>>;
  readonly compare: Compare<Placed>;
}

/** The records of one type in one scope: by key, in the order of creation, and by the indexes of their type. */
export class Shelf {
  readonly #byKey = new Map<string, Placed>();
  readonly #created = new SortedList<Placed>(byPosition);
  readonly #indexes: ReadonlyMap<string, ShelfIndex>;

  constructor(indexes: Readonly<Record<string, RecordIndex<never>>>) {
    this.#indexes = new Map(
      Object.entries(indexes).map(([name, index]) => [name, { index, lists: new Map(), compare: compareBy(index) }]),
    );
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): Placed | undefined {
    return this.#byKey.get(key);
  }

  /** In the order of creation. */
  all(): Iterable<Placed> {
    return this.#created.from(always);
  }

  /**
   * The records of one value of an index, in its order or against it, beginning behind `after` in that direction where the
   * index has an order of its own.
   */
  *by(name: string, { value = '', after, descending = false }: IndexQuery): Generator<Placed> {
    const found = this.#indexes.get(name);
    const list = found?.lists.get(value);
    if (!found || !list) return;
    if (descending)
      yield* list.backFrom(after === undefined ? never : (placed) => orderOf(found.index, placed) >= after);
    else yield* list.from(after === undefined ? always : (placed) => orderOf(found.index, placed) > after);
  }

  countBy(name: string, value: string): number {
    return this.#indexes.get(name)?.lists.get(value)?.size ?? 0;
  }

  /** Puts in place of what `key` has; undefined removes it. */
  set(key: string, placed: Placed | undefined): void {
    const before = this.#byKey.get(key);
    if (before) this.#take(before);
    if (placed) this.#add(placed);
    if (placed) this.#byKey.set(key, placed);
    else this.#byKey.delete(key);
  }

  #add(placed: Placed): void {
    this.#created.add(placed);
    for (const { index, lists, compare } of this.#indexes.values()) {
      const value = valueIn(index, placed);
      if (value === undefined) continue;
      const list = lists.get(value) ?? new SortedList<Placed>(compare);
      lists.set(value, list);
      list.add(placed);
    }
  }

  #take(placed: Placed): void {
    this.#created.remove(placed);
    for (const { index, lists } of this.#indexes.values()) {
      const value = valueIn(index, placed);
      const list = value === undefined ? undefined : lists.get(value);
      list?.remove(placed);
      if (value !== undefined && list?.size === 0) lists.delete(value);
    }
  }
}

const always = () => true;
const never = () => false;

function byPosition(left: Placed, right: Placed): number {
  return left.position - right.position;
}

function compareBy(index: RecordIndex<never>): Compare<Placed> {
  if (!index.order) return byPosition;
  return (left, right) => {
    const [one, other] = [orderOf(index, left), orderOf(index, right)];
    return one < other ? -1 : Number(one > other);
  };
}

function valueIn(index: RecordIndex<never>, { record }: Placed): string | undefined {
  return index.value ? index.value(record as never) : '';
}

function orderOf(index: RecordIndex<never>, { record }: Placed): string {
  return index.order?.(record as never) ?? '';
}

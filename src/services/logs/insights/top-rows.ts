import type { Budget } from './bounds.ts';
import type { Row } from './row.ts';

/** Less than 0 where the left row goes first. No two rows are equal. */
export type Order = (left: Row, right: Row) => number;

/** The first `count` rows of an order: a heap whose top is the last of them. */
export class TopRows {
  readonly #count: number;
  readonly #order: Order;
  readonly #budget: Budget;
  readonly #heap: { readonly row: Row; readonly bytes: number }[] = [];

  constructor(count: number, order: Order, budget: Budget) {
    this.#count = count;
    this.#order = order;
    this.#budget = budget;
  }

  add(row: Row): void {
    if (this.#heap.length < this.#count) {
      this.#heap.push(this.#hold(row));
      this.#rise(this.#heap.length - 1);
      return;
    }
    const top = this.#heap[0];
    if (!top || this.#order(row, top.row) > 0) return;
    this.#budget.releaseRow(top.bytes);
    this.#heap[0] = this.#hold(row);
    this.#sink();
  }

  /** Takes all out, in their order. */
  take(): Row[] {
    for (const { bytes } of this.#heap) this.#budget.releaseRow(bytes);
    return this.#heap
      .splice(0)
      .map(({ row }) => row)
      .sort(this.#order);
  }

  #hold(row: Row) {
    row.keep();
    const { bytes } = row;
    this.#budget.holdRow(bytes);
    return { row, bytes };
  }

  #isAfter(left: number, right: number): boolean {
    const [a, b] = [this.#heap[left], this.#heap[right]];
    return a !== undefined && b !== undefined && this.#order(a.row, b.row) > 0;
  }

  #swap(left: number, right: number): void {
    const [a, b] = [this.#heap[left], this.#heap[right]];
    if (!a || !b) return;
    this.#heap[left] = b;
    this.#heap[right] = a;
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isAfter(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let last = at;
      if (this.#isAfter(left, last)) last = left;
      if (this.#isAfter(right, last)) last = right;
      if (last === at) return;
      this.#swap(at, last);
      at = last;
    }
  }
}

import { invariant } from './errors.ts';

/** A scheduled task; `index` is its place in the heap, or -1 once it is out. */
export interface HeapEntry {
  readonly deadline: number;
  readonly order: number;
  readonly task: () => void;
  index: number;
}

/** A binary heap by deadline, then by order of insertion. Push and remove cost O(log n). */
export class DeadlineHeap {
  readonly #entries: HeapEntry[] = [];
  /** Taken by `takeDue` and not run yet. */
  readonly #due = new Set<HeapEntry>();
  #order = 0;

  /** How many entries wait; those that `takeDue` took do not. */
  get size(): number {
    return this.#entries.length;
  }

  /** The entry that is due first. */
  peek(): HeapEntry | undefined {
    return this.#entries[0];
  }

  push(deadline: number, task: () => void): HeapEntry {
    invariant(!Number.isNaN(deadline), 'a deadline is a number');
    const entry: HeapEntry = { deadline, order: this.#order++, task, index: this.#entries.length };
    this.#entries.push(entry);
    this.#rise(entry);
    return entry;
  }

  /** Takes `entry` out, also one that is due and has not run yet; does nothing if it has run or is out already. */
  remove(entry: HeapEntry): void {
    if (entry.index >= 0) this.#cut(entry);
    this.#due.delete(entry);
  }

  /** Takes out the entries with a deadline up to `time`, in order and at most `limit` of them; each then awaits `run`. */
  takeDue(time: number, limit = Number.POSITIVE_INFINITY): readonly HeapEntry[] {
    const due: HeapEntry[] = [];
    for (let next = this.peek(); next && next.deadline <= time && due.length < limit; next = this.peek()) {
      this.#cut(next);
      this.#due.add(next);
      due.push(next);
    }
    return due;
  }

  /** Runs the task of an entry that `takeDue` took, unless it has been removed since. */
  run(entry: HeapEntry): void {
    if (this.#due.delete(entry)) entry.task();
  }

  /** Removes every entry, those that are due and have not run included. */
  clear(): void {
    for (const entry of this.#entries) entry.index = -1;
    this.#entries.length = 0;
    this.#due.clear();
  }

  #cut(entry: HeapEntry): void {
    const last = this.#entries.pop();
    if (last && last !== entry) {
      this.#place(last, entry.index);
      this.#rise(last);
      this.#sink(last);
    }
    entry.index = -1;
  }

  #rise(entry: HeapEntry): void {
    while (entry.index > 0) {
      const parent = this.#entries[(entry.index - 1) >> 1];
      if (!parent || !isBefore(entry, parent)) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: HeapEntry): void {
    for (;;) {
      const left = this.#entries[2 * entry.index + 1];
      const right = this.#entries[2 * entry.index + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, entry)) return;
      this.#swap(child, entry);
    }
  }

  #swap(a: HeapEntry, b: HeapEntry): void {
    const index = a.index;
    this.#place(a, b.index);
    this.#place(b, index);
  }

  #place(entry: HeapEntry, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }
}

function isBefore(a: HeapEntry, b: HeapEntry): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.order < b.order);
}

/** A scheduled task; `index` is its place in the heap, or -1 once it has run or been removed. */
export interface HeapEntry {
  readonly deadline: number;
  readonly order: number;
  readonly task: () => void;
  index: number;
}

/** A binary heap by deadline, then by order of insertion. Push and remove cost O(log n). */
export class DeadlineHeap {
  readonly #entries: HeapEntry[] = [];
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** The entry that is due first. */
  peek(): HeapEntry | undefined {
    return this.#entries[0];
  }

  push(deadline: number, task: () => void): HeapEntry {
    const entry: HeapEntry = { deadline, order: this.#order++, task, index: this.#entries.length };
    this.#entries.push(entry);
    this.#rise(entry);
    return entry;
  }

  /** Takes `entry` out; does nothing if it is no longer in. */
  remove(entry: HeapEntry): void {
    if (entry.index < 0) return;
    const last = this.#entries.pop();
    if (last && last !== entry) {
      this.#place(last, entry.index);
      this.#rise(last);
      this.#sink(last);
    }
    entry.index = -1;
  }

  clear(): void {
    for (const entry of this.#entries) entry.index = -1;
    this.#entries.length = 0;
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

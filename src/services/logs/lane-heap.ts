import type { SegmentRecord } from '../../segments/index.ts';

interface Head {
  /** What `peek` gave; compared by the time, then by the lane's place in the list. */
  readonly time: number;
  readonly order: number;
}

/** Lanes by the time of their next record: the earliest on top, or going backward the latest. Costs O(log lanes) a record. */
export class LaneHeap<Lane extends { peek(): SegmentRecord | undefined }> {
  readonly #sign: 1 | -1;
  readonly #entries: (Head & { readonly lane: Lane })[] = [];

  constructor(direction: 'forward' | 'backward') {
    this.#sign = direction === 'forward' ? 1 : -1;
  }

  get top(): Lane | undefined {
    return this.#entries[0]?.lane;
  }

  /** Adds a lane that has a record; `order` decides between equal times. */
  push(lane: Lane, order: number): void {
    let index = this.#entries.push(this.#entry(lane, order * this.#sign)) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  /** Call when the top lane's next record has changed: it moves to its place, or leaves when it has none. */
  settleTop(): void {
    const top = this.#entries[0];
    if (!top) return;
    if (top.lane.peek()) {
      this.#entries[0] = this.#entry(top.lane, top.order);
    } else {
      const last = this.#entries.pop();
      if (last && last !== top) this.#entries[0] = last;
    }
    this.#sink();
  }

  #entry(lane: Lane, order: number): Head & { readonly lane: Lane } {
    return { lane, order, time: (lane.peek()?.timestamp ?? 0) * this.#sign };
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(index: number, other: number): boolean {
    const a = this.#entries[index];
    const b = this.#entries[other];
    if (!a || !b || !this.#isBefore(index, other)) return false;
    this.#entries[index] = b;
    this.#entries[other] = a;
    return true;
  }

  #isBefore(index: number, other: number): boolean {
    const a = this.#entries[index];
    const b = this.#entries[other];
    if (!a || !b) return false;
    return a.time < b.time || (a.time === b.time && a.order < b.order);
  }
}

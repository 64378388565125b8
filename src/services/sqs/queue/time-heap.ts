interface Timed<Item> {
  readonly time: number;
  readonly item: Item;
}

/**
 * Items by time, the earliest first. An item may be put in again for another time: `isValid` says of which time it is now, and
 * what is no longer valid is passed over, and thrown out once it is more than the rest.
 */
export class TimeHeap<Item> {
  #heap: Timed<Item>[] = [];
  readonly #isValid: (item: Item, time: number) => boolean;
  #compactAt = 128;

  constructor(isValid: (item: Item, time: number) => boolean) {
    this.#isValid = isValid;
  }

  push(time: number, item: Item): void {
    if (this.#heap.length >= this.#compactAt) this.#compact();
    this.#heap.push({ time, item });
    this.#rise(this.#heap.length - 1);
  }

  /** The time of the earliest valid item. */
  first(): number | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (this.#isValid(top.item, top.time)) return top.time;
      this.#cut();
    }
    return undefined;
  }

  /** Takes out the earliest valid item if its time is `until` or before. */
  take(until: number): Item | undefined {
    const time = this.first();
    if (time === undefined || time > until) return undefined;
    const item = this.#heap[0]?.item;
    this.#cut();
    return item;
  }

  #compact(): void {
    this.#heap = this.#heap.filter(({ item, time }) => this.#isValid(item, time));
    for (let place = (this.#heap.length >> 1) - 1; place >= 0; place -= 1) this.#sink(place);
    this.#compactAt = Math.max(128, this.#heap.length * 2);
  }

  #cut(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    for (let place = from; place > 0; ) {
      const above = (place - 1) >> 1;
      if (!this.#swapIfLater(above, place)) return;
      place = above;
    }
  }

  #sink(from: number): void {
    for (let place = from; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const below = this.#timeAt(right) < this.#timeAt(left) ? right : left;
      if (!this.#swapIfLater(place, below)) return;
      place = below;
    }
  }

  #timeAt(place: number): number {
    return this.#heap[place]?.time ?? Number.POSITIVE_INFINITY;
  }

  #swapIfLater(above: number, below: number): boolean {
    const [a, b] = [this.#heap[above], this.#heap[below]];
    if (!a || !b || a.time <= b.time) return false;
    this.#heap[above] = b;
    this.#heap[below] = a;
    return true;
  }
}

import type { Milliseconds } from '../core/ids.ts';

/** Something that is to happen. */
export interface QueuedEvent {
  readonly at: Milliseconds;
  readonly sequence: number;
  /** Nobody waits for it: it happens while other things do. */
  readonly isIdle: boolean;
  /** Undefined once it is cancelled. */
  run: (() => void) | undefined;
}

/** Each node of the heap has so many children: half as deep as a binary one, and children lie beside each other. */
const arity = 4;

/** What is to happen, by time and then as it was asked for. Push and take cost O(log n); what is cancelled goes with the rest. */
export class EventQueue {
  #heap: QueuedEvent[] = [];
  #sequence = 0;
  #cancelled = 0;
  #awaited = 0;

  /** Whether anything is to happen that somebody waits for. */
  get isAwaited(): boolean {
    return this.#awaited > 0;
  }

  /** Events that are not cancelled. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** All that is held in memory, cancelled or not. */
  get held(): number {
    return this.#heap.length;
  }

  /** When the next event is due; undefined if there is none. */
  get nextAt(): Milliseconds | undefined {
    return this.#next()?.at;
  }

  push(at: Milliseconds, run: () => void, isIdle = false): QueuedEvent {
    const event: QueuedEvent = { at, sequence: this.#sequence++, isIdle, run };
    if (!isIdle) this.#awaited += 1;
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1, event);
    return event;
  }

  /** It never happens; one that has happened stays as it is. */
  cancel(event: QueuedEvent): void {
    if (!event.run) return;
    event.run = undefined;
    this.#cancelled += 1;
    if (!event.isIdle) this.#awaited -= 1;
    // Timeouts are armed for hours and nearly always cancelled: they must not outnumber what is to happen.
    if (this.#cancelled > 1_000 && this.#cancelled > this.#heap.length / 2) this.#sweep();
  }

  /** Takes out what `time` has come for, one after the other: what an event adds for the same time follows. */
  take(time: Milliseconds): (() => void) | undefined {
    const event = this.#next();
    if (!event || event.at > time) return undefined;
    this.#shift();
    const { run } = event;
    event.run = undefined;
    if (!event.isIdle) this.#awaited -= 1;
    return run;
  }

  #next(): QueuedEvent | undefined {
    for (let first = this.#heap[0]; first; first = this.#heap[0]) {
      if (first.run) return first;
      this.#shift();
      this.#cancelled -= 1;
    }
    return undefined;
  }

  #shift(): void {
    const last = this.#heap.pop();
    if (last && this.#heap.length > 0) this.#sink(0, last);
  }

  /** What is left is sorted, and a sorted list is a heap. */
  #sweep(): void {
    this.#heap = this.#heap.filter(({ run }) => run).sort((a, b) => a.at - b.at || a.sequence - b.sequence);
    this.#cancelled = 0;
  }

  #rise(from: number, event: QueuedEvent): void {
    const heap = this.#heap;
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 2;
      const parent = heap[above];
      if (!parent || !isBefore(event, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  #sink(from: number, event: QueuedEvent): void {
    const heap = this.#heap;
    let index = from;
    for (;;) {
      let least = event;
      let at = index;
      const first = arity * index + 1;
      for (let child = first; child < first + arity && child < heap.length; child += 1) {
        const other = heap[child];
        if (!other || !isBefore(other, least)) continue;
        least = other;
        at = child;
      }
      heap[index] = least;
      if (at === index) return;
      index = at;
    }
  }
}

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}

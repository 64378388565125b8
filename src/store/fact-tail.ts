import { firstIndex } from '../core/first-index.ts';
import type { FactCursor, LoggedFact } from './facts.ts';

/** Committed facts kept in memory, so that a consumer that keeps up never reads them back. */
const capacity = 5_000;

/** The newest durable facts. All with a higher sequence than `#floor` are here; what is at or below it, the store knows. */
export class FactTail {
  #facts: LoggedFact[] = [];
  #floor: number;

  /** `last` is the highest sequence that the store holds. */
  constructor(last: number) {
    this.#floor = last;
  }

  push(fact: LoggedFact): void {
    this.#facts.push(fact);
    if (this.#facts.length <= capacity) return;
    const dropped = this.#facts.splice(0, capacity / 2);
    this.#floor = dropped.at(-1)?.sequence ?? this.#floor;
  }

  /**
   * Every consumer has heard all up to `sequence`: they are in the store for whoever asks. What stays here for longer than it
   * is needed grows old, and costs the garbage collector many times what it cost to make.
   */
  forget(sequence: number): void {
    const count = this.#firstBeyond(sequence);
    if (count === 0) return;
    this.#floor = Math.max(this.#floor, this.#facts[count - 1]?.sequence ?? 0);
    this.#facts = this.#facts.slice(count);
  }

  /** At most `limit` facts that a cursor has not wholly heard; undefined when some of them may be in the store alone. */
  after({ sequence, part }: FactCursor, limit: number): readonly LoggedFact[] | undefined {
    const isHere = part === undefined ? sequence >= this.#floor : sequence > this.#floor;
    if (!isHere) return undefined;
    const start = this.#firstBeyond(part === undefined ? sequence : sequence - 1);
    return this.#facts.slice(start, start + limit);
  }

  /** Index of the first fact with a higher sequence: searched, since sequences may be missing. */
  #firstBeyond(sequence: number): number {
    return firstIndex(this.#facts.length, (index) => (this.#facts[index]?.sequence ?? 0) > sequence);
  }
}

import { chooseSeed } from './seed.ts';

/** Numbers that a seed repeats exactly, for tests that print the seed when they fail. */
export class SeededRandom {
  readonly seed: number;
  #state: number;

  constructor(seed: number = chooseSeed()) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    // mulberry32: small, and random enough to choose jobs and moments.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }
}

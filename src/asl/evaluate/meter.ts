import type { Json } from '../json/json.ts';

/** Counts work: nodes visited, and eight characters as one. Calls `exceeded`, which throws, when there was more than `most`. */
export class Meter {
  #left: number;
  readonly #exceeded: () => never;

  constructor(most: number, exceeded: () => never) {
    this.#left = most;
    this.#exceeded = exceeded;
  }

  spend(count: number): void {
    this.#left -= count;
    if (this.#left < 0) this.#exceeded();
  }

  /** Pays for a walk through a value, in the course of one: what is too much is not walked to its end. */
  spendOn(value: Json): void {
    this.spend(typeof value === 'string' ? 1 + (value.length >> 3) : 1);
    if (typeof value !== 'object' || value === null) return;
    for (const inner of Array.isArray(value) ? value : Object.values(value)) this.spendOn(inner);
  }
}

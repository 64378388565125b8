/** A body that is arriving. */
export interface ArrivingBody {
  /** Lets go of all that has arrived, and leaves the budget. */
  giveUp(): void;
}

/**
 * Memory for the bodies that are arriving on all connections together. When it is used up, the one that has been
 * arriving for longest gives way: bodies that mean well take milliseconds, so those that are sent to fill memory go first.
 */
export class BodyBudget {
  readonly #capacity: number;
  /** Bytes of each, in the order in which they began. */
  readonly #held = new Map<ArrivingBody, number>();
  #total = 0;

  /** `capacity` is in bytes; a body larger than that is never read to its end. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Bytes of all bodies that are arriving. */
  get total(): number {
    return this.#total;
  }

  /** `body` now takes `bytes`. Others, or it, may be told to give up before this returns. */
  hold(body: ArrivingBody, bytes: number): void {
    this.#total += bytes - (this.#held.get(body) ?? 0);
    this.#held.set(body, bytes);
    while (this.#total > this.#capacity) {
      const [longest] = this.#held.keys();
      longest?.giveUp();
    }
  }

  /** `body` is complete or given up. */
  leave(body: ArrivingBody): void {
    this.#total -= this.#held.get(body) ?? 0;
    this.#held.delete(body);
  }
}

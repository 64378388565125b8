import { Linked, LinkedList } from '../core/linked-list.ts';

/** A body that is arriving. */
export class ArrivingBody extends Linked {
  /** Bytes of memory that it takes. */
  held = 0;
  /** Lets go of all that has arrived, and leaves the budget. */
  readonly giveUp: () => void;

  constructor(giveUp: () => void) {
    super();
    this.giveUp = giveUp;
  }
}

/**
 * Memory for the bodies that are arriving on all connections together. When it is used up, the one that has been
 * arriving for longest gives way: bodies that mean well take milliseconds, so those that are sent to fill memory go first.
 */
export class BodyBudget {
  readonly #capacity: number;
  /** In the order in which they began. */
  readonly #arriving = new LinkedList<ArrivingBody>();
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
    this.#total += bytes - body.held;
    body.held = bytes;
    if (!this.#arriving.has(body)) this.#arriving.add(body);
    while (this.#total > this.#capacity) this.#arriving.first?.giveUp();
  }

  /** `body` is complete or given up. */
  leave(body: ArrivingBody): void {
    if (!this.#arriving.delete(body)) return;
    this.#total -= body.held;
    body.held = 0;
  }
}

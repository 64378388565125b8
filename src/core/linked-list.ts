/** What a `LinkedList` holds: an object that carries its own place, and so can be on one list at a time. */
export class Linked {
  list: LinkedList<Linked> | undefined;
  previous: Linked | undefined;
  next: Linked | undefined;
}

/**
 * A set in the order of adding, for what comes and goes with every request. A `Set` makes a new table each time that it has
 * lost enough, and each old table refers to the new one: once one has grown old, all that the later ones held is kept by
 * the garbage collector until a full collection, requests and their sockets' state included. Here nothing is left behind.
 */
export class LinkedList<Item extends Linked> {
  #first: Linked | undefined;
  #last: Linked | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The one that was added before all others. */
  get first(): Item | undefined {
    return this.#first as Item | undefined;
  }

  has(item: Item): boolean {
    return item.list === (this as LinkedList<Linked>);
  }

  /** Puts it at the end, taking it from where it was. */
  add(item: Item): void {
    item.list?.delete(item);
    item.list = this as LinkedList<Linked>;
    item.previous = this.#last;
    if (this.#last) this.#last.next = item;
    else this.#first = item;
    this.#last = item;
    this.#size += 1;
  }

  /** Answers whether it was on this list. */
  delete(item: Item): boolean {
    if (!this.has(item)) return false;
    const { previous, next } = item;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    item.list = undefined;
    item.previous = undefined;
    item.next = undefined;
    this.#size -= 1;
    return true;
  }

  /** All of them, in order. Whoever is deleted meanwhile must not be the one after the one at hand. */
  *[Symbol.iterator](): Generator<Item> {
    for (let item = this.#first; item; ) {
      const { next } = item;
      yield item as Item;
      item = next;
    }
  }
}

/** A list that is added to at the end and taken from at the front, both in constant time, and read by place. */
export class Ring<Item> {
  #items: (Item | undefined)[] = new Array(8);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: Item): void {
    if (this.#size === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#size) & (this.#items.length - 1)] = item;
    this.#size += 1;
  }

  /** The item so many places behind the first. */
  at(place: number): Item | undefined {
    return place < this.#size ? this.#items[(this.#head + place) & (this.#items.length - 1)] : undefined;
  }

  shift(): Item | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#size -= 1;
    return item;
  }

  /** Its length is a power of two: a place is found by its last bits. */
  #grow(): void {
    const grown = new Array<Item | undefined>(this.#items.length * 2);
    for (let place = 0; place < this.#size; place += 1) grown[place] = this.at(place);
    this.#items = grown;
    this.#head = 0;
  }
}

const fewestSlots = 8;

/**
 * A table of strings in two flat arrays: open addressing with linear probing, at most two thirds full. Who calls brings the
 * hash of the key. Not to be changed while its values are gone through.
 */
export class HashTable<Key extends string, Value> {
  /** Two numbers for each slot: the hash, and the place of the entry plus one; 0 where the slot is free. */
  #cells = new Int32Array(2 * fewestSlots);
  #mask = fewestSlots - 1;
  #keys: (Key | undefined)[] = [];
  #values: (Value | undefined)[] = [];
  /** Places that deletions have left. */
  #free: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many keys it could have, were it full. */
  get slots(): number {
    return this.#mask + 1;
  }

  get(key: Key, hash: number): Value | undefined {
    const slot = this.#slotOf(key, hash);
    const place = this.#cells[2 * slot + 1] as number;
    return place === 0 ? undefined : this.#values[place - 1];
  }

  has(key: Key, hash: number): boolean {
    return this.#cells[2 * this.#slotOf(key, hash) + 1] !== 0;
  }

  /** Adds the key unless it is there; answers whether it did. */
  add(key: Key, hash: number, value: Value): boolean {
    const slot = this.#slotOf(key, hash);
    if (this.#cells[2 * slot + 1] !== 0) return false;
    const place = this.#free.pop() ?? this.#keys.length;
    this.#keys[place] = key;
    this.#values[place] = value;
    this.#cells[2 * slot] = hash;
    this.#cells[2 * slot + 1] = place + 1;
    this.#size += 1;
    if (3 * this.#size > 2 * (this.#mask + 1)) this.#rebuild(2 * (this.#mask + 1));
    return true;
  }

  set(key: Key, hash: number, value: Value): void {
    const place = this.#cells[2 * this.#slotOf(key, hash) + 1] as number;
    if (place === 0) this.add(key, hash, value);
    else this.#values[place - 1] = value;
  }

  delete(key: Key, hash: number): boolean {
    const slot = this.#slotOf(key, hash);
    const place = this.#cells[2 * slot + 1] as number;
    if (place === 0) return false;
    this.#keys[place - 1] = undefined;
    this.#values[place - 1] = undefined;
    this.#free.push(place - 1);
    this.#size -= 1;
    this.#closeGap(slot);
    const slots = this.#mask + 1;
    if (slots > fewestSlots && 8 * this.#size < slots) this.#rebuild(slots / 2);
    return true;
  }

  *values(): Generator<Value, undefined> {
    for (const [place, key] of this.#keys.entries()) if (key !== undefined) yield this.#values[place] as Value;
  }

  /** All entries, as they are now. */
  entries(): (readonly [Key, Value])[] {
    return this.#keys.flatMap((key, place) =>
      key === undefined ? [] : [[key, this.#values[place] as Value] as const],
    );
  }

  /** Where the key is, or the free slot where it would be. */
  #slotOf(key: Key, hash: number): number {
    const cells = this.#cells;
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = cells[2 * slot + 1] as number;
      if (place === 0 || (cells[2 * slot] === hash && this.#keys[place - 1] === key)) return slot;
    }
  }

  /** What stands behind a slot that becomes free moves up, so that it is found again. */
  #closeGap(from: number): void {
    const cells = this.#cells;
    const mask = this.#mask;
    let gap = from;
    for (let slot = (gap + 1) & mask; cells[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      const home = (cells[2 * slot] as number) & mask;
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      cells.copyWithin(2 * gap, 2 * slot, 2 * slot + 2);
      gap = slot;
    }
    cells[2 * gap + 1] = 0;
  }

  #rebuild(slotCount: number): void {
    const [cells, keys, values] = [this.#cells, this.#keys, this.#values];
    this.#cells = new Int32Array(2 * slotCount);
    this.#mask = slotCount - 1;
    [this.#keys, this.#values, this.#free, this.#size] = [[], [], [], 0];
    for (let at = 0; at < cells.length; at += 2) {
      const place = (cells[at + 1] as number) - 1;
      if (place >= 0) this.add(keys[place] as Key, cells[at] as number, values[place] as Value);
    }
  }
}

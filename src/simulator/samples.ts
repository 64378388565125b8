/** Many numbers, eight bytes each. */
export class Samples {
  #values = new Float64Array(16);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(value: number): void {
    if (this.#size === this.#values.length) {
      const longer = new Float64Array(2 * this.#size);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#size] = value;
    this.#size += 1;
  }

  /** All of them, the least first. */
  sorted(): Float64Array {
    return this.#values.slice(0, this.#size).sort();
  }
}

/** The least value that so many percent of all do not exceed (nearest rank); 0 of none. */
export function percentile(sorted: Float64Array, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent * sorted.length) / 100));
  return sorted[rank - 1] ?? 0;
}

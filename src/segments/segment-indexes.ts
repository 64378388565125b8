import { SegmentIndex } from './segment-index.ts';

/** Of 8 MiB each: 128 small objects an index, so that all of them together stay below 10 MB. */
const defaultCapacity = 512;

/** The indexes of the segments read last; the least recently used one is forgotten first. */
export class SegmentIndexes {
  readonly #capacity: number;
  readonly #indexes = new Map<string, SegmentIndex>();

  constructor(capacity = defaultCapacity) {
    this.#capacity = capacity;
  }

  of(directory: string, file: string): SegmentIndex {
    const key = `${directory}/${file}`;
    const index = this.#indexes.get(key) ?? new SegmentIndex(directory, file);
    this.#indexes.delete(key);
    this.#indexes.set(key, index);
    for (const oldest of this.#indexes.keys()) {
      if (this.#indexes.size <= this.#capacity) break;
      this.#indexes.delete(oldest);
    }
    return index;
  }
}

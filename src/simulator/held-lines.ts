import type { Line } from './read-lines.ts';

/** Lines that are in memory already, as they are read. */
export class HeldLines {
  readonly #lines: readonly string[];
  #read = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  /** How much has been read, 0 to 1. */
  get progress(): number {
    return this.#lines.length === 0 ? 1 : this.#read / this.#lines.length;
  }

  *lines(): Generator<Line, undefined> {
    for (const [index, text] of this.#lines.entries()) {
      this.#read = index + 1;
      yield { number: this.#read, text };
    }
  }
}

import { firstIndex } from './first-index.ts';

/** Orders two rows; rows that compare as 0 are the same place in the list. */
export type Compare<Row> = (left: Row, right: Row) => number;

/** A chunk that grows beyond this is cut in two: moving its rows must stay cheaper than finding one. */
const longestChunk = 1024;

/**
 * A sorted list in chunks: adding, removing, seeking and positions cost microseconds with a million rows, as would a heap's,
 * and unlike a heap it tells positions and lists rows in order.
 */
export class SortedList<Row> {
  readonly #compare: Compare<Row>;
  /** None of them is empty. */
  readonly #chunks: Row[][] = [];
  #size = 0;

  constructor(compare: Compare<Row>) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get first(): Row | undefined {
    return this.#chunks[0]?.[0];
  }

  get last(): Row | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  add(row: Row): void {
    this.#size += 1;
    const last = this.#chunks.at(-1);
    // Most rows come at the end: chunks that were cut there would stay half empty.
    if (!last || (last.length >= longestChunk && this.#compare(lastOf(last), row) < 0)) {
      this.#chunks.push([row]);
      return;
    }
    const at = Math.min(this.#chunkOf(row), this.#chunks.length - 1);
    const chunk = this.#chunks[at] ?? last;
    chunk.splice(this.#indexIn(chunk, row), 0, row);
    if (chunk.length > longestChunk) this.#chunks.splice(at + 1, 0, chunk.splice(chunk.length >> 1));
  }

  /** Takes out the row at the place of `row`; answers false if there is none. */
  remove(row: Row): boolean {
    // The first of a queue leaves it most: finding it would touch ten rows that no cache holds.
    const at = this.first === row ? 0 : this.#chunkOf(row);
    const chunk = this.#chunks[at];
    const index = chunk && chunk[0] !== row ? this.#indexIn(chunk, row) : 0;
    if (!chunk || this.#compare(chunk[index] as Row, row) !== 0) return false;
    if (index === 0) chunk.shift();
    else chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
    this.#size -= 1;
    return true;
  }

  /** Puts `row` in the place of one that compares as equal to it and is there. */
  replace(row: Row): void {
    const chunk = this.#chunks[this.#chunkOf(row)];
    if (chunk) chunk[this.#indexIn(chunk, row)] = row;
  }

  /** 1 for the first. Touches one number for each thousand rows before it. */
  positionOf(row: Row): number {
    const at = this.#chunkOf(row);
    let before = 0;
    for (let each = 0; each < at; each += 1) before += this.#chunks[each]?.length ?? 0;
    const chunk = this.#chunks[at];
    return before + (chunk ? this.#indexIn(chunk, row) : 0) + 1;
  }

  /** Rows in order, beginning with the first for which `reached` holds; once it holds it must go on holding. */
  *from(reached: (row: Row) => boolean): Generator<Row> {
    const first = firstIndex(this.#chunks.length, (at) => reached(lastOf(this.#chunks[at] as Row[])));
    for (let at = first; at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at] ?? [];
      yield* at === first ? chunk.slice(firstIndex(chunk.length, (index) => reached(chunk[index] as Row))) : chunk;
    }
  }

  /** The first row for which `reached` holds; once it holds it must go on holding. */
  firstFrom(reached: (row: Row) => boolean): Row | undefined {
    const chunk = this.#chunks[firstIndex(this.#chunks.length, (at) => reached(lastOf(this.#chunks[at] as Row[])))];
    return chunk?.[firstIndex(chunk.length, (index) => reached(chunk[index] as Row))];
  }

  /** All rows in order, as long as none comes or goes. Unlike `from` it copies nothing. */
  *rows(): Generator<Row, undefined> {
    for (const chunk of this.#chunks) for (const row of chunk) yield row;
  }

  /** The same in reverse order. */
  *rowsBack(): Generator<Row, undefined> {
    for (let at = this.#chunks.length - 1; at >= 0; at -= 1) {
      const chunk = this.#chunks[at] ?? [];
      for (let index = chunk.length - 1; index >= 0; index -= 1) yield chunk[index] as Row;
    }
  }

  /** Rows in reverse order, beginning with the last for which `reached` does not hold; once it holds it must go on holding. */
  *backFrom(reached: (row: Row) => boolean): Generator<Row> {
    const end = firstIndex(this.#chunks.length, (at) => reached(lastOf(this.#chunks[at] as Row[])));
    for (let at = Math.min(end, this.#chunks.length - 1); at >= 0; at -= 1) {
      const chunk = this.#chunks[at] ?? [];
      const length = at === end ? firstIndex(chunk.length, (index) => reached(chunk[index] as Row)) : chunk.length;
      yield* chunk.slice(0, length).reverse();
    }
  }

  /** The first chunk whose last row is not before `row`; one past the last chunk if there is none. */
  #chunkOf(row: Row): number {
    return firstIndex(this.#chunks.length, (at) => this.#compare(lastOf(this.#chunks[at] as Row[]), row) >= 0);
  }

  #indexIn(chunk: readonly Row[], row: Row): number {
    return firstIndex(chunk.length, (index) => this.#compare(chunk[index] as Row, row) >= 0);
  }
}

function lastOf<Row>(chunk: readonly Row[]): Row {
  return chunk[chunk.length - 1] as Row;
}

/** Orders two rows; rows that compare as 0 are the same place in the list. */
export type Compare<Row> = (left: Row, right: Row) => number;

const chunkSize = 512;

/** A sorted list in chunks: adding, removing and seeking cost a binary search and at most one chunk's move. */
export class SortedList<Row> {
  readonly #compare: Compare<Row>;
  readonly #chunks: Row[][] = [];
  #size = 0;

  constructor(compare: Compare<Row>) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get last(): Row | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  add(row: Row): void {
    const chunk = this.#chunkFor(row);
    chunk.splice(this.#placeIn(chunk, row), 0, row);
    this.#size += 1;
    if (chunk.length > chunkSize) this.#split(chunk);
  }

  /** Removes the row at the place of `row`, which must be there. */
  remove(row: Row): void {
    const chunk = this.#chunkFor(row);
    chunk.splice(this.#placeIn(chunk, row), 1);
    this.#size -= 1;
    if (chunk.length === 0) this.#chunks.splice(this.#chunks.indexOf(chunk), 1);
  }

  /** Puts `row` in the place of one that compares as equal to it and is there. */
  replace(row: Row): void {
    const chunk = this.#chunkFor(row);
    chunk[this.#placeIn(chunk, row)] = row;
  }

  /** Rows in order, beginning with the first for which `reached` holds; once it holds it must go on holding. */
  *from(reached: (row: Row) => boolean): Generator<Row> {
    const first = firstIndex(this.#chunks, (chunk) => reached(lastOf(chunk)));
    for (let at = first; at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at] ?? [];
      yield* at === first ? chunk.slice(firstIndex(chunk, reached)) : chunk;
    }
  }

  #chunkFor(row: Row): Row[] {
    const at = firstIndex(this.#chunks, (chunk) => this.#compare(lastOf(chunk), row) >= 0);
    const chunk = this.#chunks[at] ?? this.#chunks.at(-1);
    if (chunk) return chunk;
    const first: Row[] = [];
    this.#chunks.push(first);
    return first;
  }

  #placeIn(chunk: readonly Row[], row: Row): number {
    return firstIndex(chunk, (other) => this.#compare(other, row) >= 0);
  }

  #split(chunk: Row[]): void {
    this.#chunks.splice(this.#chunks.indexOf(chunk) + 1, 0, chunk.splice(chunkSize / 2));
  }
}

/** Binary search: the first index at which `holds` holds, or the length. */
function firstIndex<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as Item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Chunks are never empty. */
function lastOf<Row>(chunk: readonly Row[]): Row {
  return chunk[chunk.length - 1] as Row;
}

/** A query that cannot go on: the words say over which bound it went. Never a wrong number instead. */
export class QueryFailed extends Error {
  override readonly name = 'QueryFailed';
}

/** Our own bounds on what one query may hold and do. */
export const bounds = {
  /** Characters of a query. */
  query: 10_000,
  /** Operators, functions and fields of a query, and how deep they may be nested. */
  nodes: 2_000,
  depth: 60,
  commands: 50,
  /** Rows of the result. */
  rows: 100_000,
  /** Groups of `stats`, and keys of `dedup`. */
  groups: 100_000,
  /** Bytes of the rows that are held, and numbers and texts that functions of `stats` hold. */
  rowBytes: 64 * 1024 * 1024,
  cells: 2_000_000,
  /** Characters that a function may make. */
  text: 1024 * 1024,
  /** Steps of a regular expression over one text. */
  steps: 100_000_000,
} as const;

/** What a query holds, counted. */
export class Budget {
  #rowBytes = 0;
  #cells = 0;

  holdRow(bytes: number): void {
    this.#rowBytes += bytes;
    if (this.#rowBytes > bounds.rowBytes) {
      throw new QueryFailed(
        `the rows to be sorted take more than ${bounds.rowBytes} bytes: use a smaller limit or fewer events`,
      );
    }
  }

  releaseRow(bytes: number): void {
    this.#rowBytes -= bytes;
  }

  holdCells(count: number): void {
    this.#cells += count;
    if (this.#cells > bounds.cells) {
      throw new QueryFailed(`stats must remember more than ${bounds.cells} values: use fewer groups`);
    }
  }
}

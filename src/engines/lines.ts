/** What takes a line, without its end. The bytes are only valid during the call. */
export type LineSink = (line: Buffer) => void;

/**
 * Cuts a stream of bytes into lines at \n; a \r before it goes too. Bytes are kept as they are, valid UTF-8 or not.
 * A line longer than `maximum` is cut there. An unfinished line waits for its end or for `end`: when it is written
 * never depends on how fast the job wrote it.
 */
export class LineSplitter {
  readonly #maximum: number;
  readonly #sink: LineSink;
  #kept: Buffer[] = [];
  #keptBytes = 0;

  constructor(maximum: number, sink: LineSink) {
    this.#maximum = maximum;
    this.#sink = sink;
  }

  /** Takes the next bytes; keeps no reference to `chunk`. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.#take(chunk.subarray(start, end));
      this.#finish(true);
      start = end + 1;
    }
    if (start < chunk.length) this.#take(chunk.subarray(start));
    this.#keep();
  }

  /** Writes what there is of an unfinished line. */
  end(): void {
    if (this.#keptBytes > 0) this.#finish(false);
  }

  /** Adds to the current line, cutting it each time that it is full. */
  #take(bytes: Buffer): void {
    let rest = bytes;
    while (this.#keptBytes + rest.length > this.#maximum) {
      const room = this.#maximum - this.#keptBytes;
      this.#add(rest.subarray(0, room));
      this.#finish(false);
      rest = rest.subarray(room);
    }
    this.#add(rest);
  }

  #add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
  }

  #finish(ended: boolean): void {
    const [first = empty] = this.#kept;
    const line = this.#kept.length > 1 ? Buffer.concat(this.#kept, this.#keptBytes) : first;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#sink(ended && line.at(-1) === carriageReturn ? line.subarray(0, -1) : line);
  }

  /** The reader's buffer is used again: what stays is copied, and many small pieces become one. */
  #keep(): void {
    const last = this.#kept.at(-1);
    if (!last) return;
    this.#kept[this.#kept.length - 1] = Buffer.from(last);
    if (this.#kept.length > 64) this.#kept = [Buffer.concat(this.#kept, this.#keptBytes)];
  }
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const empty = Buffer.alloc(0);

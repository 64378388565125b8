import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { lineError, SimulationError } from './workload.ts';

/** A line of a file, from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

const chunkBytes = 256 * 1024;
/** No line that says something is longer: it is held as a whole. */
const longestLine = 4 * 1024 * 1024;
const newline = 10;

/** The lines of a file that is read as they are asked for, however long it is. */
export class LineReader {
  readonly #path: string;
  #read = 0;
  #size = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** How much has been read, 0 to 1. */
  get progress(): number {
    return this.#size === 0 ? 0 : Math.min(1, this.#read / this.#size);
  }

  /** Throws `SimulationError` for what is no text, and what the system says of a file that cannot be read. */
  *lines(): Generator<Line, undefined> {
    const file = openSync(this.#path, 'r');
    try {
      this.#read = 0;
      this.#size = fstatSync(file).size;
      yield* this.#split(file);
    } finally {
      closeSync(file);
    }
  }

  *#split(file: number): Generator<Line, undefined> {
    let rest: Buffer = Buffer.alloc(0);
    let number = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const count = readSync(file, chunk);
      this.#read += count;
      if (number === 0 && rest.length === 0) demandText(chunk.subarray(0, count));
      const bytes = rest.length === 0 ? chunk.subarray(0, count) : Buffer.concat([rest, chunk.subarray(0, count)]);
      let from = 0;
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
        number += 1;
        yield { number, text: bytes.toString('utf8', from, end) };
        from = end + 1;
      }
      rest = bytes.subarray(from);
      if (rest.length > longestLine) throw lineError(number + 1, `is longer than ${longestLine} bytes`);
      if (count > 0) continue;
      if (rest.length > 0) yield { number: number + 1, text: rest.toString('utf8') };
      return;
    }
  }
}

function demandText(bytes: Buffer): void {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw new SimulationError('the workload is compressed: gunzip it first');
  if (bytes.includes(0)) throw new SimulationError('the workload is no text');
}

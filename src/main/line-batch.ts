import { type DestinationStream, levels } from 'pino';

const metadata = Symbol.for('pino.metadata');
const urgent = levels.values.warn ?? 0;

/**
 * Writes the lines of one turn at once: to a file or a pipe each write is a system call that everything waits for. A
 * warning or an error goes out right away, with all before it: the process may be about to end.
 */
export class LineBatch implements DestinationStream {
  /** Makes pino set `lastLevel` before it writes. */
  readonly [metadata] = true;
  lastLevel: number = levels.values.info ?? 0;
  readonly #output: DestinationStream;
  #lines = '';

  constructor(output: DestinationStream) {
    this.#output = output;
  }

  write(line: string): void {
    if (this.#lines === '') setImmediate(() => this.#flush());
    this.#lines += line;
    if (this.lastLevel >= urgent) this.#flush();
  }

  /** Writes a line of level info that pino has not made. */
  writeInfo(line: string): void {
    this.lastLevel = levels.values.info ?? 0;
    this.write(line);
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = '';
    if (lines !== '') this.#output.write(lines);
  }
}

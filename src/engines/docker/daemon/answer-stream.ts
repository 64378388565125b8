import { Readable } from 'node:stream';
import type { Connection } from './connection.ts';

/** An answer as it comes. As long as nobody reads it, no more of it is taken from the daemon. */
export class AnswerStream extends Readable {
  readonly #connection: Connection;
  #isWhole = false;

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
    // It may break off before whoever asked for it has it; whoever reads it hears of that.
    this.on('error', () => {});
  }

  override _read(): void {
    if (!this.#isWhole) this.#connection.resume();
  }

  /** Nobody wants the rest. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#isWhole && error) this.#connection.destroy();
    else if (!this.#isWhole) this.#connection.letGo();
    done(error);
  }

  /** More of it has come. */
  more(bytes: Buffer): void {
    if (!this.push(Buffer.from(bytes))) this.#connection.pause();
  }

  /** All of it has come. */
  finish(): void {
    this.#isWhole = true;
    this.push(null);
  }
}

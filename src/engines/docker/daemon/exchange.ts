import { dockerLimits } from '../docker-limits.ts';
import { AnswerStream } from './answer-stream.ts';
import type { CallTaker, Connection } from './connection.ts';

/** An answer of which all is there. */
export interface WholeAnswer {
  readonly status: number;
  readonly text: string;
}

/** The daemon is there, and says more than is read whole. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong';
  readonly status: number;

  constructor(status: number) {
    super(`an answer of more than ${dockerLimits.answerBytes} bytes`);
    this.status = status;
  }
}

export interface ExchangeListener {
  /** The answer's head is there. */
  answered(): void;
  /** Nothing more comes of it: its answer is whole, or has broken off. */
  over(isWhole: boolean): void;
}

/** One call, on its connection, and what is answered to it. */
export class Exchange implements CallTaker {
  readonly #connection: Connection;
  readonly #isStreamed: boolean;
  readonly #listener: ExchangeListener;
  readonly #answer = Promise.withResolvers<WholeAnswer | AnswerStream>();
  #status = 0;
  #stream: AnswerStream | undefined;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  /** One that is streamed has its answer once its head is there, unless that says no. */
  constructor(connection: Connection, isStreamed: boolean, listener: ExchangeListener) {
    this.#connection = connection;
    this.#isStreamed = isStreamed;
    this.#listener = listener;
  }

  /** Rejects with what broke it off. */
  get answer(): Promise<WholeAnswer | AnswerStream> {
    return this.#answer.promise;
  }

  cut(): void {
    this.#connection.destroy();
  }

  head(status: number): void {
    this.#status = status;
    this.#listener.answered();
    if (!this.#isStreamed || status >= 400) return;
    this.#stream = new AnswerStream(this.#connection);
    this.#answer.resolve(this.#stream);
  }

  content(bytes: Buffer): void {
    if (this.#stream) {
      this.#stream.more(bytes);
      return;
    }
    this.#bytes += bytes.length;
    if (this.#bytes > dockerLimits.answerBytes) throw new AnswerTooLong(this.#status);
    this.#pieces.push(Buffer.from(bytes));
  }

  end(): void {
    if (this.#stream) this.#stream.finish();
    else this.#answer.resolve({ status: this.#status, text: Buffer.concat(this.#pieces, this.#bytes).toString() });
    this.#listener.over(true);
  }

  broke(error: Error): void {
    if (this.#stream) this.#stream.destroy(error);
    else this.#answer.reject(error);
    this.#listener.over(false);
  }
}

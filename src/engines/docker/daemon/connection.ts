import { Socket } from 'node:net';
import { AnswerParser, type AnswerTaker } from './answer-parser.ts';

/** Hears what becomes of one call. */
export interface CallTaker extends AnswerTaker {
  /** The connection ended before the answer did, or before it was made. */
  broke(error: Error): void;
}

/**
 * What has been read, of all connections in turn: it is taken before another reads. A buffer for each read would be most of the
 * garbage that a call leaves.
 */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * A connection to a daemon, which serves one call after the other. Whatever goes wrong is heard by the call that is under way; one
 * that serves none ends without a word.
 */
export class Connection {
  readonly #socket: Socket;
  #taker: CallTaker | undefined;
  #parser: AnswerParser | undefined;
  #error: Error | undefined;
  #isClosed = false;
  #isPaused = false;
  #isLetGo = false;

  constructor(path: string) {
    this.#socket = new Socket({ onread: { buffer: shared, callback: (length) => this.#read(length) } });
    this.#socket.on('error', (error) => {
      this.#error ??= error;
    });
    this.#socket.once('end', () => this.#socket.destroy());
    this.#socket.once('close', () => this.#closed());
    this.#socket.connect(path);
  }

  /** It serves no call, and may serve another. */
  get isFree(): boolean {
    return !this.#isClosed && !this.#taker && (this.#parser?.isKept ?? true);
  }

  /** It ended by `letGo`. */
  get isLetGo(): boolean {
    return this.#isLetGo;
  }

  /** Sends a call. `taker` hears its answer, or that there is none. */
  ask(call: readonly (string | Buffer)[], taker: CallTaker): void {
    this.#socket.ref();
    this.#taker = taker;
    this.#parser = new AnswerParser({
      head: (status) => taker.head(status),
      content: (bytes) => taker.content(bytes),
      end: () => {
        this.#taker = undefined;
        // Its end is to be heard of, though nobody has read all that came before.
        this.resume();
        // One that only waits for the next call keeps no process alive.
        this.#socket.unref();
        taker.end();
      },
    });
    this.resume();
    for (const part of call) this.#socket.write(part);
  }

  /** Nothing more is read until `resume`, or the next call. */
  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** Ends it; the call under way hears of it, as of `error` if that is given. */
  destroy(error?: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
  }

  /** Ends it since nobody wants the rest of the answer: nothing is wrong with the daemon. */
  letGo(): void {
    this.#isLetGo = !this.#isClosed;
    this.destroy();
  }

  #read(length: number): boolean {
    try {
      this.#parser?.take(shared.subarray(0, length));
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  #closed(): void {
    this.#isClosed = true;
    const taker = this.#taker;
    if (!taker || (this.#error === undefined && this.#parser?.close())) return;
    this.#taker = undefined;
    taker.broke(this.#error ?? new Error('the connection broke off'));
  }
}

import type { Readable } from 'node:stream';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { jsonOf } from '../../../core/json-of.ts';
import { dockerLimits } from '../docker-limits.ts';
import { AnswerStream } from './answer-stream.ts';
import { Connections } from './connections.ts';
import { bytesOf, type DaemonCall } from './daemon-call.ts';
import { DaemonGone, DaemonLate, DaemonRefusal } from './daemon-errors.ts';
import { AnswerTooLong, Exchange, type WholeAnswer } from './exchange.ts';
import { askUpgrade, type Upgraded } from './upgrade.ts';

/** What is under way, and may be broken off. */
interface Cuttable {
  cut(): void;
}

/**
 * Speaks Docker's API over a daemon's unix socket, each call with a deadline. A connection whose answer was read to its end is
 * used again; none serves two calls at once, and so no call meets what another left. Rejects with `DaemonRefusal` for what the daemon
 * refuses, and for an answer that is too long, which would be so again; with `DaemonLate` past a deadline, else `DaemonGone`.
 */
export class Daemon {
  readonly socket: string;
  readonly #clock: Clock;
  #answeredAt = Number.NEGATIVE_INFINITY;
  readonly #connections: Connections;
  /** Calls whose answer has not come to its end. */
  readonly #open = new Set<Cuttable>();

  constructor(socket: string, clock: Clock) {
    this.socket = socket;
    this.#clock = clock;
    this.#connections = new Connections(socket);
  }

  /** How long ago it last answered anything. */
  get silentFor(): Milliseconds {
    return this.#clock.monotonic() - this.#answeredAt;
  }

  /** Breaks off what is under way: a container that runs on is awaited by a call that would keep this process alive. */
  close(): void {
    this.#connections.close();
    for (const asked of this.#open) asked.cut();
  }

  /** The answer's JSON; undefined where there is none. */
  async json(call: DaemonCall): Promise<unknown> {
    const text = await this.text(call);
    return text === '' ? undefined : jsonOf(text);
  }

  /** The answer, whole. */
  async text(call: DaemonCall): Promise<string> {
    const exchange = this.#ask(call, false);
    const answer = await this.#inTime(call, exchange, exchange.answer);
    if (answer instanceof AnswerStream) throw new TypeError('an answer that was to be whole is a stream');
    if (answer.status >= 400) throw refusal(answer);
    return answer.text;
  }

  /** The answer as it comes, once its head is there. */
  async stream(call: DaemonCall): Promise<Readable> {
    const exchange = this.#ask(call, true);
    const answer = await this.#inTime(call, exchange, exchange.answer);
    if (answer instanceof AnswerStream) return answer;
    throw refusal(answer);
  }

  /** A connection that both sides write to. */
  async upgrade(call: DaemonCall): Promise<Upgraded> {
    const asked = askUpgrade(this.socket, call, () => this.#open.delete(asked));
    this.#open.add(asked);
    const answer = await this.#inTime(call, asked, asked.answer);
    if ('socket' in answer) return answer;
    throw refusal(answer);
  }

  #ask({ signal, alone = false, ...call }: DaemonCall, isStreamed: boolean): Exchange {
    const bytes = bytesOf(call);
    const connection = this.#connections.take(alone);
    const cut = () => connection.letGo();
    const exchange: Exchange = new Exchange(connection, isStreamed, {
      answered: () => {
        this.#answeredAt = this.#clock.monotonic();
      },
      over: (isWhole) => {
        this.#open.delete(exchange);
        signal?.removeEventListener('abort', cut);
        if (!isWhole) this.#connections.broke(connection);
        else if (alone) connection.destroy();
        else this.#connections.keep(connection);
      },
    });
    this.#open.add(exchange);
    if (signal?.aborted) cut();
    signal?.addEventListener('abort', cut);
    connection.ask(bytes, exchange);
    return exchange;
  }

  async #inTime<Answer>(call: DaemonCall, asked: Cuttable, answer: Promise<Answer>): Promise<Answer> {
    const { method, path, within = dockerLimits.callMs } = call;
    let isLate = false;
    const settle =
      within === 'ever'
        ? () => {}
        : afterLastLook(this.#clock, within, () => {
            isLate = true;
            asked.cut();
          });
    try {
      return await answer;
    } catch (error) {
      if (error instanceof AnswerTooLong) throw new DaemonRefusal(error.status, `${method} ${path}: ${error.message}`);
      if (isLate) throw late(this.socket, `${method} ${path}`, Number(within));
      const words = error instanceof Error ? error.message : String(error);
      throw new DaemonGone(`the container daemon at ${this.socket} does not answer: ${words}`, { cause: error });
    } finally {
      settle();
    }
  }
}

function late(socket: string, call: string, within: Milliseconds): DaemonLate {
  return new DaemonLate(`the container daemon at ${socket} did not answer to ${call} within ${within / 1000} s`);
}

/**
 * A process that had no time to look meets its deadlines before the answers that lie in its sockets: these are read first. Answers
 * what calls it off.
 */
function afterLastLook(clock: Clock, within: Milliseconds, end: () => void): CancelTimer {
  let looking: NodeJS.Immediate | undefined;
  const cancel = clock.after(within, () => {
    looking = setImmediate(end);
  });
  return () => {
    cancel();
    clearImmediate(looking);
  };
}

function refusal({ status, text }: WholeAnswer): DaemonRefusal {
  const said = jsonOf(text);
  const message = typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : text.trim();
  return new DaemonRefusal(status, message === '' ? `HTTP status ${status}` : message);
}

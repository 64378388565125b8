import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { jsonOf } from '../../../core/json-of.ts';
import { request } from '../../../core/node-http.ts';
import { dockerLimits } from '../docker-limits.ts';
import { DaemonGone, DaemonLate, DaemonRefusal } from './daemon-errors.ts';

/** One call of Docker's API. */
export interface DaemonCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the answer is there, or its head of one that is a stream; `ever` for one that may have nothing to say. @default 15 s */
  readonly within?: Milliseconds | 'ever';
  readonly signal?: AbortSignal;
}

/** A connection that has become a stream both ways. */
export interface Upgraded {
  readonly socket: Duplex;
  /** What came with the answer's head. */
  readonly head: Buffer;
}

/**
 * Speaks Docker's API over a daemon's unix socket: one connection a call, so that no call meets what another left, each with a
 * deadline. Rejects with `DaemonRefusal` for what the daemon refuses, `DaemonLate` past a deadline, else `DaemonGone`.
 */
export class Daemon {
  readonly socket: string;
  readonly #clock: Clock;
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** Calls whose answer has not come to its end. */
  readonly #open = new Set<ClientRequest>();

  constructor(socket: string, clock: Clock) {
    this.socket = socket;
    this.#clock = clock;
  }

  /** How long ago it last answered anything. */
  get silentFor(): Milliseconds {
    return this.#clock.monotonic() - this.#answeredAt;
  }

  /** Breaks off what is under way: a container that runs on is awaited by a call that would keep this process alive. */
  close(): void {
    for (const asked of this.#open) asked.destroy();
  }

  /** The answer's JSON; undefined where there is none. */
  async json(call: DaemonCall): Promise<unknown> {
    const deadline = this.#deadline(call);
    try {
      const answer = await this.#head(call, deadline.signal);
      const text = await readAll(answer);
      return text === '' ? undefined : jsonOf(text);
    } catch (error) {
      throw deadline.explain(error);
    } finally {
      deadline.cancel();
    }
  }

  /** The answer as it comes, once its head is there. */
  async stream(call: DaemonCall): Promise<IncomingMessage> {
    const deadline = this.#deadline(call);
    try {
      return await this.#head(call, deadline.signal, () => deadline.cancel());
    } catch (error) {
      throw deadline.explain(error);
    } finally {
      deadline.cancel();
    }
  }

  /** A connection that both sides write to. */
  async upgrade(call: DaemonCall): Promise<Upgraded> {
    const deadline = this.#deadline(call);
    const upgrading = Promise.withResolvers<Upgraded>();
    try {
      const headers = { ...call.headers, connection: 'Upgrade', upgrade: 'tcp' };
      const asked = this.#send({ ...call, headers }, deadline.signal);
      asked.once('error', upgrading.reject);
      asked.once('upgrade', (_answer, socket, head) => upgrading.resolve({ socket, head }));
      // Podman answers 200 to some, and the connection is a stream all the same.
      asked.once('response', (answer) => {
        const refuse = (text: string) => upgrading.reject(refusal(answer, text));
        readAll(answer).then(refuse, upgrading.reject);
      });
      return await upgrading.promise;
    } catch (error) {
      throw deadline.explain(error);
    } finally {
      deadline.cancel();
    }
  }

  async #head(call: DaemonCall, signal: AbortSignal, onHead = () => {}): Promise<IncomingMessage> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = this.#send(call, signal);
      asked.once('response', resolve);
      asked.once('error', reject);
    });
    this.#answeredAt = this.#clock.monotonic();
    if ((answer.statusCode ?? 500) >= 400) throw refusal(answer, await readAll(answer));
    onHead();
    return answer;
  }

  #send({ method, path, query = {}, body, headers = {} }: DaemonCall, signal: AbortSignal): ClientRequest {
    const written = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}=${encodeURIComponent(value)}`,
    );
    const content = Buffer.isBuffer(body) ? body : body && Buffer.from(JSON.stringify(body));
    const asked = request({
      socketPath: this.socket,
      method,
      path: `${path}${written.length > 0 ? `?${written.join('&')}` : ''}`,
      headers: {
        host: 'docker',
        ...(content && { 'content-length': content.length }),
        ...(content && !Buffer.isBuffer(body) && { 'content-type': 'application/json' }),
        ...headers,
      },
      agent: false,
      signal,
    });
    this.#open.add(asked);
    asked.once('close', () => this.#open.delete(asked));
    asked.end(content);
    return asked;
  }

  #deadline({ within = dockerLimits.callMs, signal, method, path }: DaemonCall) {
    const ending = new AbortController();
    let isLate = false;
    const end = () => {
      isLate = true;
      ending.abort();
    };
    const cancelTimer = within === 'ever' ? () => {} : this.#clock.after(within, end);
    const both = signal ? AbortSignal.any([ending.signal, signal]) : ending.signal;
    const late = () =>
      new DaemonLate(
        `the container daemon at ${this.socket} did not answer to ${method} ${path} within ${Number(within) / 1000} s`,
      );
    const explain = (error: unknown): unknown => {
      if (isLate) return late();
      if (error instanceof DaemonRefusal) return error;
      const words = error instanceof Error ? error.message : String(error);
      return new DaemonGone(`the container daemon at ${this.socket} does not answer: ${words}`, { cause: error });
    };
    return { signal: both, cancel: cancelTimer, explain };
  }
}

function refusal({ statusCode = 500 }: IncomingMessage, text: string): DaemonRefusal {
  const said = jsonOf(text);
  const message = typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : text.trim();
  return new DaemonRefusal(statusCode, message === '' ? `HTTP status ${statusCode}` : message);
}

async function readAll(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > dockerLimits.answerBytes) throw new Error(`an answer of more than ${dockerLimits.answerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString();
}

import type { ClientRequest, IncomingMessage, Agent as NodeAgent } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { jsonOf } from '../../../core/json-of.ts';
import { Agent, request } from '../../../core/node-http.ts';
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
  /** On a connection of its own: one that is kept may be gone, and would seem to have gone because of this. @default false */
  readonly alone?: boolean;
}

/** A connection that has become a stream both ways. */
export interface Upgraded {
  readonly socket: Duplex;
  /** What came with the answer's head. */
  readonly head: Buffer;
}

/** A call that is under way. */
interface Sent {
  readonly asked: ClientRequest;
  /** It may take as long as it wants from now on. */
  settle(): void;
  /** What went wrong with it, as this class rejects. */
  explain(error: unknown): unknown;
}

/**
 * Speaks Docker's API over a daemon's unix socket, each call with a deadline. A connection whose answer was read to its end is
 * used again; a stream has one of its own, and so no call meets what another left. Rejects with `DaemonRefusal` for what the daemon
 * refuses, `DaemonLate` past a deadline, else `DaemonGone`.
 */
export class Daemon {
  readonly socket: string;
  readonly #clock: Clock;
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** Calls whose answer has not come to its end. */
  readonly #open = new Set<ClientRequest>();
  readonly #kept = new Agent({ keepAlive: true, maxFreeSockets: dockerLimits.keptConnections });
  /** Makes a connection for each call. */
  readonly #single = new Agent({ keepAlive: false });

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
    this.#kept.destroy();
  }

  /** The answer's JSON; undefined where there is none. */
  async json(call: DaemonCall): Promise<unknown> {
    const text = await this.text(call);
    return text === '' ? undefined : jsonOf(text);
  }

  /** The answer, whole. */
  async text(call: DaemonCall): Promise<string> {
    const sent = this.#send(call, call.alone ? this.#single : this.#kept);
    try {
      return await readAll(await this.#head(sent));
    } catch (error) {
      throw sent.explain(error);
    } finally {
      sent.settle();
    }
  }

  /** The answer as it comes, once its head is there. */
  async stream(call: DaemonCall): Promise<IncomingMessage> {
    const sent = this.#send(call, this.#single);
    try {
      return await this.#head(sent);
    } catch (error) {
      throw sent.explain(error);
    } finally {
      sent.settle();
    }
  }

  /** A connection that both sides write to. */
  async upgrade(call: DaemonCall): Promise<Upgraded> {
    const headers = { ...call.headers, connection: 'Upgrade', upgrade: 'tcp' };
    const sent = this.#send({ ...call, headers }, this.#single);
    const upgrading = Promise.withResolvers<Upgraded>();
    try {
      sent.asked.once('error', upgrading.reject);
      sent.asked.once('upgrade', (_answer, socket, head) => upgrading.resolve({ socket, head }));
      // Podman answers 200 to some, and the connection is a stream all the same.
      sent.asked.once('response', (answer) => {
        const refuse = (text: string) => upgrading.reject(refusal(answer, text));
        readAll(answer).then(refuse, upgrading.reject);
      });
      return await upgrading.promise;
    } catch (error) {
      throw sent.explain(error);
    } finally {
      sent.settle();
    }
  }

  async #head({ asked }: Sent): Promise<IncomingMessage> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.once('response', resolve);
      asked.once('error', reject);
    });
    this.#answeredAt = this.#clock.monotonic();
    if ((answer.statusCode ?? 500) >= 400) throw refusal(answer, await readAll(answer));
    return answer;
  }

  #send(call: DaemonCall, agent: NodeAgent): Sent {
    const asked = this.#request(call, agent);
    const { method, path, within = dockerLimits.callMs, signal } = call;
    const cut = () => asked.destroy();
    let isLate = false;
    const deadline =
      within === 'ever'
        ? () => {}
        : afterLastLook(this.#clock, within, () => {
            isLate = true;
            cut();
          });
    if (signal?.aborted) cut();
    signal?.addEventListener('abort', cut);
    this.#open.add(asked);
    asked.once('close', () => {
      this.#open.delete(asked);
      signal?.removeEventListener('abort', cut);
    });
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
    return { asked, settle: deadline, explain };
  }

  #request({ method, path, query = {}, body, headers = {} }: DaemonCall, agent: NodeAgent): ClientRequest {
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
      agent,
    });
    asked.end(content);
    return asked;
  }
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

function refusal({ statusCode = 500 }: IncomingMessage, text: string): DaemonRefusal {
  const said = jsonOf(text);
  const message = typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : text.trim();
  return new DaemonRefusal(statusCode, message === '' ? `HTTP status ${statusCode}` : message);
}

/** Events cost half of what an iterator does. */
function readAll(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > dockerLimits.answerBytes)
        answer.destroy(new Error(`an answer of more than ${dockerLimits.answerBytes} bytes`));
      else chunks.push(chunk);
    });
    answer.once('end', () => resolve(Buffer.concat(chunks, bytes).toString()));
    answer.once('error', reject);
    answer.once('close', () => reject(new Error('the answer broke off')));
  });
}

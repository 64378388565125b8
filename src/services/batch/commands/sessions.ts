import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { commandPath } from '../../../core/command-frames.ts';
import type { RandomSource } from '../../../core/random.ts';
import { commandLimits } from './limits.ts';
import { type BeginCommand, CommandSession } from './session.ts';

/** What a client connects with: once, and soon. */
export interface CommandOffer {
  readonly sessionId: string;
  readonly token: string;
}

interface Waiting {
  readonly token: Buffer;
  readonly begin: BeginCommand;
  readonly cancel: CancelTimer;
}

/** The commands that run in jobs for clients of this server, and those that wait for their client. */
export class CommandSessions {
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #waiting = new Map<string, Waiting>();
  readonly #running = new Set<CommandSession>();
  #isClosed = false;

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Keeps a command for the client who gets the answer; undefined if there are too many. */
  offer(begin: BeginCommand): CommandOffer | undefined {
    if (this.#isClosed || this.#waiting.size + this.#running.size >= commandLimits.sessions) return undefined;
    const sessionId = Buffer.from(this.#random.bytes(16)).toString('hex');
    const token = Buffer.from(this.#random.bytes(32)).toString('base64url');
    const cancel = this.#clock.after(commandLimits.connectTime, () => this.#waiting.delete(sessionId));
    this.#waiting.set(sessionId, { token: hash(token), begin, cancel });
    return { sessionId, token };
  }

  /** What takes over a connection that asks for a session with its token; undefined for any other one. */
  connection(path: string, { authorization = '' }: IncomingHttpHeaders) {
    const sessionId = path.startsWith(commandPath) ? path.slice(commandPath.length) : '';
    const waiting = this.#waiting.get(sessionId);
    const [, token] = /^Bearer (\S+)$/.exec(authorization) ?? [];
    if (!waiting || token === undefined || !timingSafeEqual(hash(token), waiting.token)) return undefined;
    this.#waiting.delete(sessionId);
    waiting.cancel();
    return (socket: Duplex, head: Buffer) => this.#connect(socket, head, waiting.begin);
  }

  /** Ends all of them, and tells their clients so. No more come. */
  async close(problem: string): Promise<void> {
    this.#isClosed = true;
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
    const running = [...this.#running];
    for (const session of running) session.end(problem);
    await Promise.all(running.map(({ ended }) => ended));
  }

  #connect(socket: Duplex, head: Buffer, begin: BeginCommand): void {
    const session = new CommandSession(socket, head, begin, this.#clock);
    this.#running.add(session);
    void session.ended.then(() => this.#running.delete(session));
    if (this.#isClosed) session.end('the server stops');
  }
}

/** Of one length whatever was sent, so that it can be compared in the same time. */
function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

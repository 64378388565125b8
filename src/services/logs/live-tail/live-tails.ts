import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { LogStreamRecord } from '../../../store/index.ts';
import type { LogsLogger } from '../logger.ts';
import { type TailedRecord, type TailSelection, TailSession } from './tail-session.ts';
import { type FollowerRuntime, offerAll, TaskFollower } from './task-follower.ts';

/** AWS's: an account may have so many sessions, each for three hours. */
const mostSessions = 15;
const longest = 3 * 60 * 60_000;
const second = 1_000;

interface TailsRuntime extends FollowerRuntime {
  readonly clock: Clock;
  readonly logger: LogsLogger;
}

/**
 * Everybody who tails. Events of PutLogEvents are handed over when they are durable, what tasks write is read once a second for
 * all sessions together; without a session nothing is done.
 */
export class LiveTails {
  readonly #runtime: TailsRuntime;
  readonly #sessions = new Map<TailSession, CancelTimer>();
  readonly #follower: TaskFollower;
  readonly #closing = new AbortController();
  #cancelTick: CancelTimer | undefined;
  /** Rounds, and beginnings of sessions, one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(runtime: TailsRuntime) {
    this.#runtime = runtime;
    this.#follower = new TaskFollower(runtime);
  }

  /** Throws AWS's error if there is no room for another session. */
  checkRoom(): void {
    if (this.#sessions.size < mostSessions) return;
    throw new ServiceError('LimitExceededException', 'You have reached the maximum number of Live Tail sessions.');
  }

  /** What comes from now on is the session's, until it is closed. */
  open(selection: TailSelection): Promise<TailSession> {
    return this.#inTurn(async () => {
      // What has been written before is told to those alone who tail already.
      if (this.#sessions.size > 0) await this.#follower.round([...this.#sessions.keys()], this.#closing.signal);
      this.checkRoom();
      const session = new TailSession(selection);
      const timer = this.#runtime.clock.after(longest, () => session.end({ kind: 'timeout' }));
      this.#sessions.set(session, timer);
      if (this.#sessions.size === 1) this.#tick();
      await this.#follower.begin();
      return session;
    });
  }

  close(session: TailSession): void {
    this.#sessions.get(session)?.();
    this.#sessions.delete(session);
    if (this.#sessions.size > 0) return;
    this.#cancelTick?.();
    this.#follower.forget();
  }

  /** Events that PutLogEvents has made durable. */
  put(stream: LogStreamRecord, records: readonly TailedRecord[]): void {
    const sessions = [...this.#sessions.keys()].filter((session) => session.wants(stream));
    if (sessions.length === 0) return;
    for (const record of records) offerAll(sessions, stream, record);
  }

  /** A task begins to write to a stream of its own. */
  opened(stream: LogStreamRecord): void {
    if (this.#sessions.size > 0) this.#follower.opened(stream);
  }

  ended(stream: LogStreamRecord): void {
    this.#follower.ended(stream);
  }

  /** No session is told anything any more. */
  async stop(): Promise<void> {
    this.#closing.abort();
    this.#cancelTick?.();
    for (const session of [...this.#sessions.keys()]) this.close(session);
    await this.#turn;
  }

  #tick(): void {
    this.#cancelTick = this.#runtime.clock.after(second, () => {
      void this.#inTurn(() => this.#lookAndTell());
    });
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const acted = this.#turn.then(act);
    this.#turn = acted.catch(() => {});
    return acted;
  }

  async #lookAndTell(): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.#follower.round([...this.#sessions.keys()], signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#runtime.logger.error({ err: error }, 'the logs of tasks could not be followed');
      for (const session of this.#sessions.keys())
        session.end({ kind: 'failed', message: 'The logs could not be read.' });
    }
    for (const session of this.#sessions.keys()) session.flush();
    if (this.#sessions.size > 0 && !signal.aborted) this.#tick();
  }
}

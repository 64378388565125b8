import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import { EngineUnavailable } from '../../contract.ts';
import { dockerLimits } from '../docker-limits.ts';
import type { Daemon } from './daemon.ts';
import { DaemonGone, DaemonLate } from './daemon-errors.ts';
import { askFacts, type DaemonFacts, daemonStart, daemonStartedAt, lifetimeOf } from './daemon-facts.ts';

/**
 * Whether the daemon can be reached. What has to be done at some time is done by `insist`, which waits for a daemon that is
 * gone, and for one that is stuck, however long that takes.
 */
export class Reach {
  readonly #daemon: Daemon;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  #facts: DaemonFacts | undefined;
  /** It was gone since it said so. */
  #isStale = true;
  #asking: { readonly absences: number; readonly answer: Promise<DaemonFacts> } | undefined;
  #returning: Promise<void> | undefined;
  #absences = 0;
  #absence: string | undefined;
  /** Calls off the next look at a daemon of which nothing is heard. */
  #cancelLook: CancelTimer | undefined;
  /** They want to know once it is seen to be gone. */
  readonly #onAbsence = new Set<(words: string) => void>();
  /** With the time before it was asked, by the monotonic clock. */
  #lifetime: { readonly name: string; readonly at: Milliseconds; readonly absences: number } | undefined;

  constructor(daemon: Daemon, clock: Clock) {
    this.#daemon = daemon;
    this.#clock = clock;
  }

  /** How many times it has been found gone: what was asked before the last of them may be of another daemon. */
  get absences(): number {
    return this.#absences;
  }

  /** What keeps what must be done waiting, as far as was seen: the daemon is gone, in words. */
  get absence(): string | undefined {
    return this.#absence;
  }

  /** Tells `listener` once, in words, when the daemon is seen to be gone, at once if it is. Answers what calls that off. */
  onAbsence(listener: (words: string) => void): () => void {
    if (this.#absence === undefined) this.#onAbsence.add(listener);
    else listener(this.#absence);
    this.#lookLater();
    return () => this.#onAbsence.delete(listener);
  }

  /** One that is stuck breaks no call off, and calls may take minutes: it is asked while somebody wants to know, and nothing is heard. */
  #lookLater(): void {
    if (this.#cancelLook || this.#onAbsence.size === 0 || this.#closed.signal.aborted) return;
    this.#cancelLook = this.#clock.after(dockerLimits.stuckMs, () => {
      this.#look()
        .catch(() => this.back())
        .finally(() => {
          this.#cancelLook = undefined;
          this.#lookLater();
        });
    });
  }

  async #look(): Promise<void> {
    const isWanted = this.#onAbsence.size > 0;
    if (isWanted && this.#daemon.silentFor >= dockerLimits.stuckMs) await this.#ping();
  }

  /** What it last said of itself, if it ever did. */
  get lastFacts(): DaemonFacts | undefined {
    return this.#facts;
  }

  /** Rejects with `DaemonGone` unless the daemon has just answered, and was not seen to be gone since, or does now. */
  async check(): Promise<void> {
    if (this.#absence !== undefined || this.#daemon.silentFor > dockerLimits.freshMs) await this.#ping();
  }

  async facts(): Promise<DaemonFacts> {
    if (this.#facts && !this.#isStale) return this.#facts;
    // Podman computes for a second to say what it is: who asks while another does has the same answer.
    if (this.#asking?.absences !== this.#absences)
      this.#asking = { absences: this.#absences, answer: this.#askFacts(this.#absences) };
    return this.#asking.answer;
  }

  async #askFacts(absences: number): Promise<DaemonFacts> {
    try {
      const facts = await askFacts(this.#daemon);
      // What was asked before an absence is no answer for those after it.
      if (absences === this.#absences) [this.#facts, this.#isStale] = [facts, false];
      this.#facts ??= facts;
      return facts;
    } finally {
      if (this.#asking?.absences === absences) this.#asking = undefined;
    }
  }

  /** See there. */
  get daemonStart(): string {
    return daemonStart(this.#daemon.socket);
  }

  /** See there. */
  get daemonStartedAt(): EpochMilliseconds | undefined {
    return daemonStartedAt(this.#daemon.socket);
  }

  /** See `lifetimeOf`. */
  async lifetime(): Promise<string> {
    const [at, absences] = [this.#clock.monotonic(), this.#absences];
    const name = await lifetimeOf(this.#daemon, await this.facts());
    this.#lifetime = { name, at, absences };
    return name;
  }

  /** What `lifetime` answered a moment ago, unless the daemon was found gone since; else it is asked. */
  async recentLifetime(): Promise<string> {
    const { name, at, absences } = this.#lifetime ?? { name: '', at: Number.NEGATIVE_INFINITY, absences: 0 };
    const isRecent = this.#clock.monotonic() - at < dockerLimits.freshMs && absences === this.#absences;
    return isRecent ? name : this.lifetime();
  }

  /**
   * Does what must be done, again when the daemon was gone meanwhile: `work` is to look first whether it has been done. Rejects
   * with `DaemonLate` when the daemon answers to others and not to this, with what it refuses, and once this is closed.
   */
  async insist<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      this.#checkOpen();
      try {
        const answer = await work();
        // Nothing may follow from it any more: the next server has what there is.
        this.#checkOpen();
        return answer;
      } catch (error) {
        if (!(error instanceof DaemonGone)) throw error;
        if (error instanceof DaemonLate && (await this.#problem()) === undefined) throw error;
        await this.back();
      }
    }
  }

  #checkOpen(): void {
    if (this.#closed.signal.aborted) throw new EngineUnavailable('the engine is closed');
  }

  /** Resolves once the daemon answers again, or when this is closed. It may be another by then: its facts are asked anew. */
  back(): Promise<void> {
    this.#returning ??= this.#awaitReturn().finally(() => {
      this.#returning = undefined;
    });
    return this.#returning;
  }

  close(): void {
    this.#closed.abort();
    this.#cancelLook?.();
  }

  async #awaitReturn(): Promise<void> {
    this.#isStale = true;
    this.#absences += 1;
    let pause: number = dockerLimits.firstRetryMs;
    while (!this.#closed.signal.aborted) {
      await this.#pause(pause);
      this.#absence = await this.#problem();
      if (this.#absence === undefined) return;
      this.#tell(this.#absence);
      pause = Math.min(2 * pause, dockerLimits.lastRetryMs);
    }
  }

  #tell(words: string): void {
    const listeners = [...this.#onAbsence];
    this.#onAbsence.clear();
    for (const listener of listeners) listener(words);
  }

  /** Whatever is in its way, a container cannot be run there now. */
  async #problem(): Promise<string | undefined> {
    try {
      await this.#ping();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #ping(): Promise<void> {
    const signal = this.#closed.signal;
    await this.#daemon.json({ method: 'GET', path: '/_ping', within: dockerLimits.pingMs, signal });
    this.#absence = undefined;
  }

  #pause(duration: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#closed;
      const wake = () => {
        cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.#clock.after(duration, wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }
}

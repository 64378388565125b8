import { CommitFailed } from '../../core/errors.ts';
import { Sweep } from '../../core/sweep.ts';
import { resumeGroupDeletions } from './group-deletion.ts';
import { logGroupRecords } from './records.ts';
import { expireSegments } from './retention.ts';
import type { LogsRuntime } from './runtime.ts';
import { keepWithinCap } from './size-cap.ts';

/**
 * Finishes group deletions that were cut short, and applies retention and the size limit from time to time. Everything it
 * needs to know is in the store. It changes the store: it runs only between `begin` and `pause`.
 */
export class LogSweeper {
  readonly #runtime: LogsRuntime;
  readonly #timed: Sweep;
  #running = new AbortController();
  #stopped = false;
  #resuming: Promise<void> = Promise.resolve();
  #sweep: Promise<void> | undefined;

  constructor(runtime: LogsRuntime) {
    this.#runtime = runtime;
    const { clock, limits, logger } = runtime;
    this.#timed = new Sweep({
      clock,
      interval: limits.sweepEvery,
      deleteSlice: async () => {
        await this.sweep();
        return 0;
      },
      onError: (error) => logger.error({ err: error }, 'sweeping logs failed; the next sweep tries again'),
    });
  }

  /** Goes on with group deletions that were cut short, then sweeps every `sweepEvery`; both once what ran before has ended. Nothing after `stop`. */
  begin(): void {
    if (this.#stopped) return;
    this.pause();
    this.#running = new AbortController();
    this.#resuming = this.#resume(this.#idle(), this.#running.signal);
  }

  /** Ends after the slice that is under way; `begin` takes up what is left. */
  pause(): void {
    this.#running.abort();
    this.#timed.stop();
  }

  /** One sweep; a call during another joins it. */
  sweep(): Promise<void> {
    this.#sweep ??= this.#run(this.#running.signal).finally(() => {
      this.#sweep = undefined;
    });
    return this.#sweep;
  }

  /** Pauses for good, and waits until the slice that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.pause();
    await this.#idle();
  }

  async #resume(before: Promise<void>, signal: AbortSignal): Promise<void> {
    await before;
    try {
      await resumeGroupDeletions(this.#runtime, signal);
    } catch (error) {
      // After a failed commit all begins anew.
      if (signal.aborted && error instanceof CommitFailed) return;
      const words = 'deletions of log groups could not go on; the next start tries again';
      this.#runtime.logger.error({ err: error }, words);
    }
    if (!signal.aborted) this.#timed.start();
  }

  async #idle(): Promise<void> {
    await this.#resuming;
    await this.#timed.idle();
    // Whoever asked for it hears how it failed.
    await this.#sweep?.catch(() => {});
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (const group of this.#runtime.ledger.all(logGroupRecords)) {
      if (signal.aborted) return;
      await expireSegments(this.#runtime, group, signal);
    }
    if (!signal.aborted) await keepWithinCap(this.#runtime, signal);
  }
}

import { Sweep } from '../../core/sweep.ts';
import { resumeGroupDeletions } from './group-deletion.ts';
import { logGroupRecords } from './records.ts';
import { expireSegments } from './retention.ts';
import type { LogsRuntime } from './runtime.ts';
import { keepWithinCap } from './size-cap.ts';

/** Applies retention and the size limit from time to time. Everything it needs to know is in the store. */
export class LogSweeper {
  readonly #runtime: LogsRuntime;
  readonly #stop = new AbortController();
  readonly #timed: Sweep;
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

  /** Goes on with group deletions that a crash cut short, then sweeps every `sweepEvery`. */
  start(): void {
    const { signal } = this.#stop;
    this.#resuming = resumeGroupDeletions(this.#runtime, signal)
      .catch((error: unknown) => {
        this.#runtime.logger.error(
          { err: error },
          'deletions of log groups could not go on; the next start tries again',
        );
      })
      .then(() => {
        if (!signal.aborted) this.#timed.start();
      });
  }

  /** One sweep; a call during another joins it. */
  sweep(): Promise<void> {
    this.#sweep ??= this.#run().finally(() => {
      this.#sweep = undefined;
    });
    return this.#sweep;
  }

  /** Stops after the slice that is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timed.stop();
    await this.#resuming;
    await this.#timed.idle();
    await this.#sweep;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (const group of this.#runtime.ledger.all(logGroupRecords)) {
      if (signal.aborted) return;
      await expireSegments(this.#runtime, group, signal);
    }
    await keepWithinCap(this.#runtime, signal);
  }
}

import type { CancelTimer } from '../../core/clock.ts';
import { resumeGroupDeletions } from './group-deletion.ts';
import { logGroupRecords } from './records.ts';
import { expireSegments } from './retention.ts';
import type { LogsRuntime } from './runtime.ts';
import { keepWithinCap } from './size-cap.ts';

/** Applies retention and the size limit from time to time. Everything it needs to know is in the store. */
export class LogSweeper {
  readonly #runtime: LogsRuntime;
  readonly #stop = new AbortController();
  #cancel: CancelTimer | undefined;
  #sweep: Promise<void> | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(runtime: LogsRuntime) {
    this.#runtime = runtime;
  }

  /** Goes on with group deletions that a crash cut short, then sweeps every `sweepEvery`. */
  start(): void {
    this.#background(resumeGroupDeletions(this.#runtime, this.#stop.signal));
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
    this.#cancel?.();
    await this.#working;
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

  #background(task: Promise<void>): void {
    this.#working = task
      .catch((error: unknown) =>
        this.#runtime.logger.error({ err: error }, 'sweeping logs failed; the next sweep tries again'),
      )
      .then(() => this.#arm());
  }

  #arm(): void {
    if (this.#stop.signal.aborted) return;
    const { clock, limits } = this.#runtime;
    this.#cancel = clock.after(limits.sweepEvery, () => this.#background(this.sweep()));
  }
}

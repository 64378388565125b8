import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CancelTimer, Clock } from './clock.ts';
import type { Milliseconds } from './ids.ts';

export interface SweepOptions {
  readonly clock: Clock;
  readonly interval: Milliseconds;
  /**
   * Deletes what is due of one slice and answers how much it looked at; the sweep is over when that is 0. Between slices the
   * event loop is free.
   */
  readonly deleteSlice: (signal: AbortSignal) => Promise<number>;
  readonly onError: (error: unknown) => void;
}

/** Deletes what is due now and again every `interval`, slice by slice. What one sweep leaves, the next finds again. */
export class Sweep {
  readonly #options: SweepOptions;
  #cancel: CancelTimer | undefined;
  #sweeping = new AbortController();
  #underWay: Promise<void> = Promise.resolve();

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** Begins at once; a sweep under way ends after its slice. */
  start(): void {
    this.stop();
    this.#sweeping = new AbortController();
    this.#sweepAfter(0, this.#sweeping.signal);
  }

  stop(): void {
    this.#sweeping.abort();
    this.#cancel?.();
  }

  /** After `stop`: waits until the slice that is under way has ended. */
  idle(): Promise<void> {
    return this.#underWay;
  }

  #sweepAfter(delay: Milliseconds, signal: AbortSignal): void {
    this.#cancel = this.#options.clock.after(delay, () => {
      // One begun while a slice of the last one is under way waits for it: no two look at the same records.
      this.#underWay = this.#underWay
        .then(() => this.#sweep(signal))
        .catch((error) => {
          if (!signal.aborted) this.#options.onError(error);
        })
        .finally(() => {
          if (!signal.aborted) this.#sweepAfter(this.#options.interval, signal);
        });
    });
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#options.deleteSlice(signal)) > 0) await nextTurn();
  }
}

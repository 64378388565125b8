import type { CancelTimer } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { type ExecutionsOptions, executionLimits } from './options.ts';

const sweepInterval: Milliseconds = 60 * 60_000;
/** Executions deleted in one transaction: each may have thousands of rows. */
const sliceSize = 20;

/** Deletes executions whose retention is over, in slices, with their frames, histories and map runs. */
export class ExecutionSweeper {
  readonly #options: ExecutionsOptions;
  #cancel: CancelTimer | undefined;
  #sweeping = new AbortController();

  constructor(options: ExecutionsOptions) {
    this.#options = options;
  }

  /** Sweeps now and every hour. */
  start(): void {
    this.stop();
    this.#sweeping = new AbortController();
    this.#sweepAfter(0, this.#sweeping.signal);
  }

  stop(): void {
    this.#sweeping.abort();
    this.#cancel?.();
  }

  #sweepAfter(delay: Milliseconds, signal: AbortSignal): void {
    this.#cancel = this.#options.clock.after(delay, () => {
      this.#sweep(signal)
        .catch((error) => {
          if (!signal.aborted) this.#options.onError(error);
        })
        .finally(() => {
          if (!signal.aborted) this.#sweepAfter(sweepInterval, signal);
        });
    });
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#deleteSlice(signal)) > 0);
  }

  async #deleteSlice(signal: AbortSignal): Promise<number> {
    const { ledger, clock, retention = executionLimits.retention } = this.#options;
    const stoppedBefore = clock.now() - retention;
    const found = await ledger.store.reads.finishedExecutions({ stoppedBefore, limit: sliceSize });
    if (signal.aborted) return 0;
    ledger.transact((transaction) => {
      for (const { record } of found) {
        const { account, region, arn } = record;
        transaction.add({ kind: 'execution.delete', scope: { account, region }, arn });
      }
    });
    return found.length;
  }
}

import { scopeOf } from '../../../core/arn.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { Sweep } from '../../../core/sweep.ts';
import { type ExecutionsOptions, executionLimits } from './options.ts';

const interval: Milliseconds = 60 * 60_000;
/** Executions deleted in one transaction: each may have thousands of rows. */
const sliceSize = 20;

/** Deletes executions whose retention is over, in slices, with their frames, histories and map runs. */
export class ExecutionSweeper {
  readonly #options: ExecutionsOptions;
  readonly #sweep: Sweep;

  constructor(options: ExecutionsOptions) {
    this.#options = options;
    const { clock, onError } = options;
    this.#sweep = new Sweep({ clock, interval, deleteSlice: (signal) => this.#deleteSlice(signal), onError });
  }

  /** Sweeps now and every hour. */
  start(): void {
    this.#sweep.start();
  }

  stop(): void {
    this.#sweep.stop();
  }

  async #deleteSlice(signal: AbortSignal): Promise<number> {
    const { ledger, clock, retention = executionLimits.retention } = this.#options;
    const stoppedBefore = clock.now() - retention;
    const found = await ledger.store.reads.finishedExecutions({ stoppedBefore, limit: sliceSize });
    if (signal.aborted) return 0;
    ledger.transact((transaction) => {
      for (const { record } of found) {
        transaction.add({ kind: 'execution.delete', scope: scopeOf(record), arn: record.arn });
      }
    });
    return found.length;
  }
}

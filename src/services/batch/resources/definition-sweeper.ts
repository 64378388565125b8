import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Ledger } from '../../../store/index.ts';
import { jobDefinitionRecords } from '../records.ts';

const day: Milliseconds = 24 * 60 * 60_000;
/** How long a deregistered definition stays describable. */
const retention: Milliseconds = 180 * day;
const sweepInterval: Milliseconds = 60 * 60_000;
/** Definitions, or idempotency records, deleted in one turn. */
const sliceSize = 200;

/**
 * Deletes definitions 180 days after they were deregistered, and outcomes that no repeat can ask for any more, slice by
 * slice. What one sweep leaves, the next finds again.
 */
export class DefinitionSweeper {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #cancel: CancelTimer | undefined;

  constructor(ledger: Ledger, clock: Clock, logger: Logger) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Sweeps now and every hour. */
  start(): void {
    this.stop();
    this.#arm(0);
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Deletes one slice; tells whether more is due. */
  sweepSlice(): boolean {
    const before = this.#clock.now() - retention;
    const due = this.#ledger
      .all(jobDefinitionRecords)
      .filter(({ deregisteredAt }) => deregisteredAt !== undefined && deregisteredAt <= before);
    this.#ledger.transact((transaction) => {
      for (const { name, revision, account, region } of due.slice(0, sliceSize)) {
        transaction.delete(jobDefinitionRecords, { account, region }, `${name}:${revision}`);
      }
      transaction.add({ kind: 'idempotency.trim', before: this.#clock.now(), limit: sliceSize });
    });
    return due.length > sliceSize;
  }

  #arm(delay: Milliseconds): void {
    this.#cancel = this.#clock.after(delay, () => this.#arm(this.#trySlice() ? 0 : sweepInterval));
  }

  #trySlice(): boolean {
    try {
      return this.sweepSlice();
    } catch (error) {
      this.#logger.error({ error }, 'could not sweep deregistered job definitions');
      return false;
    }
  }
}

import { scopeOf } from '../../../core/arn.ts';
import type { JobFact, JobTransaction, Journal } from '../../../jobs/index.ts';
import type { Ledger, Outbox, Transaction } from '../../../store/index.ts';

/** Where changes and facts of jobs go: the ledger's transactions, and the log of transitions. */
export class JobJournal implements Journal {
  readonly #ledger: Ledger;
  readonly #outbox: Outbox;
  /** The last sequence of the transition log. */
  #last = 0;

  constructor(ledger: Ledger, outbox: Outbox) {
    this.#ledger = ledger;
    this.#outbox = outbox;
  }

  /** The log goes on after `last`. */
  open(last: number): void {
    this.#last = last;
  }

  transact(work: (transaction: JobTransaction) => void): void {
    this.#ledger.transact(work);
  }

  /** The log holds jobs' transitions alone: no submission, and no move of an array's children, which nothing submits yet. */
  fact(transaction: JobTransaction, { scope, jobId, part, from, to, at, reason }: JobFact): void {
    if (from === undefined || part) return;
    const before = this.#last;
    transaction.onRollback(() => {
      this.#last = before;
    });
    this.#last += 1;
    this.#outbox.append(transaction as Transaction, {
      ...scopeOf(scope),
      formatVersion: 1,
      sequence: this.#last,
      jobId,
      from,
      to,
      at,
      ...(reason === undefined ? {} : { reason }),
    });
  }
}

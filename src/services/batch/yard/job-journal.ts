import { scopeOf } from '../../../core/arn.ts';
import type { FactPart, JobFact as JobsFact, JobTransaction, Journal } from '../../../jobs/index.ts';
import type { JobFact, Ledger, Outbox, Transaction } from '../../../store/index.ts';

/** Where changes and facts of jobs go: the ledger's transactions, and the log of facts. */
export class JobJournal implements Journal {
  readonly #ledger: Ledger;
  readonly #outbox: Outbox;

  constructor(ledger: Ledger, outbox: Outbox) {
    this.#ledger = ledger;
    this.#outbox = outbox;
  }

  transact(work: (transaction: JobTransaction) => void): void {
    this.#ledger.transact(work);
  }

  fact(transaction: JobTransaction, { scope, number: _number, part, ...fact }: JobsFact): void {
    this.#outbox.append(transaction as Transaction, { ...scopeOf(scope), ...fact, ...placeOf(part) });
  }
}

/** Whom the fact is about, as the log says it. */
function placeOf(part: FactPart | undefined): Pick<JobFact, 'index' | 'node' | 'runs'> {
  switch (part?.kind) {
    case undefined:
      return {};
    case 'child':
      return { index: part.index };
    case 'node':
      return { node: part.index };
    case 'children':
      return { runs: part.runs };
  }
}

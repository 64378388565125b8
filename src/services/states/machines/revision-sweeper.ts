import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Ledger } from '../../../store/index.ts';
import type { Executions } from '../contract.ts';
import {
  type StateMachineRevisionRecord,
  stateMachineRecords,
  stateMachineRevisionRecords,
  stateMachineVersionRecords,
} from '../records.ts';
import { isInUse } from './revisions.ts';

const interval: Milliseconds = 60 * 60 * 1000;

export interface RevisionSweeperOptions {
  readonly ledger: Ledger;
  readonly executions: () => Pick<Executions, 'refersTo'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Deletes revisions that no machine, version or execution has any more, hourly. A revision goes in the second sweep that
 * finds it so: a start that had just chosen it when the first one looked has long been stored by then.
 */
export class RevisionSweeper {
  readonly #options: RevisionSweeperOptions;
  #cancel: CancelTimer | undefined;
  #unusedBefore: ReadonlySet<string> = new Set();

  constructor(options: RevisionSweeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#cancel = this.#options.clock.after(interval, () => void this.#sweepAndRepeat());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** One sweep. */
  async sweep(): Promise<void> {
    const { ledger, executions } = this.#options;
    const used = usedRevisions(ledger);
    const unused = ledger.all(stateMachineRevisionRecords).filter(({ name }) => !used.has(name));
    for (const revision of unused) {
      if (!this.#unusedBefore.has(revision.name) || (await executions().refersTo(revision.name))) continue;
      this.#delete(revision);
    }
    this.#unusedBefore = new Set(unused.map(({ name }) => name));
  }

  #delete(revision: StateMachineRevisionRecord): void {
    const { ledger } = this.#options;
    if (isInUse(ledger, revision)) return;
    ledger.transact((transaction) => transaction.delete(stateMachineRevisionRecords, revision, revision.name));
  }

  async #sweepAndRepeat(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'revisions of state machines could not be swept');
    }
    if (this.#cancel) this.start();
  }
}

/** The ids of all that machines and versions have. */
function usedRevisions(ledger: Ledger): ReadonlySet<string> {
  const users = [...ledger.all(stateMachineRecords), ...ledger.all(stateMachineVersionRecords)];
  return new Set(users.map(({ revisionId }) => revisionId));
}

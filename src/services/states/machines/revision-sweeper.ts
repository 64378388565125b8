import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import { Sweep } from '../../../core/sweep.ts';
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
  readonly #sweep: Sweep;
  #unusedBefore: ReadonlySet<string> = new Set();

  constructor(options: RevisionSweeperOptions) {
    this.#options = options;
    const { clock, logger } = options;
    this.#sweep = new Sweep({
      clock,
      interval,
      deleteSlice: async (signal) => {
        await this.sweep(signal);
        return 0;
      },
      onError: (error) => logger.warn({ err: error }, 'revisions of state machines could not be swept'),
    });
  }

  start(): void {
    this.#sweep.start();
  }

  stop(): void {
    this.#sweep.stop();
  }

  /** One sweep; each deletion waits for a read, so that others get their turn. */
  async sweep(signal?: AbortSignal): Promise<void> {
    const { ledger, executions } = this.#options;
    const used = usedRevisions(ledger);
    const unused = ledger.all(stateMachineRevisionRecords).filter(({ name }) => !used.has(name));
    for (const revision of unused) {
      if (!this.#unusedBefore.has(revision.name) || (await executions().refersTo(revision.name))) continue;
      if (signal?.aborted) return;
      this.#delete(revision);
    }
    this.#unusedBefore = new Set(unused.map(({ name }) => name));
  }

  #delete(revision: StateMachineRevisionRecord): void {
    const { ledger } = this.#options;
    if (isInUse(ledger, revision)) return;
    ledger.transact((transaction) => transaction.delete(stateMachineRevisionRecords, revision, revision.name));
  }
}

/** The ids of all that machines and versions have. */
function usedRevisions(ledger: Ledger): ReadonlySet<string> {
  const users = [...ledger.all(stateMachineRecords), ...ledger.all(stateMachineVersionRecords)];
  return new Set(users.map(({ revisionId }) => revisionId));
}

import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import { Sweep } from '../../../core/sweep.ts';
import type { Ledger } from '../../../store/index.ts';
import type { Executions } from '../contract.ts';
import { type StateMachineRevisionRecord, stateMachineRevisionRecords } from '../records.ts';
import { isInUse } from './revisions.ts';

const interval: Milliseconds = 60 * 60 * 1000;
/** Revisions looked at in one turn. */
const sliceSize = 200;

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
  /** What the last whole sweep found unused. */
  #unusedBefore: ReadonlySet<string> = new Set();
  /** The sweep under way: what it has found so far, and where it goes on. */
  #unused = new Set<string>();
  #scopes: readonly Scope[] | undefined;
  #after: string | undefined;

  constructor(options: RevisionSweeperOptions) {
    this.#options = options;
    const { clock, logger } = options;
    this.#sweep = new Sweep({
      clock,
      interval,
      deleteSlice: (signal) => this.#sweepSlice(signal),
      onError: (error) => logger.warn({ err: error }, 'revisions of state machines could not be swept'),
    });
  }

  start(): void {
    this.#beginAnew();
    this.#sweep.start();
  }

  stop(): void {
    this.#sweep.stop();
  }

  /** Looks at the next revisions, and answers how many those were: 0 at the end of a sweep. */
  async #sweepSlice(signal: AbortSignal): Promise<number> {
    const { ledger } = this.#options;
    this.#scopes ??= ledger.scopes(stateMachineRevisionRecords);
    const [scope, ...others] = this.#scopes;
    if (!scope) {
      this.#unusedBefore = this.#unused;
      this.#beginAnew();
      return 0;
    }
    const after = this.#after === undefined ? {} : { after: this.#after };
    const revisions = [...ledger.by(stateMachineRevisionRecords, scope, 'name', after).take(sliceSize)];
    for (const revision of revisions) await this.#look(revision, signal);
    if (signal.aborted) return 0;
    const isLast = revisions.length < sliceSize;
    this.#after = isLast ? undefined : revisions.at(-1)?.name;
    if (isLast) this.#scopes = others;
    return Math.max(1, revisions.length);
  }

  async #look(revision: StateMachineRevisionRecord, signal: AbortSignal): Promise<void> {
    const { ledger, executions } = this.#options;
    if (signal.aborted || isInUse(ledger, revision)) return;
    this.#unused.add(revision.name);
    if (!this.#unusedBefore.has(revision.name) || (await executions().refersTo(revision.name))) return;
    if (!signal.aborted) this.#delete(revision);
  }

  #beginAnew(): void {
    this.#unused = new Set();
    this.#scopes = undefined;
    this.#after = undefined;
  }

  #delete(revision: StateMachineRevisionRecord): void {
    const { ledger } = this.#options;
    if (isInUse(ledger, revision)) return;
    ledger.transact((transaction) => transaction.delete(stateMachineRevisionRecords, revision, revision.name));
  }
}

import { scopeOf } from '../../../core/arn.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import type { Executions } from '../contract.ts';
import {
  type StateMachineRecord,
  stateMachineAliasRecords,
  stateMachineRecords,
  stateMachineVersionRecords,
} from '../records.ts';
import { aliasesOf, versionsOf } from './find.ts';

export interface MachineDeletionsOptions {
  readonly ledger: Ledger;
  /** Late bound: executions need the catalog that is made before. */
  readonly executions: () => Pick<Executions, 'onMachineDeleted'>;
  readonly logger: Logger;
}

/** Deletes state machines: DELETING while executions run, which are stopped; then gone, with versions and aliases. */
export class MachineDeletions {
  readonly #options: MachineDeletionsOptions;
  /** Counts up when memory is rebuilt: what was waited for before no longer counts. */
  #generation = 0;

  constructor(options: MachineDeletionsOptions) {
    this.#options = options;
  }

  /** Marks a machine in `transaction`; the rest follows once that is durable. */
  begin(transaction: Transaction, machine: StateMachineRecord): void {
    const deleting: StateMachineRecord = { ...machine, status: 'DELETING' };
    transaction.put(stateMachineRecords, deleting);
    transaction.onCommitted(() => void this.#finish(deleting));
  }

  /** Takes up what a crash, or a failed commit, left under way. Call whenever memory has been rebuilt. */
  resume(): void {
    this.#generation += 1;
    for (const machine of this.#options.ledger.all(stateMachineRecords)) {
      if (machine.status === 'DELETING') void this.#finish(machine);
    }
  }

  /** Nothing more is deleted until the next `resume`. */
  pause(): void {
    this.#generation += 1;
  }

  async #finish(machine: StateMachineRecord): Promise<void> {
    const generation = this.#generation;
    const { executions, ledger, logger } = this.#options;
    try {
      await executions().onMachineDeleted(scopeOf(machine), machine.arn);
      if (generation !== this.#generation) return;
      ledger.transact((transaction) => this.#remove(transaction, machine));
    } catch (error) {
      // Still DELETING: the next start tries again.
      logger.error({ err: error, stateMachine: machine.arn }, 'a state machine could not be deleted');
    }
  }

  #remove(transaction: Transaction, machine: StateMachineRecord): void {
    const { ledger } = this.#options;
    const present = ledger.get(stateMachineRecords, machine, machine.name);
    if (present?.status !== 'DELETING' || present.revisionId !== machine.revisionId) return;
    for (const alias of [...aliasesOf(ledger, machine, machine.name)])
      transaction.delete(stateMachineAliasRecords, machine, alias.name);
    for (const version of [...versionsOf(ledger, present)])
      transaction.delete(stateMachineVersionRecords, machine, version.name);
    transaction.delete(stateMachineRecords, machine, machine.name);
  }
}

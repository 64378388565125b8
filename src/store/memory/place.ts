import { CommitFailed } from '../../core/errors.ts';
import type { Journal } from './table.ts';
import { createTables } from './tables.ts';

/** What the stores of one place have in common: the tables, and who of them leads. */
export class MemoryPlace {
  readonly journal: Journal = [];
  readonly tables = createTables(this.journal);
  #epoch = 0;
  #onLost: (reason: CommitFailed) => void = () => {};

  /** Begins the next epoch. Who led before is told; `onLost` is told when another does this. */
  takeLead(onLost: (reason: CommitFailed) => void): number {
    const [before, ours] = [this.#onLost, this.#epoch];
    this.#epoch += 1;
    this.#onLost = onLost;
    before(this.#usurped(ours));
    return this.#epoch;
  }

  /** Throws `CommitFailed` for an epoch that is over. */
  demandLead(epoch: number): void {
    if (epoch !== this.#epoch) throw this.#usurped(epoch);
  }

  #usurped(ours: number): CommitFailed {
    const words = `another server has taken over this store (its epoch ${this.#epoch}, ours ${ours})`;
    return new CommitFailed('not-leading', words);
  }
}

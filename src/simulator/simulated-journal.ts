import type { JobTransaction, Journal } from '../jobs/index.ts';

/** Keeps nothing: what is done is durable at once. Its facts are what tasks are placed and end by, which is measured elsewhere. */
export const simulatedJournal: Journal = {
  transact(work) {
    const transaction = new SimulatedTransaction();
    try {
      work(transaction);
    } catch (error) {
      transaction.undo();
      throw error;
    }
    transaction.finish();
  },
  fact() {},
  consumed() {},
};

class SimulatedTransaction implements JobTransaction {
  readonly #undo: (() => void)[] = [];
  readonly #accepted: (() => void)[] = [];
  readonly #committed: (() => void)[] = [];

  add(): void {}

  onRollback(undo: () => void): void {
    this.#undo.push(undo);
  }

  onAccepted(apply: () => void): void {
    this.#accepted.push(apply);
  }

  onCommitted(effect: () => void): void {
    this.#committed.push(effect);
  }

  undo(): void {
    for (const undo of this.#undo.reverse()) undo();
  }

  finish(): void {
    for (const apply of this.#accepted) apply();
    for (const effect of this.#committed) effect();
  }
}

import { type AnyDueKind, type DueItem, type DueKind, dueText } from './due-kind.ts';
import { DuePump, type DuePumpOptions } from './due-pump.ts';
import type { Transaction } from './transaction.ts';

export type DueWorkOptions = Omit<DuePumpOptions, 'kind'>;

/**
 * Work that is to be done later: rows of the store, read by time with a limit and never held in memory beyond what is being
 * done. A row goes, or gets its next time, in the transaction of what its work caused; after a crash the next server does
 * what is due from the rows alone, so work is done at least once.
 */
export class DueWork {
  readonly #options: DueWorkOptions;
  readonly #pumps = new Map<string, DuePump>();

  constructor(options: DueWorkOptions) {
    this.#options = options;
  }

  /** Says how the work of a kind is done. Before `open`, once a kind. */
  register<Body>(kind: DueKind<Body>): void {
    if (this.#pumps.has(kind.kind)) throw new Error(`due work of kind ${kind.kind} has two owners`);
    this.#pumps.set(kind.kind, new DuePump({ ...this.#options, kind: kind as AnyDueKind }));
  }

  /** Does what is due, and goes on until `pause`. Also after memory was rebuilt. */
  open(): void {
    for (const pump of this.#pumps.values()) pump.open();
  }

  /** Begins nothing more and ends what is being done; what it would have caused is not stored. */
  pause(): void {
    for (const pump of this.#pumps.values()) pump.pause();
  }

  /** Pauses, and waits until nothing is being done. */
  async close(): Promise<void> {
    this.pause();
    await Promise.all([...this.#pumps.values()].map((pump) => pump.idle()));
  }

  /** Puts work in place of what its kind has under the same key; done once that is durable and its time has come. */
  put<Body>(transaction: Transaction, kind: DueKind<Body>, item: DueItem<NoInfer<Body>>): void {
    const { key, dueAt, body } = item;
    transaction.add({ kind: 'due.put', of: kind.kind, key, dueAt, text: dueText(kind, body) });
    transaction.onAccepted(() => this.#pumps.get(kind.kind)?.replaced(key));
    transaction.onCommitted(() => this.#pumps.get(kind.kind)?.wake());
  }

  /** As `put`, but work under the same key that is due as early, or earlier, stays as it is. */
  hasten<Body>(transaction: Transaction, kind: DueKind<Body>, item: DueItem<NoInfer<Body>>): void {
    const { key, dueAt, body } = item;
    transaction.add({ kind: 'due.hasten', of: kind.kind, key, dueAt, text: dueText(kind, body) });
    // What is being done may not have seen what this is about: it is done once more.
    transaction.onAccepted(() => this.#pumps.get(kind.kind)?.hastened(key, dueAt));
    transaction.onCommitted(() => this.#pumps.get(kind.kind)?.wake());
  }

  /** Takes work back, unless it is being done already: then what it causes stands. */
  delete(transaction: Transaction, { kind }: { readonly kind: string }, key: string): void {
    transaction.add({ kind: 'due.delete', of: kind, key });
    transaction.onAccepted(() => this.#pumps.get(kind)?.replaced(key));
  }
}

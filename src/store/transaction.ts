import { type Scope, scopeOf } from '../core/arn.ts';
import type { CommitFailed } from '../core/errors.ts';
import type { Change, Store } from './contract.ts';
import type { RecordShelves } from './record-shelves.ts';
import type { AnyRecordType, RecordType } from './record-type.ts';

/** What one synchronous piece of work may do: every change goes to memory at once and to the store in one commit. */
export interface Transaction {
  /** Adds a record, or replaces the one of its key. */
  put<Value extends Scope>(type: RecordType<Value, string>, record: NoInfer<Value>): void;
  /** Removes a record; does nothing if there is none. */
  delete(type: AnyRecordType, scope: Scope, key?: string): void;
  /** Adds a change of what the ledger does not hold (jobs, streams, facts...). */
  add(change: Change): void;
  /** Runs if the transaction throws, newest first: for callers that keep memory of their own. */
  onRollback(undo: () => void): void;
  /**
   * Runs when the work has returned without throwing, in order and before its changes go to the store: the place where
   * memory beyond the ledger takes the change in. It may add changes, and must not throw: what it has done stays done.
   */
  onAccepted(apply: () => void): void;
  /** Runs once the changes are durable: the place for every effect. Never runs if the commit fails. */
  onCommitted(effect: () => void): void;
}

/** What can go wrong with a transaction whose work has returned. */
export type LedgerFailure =
  /** Memory holds what the store does not: it must be rebuilt. */
  | { readonly kind: 'commit'; readonly error: CommitFailed }
  /** What `onAccepted` was given threw: memory has taken half of the change in, the store nothing. It must be rebuilt. */
  | { readonly kind: 'damaged'; readonly error: unknown }
  /** An effect threw: its commit stands, and the other effects run. */
  | { readonly kind: 'effect'; readonly error: unknown };

/** Where a transaction goes, and whom it tells what went wrong. */
export interface TransactionPorts {
  readonly store: Store;
  readonly onFailed: (failure: LedgerFailure) => void;
  /** Hears what each commit has made durable, after its effects. */
  readonly onDurable?: (changes: readonly Change[]) => void;
}

/** A transaction while its work runs, and until its effects have. */
export class PendingTransaction implements Transaction {
  readonly #shelves: RecordShelves;
  readonly #changes: Change[] = [];
  readonly #undo: (() => void)[] = [];
  readonly #accepted: (() => void)[] = [];
  readonly #effects: (() => void)[] = [];

  constructor(shelves: RecordShelves) {
    this.#shelves = shelves;
  }

  put<Value extends Scope>(type: RecordType<Value, string>, record: NoInfer<Value>): void {
    const change: Change = { kind: 'record.put', record: type.toStored(record) };
    this.#undo.push(this.#shelves.put(type, record));
    this.#changes.push(change);
  }

  delete(type: AnyRecordType, scope: Scope, key = ''): void {
    const undo = this.#shelves.delete(type, scope, key);
    if (!undo) return;
    this.#undo.push(undo);
    this.#changes.push({ kind: 'record.delete', type: type.type, scope: scopeOf(scope), key });
  }

  add(change: Change): void {
    this.#changes.push(change);
  }

  onRollback(undo: () => void): void {
    this.#undo.push(undo);
  }

  onAccepted(apply: () => void): void {
    this.#accepted.push(apply);
  }

  onCommitted(effect: () => void): void {
    this.#effects.push(effect);
  }

  rollback(): void {
    for (const undo of this.#undo.reverse()) undo();
  }

  /** The work has returned: memory follows, then the store, then effects. */
  accept(ports: TransactionPorts): void {
    try {
      for (const apply of this.#accepted) apply();
    } catch (error) {
      // Half of it is in memory, nothing in the store: memory must be rebuilt.
      this.rollback();
      ports.onFailed({ kind: 'damaged', error });
      throw error;
    }
    this.#commit(ports);
  }

  #commit({ store, onFailed, onDurable }: TransactionPorts): void {
    if (onDurable) this.#effects.push(() => onDurable(this.#changes));
    const runEffects = () => this.#runEffects(onFailed);
    const onCommitFailed = (error: CommitFailed) => onFailed({ kind: 'commit', error });
    if (this.#changes.length > 0) {
      store.commit(this.#changes).then(runEffects, onCommitFailed);
      return;
    }
    // What the work saw may still be on its way to the disk: its effects wait for that too.
    if (this.#effects.length > 0) store.settled().then(runEffects, onCommitFailed);
  }

  #runEffects(onFailed: TransactionPorts['onFailed']): void {
    for (const effect of this.#effects) {
      try {
        effect();
      } catch (error) {
        onFailed({ kind: 'effect', error });
      }
    }
  }
}

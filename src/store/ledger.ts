import { type Scope, scopeOf } from '../core/arn.ts';
import type { CommitFailed } from '../core/errors.ts';
import type { Change, Store } from './contract.ts';
import { RecordShelves, shelvesOf } from './record-shelves.ts';
import type { AnyRecordType, RecordType, StoredRecord } from './record-type.ts';
import type { IndexQuery } from './shelf.ts';
import { PendingTransaction, type Transaction, type TransactionPorts } from './transaction.ts';

export interface LedgerOptions extends Omit<TransactionPorts, 'onDurable'> {
  /** Every type of record that services declare. */
  readonly types: readonly AnyRecordType[];
}

/**
 * The records of every service, in memory, as the index of the store. Work on them is synchronous inside `transact`:
 * all of it is taken or, if it throws, none. Whoever answers a request waits for `store.settled()` first, so nobody
 * sees what is not durable.
 */
export class Ledger {
  readonly store: Store;
  readonly #types: readonly AnyRecordType[];
  #shelves: RecordShelves;
  readonly #ports: TransactionPorts;
  #refusal: CommitFailed | undefined;
  readonly #followers = new Set<(changes: readonly Change[]) => void>();
  /** The same ports, for as long as somebody follows. */
  readonly #followedPorts: TransactionPorts;

  constructor({ types, ...ports }: LedgerOptions) {
    this.store = ports.store;
    this.#types = types;
    this.#shelves = new RecordShelves(types);
    this.#ports = ports;
    const onDurable = (changes: readonly Change[]) => {
      for (const follower of this.#followers) follower(changes);
    };
    this.#followedPorts = { ...ports, onDurable };
  }

  /**
   * Tells `follower` the changes of each commit once they are durable, until what this returns is called. Those of work that was
   * done before, and is not durable yet, may be missing.
   */
  follow(follower: (changes: readonly Change[]) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** From now on every `transact` throws `refusal` before it does anything; reads go on. Undefined ends that. */
  refuseChanges(refusal: CommitFailed | undefined): void {
    this.#refusal = refusal;
  }

  /** Whether `transact` would do anything. */
  get takesChanges(): boolean {
    return this.#refusal === undefined;
  }

  /** Throws what `transact` would throw before it does anything: for whoever has to read before it can change. */
  demandChanges(): void {
    if (this.#refusal) throw this.#refusal;
  }

  /**
   * Replaces memory by what the store holds: at start, and after a commit failed. Takes a turn of the event loop for each few
   * records, and shows them all at once in the end; nothing may change meanwhile. Rejects on what this release cannot read.
   */
  async fill(records: readonly StoredRecord[]): Promise<void> {
    this.#shelves = await shelvesOf(this.#types, records);
  }

  /** `key` may be left out for a type that has one record a scope. */
  get<Value extends Scope>(type: RecordType<Value, string>, scope: Scope, key = ''): Value | undefined {
    return this.#shelves.shelf(type, scope)?.get(key)?.record as Value | undefined;
  }

  /** Every record of a type in a scope, in order of creation. */
  list<Value extends Scope>(type: RecordType<Value, string>, scope: Scope): readonly Value[] {
    return Array.from(this.#shelves.shelf(type, scope)?.all() ?? [], ({ record }) => record as Value);
  }

  /**
   * The records of a scope that stand together in an index of their type, in the index's order, one at a time: whoever
   * stops after a page has looked at a page. Not to be kept beyond a turn: records that come or go meanwhile may be missed.
   */
  *by<Value extends Scope, IndexName extends string>(
    type: RecordType<Value, IndexName>,
    scope: Scope,
    index: NoInfer<IndexName>,
    query: IndexQuery = {},
  ): Generator<Value> {
    for (const { record } of this.#shelves.shelf(type, scope)?.by(index, query) ?? []) yield record as Value;
  }

  /** The scopes in which a type has records. */
  scopes(type: AnyRecordType): readonly Scope[] {
    return [...this.#shelves.shelves(type)].flatMap((shelf) => {
      const [first] = shelf.all();
      return first ? [scopeOf(first.record)] : [];
    });
  }

  /** How many records stand together under `value` in an index of their type. */
  countBy<IndexName extends string>(
    type: AnyRecordType & { readonly indexes: Readonly<Record<IndexName, unknown>> },
    scope: Scope,
    index: NoInfer<IndexName>,
    value: string,
  ): number {
    return this.#shelves.shelf(type, scope)?.countBy(index, value) ?? 0;
  }

  /** How many records of a type a scope has. */
  count(type: AnyRecordType, scope: Scope): number {
    return this.#shelves.shelf(type, scope)?.size ?? 0;
  }

  /** Every record of a type in every scope. */
  all<Value extends Scope>(type: RecordType<Value, string>): readonly Value[] {
    return [...this.#shelves.shelves(type)].flatMap((shelf) =>
      Array.from(shelf.all(), ({ record }) => record as Value),
    );
  }

  /** The same, one at a time. Not to be kept beyond a turn but where nothing changes meanwhile, as while memory is filled. */
  *each<Value extends Scope>(type: RecordType<Value, string>): Generator<Value> {
    for (const shelf of this.#shelves.shelves(type)) for (const { record } of shelf.all()) yield record as Value;
  }

  /**
   * Runs `work` and commits what it changed. Returns what `work` returns, as soon as memory holds it. If `work` throws,
   * memory is as before and nothing is committed.
   */
  transact<Result>(work: (transaction: Transaction) => Result): Result {
    this.demandChanges();
    const pending = new PendingTransaction(this.#shelves);
    let result: Result;
    try {
      result = work(pending);
    } catch (error) {
      pending.rollback();
      throw error;
    }
    pending.accept(this.#followers.size > 0 ? this.#followedPorts : this.#ports);
    return result;
  }
}

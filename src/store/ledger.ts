import type { Scope } from '../core/arn.ts';
import type { CommitFailed } from '../core/errors.ts';
import type { Change, Store } from './contract.ts';
import { type ResourceRecord, resourceKey } from './records.ts';

type ResourceType = ResourceRecord['type'];
type RecordOf<Type extends ResourceType> = Extract<ResourceRecord, { type: Type }>;

/** What one synchronous piece of work may do: every change goes to memory at once and to the store in one commit. */
export interface Transaction {
  /** Adds or replaces a resource. */
  put(record: ResourceRecord): void;
  /** Removes a resource; does nothing if there is none. */
  delete(type: ResourceType, scope: Scope, key: string): void;
  /** Adds a change that memory does not hold here (jobs, streams, transitions...). */
  add(change: Change): void;
  /** Runs if the transaction throws, newest first: for callers that keep memory of their own. */
  onRollback(undo: () => void): void;
  /** Runs once the changes are durable: the place for every effect. Never runs if the commit fails. */
  onCommitted(effect: () => void): void;
}

/**
 * The resources of every service, in memory, as the index of the store. Work on them is synchronous inside `transact`:
 * all of it is taken or, if it throws, none. Whoever answers a request waits for `store.settled()` first, so nobody
 * sees what is not durable.
 */
export class Ledger {
  readonly store: Store;
  readonly #resources = new Map<string, Map<string, ResourceRecord>>();
  readonly #onCommitFailed: (error: CommitFailed) => void;
  #refusal: CommitFailed | undefined;

  /** `onCommitFailed` is called for each commit that fails: memory then holds what the store does not, and must be rebuilt. */
  constructor(store: Store, onCommitFailed: (error: CommitFailed) => void) {
    this.store = store;
    this.#onCommitFailed = onCommitFailed;
  }

  /** From now on every `transact` throws `refusal` before it does anything; reads go on. Undefined ends that. */
  refuseChanges(refusal: CommitFailed | undefined): void {
    this.#refusal = refusal;
  }

  /** Replaces memory by what the store holds: at start, and after a commit failed. */
  rebuild(resources: readonly ResourceRecord[]): void {
    this.#resources.clear();
    for (const record of resources) this.#place(record);
  }

  get<Type extends ResourceType>(type: Type, scope: Scope, key: string): RecordOf<Type> | undefined {
    return this.#resources.get(shelfOf(type, scope))?.get(key) as RecordOf<Type> | undefined;
  }

  /** Every resource of a type in a scope, in order of creation. */
  list<Type extends ResourceType>(type: Type, scope: Scope): readonly RecordOf<Type>[] {
    return [...(this.#resources.get(shelfOf(type, scope))?.values() ?? [])] as RecordOf<Type>[];
  }

  /** How many resources of a type a scope has. */
  count(type: ResourceType, scope: Scope): number {
    return this.#resources.get(shelfOf(type, scope))?.size ?? 0;
  }

  /** Every resource of a type in every scope. */
  all<Type extends ResourceType>(type: Type): readonly RecordOf<Type>[] {
    const shelves = [...this.#resources].filter(([shelf]) => shelf.startsWith(`${type}|`));
    return shelves.flatMap(([, records]) => [...records.values()]) as RecordOf<Type>[];
  }

  /**
   * Runs `work` and commits what it changed. Returns what `work` returns, as soon as memory holds it. If `work` throws,
   * memory is as before and nothing is committed.
   */
  transact<Result>(work: (transaction: Transaction) => Result): Result {
    if (this.#refusal) throw this.#refusal;
    const pending = new PendingTransaction(this.#resources);
    let result: Result;
    try {
      result = work(pending);
    } catch (error) {
      pending.rollback();
      throw error;
    }
    pending.commit(this.store, this.#onCommitFailed);
    return result;
  }

  #place(record: ResourceRecord): void {
    placeRecord(this.#resources, record);
  }
}

class PendingTransaction implements Transaction {
  readonly #resources: Map<string, Map<string, ResourceRecord>>;
  readonly #changes: Change[] = [];
  readonly #undo: (() => void)[] = [];
  readonly #effects: (() => void)[] = [];

  constructor(resources: Map<string, Map<string, ResourceRecord>>) {
    this.#resources = resources;
  }

  put(record: ResourceRecord): void {
    this.#remember(record.type, record, resourceKey(record));
    placeRecord(this.#resources, record);
    this.#changes.push({ kind: 'resource.put', record });
  }

  delete(type: ResourceType, scope: Scope, key: string): void {
    if (!this.#resources.get(shelfOf(type, scope))?.has(key)) return;
    this.#remember(type, scope, key);
    this.#resources.get(shelfOf(type, scope))?.delete(key);
    this.#changes.push({ kind: 'resource.delete', type, scope: { account: scope.account, region: scope.region }, key });
  }

  add(change: Change): void {
    this.#changes.push(change);
  }

  onRollback(undo: () => void): void {
    this.#undo.push(undo);
  }

  onCommitted(effect: () => void): void {
    this.#effects.push(effect);
  }

  rollback(): void {
    for (const undo of this.#undo.reverse()) undo();
  }

  commit(store: Store, onFailed: (error: CommitFailed) => void): void {
    if (this.#changes.length > 0) {
      store.commit(this.#changes).then(() => this.#runEffects(), onFailed);
      return;
    }
    // What the work saw may still be on its way to the disk: its effects wait for that too.
    if (this.#effects.length > 0) store.settled().then(() => this.#runEffects(), onFailed);
  }

  #runEffects(): void {
    for (const effect of this.#effects) effect();
  }

  #remember(type: ResourceType, scope: Scope, key: string): void {
    const shelf = shelfOf(type, scope);
    const before = this.#resources.get(shelf)?.get(key);
    this.#undo.push(() => {
      if (before) this.#resources.get(shelf)?.set(key, before);
      else this.#resources.get(shelf)?.delete(key);
    });
  }
}

function shelfOf(type: ResourceType, scope: Scope): string {
  return `${type}|${scope.account}|${scope.region}`;
}

function placeRecord(resources: Map<string, Map<string, ResourceRecord>>, record: ResourceRecord): void {
  const shelf = shelfOf(record.type, record);
  const records = resources.get(shelf);
  if (records) records.set(resourceKey(record), record);
  else resources.set(shelf, new Map([[resourceKey(record), record]]));
}

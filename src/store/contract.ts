import type { Scope } from '../core/arn.ts';
import type { CommitFailed } from '../core/errors.ts';
import type { InstallationId } from '../core/ids.ts';
import type { Change } from './changes.ts';
import type { JobSlice, LoadedExecution, StoredFrame } from './queries.ts';
import type { LoadFacts, Reads } from './reads.ts';
import type { StoredRecord } from './record-type.ts';

export type { Change } from './changes.ts';
export type * from './queries.ts';

/** What memory is rebuilt from, in slices: all records first, then non-terminal jobs by order. */
export interface LoadedState extends LoadFacts {
  /** In the order of creation. */
  readonly records: readonly StoredRecord[];
  readonly jobs: AsyncIterable<JobSlice>;
  /** Executions that run, oldest first. */
  readonly executions: AsyncIterable<readonly LoadedExecution[]>;
}

/** Named reads. A read sees every change passed to `commit` before it was asked. */
export type StoreReads = {
  readonly [Name in keyof Reads]: (...input: Parameters<Reads[Name]>) => Promise<ReturnType<Reads[Name]>>;
} & {
  /** All frames of an execution, in the order of their ids. */
  frames(scope: Scope, arn: string): Promise<readonly StoredFrame[]>;
};

/** What a store has while it leads. */
export interface Lead {
  /** Grows with every lead that anybody takes; each commit checks it in its own transaction, so that one leader writes. */
  readonly epoch: number;
  /**
   * Resolves with the reason as soon as it is known that another leads, with the first commit that finds so at the latest:
   * every commit is refused from then on. Pending for as long as this one leads.
   */
  readonly lost: Promise<CommitFailed>;
}

/**
 * The truth; memory is its index. Asynchronous and domain-shaped: no SQL leaves a driver, and the calling thread never
 * makes a call that can fsync. An open store reads; it commits only once it leads. Changes go to memory first, then to
 * `commit`; no answer and no effect may leave before
 * `settled()` says that everything its handler could have seen is durable.
 */
export interface Store {
  /** A copy of another installation, or a place that is empty, has this one from its first lead on. */
  readonly installationId: InstallationId;
  readonly reads: StoreReads;
  /** Whoever is going to change what it loads leads first: until then another may change it. */
  load(): Promise<LoadedState>;
  /**
   * Takes the lead, in a commit that begins the next epoch; answers with the one that it has, if it leads already. Rejects with
   * `CommitFailed`, having changed nothing: `disk-full` and `failed` may be tried again, `lost-commits` and `not-leading` (a
   * lead that was lost) stand until the store is opened anew.
   */
  takeLead(): Promise<Lead>;
  /**
   * Adds the changes to the open batch, which closes when the writer is free. Resolves when they are durable. Rejects
   * with `CommitFailed`, as does everything after it until `resume()`: memory must be rebuilt with `load()` first. Without
   * the lead it rejects as `not-leading`, before and after `resume()`.
   */
  commit(changes: readonly Change[]): Promise<void>;
  /** Resolves when every change passed to `commit` so far is durable; rejects as `commit` does. At once when nothing waits. */
  settled(): Promise<void>;
  /** Ends the refusal that a failed commit began. Call once memory holds nothing of what was refused. */
  resume(): void;
  /** Waits for what was passed to `commit`, then lets go of the data. */
  close(): Promise<void>;
}

/** A store that outlives the process. */
export interface LastingStore extends Store {
  /** Its data is taken for a copy of another installation's: with the lead it becomes an installation of its own. */
  readonly copied: boolean;
  /**
   * Writes all that is durable, as it is at one moment, to a new file that can be opened in the place of the store's own.
   * Commits go on meanwhile. Rejects with `StoreUnavailable`.
   */
  backUp(path: string): Promise<void>;
}

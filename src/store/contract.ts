import type { Scope } from '../core/arn.ts';
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

/** Commits that were on the disk once and are not there any more. */
export interface LostCommits {
  /** How many there were, as the witness beside the database says. */
  readonly witnessed: number;
  /** How many the database had. */
  readonly found: number;
}

/**
 * The truth; memory is its index. Asynchronous and domain-shaped: no SQL leaves a driver, and the calling thread never
 * makes a call that can fsync. Changes go to memory first, then to `commit`; no answer and no effect may leave before
 * `settled()` says that everything its handler could have seen is durable.
 */
export interface Store {
  readonly installationId: InstallationId;
  /** Grows with every opening; each commit checks it in its own transaction, so that one leader writes. */
  readonly epoch: number;
  /** Present until the operator has accepted the loss: what is known may be an older past, and nothing may be placed. */
  readonly lostCommits?: LostCommits;
  readonly reads: StoreReads;
  load(): Promise<LoadedState>;
  /**
   * Adds the changes to the open batch, which closes when the writer is free. Resolves when they are durable. Rejects
   * with `CommitFailed`, as does everything after it until `resume()`: memory must be rebuilt with `load()` first.
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
  /** Its data was taken for a copy of another installation's: at this opening it became an installation of its own. */
  readonly copied: boolean;
  /**
   * Writes all that is durable, as it is at one moment, to a new file that can be opened in the place of the store's own.
   * Commits go on meanwhile. Rejects with `StoreUnavailable`.
   */
  backUp(path: string): Promise<void>;
}

import type { EpochMilliseconds, JobId, Milliseconds, TaskId } from '../core/ids.ts';
import type { ConsumableRequest, Placement, TerminalStatus } from '../core/job.ts';
import type { JobKind } from '../core/job-record.ts';
import type { TaskEnd } from '../lifecycle/index.ts';
import type { SchedulerEvent } from '../scheduler/index.ts';
import type { GangEntry, JobEntry } from './entry.ts';
import type { StatusChange } from './fact.ts';
import type { JobTransaction } from './transaction.ts';

/** Where changes go. */
export interface Journal {
  /** Throws `CommitFailed` before it does anything while changes are refused. */
  transact(work: (transaction: JobTransaction) => void): void;
  /** Adds a fact about a job, or something of it, to the caller's transaction. */
  fact(transaction: JobTransaction, fact: StatusChange, job: JobEntry): void;
  /** An attempt has ended that held these: what of them does not replenish is gone, in the caller's transaction. */
  consumed(transaction: JobTransaction, consumables: readonly ConsumableRequest[]): void;
}

/** What the store knows of a job that has left memory. */
export interface EndedJob {
  readonly jobId: JobId;
  readonly kind: JobKind;
  readonly status: TerminalStatus;
  /** Of an array: how many children it had, and what became of each. */
  readonly size?: number;
  readonly bits?: Uint8Array;
}

/** A task, and who holds it: a single job, a child of an array, or a node. */
export interface TaskHolder {
  readonly job: JobEntry;
  /** Of the child or the node; absent for a single job. */
  readonly index?: number;
}

/** What follows once a change is durable. Each may be repeated. */
export interface JobEffects {
  startTask(holder: TaskHolder, taskId: TaskId): void;
  stopTask(holder: TaskHolder, placement: Placement, grace: Milliseconds): void;
  releaseTask(holder: TaskHolder, placement: Placement): void;
  /** The job, not a child or node of it, has ended. */
  ended(job: JobEntry, status: TerminalStatus): void;
}

/** The timers of attempts, by the id of what holds the task. */
export interface JobTimers {
  /** `startedAt` of an attempt that began before this server did. */
  arm(id: JobId, taskId: TaskId, deadline: EpochMilliseconds, startedAt?: EpochMilliseconds): void;
  disarm(id: JobId): void;
}

export interface JobsPorts {
  readonly journal: Journal;
  /** Decides who runs next. Hears of a change when its transaction is accepted. */
  readonly scheduler: { apply(event: SchedulerEvent): void };
  readonly timers: JobTimers;
  readonly effects: JobEffects;
  readonly clock: { now(): EpochMilliseconds };
  /** There is work for `step`. */
  readonly onWork: () => void;
  /** Runs of one array that are moved in one turn. @default 500 */
  readonly runsPerMove?: number;
  /**
   * Places a node of a gang that runs: a task id, a log stream. Undefined while what the node runs has to be looked up: call
   * `Jobs.startNodes` once it is known.
   */
  readonly placeNode: (transaction: JobTransaction, gang: GangEntry, index: number) => NodePlace | undefined;
}

export interface NodePlace {
  readonly placement: Placement;
  /** It cannot start: how it ends at once. */
  readonly failure?: TaskEnd;
}

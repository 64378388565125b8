import type { Scope } from '../core/arn.ts';
import { invariant } from '../core/errors.ts';
import type { JobId, TaskId } from '../core/ids.ts';
import type { StoredStatus, TerminalStatus } from '../core/job.ts';
import { ScopeMap } from '../core/scope-map.ts';
import { ShardedMap } from '../core/sharded-map.ts';
import type { JobEntry } from './entry.ts';
import type { TaskHolder } from './ports.ts';
import { restoring } from './restoring.ts';
import type { JobTransaction } from './transaction.ts';

/** A job whose end is not yet durable: the store does not tell of it, memory no longer holds it. */
interface LeavingJob {
  readonly entry: JobEntry;
  readonly status: TerminalStatus;
}

/** Every job that has not ended, by id and by the tasks that it holds, and how many of them there are. */
export class Registry {
  readonly #byId = new ShardedMap<JobId, JobEntry>();
  readonly #byTask = new Map<TaskId, TaskHolder>();
  readonly #leaving = new Map<JobId, LeavingJob>();
  readonly #countByQueue = new Map<string, number>();
  readonly #waitingByScope = new ScopeMap<number>();

  get size(): number {
    return this.#byId.size;
  }

  get(jobId: JobId): JobEntry | undefined {
    return this.#byId.get(jobId);
  }

  all(): IterableIterator<JobEntry> {
    return this.#byId.values();
  }

  leaving(jobId: JobId): LeavingJob | undefined {
    return this.#leaving.get(jobId);
  }

  byTask(taskId: TaskId): TaskHolder | undefined {
    return this.#byTask.get(taskId);
  }

  /** Tasks that jobs hold. */
  tasks(): ReadonlyMap<TaskId, TaskHolder> {
    return this.#byTask;
  }

  countInQueue(jobQueueArn: string): number {
    return this.#countByQueue.get(jobQueueArn) ?? 0;
  }

  countWaiting(scope: Scope): number {
    return this.#waitingByScope.get(scope) ?? 0;
  }

  clear(): void {
    this.#byId.clear();
    this.#byTask.clear();
    this.#leaving.clear();
    this.#countByQueue.clear();
    this.#waitingByScope.clear();
  }

  /** Without a transaction when it is loaded. */
  add(transaction: JobTransaction | undefined, entry: JobEntry): void {
    invariant(this.#byId.add(entry.jobId, entry), `job ${entry.jobId} is in memory already`);
    bump(this.#countByQueue, entry.jobQueueArn, 1);
    transaction?.onRollback(() => {
      this.#byId.delete(entry.jobId);
      bump(this.#countByQueue, entry.jobQueueArn, -1);
    });
    if (isWaitingStatus(entry.state.status)) this.#countWaiting(transaction, entry, 1);
  }

  /** Call with whether the job waited before its state changed. */
  waitingChanged(transaction: JobTransaction, entry: JobEntry, waited: boolean): void {
    const waits = isWaitingStatus(entry.state.status);
    if (waited !== waits) this.#countWaiting(transaction, entry, waits ? 1 : -1);
  }

  /** The job has ended, in a transaction that is not yet durable. */
  remove(transaction: JobTransaction, entry: JobEntry, status: TerminalStatus): void {
    const { jobId, jobQueueArn } = entry;
    this.#byId.delete(jobId);
    bump(this.#countByQueue, jobQueueArn, -1);
    transaction.onRollback(() => {
      this.#byId.set(jobId, entry);
      bump(this.#countByQueue, jobQueueArn, 1);
    });
    this.leave(transaction, entry, status);
  }

  /** Until the end is durable, whoever is submitted is told of it from here. */
  leave(transaction: JobTransaction, entry: JobEntry, status: TerminalStatus): void {
    const leaving = { entry, status };
    this.#leaving.set(entry.jobId, leaving);
    transaction.onRollback(() => this.#leaving.delete(entry.jobId));
    transaction.onCommitted(() => {
      if (this.#leaving.get(entry.jobId) === leaving) this.#leaving.delete(entry.jobId);
    });
  }

  /** The task of a holder is now `after`; `before` it held another or none. */
  moveTask(
    transaction: JobTransaction | undefined,
    holder: TaskHolder,
    before: TaskId | undefined,
    after: TaskId | undefined,
  ): void {
    if (before === after) return;
    for (const taskId of [before, after]) if (taskId && transaction) restoring(transaction, this.#byTask, taskId);
    if (before) this.#byTask.delete(before);
    if (after) this.#byTask.set(after, holder);
  }

  #countWaiting(transaction: JobTransaction | undefined, { scope }: JobEntry, by: number): void {
    bump(this.#waitingByScope, scope, by);
    transaction?.onRollback(() => bump(this.#waitingByScope, scope, -by));
  }
}

/** Whether a job counts against the quota of waiting ones; an array does until it ends. */
export function isWaitingStatus(status: StoredStatus): boolean {
  return status === 'PENDING' || status === 'RUNNABLE';
}

interface Counts<Key> {
  get(key: Key): number | undefined;
  set(key: Key, count: number): void;
  delete(key: Key): void;
}

function bump<Key>(counts: Counts<Key>, key: Key, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

import type { Scope } from '../../../core/arn.ts';
import { invariant } from '../../../core/errors.ts';
import type { EpochMilliseconds, JobId, TaskId } from '../../../core/ids.ts';
import type { Leaf, ResourceRequest, RetryStrategy } from '../../../core/job.ts';
import type { ActiveJob } from './contract.ts';

/** An `ActiveJob` that the yard alone may change. */
export interface JobEntry extends ActiveJob {
  readonly scope: Scope;
  readonly jobId: JobId;
  readonly jobQueueArn: string;
  readonly createdAt: EpochMilliseconds;
  order: number;
  readonly resources: ResourceRequest;
  readonly retryStrategy: RetryStrategy;
  readonly timeoutSeconds: number | undefined;
  state: Leaf;
  /** While PENDING: jobs that have not yet succeeded. */
  waitingFor: readonly JobId[];
  /** The scheduler has decided a place that is not yet in `state`. */
  deciding?: boolean;
}

/** A job that holds a task. */
export type PlacedState = Extract<Leaf, { status: 'STARTING' | 'RUNNING' }>;

/** The state of a job that holds a task, or undefined. */
export function placed(state: Leaf | undefined): PlacedState | undefined {
  return state?.status === 'STARTING' || state?.status === 'RUNNING' ? state : undefined;
}

/** Every job that has not ended, by id, by running task and by the dependency that it waits for. */
export class ActiveJobs {
  readonly #byId = new Map<JobId, JobEntry>();
  readonly #byTask = new Map<TaskId, JobEntry>();
  readonly #dependents = new Map<JobId, Set<JobId>>();
  readonly #countByQueue = new Map<string, number>();
  readonly #waitingByScope = new Map<string, number>();

  get size(): number {
    return this.#byId.size;
  }

  get(jobId: JobId): JobEntry | undefined {
    return this.#byId.get(jobId);
  }

  all(): IterableIterator<JobEntry> {
    return this.#byId.values();
  }

  byTask(taskId: TaskId): JobEntry | undefined {
    return this.#byTask.get(taskId);
  }

  /** How many jobs hold a task: STARTING or RUNNING. */
  get taskCount(): number {
    return this.#byTask.size;
  }

  /** Jobs that hold a task, as of now: the caller may change the yard while it goes through them. */
  withTasks(): readonly JobEntry[] {
    return [...this.#byTask.values()];
  }

  clear(): void {
    this.#byId.clear();
    this.#byTask.clear();
    this.#dependents.clear();
    this.#countByQueue.clear();
    this.#waitingByScope.clear();
  }

  countInQueue(jobQueueArn: string): number {
    return this.#countByQueue.get(jobQueueArn) ?? 0;
  }

  countWaiting(scope: Scope): number {
    return this.#waitingByScope.get(scopeKey(scope)) ?? 0;
  }

  add(entry: JobEntry): void {
    invariant(!this.#byId.has(entry.jobId), `job ${entry.jobId} entered the yard twice`);
    this.#byId.set(entry.jobId, entry);
    bump(this.#countByQueue, entry.jobQueueArn, 1);
    this.#index(entry);
  }

  /** Gives a job its next state and keeps every index true. */
  update(entry: JobEntry, state: Leaf, waitingFor = entry.waitingFor): void {
    this.#unindex(entry);
    entry.state = state;
    entry.waitingFor = waitingFor;
    this.#index(entry);
  }

  remove(entry: JobEntry): void {
    this.#unindex(entry);
    this.#byId.delete(entry.jobId);
    bump(this.#countByQueue, entry.jobQueueArn, -1);
  }

  /** Jobs that wait for `jobId`; the caller may change the yard while it goes through them. */
  dependentsOf(jobId: JobId): readonly JobId[] {
    return [...(this.#dependents.get(jobId) ?? [])];
  }

  #index(entry: JobEntry): void {
    const { state } = entry;
    if (state.status === 'PENDING') for (const id of entry.waitingFor) this.#addDependent(id, entry.jobId);
    if (state.status === 'STARTING' || state.status === 'RUNNING') this.#byTask.set(state.placement.taskId, entry);
    if (isWaiting(state)) bump(this.#waitingByScope, scopeKey(entry.scope), 1);
  }

  #unindex(entry: JobEntry): void {
    const { state } = entry;
    if (state.status === 'PENDING') for (const id of entry.waitingFor) this.#removeDependent(id, entry.jobId);
    if (state.status === 'STARTING' || state.status === 'RUNNING') this.#byTask.delete(state.placement.taskId);
    if (isWaiting(state)) bump(this.#waitingByScope, scopeKey(entry.scope), -1);
  }

  #addDependent(dependency: JobId, dependent: JobId): void {
    const waiting = this.#dependents.get(dependency);
    if (waiting) waiting.add(dependent);
    else this.#dependents.set(dependency, new Set([dependent]));
  }

  #removeDependent(dependency: JobId, dependent: JobId): void {
    const waiting = this.#dependents.get(dependency);
    waiting?.delete(dependent);
    if (waiting?.size === 0) this.#dependents.delete(dependency);
  }
}

function isWaiting(state: Leaf): boolean {
  return state.status === 'PENDING' || state.status === 'RUNNABLE';
}

function scopeKey(scope: Scope): string {
  return `${scope.account}|${scope.region}`;
}

function bump(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

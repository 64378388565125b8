import type { JobStatus, StoredStatus, TerminalStatus } from '../core/job.ts';
import type { JobEntry } from './entry.ts';
import type { StatusChange } from './fact.ts';
import type { JobTransaction } from './transaction.ts';

/** What a job may be that has not ended. */
export type LiveStatus = Exclude<StoredStatus, TerminalStatus>;

/** How many jobs have each status: of an array its children instead of itself, of a multi-node job none of its nodes. */
export type StatusCounts = Readonly<Record<LiveStatus, number>>;

const none: StatusCounts = { PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0 };

const liveStatuses = Object.keys(none) as readonly LiveStatus[];

/** How many jobs of each queue have each status, kept with each change: nobody goes over a million jobs to count them. */
export class QueueCounts {
  readonly #byQueue = new Map<string, Record<LiveStatus, number>>();

  /** As they are now; what is answered does not change later. */
  of(jobQueueArn: string): StatusCounts {
    return { ...(this.#byQueue.get(jobQueueArn) ?? none) };
  }

  clear(): void {
    this.#byQueue.clear();
  }

  /** A job is loaded: it, or its children, are what they are. */
  load(entry: JobEntry): void {
    if (entry.kind === 'array')
      for (const status of liveStatuses) this.#add(entry.jobQueueArn, status, entry.children.countOf(status));
    else this.#move(entry.jobQueueArn, undefined, entry.state.status, 1);
  }

  /** A fact is told of a job: every change of a status has one. */
  told(
    transaction: JobTransaction,
    entry: JobEntry,
    { part, from, to }: Pick<StatusChange, 'part' | 'from' | 'to'>,
  ): void {
    // An array is its children, a multi-node job itself and none of its nodes.
    if ((entry.kind === 'array') !== (part !== undefined)) return;
    const count = part?.kind === 'children' ? sizeOf(part.runs) : 1;
    const { jobQueueArn } = entry;
    this.#move(jobQueueArn, from, to, count);
    transaction.onRollback(() => this.#move(jobQueueArn, to, from, count));
  }

  #move(jobQueueArn: string, from: JobStatus | undefined, to: JobStatus | undefined, count: number): void {
    if (isLive(from)) this.#add(jobQueueArn, from, -count);
    if (isLive(to)) this.#add(jobQueueArn, to, count);
  }

  #add(jobQueueArn: string, status: LiveStatus, by: number): void {
    if (by === 0) return;
    const counts = this.#byQueue.get(jobQueueArn) ?? { ...none };
    counts[status] += by;
    if (liveStatuses.every((each) => counts[each] === 0)) this.#byQueue.delete(jobQueueArn);
    else this.#byQueue.set(jobQueueArn, counts);
  }
}

function isLive(status: JobStatus | undefined): status is LiveStatus {
  return status !== undefined && status in none;
}

function sizeOf(runs: readonly (readonly [number, number])[]): number {
  return runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

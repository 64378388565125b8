import type { EpochMilliseconds, JobId, Milliseconds } from '../../../core/ids.ts';
import { type JobReference, parseJobId } from '../../../core/job.ts';
import type { CopyLimits, JobEntry, Jobs } from '../../../jobs/index.ts';
import type { WaitingShare } from '../../../scheduler/index.ts';
import type { ServerState } from '../../../simulator/index.ts';
import type { QueueModel } from './queue-model.ts';

/** What is looked at in one turn: some milliseconds of it at most. */
export const stateLimits = {
  ...{ waiting: 2_000, jobs: 5_000, children: 200_000 },
  /** Ten thousand instances among them. */
  resources: 15_000,
  /** That have a job, or of whose use something is left. */
  shares: 10_000,
} as const satisfies CopyLimits & Record<'waiting' | 'resources' | 'shares', number>;

/** What a state is taken from. */
export interface StateSources {
  readonly jobs: Jobs;
  readonly queues: Pick<QueueModel, 'copy' | 'now'>;
  readonly clock: { now(): EpochMilliseconds };
  /** Jobs that have been decided on and are not placed yet. */
  readonly decided: () => Iterable<JobId>;
  readonly starting: () => ServerState['starting'];
  readonly bootDelay: Milliseconds;
}

/**
 * What of a server decides when a job starts: what it has, what runs, what waits before the job in its share, the first jobs of all others, and
 * whatever waits for those. Taken in one turn; changes nothing. Undefined where that is more than the limits let.
 */
export function serverState(reference: JobReference, sources: StateSources): ServerState | undefined {
  const { jobs, queues, clock, starting, bootDelay } = sources;
  const job = jobs.get(reference.jobId);
  if (!job || jobs.tasks().size > stateLimits.jobs) return undefined;
  const copy = queues.copy();
  const waiting = allOf(copy.waiting, stateLimits.waiting);
  const before = waiting && waitingBefore(waiting, { job, element: elementOf(reference, job, jobs) });
  const resources = before && allOf(copy.resources, stateLimits.resources);
  const shares = resources && allOf(copy.shares, stateLimits.shares);
  if (!shares) return undefined;
  const ids = new Set<JobId>([reference.jobId, ...sources.decided()]);
  for (const holder of jobs.tasks().values()) ids.add(holder.job.jobId);
  for (const id of before.ids) ids.add(id);
  const copied = jobs.copy(ids, stateLimits);
  if (!copied) return undefined;
  const at = clock.now();
  return {
    ...{ at, ahead: queues.now() - at, bootDelay, jobs: copied, cut: before.cut },
    ...{ resources, shares, starting: starting() },
  };
}

/** Undefined where there are more than `most`: of those one is looked at. */
function allOf<Item>(items: Iterable<Item>, most: number): readonly Item[] | undefined {
  const all: Item[] = [];
  for (const item of items) {
    if (all.length === most) return undefined;
    all.push(item);
  }
  return all;
}

/** By which the scheduler knows it, if it waits there. */
function elementOf({ jobId, childIndex }: JobReference, job: JobEntry, jobs: Jobs): JobId {
  const child = job.kind === 'array' && childIndex !== undefined ? jobs.child(job, childIndex) : undefined;
  return child?.element ?? jobId;
}

interface Asked {
  readonly job: JobEntry;
  readonly element: JobId;
}

interface Before {
  readonly ids: ReadonlySet<JobId>;
  readonly cut: ServerState['cut'];
}

/** The first of each share alike, and all before the job in its own; undefined if those are too many. */
function waitingBefore(shares: readonly WaitingShare[], { job, element }: Asked): Before | undefined {
  const ids = new Set<JobId>();
  const cut: { queueArn: string; share: string; starts: number }[] = [];
  const ofEach = Math.floor(stateLimits.waiting / Math.max(1, shares.length));
  for (const share of shares) {
    const isOwn = share.queueArn === job.jobQueueArn && share.share === (job.shareIdentifier ?? '');
    const first = firstOf(share, ofEach, isOwn ? element : undefined);
    for (const id of first.ids) ids.add(parseJobId(id).jobId);
    // Nothing behind the job in its share starts before it.
    if (first.ids.length === share.size || (isOwn && first.hasAsked)) continue;
    // Of one that waits, and is not among them, nothing could be told.
    if (isOwn && job.state.status === 'RUNNABLE') return undefined;
    cut.push({ queueArn: share.queueArn, share: share.share, starts: first.starts });
  }
  return { ids, cut };
}

/** At least `least`, as far as there are so many, since instances are launched for all that wait; more only up to the job that is asked about. */
function firstOf(share: WaitingShare, least: number, asked: JobId | undefined) {
  const ids: JobId[] = [];
  let starts = 0;
  let hasAsked = false;
  for (const { jobId, count } of share.jobs) {
    if (ids.length >= (asked === undefined || hasAsked ? least : stateLimits.waiting)) break;
    ids.push(jobId);
    starts += count;
    hasAsked ||= jobId === asked;
  }
  return { ids, starts, hasAsked };
}

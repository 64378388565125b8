import type { EpochMilliseconds, JobId, TaskId } from '../core/ids.ts';
import type { Leaf, RetryStrategy, Stop, StoredStatus, TerminalStatus } from '../core/job.ts';
import type { Effect } from './effect.ts';

/** What of a job never changes and bears on its life. */
export interface LeafTerms {
  /** For the words of an invariant. */
  readonly jobId: JobId;
  readonly retryStrategy: RetryStrategy;
  /** Seconds that each attempt may run; absent means no limit. */
  readonly timeoutSeconds?: number | undefined;
  /** The stop of the array that it is a child of. */
  readonly ownerStop?: Stop | undefined;
}

/** A leaf in one of its states. */
export type LeafIn<Status extends StoredStatus> = Leaf & { readonly status: Status };

/** A leaf that holds a task. */
export type PlacedLeaf = LeafIn<'STARTING'> | LeafIn<'RUNNING'>;

/** Where a transition leads, and what must be done about it. */
export interface Outcome {
  readonly state: Leaf;
  readonly effects: readonly Effect[];
}

/** A waiting job has nothing of its own: a million of them share these two. */
export const pendingLeaf: Leaf = { status: 'PENDING', attempts: [] };
export const runnableLeaf: Leaf = { status: 'RUNNABLE', attempts: [] };

/** What a leaf carries from state to state, without what belongs to the state that it leaves. */
export function carriedOver({ attempts, statusReason, stop }: Leaf) {
  return {
    attempts,
    ...(statusReason === undefined ? {} : { statusReason }),
    ...(stop === undefined ? {} : { stop }),
  };
}

/** The event changes nothing. */
export function unchanged(leaf: Leaf): Outcome {
  return { state: leaf, effects: [] };
}

/** → RUNNABLE. */
export function becomeRunnable(leaf: Leaf, at: 'own-place' | 'head'): Outcome {
  const carried = carriedOver(leaf);
  const isPlain = carried.attempts.length === 0 && !carried.stop && carried.statusReason === undefined;
  return { state: isPlain ? runnableLeaf : { ...carried, status: 'RUNNABLE' }, effects: [{ kind: 'enqueue', at }] };
}

/** → SUCCEEDED or FAILED. Keeps when the last attempt started, if one did. */
export function finish(leaf: Leaf, status: TerminalStatus, at: EpochMilliseconds, statusReason: string): Outcome {
  const startedAt = leaf.attempts.at(-1)?.startedAt;
  const when = { ...(startedAt === undefined ? {} : { startedAt }), stoppedAt: at };
  return { state: { ...carriedOver(leaf), status, statusReason, ...when }, effects: [{ kind: 'finished', status }] };
}

/** Whether `taskId` is the attempt of now; an engine may still report an earlier one. */
export function isCurrentTask(leaf: PlacedLeaf, taskId: TaskId): boolean {
  return leaf.placement.taskId === taskId;
}

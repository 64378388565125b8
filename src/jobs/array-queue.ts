import { childId } from '../core/job.ts';
import { childCode } from './child-states.ts';
import type { JobsContext } from './context.ts';
import { type ArrayEntry, seatOf } from './entry.ts';
import { dequeue } from './leaf-effects.ts';
import type { JobTransaction } from './transaction.ts';

/** A child that has been retried waits at its own order; any other in the array's element, which only counts them. */
export function enqueueChild(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  index: number,
  order: number | undefined,
): void {
  const seat = { jobId: childId(array.jobId, index), sequence: order ?? 0, ...seatOf(array) };
  if (order !== undefined) context.tellScheduler(transaction, { kind: 'job-queued', ...seat });
  else enqueueCount(context, transaction, array, 1);
  if (order === undefined) array.firstRunnable = Math.min(array.firstRunnable, index);
}

export function enqueueCount(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  count: number,
): void {
  const { jobId, order: sequence } = array;
  context.tellScheduler(transaction, { kind: 'job-queued', jobId, sequence, ...seatOf(array), count });
}

/**
 * Of the array's element only those leave that no decision has taken: `waitingCount` is asked before the change. Of a stopped
 * array all of those have left.
 */
export function dequeueChild(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  index: number,
  order: number | undefined,
): void {
  if (order !== undefined) {
    if (!array.decidedChildren.has(index)) dequeue(context, transaction, childId(array.jobId, index), 1);
  } else if (!array.state.stop) dequeue(context, transaction, array.jobId, waitingCount(array) > array.decided ? 1 : 0);
}

/**
 * The array is stopped: its element leaves the scheduler at once. Retried children, which may be 10,000 elements, leave with their
 * end, some in later turns: a place that is decided for one meanwhile is freed, and it waits for no other.
 */
export function withdraw(context: JobsContext, transaction: JobTransaction, array: ArrayEntry): void {
  dequeue(context, transaction, array.jobId, waitingCount(array) - array.decided);
}

/** RUNNABLE children in the array's element, those that decisions have taken included. */
function waitingCount({ children, ownWaiting }: ArrayEntry): number {
  return children.countOf('RUNNABLE') - ownWaiting;
}

/** The lowest child that waits in the array's element. */
export function pickChild(array: ArrayEntry): number | undefined {
  const [index] = waitingChildren(array);
  array.firstRunnable = index ?? array.children.size;
  return index;
}

/** The children that wait in the array's element, in the order that they start. */
export function* waitingChildren({ children, live, firstRunnable }: ArrayEntry): Generator<number> {
  for (let index = firstRunnable; index < children.size; index += 1) {
    const code = children.at(index);
    const isOwn = code === childCode.runnableAgain && live.get(index)?.order !== undefined;
    if ((code === childCode.runnable || code === childCode.runnableAgain) && !isOwn) yield index;
  }
}

import type { Stop } from '../core/job.ts';
import type { ArrayEvent } from '../lifecycle/index.ts';
import { isPendingCode, waitsOutside } from './array-bits.ts';
import { changeArray } from './array-end.ts';
import { moveWaiting, tellLater } from './array-moves.ts';
import { type ChildCode, childCode } from './child-states.ts';
import { type JobsContext, wholeArray } from './context.ts';
import { type ArrayEntry, placedLeaf } from './entry.ts';
import type { Run } from './runs.ts';
import type { JobTransaction } from './transaction.ts';

/** Gives an array that somebody wants to stop that event. */
export function stopArray(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  event: Exclude<ArrayEvent, { readonly kind: 'children-ended' }>,
): void {
  const effects = changeArray(context, transaction, array, event);
  const { stop } = array.state;
  for (const effect of effects) {
    if (effect.kind === 'stop-placed') stopPlaced(context, transaction, array);
    else if (stop) failWaiting(context, transaction, array, stop);
  }
}

/** Every child that waits, but for those that wait outside, ends with the stop. Answers what a turn is charged for it. */
function failWaiting(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  stop: Stop,
  runs: readonly Run[] = [wholeArray],
): number {
  const isCaught = (index: number, code: ChildCode) =>
    code === childCode.runnable ||
    code === childCode.runnableAgain ||
    (isPendingCode(code) && !waitsOutside(array, index));
  return moveWaiting(context, transaction, array, runs, {
    of: (index, code) => (isCaught(index, code) ? childCode.stopped : undefined),
    event: 'owner-stopped',
    reason: stop.reason,
  });
}

/** What a stop had too much of for one turn goes on. Answers what a turn is charged for it. */
export function stopOn(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  runs: readonly Run[],
): number {
  const { stop } = array.state;
  return stop ? failWaiting(context, transaction, array, stop, runs) : 0;
}

/** The tasks of placed children are stopped in later turns. */
function stopPlaced(context: JobsContext, transaction: JobTransaction, array: ArrayEntry): void {
  const indexes = [...array.live].filter(([, { leaf }]) => placedLeaf(leaf)).map(([index]) => index);
  tellLater(context, transaction, array, indexes, 'owner-stopped');
}

/** What a stop of the array has begun, and may not have come to its end. Answers what a turn is charged for it. */
export function stopAgain(context: JobsContext, transaction: JobTransaction, array: ArrayEntry): number {
  const { stop } = array.state;
  if (!stop) return 0;
  if (stop.kind === 'terminate') stopPlaced(context, transaction, array);
  return failWaiting(context, transaction, array, stop);
}

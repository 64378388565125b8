import { childId, type Leaf } from '../core/job.ts';
import { advanceLeaf, type LeafEvent, type LeafTerms, type Outcome } from '../lifecycle/index.ts';
import { childLeaf, touchChildren } from './array-bits.ts';
import { childrenEnded } from './array-end.ts';
import { dequeueChild, enqueueChild } from './array-queue.ts';
import { attemptEnd } from './attempt-end.ts';
import { type ChildCode, childCode, isEndedCode } from './child-states.ts';
import type { JobsContext } from './context.ts';
import { type ArrayEntry, type LiveChild, placedLeaf } from './entry.ts';
import { livedSoFar } from './fact.ts';
import { performTaskEffect, tellOfEnd } from './leaf-effects.ts';
import { restoring } from './restoring.ts';
import type { JobTransaction } from './transaction.ts';

/** Gives one child an event. Answers what a turn is charged for it. */
export function advanceChild(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  index: number,
  event: LeafEvent,
): number {
  const before = childLeaf(array, index);
  if (!before) return 0;
  const step = advanceLeaf(before, event, termsOf(array, index));
  const changes = step.state !== before;
  if (changes) touchChildren(context, transaction, array);
  const child = performChildEffects(context, transaction, array, index, before, step);
  if (!changes) return 1;
  const fellAlone = event.kind === 'dependency-failed' && !before.stop && !array.state.stop;
  keepChild(context, transaction, array, index, child, before, fellAlone);
  tellOfChild(context, transaction, array, index, before, step.state);
  if (step.state.status === 'SUCCEEDED' || step.state.status === 'FAILED')
    childrenEnded(context, transaction, array, [[index, index]], step.state.status);
  return 1;
}

function termsOf(array: ArrayEntry, index: number): LeafTerms {
  const { jobId, retryStrategy, timeoutSeconds, state } = array;
  return { jobId: childId(jobId, index), retryStrategy, timeoutSeconds, ownerStop: state.stop };
}

/** The scheduler's part and the engines'. Answers the child as it now is. */
function performChildEffects(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  index: number,
  before: Leaf,
  { state, effects }: Outcome,
): LiveChild {
  const known = array.live.get(index);
  let order = known?.order;
  const id = childId(array.jobId, index);
  const element = order === undefined ? array.jobId : id;
  const endsAt = attemptEnd(before);
  const seat = { holder: { job: array, index }, id, element, before: placedLeaf(before)?.placement, endsAt };
  for (const effect of effects) {
    switch (effect.kind) {
      case 'enqueue':
        if (effect.at === 'head') order = context.count(transaction, 'lowestOrder', -1);
        enqueueChild(context, transaction, array, index, order);
        break;
      case 'dequeue':
        dequeueChild(context, transaction, array, index, order);
        break;
      case 'finished':
        break;
      default:
        performTaskEffect(context, transaction, seat, effect);
    }
  }
  const after = placedLeaf(state)?.placement;
  if (after) tellOfEnd(context, transaction, element, after, endsAt, attemptEnd(state));
  return { leaf: state, ...(order === undefined ? {} : { order }) };
}

/** The child's bits, its row, and its task by id. */
function keepChild(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  index: number,
  child: LiveChild,
  before: Leaf,
  fellAlone: boolean,
): void {
  const code = codeOf(child, array.live.has(index), fellAlone);
  array.children.set(index, code);
  array.ownWaiting += Number(waitsAlone(child)) - Number(waitsAlone(array.live.get(index)));
  restoring(transaction, array.live, index);
  const isBare = code === childCode.pending || code === childCode.runnable;
  if (isBare || isEndedCode(code)) array.live.delete(index);
  else array.live.set(index, child);
  const { leaf: state, order } = child;
  if (!isBare) {
    const record = { number: array.number, index, state, ...(order === undefined ? {} : { order }) };
    transaction.add({ kind: 'arrayChild.put', record });
  }
  const [from, to] = [placedLeaf(before)?.placement.taskId, placedLeaf(state)?.placement.taskId];
  context.registry.moveTask(transaction, { job: array, index }, from, to);
}

function waitsAlone(child: LiveChild | undefined): boolean {
  return child?.leaf.status === 'RUNNABLE' && child.order !== undefined;
}

function codeOf({ leaf }: LiveChild, hadRow: boolean, fellAlone: boolean): ChildCode {
  switch (leaf.status) {
    case 'PENDING':
      return leaf.stop ? childCode.pendingStopped : childCode.pending;
    case 'RUNNABLE':
      return hadRow ? childCode.runnableAgain : childCode.runnable;
    case 'STARTING':
      return childCode.starting;
    case 'RUNNING':
      return childCode.running;
    case 'SUCCEEDED':
      return childCode.succeeded;
    case 'FAILED':
      return fellAlone ? childCode.fallenAlone : childCode.failed;
  }
}

function tellOfChild(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  index: number,
  before: Leaf,
  after: Leaf,
): void {
  if (before.status === after.status) return;
  const attempt = after.attempts.length > before.attempts.length ? after.attempts.at(-1) : undefined;
  const placement = placedLeaf(before) ? undefined : placedLeaf(after)?.placement;
  context.fact(transaction, array, {
    part: { kind: 'child', index },
    from: before.status,
    to: after.status,
    ...(after.statusReason === undefined ? {} : { reason: after.statusReason }),
    ...(attempt && { attempt }),
    ...(placement && { placement }),
    ...livedSoFar(after),
  });
}

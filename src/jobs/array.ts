import { childId, type Leaf, type Stop, type TerminalStatus } from '../core/job.ts';
import {
  type ArrayEvent,
  advanceArray,
  advanceLeaf,
  type LeafEvent,
  type LeafTerms,
  type Outcome,
  pendingLeaf,
  runnableLeaf,
} from '../lifecycle/index.ts';
import { encodeChildren, type StoredChildren } from './child-codec.ts';
import { type ChildCode, childCode, isEndedCode } from './child-states.ts';
import { type JobsContext, wholeArray } from './context.ts';
import { type ArrayEntry, type LiveChild, placedLeaf } from './entry.ts';
import { livedSoFar } from './fact.ts';
import { dequeue, performTaskEffect } from './leaf-effects.ts';
import { restoring } from './restoring.ts';
import { type Run, RunBuilder, slicesOf, unitsOf } from './runs.ts';
import type { JobTransaction } from './transaction.ts';
import type { SharedEventKind } from './work.ts';

/** Runs in one fact: what makes events of it has its turns too. */
const runsPerFact = 500;

const all: readonly Run[] = [wholeArray];

/** Call before the first change of a child: the bits are written once, when the batch closes. */
function touchChildren(context: JobsContext, transaction: JobTransaction, array: ArrayEntry): void {
  context.touch(transaction, array);
  array.changedAt = context.now();
  if (array.bitsIn !== transaction) putBits(transaction, array);
}

/** Writes what all children are, once the batch closes. */
export function putBits(transaction: JobTransaction, array: ArrayEntry): void {
  array.bitsIn = transaction;
  transaction.add({ kind: 'arrayBits.put', number: array.number, encode: () => encodeChildren(storedChildren(array)) });
}

function storedChildren({ children, changedAt, fellAt }: ArrayEntry): StoredChildren {
  return { codes: children.codes(), changedAt, ...(fellAt === undefined ? {} : { fellAt }) };
}

/** What a child is, if it has not ended. */
export function childLeaf(array: ArrayEntry, index: number): Leaf | undefined {
  const code = array.children.at(index);
  if (isEndedCode(code)) return undefined;
  return array.live.get(index)?.leaf ?? (code === childCode.pending ? pendingLeaf : runnableLeaf);
}

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
  const seat = { holder: { job: array, index }, id, element, before: placedLeaf(before)?.placement };
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
  return { leaf: state, ...(order === undefined ? {} : { order }) };
}

/** A child that has been retried waits at its own order; any other in the array's element, which only counts them. */
function enqueueChild(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  index: number,
  order: number | undefined,
): void {
  const { jobId, jobQueueArn: queueArn, resources: request } = array;
  const child = { kind: 'job-queued', jobId: childId(jobId, index), queueArn, sequence: order ?? 0, request } as const;
  if (order !== undefined) context.tellScheduler(transaction, child);
  else enqueueCount(context, transaction, array, 1);
  if (order === undefined) array.firstRunnable = Math.min(array.firstRunnable, index);
}

function enqueueCount(context: JobsContext, transaction: JobTransaction, array: ArrayEntry, count: number): void {
  const { jobId, jobQueueArn: queueArn, order: sequence, resources: request } = array;
  context.tellScheduler(transaction, { kind: 'job-queued', jobId, queueArn, sequence, request, count });
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
function withdraw(context: JobsContext, transaction: JobTransaction, array: ArrayEntry): void {
  dequeue(context, transaction, array.jobId, waitingCount(array) - array.decided);
}

/** RUNNABLE children in the array's element, those that decisions have taken included. */
function waitingCount({ children, ownWaiting }: ArrayEntry): number {
  return children.countOf('RUNNABLE') - ownWaiting;
}

function waitsAlone(child: LiveChild | undefined): boolean {
  return child?.leaf.status === 'RUNNABLE' && child.order !== undefined;
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

/** Whether a child waits for a job outside of its array. */
function waitsOutside(array: ArrayEntry, index: number): boolean {
  return array.open > 0 || (array.openPairs?.[index] ?? 0) > 0;
}

function isReady(array: ArrayEntry, index: number): boolean {
  if (waitsOutside(array, index)) return false;
  // Of a stopped array a child that waits for a sibling only need not wait: none of them may start any more.
  return (
    array.state.stop !== undefined ||
    !array.isSequential ||
    index === 0 ||
    array.children.at(index - 1) === childCode.succeeded
  );
}

/**
 * PENDING children of `runs` that wait for nothing any more become RUNNABLE, or end if their array or they are to be
 * stopped. Answers what a turn is charged for it.
 */
export function releaseChildren(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  runs: readonly Run[] = all,
): number {
  const { stop } = array.state;
  const to = stop ? childCode.stopped : childCode.runnable;
  return moveWaiting(context, transaction, array, runs, {
    of: (index, code) => (isPendingCode(code) && isReady(array, index) ? to : undefined),
    event: 'dependencies-met',
    reason: stop?.reason,
  });
}

/** PENDING children of `runs` fall. Answers what a turn is charged for it. */
export function failChildren(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  reason: string,
  runs: readonly Run[] = all,
): number {
  const { stop } = array.state;
  const [run] = runs;
  // One that falls alone has a row: it keeps its own time.
  if (run && runs.length === 1 && run[0] === run[1]) {
    return run[0] < array.children.size ? tellChild(context, transaction, array, run[0], 'dependency-failed') : 0;
  }
  const to = stop || array.rejection !== undefined ? childCode.stopped : childCode.fallen;
  return moveWaiting(context, transaction, array, runs, {
    of: (_index, code) => (isPendingCode(code) ? to : undefined),
    event: 'dependency-failed',
    reason: stop?.reason ?? reason,
  });
}

/**
 * Tells a child what its siblings have been told by their bits, if it still is where that concerns it: this may be turns
 * later. Answers what a turn is charged for it.
 */
export function tellChild(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  index: number,
  kind: SharedEventKind,
): number {
  const at = context.now();
  const { stop } = array.state;
  const isPending = isPendingCode(array.children.at(index));
  switch (kind) {
    case 'dependencies-met':
      return isPending && isReady(array, index) ? advanceChild(context, transaction, array, index, { kind, at }) : 0;
    case 'dependency-failed':
      return isPending ? advanceChild(context, transaction, array, index, { kind, at }) : 0;
    case 'owner-stopped': {
      const event = stop && { kind, at, stop, waitsOutside: waitsOutside(array, index) };
      return event ? advanceChild(context, transaction, array, index, event) : 0;
    }
  }
}

function isPendingCode(code: ChildCode): boolean {
  return code === childCode.pending || code === childCode.pendingStopped;
}

interface Move {
  /** What a child becomes that has no row; undefined for one that stays. */
  readonly of: (index: number, code: ChildCode) => ChildCode | undefined;
  /** What one with a row is told instead, in a later turn. */
  readonly event: SharedEventKind;
  /** Of those that end. */
  readonly reason: string | undefined;
}

/**
 * Moves children that have nothing of their own by their bits. Those that have a row are told one by one: each is written, so
 * that of 10,000 a turn could not take them all.
 */
function moveWaiting(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  runs: readonly Run[],
  { of, event, reason }: Move,
): number {
  const moved = { pending: new RunBuilder(), runnable: new RunBuilder() };
  const withRows: number[] = [];
  let target: ChildCode | undefined;
  for (const [first, last] of runs) {
    for (let index = first; index <= Math.min(last, array.children.size - 1); index += 1) {
      const code = array.children.at(index);
      const to = of(index, code);
      if (to === undefined) continue;
      if (code === childCode.pending) moved.pending.add(index);
      else if (code === childCode.runnable) moved.runnable.add(index);
      else withRows.push(index);
      target = to;
    }
  }
  const charged = unitsOf(runs.map(([first, last]) => [first, Math.min(last, array.children.size - 1)]));
  if (target !== undefined) {
    moveRuns(context, transaction, array, moved.pending, 'PENDING', target, reason);
    moveRuns(context, transaction, array, moved.runnable, 'RUNNABLE', target, reason);
  }
  tellLater(context, transaction, array, withRows, event);
  return charged + moved.pending.runs.length + moved.runnable.runs.length;
}

/** Children are told one by one, in the turns that it takes. */
function tellLater(
  context: JobsContext,
  transaction: JobTransaction,
  { jobId: array }: ArrayEntry,
  indexes: readonly number[],
  event: SharedEventKind,
): void {
  if (indexes.length > 0) context.addWork(transaction, { kind: 'children', array, indexes, event, next: 0 });
}

function moveRuns(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  { runs, count }: RunBuilder,
  from: 'PENDING' | 'RUNNABLE',
  to: ChildCode,
  reason: string | undefined,
): void {
  if (count === 0) return;
  touchChildren(context, transaction, array);
  for (const [first, last] of runs) for (let index = first; index <= last; index += 1) array.children.set(index, to);
  const isEnd = isEndedCode(to);
  if (to === childCode.fallen) array.fellAt ??= context.now();
  for (const slice of slicesOf(runs, runsPerFact)) {
    const part = { kind: 'children', runs: slice } as const;
    const said = isEnd && reason !== undefined ? { reason } : {};
    context.fact(transaction, array, { part, from, to: isEnd ? 'FAILED' : 'RUNNABLE', ...said });
  }
  if (isEnd) {
    childrenEnded(context, transaction, array, runs, 'FAILED');
    return;
  }
  array.firstRunnable = Math.min(array.firstRunnable, runs[0]?.[0] ?? 0);
  enqueueCount(context, transaction, array, count);
}

/** Children have ended: those that wait for them hear of it in a later turn, and with the last one the array ends. */
function childrenEnded(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  runs: readonly Run[],
  status: TerminalStatus,
): void {
  const { graph } = context;
  if (status === 'FAILED') array.firstFailed = Math.min(array.firstFailed, runs[0]?.[0] ?? 0);
  for (const index of graph.awaitedChildren(array.jobId, runs)) {
    const dependents = graph.takeOfChild(transaction, array.jobId, index);
    if (dependents.length > 0) context.addWork(transaction, { kind: 'ended', status, dependents, next: 0 });
  }
  const arrays = graph.pairsOf(array.jobId);
  if (arrays.length > 0) context.addWork(transaction, { kind: 'pairs', status, arrays, runs, next: 0 });
  if (array.isSequential) context.addWork(transaction, { kind: 'sequence', array: array.jobId });
  if (array.children.ended === array.children.size) endArray(context, transaction, array);
}

/** The last child has ended, if memory still holds the array. */
export function endArray(context: JobsContext, transaction: JobTransaction, array: ArrayEntry): void {
  if (context.registry.get(array.jobId) !== array) return;
  const { children, rejection } = array;
  advanceArrayEntry(context, transaction, array, {
    kind: 'children-ended',
    at: context.now(),
    failed: children.countOf('FAILED'),
    ownFailures: children.count(childCode.failed),
    ...(rejection === undefined ? {} : { rejection }),
  });
}

/** Gives an array an event of its own. */
export function advanceArrayEntry(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  event: ArrayEvent,
): void {
  const before = array.state;
  const step = advanceArray(before, event);
  if (step.state === before) return;
  context.touch(transaction, array);
  array.state = step.state;
  if (step.state.stop && !before.stop) withdraw(context, transaction, array);
  context.stateChanged(transaction, array, before.status);
  context.write(transaction, array);
  if (step.state.status !== before.status) {
    const reason = 'statusReason' in step.state ? step.state.statusReason : undefined;
    context.fact(transaction, array, {
      from: before.status,
      to: step.state.status,
      ...(reason === undefined ? {} : { reason }),
    });
  }
  for (const effect of step.effects) {
    if (effect.kind === 'finished') context.end(transaction, array, effect.status);
    else if (effect.kind === 'stop-placed') stopPlaced(context, transaction, array);
    else if (step.state.stop) failWaiting(context, transaction, array, step.state.stop);
  }
}

/** Every child that waits, but for those that wait outside, ends with the stop. Answers what a turn is charged for it. */
function failWaiting(context: JobsContext, transaction: JobTransaction, array: ArrayEntry, stop: Stop): number {
  const isCaught = (index: number, code: ChildCode) =>
    code === childCode.runnable ||
    code === childCode.runnableAgain ||
    (isPendingCode(code) && !waitsOutside(array, index));
  return moveWaiting(context, transaction, array, all, {
    of: (index, code) => (isCaught(index, code) ? childCode.stopped : undefined),
    event: 'owner-stopped',
    reason: stop.reason,
  });
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

/** The lowest child that waits in the array's element. */
export function pickChild(array: ArrayEntry): number | undefined {
  const { children, live } = array;
  for (let index = array.firstRunnable; index < children.size; index += 1) {
    const code = children.at(index);
    const isOwn = code === childCode.runnableAgain && live.get(index)?.order !== undefined;
    if ((code !== childCode.runnable && code !== childCode.runnableAgain) || isOwn) continue;
    array.firstRunnable = index;
    return index;
  }
  array.firstRunnable = children.size;
  return undefined;
}

import { isPendingCode, isReady, touchChildren, waitsOutside } from './array-bits.ts';
import { advanceChild } from './array-child.ts';
import { childrenEnded } from './array-end.ts';
import { enqueueCount } from './array-queue.ts';
import { type ChildCode, childCode, isEndedCode } from './child-states.ts';
import { type JobsContext, wholeArray } from './context.ts';
import type { ArrayEntry } from './entry.ts';
import { type Run, RunBuilder, slicesOf, unitsOf } from './runs.ts';
import type { JobTransaction } from './transaction.ts';
import type { SharedEventKind, WorkItem } from './work.ts';

/** Runs in one fact: what makes events of it has its turns too. */
const runsPerFact = 500;

/** Runs that are moved in one turn: of 10,000 children of which every other is to move there are thousands. */
const usualRunsPerMove = 500;

const all: readonly Run[] = [wholeArray];

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
  const [run] = runs;
  // One that falls alone has a row: it keeps its own time.
  if (run && runs.length === 1 && run[0] === run[1]) {
    return run[0] < array.children.size ? tellChild(context, transaction, array, run[0], 'dependency-failed') : 0;
  }
  return moveWaiting(context, transaction, array, runs, { ...fallOf(array, reason), isWhole: runs === all });
}

function fallOf({ state: { stop }, rejection }: ArrayEntry, reason: string): Move {
  const to = stop || rejection !== undefined ? childCode.stopped : childCode.fallen;
  return {
    of: (_index, code) => (isPendingCode(code) ? to : undefined),
    event: 'dependency-failed',
    reason: stop?.reason ?? reason,
  };
}

type MoveOn = Extract<WorkItem, { readonly kind: 'move' }> & {
  readonly event: Exclude<SharedEventKind, 'owner-stopped'>;
};

/** What was too much for one turn goes on. Answers what a turn is charged for it. */
export function moveOn(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  { event, reason, runs }: MoveOn,
): number {
  if (event === 'dependencies-met') return releaseChildren(context, transaction, array, runs);
  return moveWaiting(context, transaction, array, runs, fallOf(array, reason ?? ''));
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

interface Move {
  /** What a child becomes that has no row; undefined for one that stays. */
  readonly of: (index: number, code: ChildCode) => ChildCode | undefined;
  /** What one with a row is told instead, in a later turn. */
  readonly event: SharedEventKind;
  /** Of those that end. */
  readonly reason: string | undefined;
  /**
   * Never in slices: what is more than `runsPerMove` follows in later turns otherwise. All children of an array fall at once, since
   * nothing but their bits says that they are to, and none of them has begun: they are few runs.
   */
  readonly isWhole?: boolean;
}

/** Children that a move found. */
interface Moved {
  readonly pending: RunBuilder;
  readonly runnable: RunBuilder;
  readonly withRows: number[];
  /** What they become, where any do. */
  target: ChildCode | undefined;
  readonly looked: Run[];
  /** Those that were not looked at. */
  readonly rest: Run[];
}

/**
 * Moves children that have nothing of their own by their bits. Those that have a row are told one by one: each is written, so
 * that of 10,000 a turn could not take them all.
 */
export function moveWaiting(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  runs: readonly Run[],
  move: Move,
): number {
  const { runsPerMove = usualRunsPerMove } = context.ports;
  const mostRuns = move.isWhole ? Number.POSITIVE_INFINITY : runsPerMove;
  const { pending, runnable, withRows, target, looked, rest } = findMoved(array, runs, move, mostRuns);
  const { event, reason } = move;
  if (target !== undefined) {
    moveRuns(context, transaction, array, pending, 'PENDING', target, reason);
    moveRuns(context, transaction, array, runnable, 'RUNNABLE', target, reason);
  }
  tellLater(context, transaction, array, withRows, event);
  if (rest.length > 0) context.addWork(transaction, { kind: 'move', array: array.jobId, event, reason, runs: rest });
  return unitsOf(looked) + pending.runs.length + runnable.runs.length;
}

function findMoved({ children }: ArrayEntry, runs: readonly Run[], { of }: Move, mostRuns: number): Moved {
  const [pending, runnable] = [new RunBuilder(), new RunBuilder()];
  const found: Moved = { pending, runnable, withRows: [], target: undefined, looked: [], rest: [] };
  const isFull = () => pending.runs.length + runnable.runs.length >= mostRuns;
  for (const [first, end] of runs) {
    const last = Math.min(end, children.size - 1);
    let index = first;
    for (; index <= last && !isFull(); index += 1) {
      const code = children.at(index);
      const to = of(index, code);
      if (to === undefined) continue;
      if (code === childCode.pending) pending.add(index);
      else if (code === childCode.runnable) runnable.add(index);
      else found.withRows.push(index);
      found.target = to;
    }
    if (index > first) found.looked.push([first, index - 1]);
    if (index <= last) found.rest.push([index, last]);
  }
  return found;
}

/** Children are told one by one, in the turns that it takes. */
export function tellLater(
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

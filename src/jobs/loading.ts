import type { Scope } from '../core/arn.ts';
import { invariant } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import { childId, type Dependency, type TerminalStatus } from '../core/job.ts';
import type { ArrayChildRecord, NodeRecord } from '../core/job-record.ts';
import { isPlacedNode } from '../lifecycle/index.ts';
import { attemptEnd } from './attempt-end.ts';
import { decodeChildren, type StoredChildren } from './child-codec.ts';
import { type ChildStates, childCode, childCodes, hasRow, isEndedCode, statusOfCode } from './child-states.ts';
import { type JobsContext, shareJobs, wholeArray } from './context.ts';
import { type ArrayEntry, type GangEntry, type JobEntry, placedLeaf, type SingleEntry, seatOf } from './entry.ts';
import { arrayEntryOf, entryOf, type Unfinished } from './entry-of.ts';
import { queuedGang } from './gang.ts';
import type { EndedJob } from './ports.ts';
import { RunBuilder, unitsOf } from './runs.ts';
import { countPairs, distinct, isPair, namesOf, storedChild } from './submission.ts';
import type { JobTransaction } from './transaction.ts';

/** A job that has not ended, and is no array, as the store has it. */
export type LoadedJob =
  | { readonly job: Unfinished<'single'> }
  | { readonly job: Unfinished<'multiNode'>; readonly nodes: readonly NodeRecord[] };

/** An array that has not ended, as the store has it. */
export interface LoadedArray {
  readonly job: Unfinished<'array'>;
  /** Its bits, decoded; memory takes the codes over. */
  readonly stored: StoredChildren;
  /** The rows of `liveRowsOf` its codes. */
  readonly children: readonly ArrayChildRecord[];
}

/** Rows of an array that are taken in before the event loop may have its turn. */
const rowsAtOnce = 100;

/** Takes a stored job into memory, and tells the scheduler and the timers of it. */
export function loadJob(context: JobsContext, loaded: LoadedJob): void {
  const { interned } = context;
  const entry = entryOf(interned, loaded.job);
  if (entry.kind === 'single') loadSingle(context, entry);
  else if (entry.kind === 'multiNode' && 'nodes' in loaded) loadGang(context, entry, loaded.nodes);
  takeIn(context, entry, loaded.job.traits.dependsOn);
}

/** The same for an array, which memory holds once all is done: yields what each piece of the work is charged. */
export function* loadArray(context: JobsContext, { job, stored, children }: LoadedArray): Generator<number> {
  const array = arrayEntryOf(context.interned, job, stored);
  yield unitsOf([[0, job.size - 1]]);
  for (let at = 0; at < children.length; at += rowsAtOnce) {
    const rows = children.slice(at, at + rowsAtOnce);
    for (const row of rows) loadChild(context, array, row);
    yield rows.length;
  }
  checkRows(array);
  const counted = array.children.count(childCode.runnable);
  if (counted > 0 && !array.state.stop) enqueueCounted(context, array, counted);
  takeIn(context, array, job.traits.dependsOn);
}

/** The entry is whole: it can be found, and is to be told of what it waits for. */
function takeIn(context: JobsContext, entry: JobEntry, dependsOn: readonly Dependency[]): void {
  context.registry.add(undefined, entry);
  context.counts.load(entry);
  const joined = shareJobs(entry, 1);
  if (joined) context.ports.scheduler.apply(joined);
  if (entry.kind !== 'single' || entry.state.status === 'PENDING') context.loadedUnsettled.push(entry.jobId);
  if (entry.kind === 'array' || entry.state.status === 'PENDING') {
    entry.names = namesOf(dependsOn);
    context.graph.name(undefined, entry.names, 1);
    for (const dependency of distinct(dependsOn)) {
      const { on, index } = dependency;
      if (isPair(entry, dependency)) {
        context.graph.addPair(undefined, on, entry.jobId);
        countPairs(entry);
        continue;
      }
      entry.open += 1;
      context.graph.add(undefined, on, index, entry.jobId);
    }
  }
}

function loadSingle(context: JobsContext, job: SingleEntry): void {
  const { jobId, state } = job;
  const { scheduler, timers } = context.ports;
  const seat = seatOf(job);
  if (state.status === 'RUNNABLE') scheduler.apply({ kind: 'job-queued', jobId, sequence: job.order, ...seat });
  const placement = placedLeaf(state)?.placement;
  if (!placement) return;
  const { computeEnvironmentArn, pool, instance, taskId } = placement;
  const place = { computeEnvironmentArn, pool, instance };
  scheduler.apply({ kind: 'job-running', jobId, ...place, ...seat, endsAt: attemptEnd(state) });
  context.registry.moveTask(undefined, { job }, undefined, taskId);
  if (state.status === 'RUNNING' && state.deadline !== undefined && !state.stop) {
    timers.arm(jobId, taskId, state.deadline, state.startedAt);
  }
}

function checkRows({ jobId, children, live }: ArrayEntry): void {
  const expected = childCodes.filter((code) => hasRow(code) && !isEndedCode(code));
  const withRow = expected.reduce<number>((sum, code) => sum + children.count(code), 0);
  invariant(withRow === live.size, `the bits of array ${jobId} tell of ${withRow} rows, not ${live.size}`);
}

/** So many children wait in the array's own element. */
function enqueueCounted(context: JobsContext, array: ArrayEntry, count: number): void {
  const { jobId, order: sequence } = array;
  context.ports.scheduler.apply({ kind: 'job-queued', jobId, sequence, ...seatOf(array), count });
}

function loadChild(context: JobsContext, array: ArrayEntry, { index, state, order }: ArrayChildRecord): void {
  const { children } = array;
  const { scheduler, timers } = context.ports;
  const id = childId(array.jobId, index);
  const code = children.at(index);
  invariant(
    hasRow(code) && statusOfCode(code) === state.status,
    `child ${id} is ${state.status} by its row, and ${statusOfCode(code)} by the bits of its array`,
  );
  array.live.set(index, { leaf: state, ...(order === undefined ? {} : { order }) });
  const placement = placedLeaf(state)?.placement;
  if (placement) {
    const { computeEnvironmentArn, pool, instance, taskId } = placement;
    const where = { computeEnvironmentArn, pool, instance };
    const places = { kind: 'job-running', ...where, ...seatOf(array), endsAt: attemptEnd(state) } as const;
    if (order === undefined) scheduler.apply({ ...places, jobId: array.jobId, count: 1 });
    else scheduler.apply({ ...places, jobId: id });
    context.registry.moveTask(undefined, { job: array, index }, undefined, taskId);
    const isToStop = state.stop || array.state.stop?.kind === 'terminate';
    if (state.status === 'RUNNING' && state.deadline !== undefined && !isToStop)
      timers.arm(id, taskId, state.deadline, state.startedAt);
  }
  if (state.status !== 'RUNNABLE') return;
  if (order === undefined) {
    if (!array.state.stop) enqueueCounted(context, array, 1);
    return;
  }
  array.ownWaiting += 1;
  scheduler.apply({ kind: 'job-queued', jobId: id, sequence: order, ...seatOf(array) });
}

function loadGang(context: JobsContext, job: GangEntry, rows: readonly NodeRecord[]): void {
  const { jobId, state } = job;
  const { scheduler, timers } = context.ports;
  for (const { index, state: node } of rows) {
    job.nodes.set(index, node);
    if (isPlacedNode(node)) context.registry.moveTask(undefined, { job, index }, undefined, node.placement.taskId);
  }
  if (state.status === 'RUNNABLE') scheduler.apply(queuedGang(job));
  if (!('gang' in state)) return;
  const main = job.nodes.get(job.mainNode);
  const { computeEnvironmentArn, pool, nodes } = state.gang;
  const instances = nodes.map(({ instance }) => instance);
  const place = { computeEnvironmentArn, pool, instance: undefined, instances };
  scheduler.apply({ kind: 'job-running', jobId, ...place, ...seatOf(job), endsAt: attemptEnd(state) });
  if (state.status === 'RUNNING' && state.deadline !== undefined && isPlacedNode(main)) {
    timers.arm(jobId, main.placement.taskId, state.deadline, state.startedAt);
  }
}

/**
 * Jobs that are waited for and that memory does not hold: ask the store for them, and `tellOfEnded`. Yields what it found
 * among each `units` that are waited for, often nothing: the event loop may have its turn then.
 */
export function* absentJobs(context: JobsContext, units: number): Generator<readonly AbsentJob[]> {
  let looked = 0;
  let found: AbsentJob[] = [];
  for (const [jobId, dependent] of context.graph.awaitedJobs()) {
    const scope = context.registry.get(dependent)?.scope;
    if (scope && !context.registry.get(jobId)) found.push({ jobId, scope });
    looked += 1;
    if (looked % units > 0) continue;
    yield found;
    found = [];
  }
  yield found;
}

/** A job that another waits for, and where it is to be looked for. */
export interface AbsentJob {
  readonly jobId: JobId;
  readonly scope: Scope;
}

/**
 * After all jobs are loaded, and before anything happens to them: counts for each child of arrays with N_TO_N
 * dependencies what it waits for. Yields after each pair, since each may take a thousandth of a second.
 */
export function* countOpenPairs(context: JobsContext): Generator<void> {
  for (const on of context.graph.pairedWith()) {
    const entry = context.registry.get(on);
    const others = entry?.kind === 'array' ? entry.children : undefined;
    const fallen = new RunBuilder();
    for (let index = 0; others && index < others.size; index += 1) {
      if (statusOfCode(others.at(index)) === 'FAILED') fallen.add(index);
    }
    const arrays = context.graph.pairsOf(on);
    for (const arrayId of arrays) {
      const array = context.registry.get(arrayId);
      if (array?.kind === 'array') countOpen(array, others);
      yield;
    }
    const { runs } = fallen;
    if (runs.length > 0) context.work.push({ kind: 'pairs', status: 'FAILED', arrays, runs, next: 0 });
  }
}

function countOpen(array: ArrayEntry, others: ChildStates | undefined): void {
  const open = countPairs(array);
  for (let index = 0; index < array.children.size; index += 1) {
    const isMet = others && index < others.size && others.at(index) === childCode.succeeded;
    if (!isMet) open[index] = (open[index] ?? 0) + 1;
  }
}

/**
 * Tells what has become of a job that ended before memory was loaded. One that nobody knows can never succeed. Answers how many of its children are
 * waited for, each of which is told of.
 */
export function tellOfEnded(
  context: JobsContext,
  transaction: JobTransaction,
  jobId: JobId,
  ended: EndedJob | undefined,
): number {
  const { graph } = context;
  if (context.registry.get(jobId)) return 0;
  const status = ended?.status ?? 'FAILED';
  const dependents = graph.take(transaction, jobId);
  if (dependents.length > 0) context.addWork(transaction, { kind: 'ended', status, dependents, next: 0 });
  const children = graph.awaitedChildren(jobId, [wholeArray]);
  for (const index of children) {
    const ofChild = graph.takeOfChild(transaction, jobId, index);
    const childStatus = ended ? storedChild(ended, index) : status;
    context.addWork(transaction, { kind: 'ended', status: childStatus, dependents: ofChild, next: 0 });
  }
  const arrays = graph.pairsOf(jobId);
  if (arrays.length > 0) tellPairsOfEnded(context, transaction, arrays, ended, status);
  graph.forget(transaction, jobId);
  return children.length;
}

function tellPairsOfEnded(
  context: JobsContext,
  transaction: JobTransaction,
  arrays: readonly JobId[],
  ended: EndedJob | undefined,
  status: TerminalStatus,
): void {
  if (!ended?.bits || ended.size === undefined) {
    context.addWork(transaction, { kind: 'pairs', status, arrays, runs: [wholeArray], next: 0 });
    return;
  }
  const found = { SUCCEEDED: new RunBuilder(), FAILED: new RunBuilder() };
  const { codes } = decodeChildren(ended.bits, ended.size);
  for (const [index, code] of codes.entries()) {
    found[code === childCode.succeeded ? 'SUCCEEDED' : 'FAILED'].add(index);
  }
  for (const result of ['SUCCEEDED', 'FAILED'] as const) {
    const { runs } = found[result];
    if (runs.length > 0) context.addWork(transaction, { kind: 'pairs', status: result, arrays, runs, next: 0 });
  }
}

import type { JobId } from '../core/ids.ts';
import type { TerminalStatus } from '../core/job.ts';
import { multiNodePhase, statusReasons } from '../lifecycle/index.ts';
import { endArray } from './array-end.ts';
import { failChildren, moveOn, releaseChildren, tellChild } from './array-moves.ts';
import { stopAgain, stopOn } from './array-stop.ts';
import { childCode } from './child-states.ts';
import type { JobsContext } from './context.ts';
import type { ArrayEntry, GangEntry, JobEntry } from './entry.ts';
import { advanceGang, hasLivingNode, settleNode } from './gang.ts';
import type { Run } from './runs.ts';
import { advanceSingle } from './single.ts';
import type { JobTransaction } from './transaction.ts';
import type { WorkItem } from './work.ts';

type Handler<Kind extends WorkItem['kind']> = (
  context: JobsContext,
  transaction: JobTransaction,
  item: Extract<WorkItem, { readonly kind: Kind }>,
) => { readonly units: number; readonly isDone: boolean };

const handlers: { readonly [Kind in WorkItem['kind']]: Handler<Kind> } = {
  ended: (context, transaction, item) => {
    const dependent = item.dependents[item.next];
    item.next += 1;
    const units = dependent === undefined ? 0 : tellDependent(context, transaction, dependent, item.status);
    return { units, isDone: item.next >= item.dependents.length };
  },
  pairs: (context, transaction, item) => {
    const { arrays, runs, status } = item;
    const array = arrays[Math.floor(item.next / runs.length)];
    const run = runs[item.next % runs.length];
    item.next += 1;
    const units = array === undefined || !run ? 0 : tellPair(context, transaction, array, run, status);
    return { units, isDone: item.next >= arrays.length * runs.length };
  },
  sequence: (context, transaction, { array }) => {
    const entry = arrayOf(context, array);
    return { units: entry ? advanceSequence(context, transaction, entry) : 0, isDone: true };
  },
  children: (context, transaction, item) => {
    const index = item.indexes[item.next];
    item.next += 1;
    const entry = arrayOf(context, item.array);
    const units = entry && index !== undefined ? tellChild(context, transaction, entry, index, item.event) : 0;
    return { units, isDone: !entry || item.next >= item.indexes.length };
  },
  move: (context, transaction, item) => {
    const entry = arrayOf(context, item.array);
    const { event } = item;
    if (!entry) return { units: 0, isDone: true };
    if (event === 'owner-stopped') return { units: stopOn(context, transaction, entry, item.runs), isDone: true };
    return { units: moveOn(context, transaction, entry, { ...item, event }), isDone: true };
  },
  nodes: (context, transaction, item) => {
    const entry = context.registry.get(item.job);
    if (entry?.kind !== 'multiNode') return { units: 0, isDone: true };
    const units = settleNode(context, transaction, entry, item.next);
    item.next += 1;
    return { units, isDone: item.next >= entry.size };
  },
  recheck: (context, transaction, item) => {
    const { value: entry } = item.jobs.next();
    const units = entry && isUnderWay(entry) ? recheck(context, transaction, entry) : 0;
    return { units: units + 1, isDone: !entry };
  },
};

/** Works until `limit` units are done or nothing is left; the operation that reaches the limit is finished. Answers the units. */
export function work(context: JobsContext, transaction: JobTransaction, limit: number): number {
  let done = 0;
  for (let item = context.work.first(); item && done < limit; item = context.work.first()) {
    // The table's type ties each handler to its item; indexing by a union loses the tie.
    const handle = handlers[item.kind] as Handler<WorkItem['kind']>;
    const { units, isDone } = handle(context, transaction, item);
    // One for the look itself, so that a turn ends however little there is to do.
    done += Math.max(1, units);
    if (isDone) context.work.shift();
  }
  return done;
}

function tellDependent(
  context: JobsContext,
  transaction: JobTransaction,
  dependent: JobId,
  status: TerminalStatus,
): number {
  const entry = context.registry.get(dependent);
  if (entry?.state.status !== 'PENDING') return 1;
  context.touch(transaction, entry);
  if (status === 'FAILED') return 1 + fall(context, transaction, entry);
  entry.open -= 1;
  return entry.open === 0 ? 1 + release(context, transaction, entry) : 1;
}

function fall(context: JobsContext, transaction: JobTransaction, entry: JobEntry): number {
  const event = { kind: 'dependency-failed', at: context.now() } as const;
  if (entry.kind === 'array') return failChildren(context, transaction, entry, statusReasons.dependencyFailed);
  if (entry.kind === 'single') advanceSingle(context, transaction, entry, event);
  else advanceGang(context, transaction, entry, event);
  return 1;
}

function release(context: JobsContext, transaction: JobTransaction, entry: JobEntry): number {
  const event = { kind: 'dependencies-met', at: context.now() } as const;
  if (entry.kind === 'array') return releaseChildren(context, transaction, entry);
  if (entry.kind === 'single') advanceSingle(context, transaction, entry, event);
  else advanceGang(context, transaction, entry, event);
  return 1;
}

function tellPair(
  context: JobsContext,
  transaction: JobTransaction,
  array: JobId,
  run: Run,
  status: TerminalStatus,
): number {
  const entry = arrayOf(context, array);
  if (!entry?.openPairs) return 1;
  context.touch(transaction, entry);
  const last = Math.min(run[1], entry.children.size - 1);
  const told: Run = [run[0], last];
  if (status === 'FAILED') return failChildren(context, transaction, entry, statusReasons.dependencyFailed, [told]);
  for (let index = told[0]; index <= last; index += 1) entry.openPairs[index] = (entry.openPairs[index] ?? 0) - 1;
  return releaseChildren(context, transaction, entry, [told]);
}

/** The child after those that have succeeded may start; those after one that has failed fall. */
function advanceSequence(context: JobsContext, transaction: JobTransaction, array: ArrayEntry): number {
  const { children } = array;
  context.touch(transaction, array);
  const from = array.sequenceAt;
  while (array.sequenceAt < children.size && children.at(array.sequenceAt) === childCode.succeeded)
    array.sequenceAt += 1;
  const looked = Math.floor((array.sequenceAt - from) / 256);
  const { sequenceAt, firstFailed } = array;
  // The whole tail: a child that fell with another may have left one that waits between them.
  const tail: Run = [firstFailed + 1, children.size - 1];
  const fallen =
    tail[0] > tail[1] ? 0 : failChildren(context, transaction, array, statusReasons.dependencyFailed, [tail]);
  if (sequenceAt === children.size) return looked + fallen + 1;
  return looked + fallen + releaseChildren(context, transaction, array, [[sequenceAt, sequenceAt]]);
}

/**
 * What may have been under way when the last server died. It acts on what was counted when the job was loaded, and never
 * counts anew: an end may be told between the two.
 */
function recheck(context: JobsContext, transaction: JobTransaction, entry: JobEntry): number {
  if (entry.kind === 'multiNode') return recheckGang(context, transaction, entry);
  if (entry.kind === 'single') return isMet(entry) ? release(context, transaction, entry) : 0;
  let units = releaseChildren(context, transaction, entry);
  units += context.tellOfEndedChildren(transaction, entry);
  if (entry.isSequential) units += advanceSequence(context, transaction, entry);
  units += stopAgain(context, transaction, entry);
  if (entry.children.ended === entry.children.size) endArray(context, transaction, entry);
  return units;
}

/** What a restart may have interrupted. */
function isUnderWay(entry: JobEntry): boolean {
  if (entry.kind === 'array') return true;
  return entry.kind === 'single' ? isMet(entry) : entry.state.status !== 'RUNNABLE';
}

function isMet(entry: JobEntry): boolean {
  return entry.state.status === 'PENDING' && entry.open === 0;
}

function recheckGang(context: JobsContext, transaction: JobTransaction, job: GangEntry): number {
  if (isMet(job)) return release(context, transaction, job);
  const phase = multiNodePhase(job.state);
  if (phase === 'ENDING' && !hasLivingNode(job)) {
    advanceGang(context, transaction, job, { kind: 'nodes-ended', at: context.now() });
    return 1;
  }
  const isPlaced = phase === 'STARTING' || phase === 'RUNNING' || phase === 'ENDING';
  if (isPlaced) context.addWork(transaction, { kind: 'nodes', job: job.jobId, next: 0 });
  return 0;
}

function arrayOf(context: JobsContext, jobId: JobId): ArrayEntry | undefined {
  const entry = context.registry.get(jobId);
  return entry?.kind === 'array' ? entry : undefined;
}

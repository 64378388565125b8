import type { JobId } from '../core/ids.ts';
import { childId, type GangPlacement, type Placement } from '../core/job.ts';
import { isPlacedNode, multiNodePhase } from '../lifecycle/index.ts';
import { childLeaf } from './array-bits.ts';
import { advanceChild } from './array-child.ts';
import { dequeueChild } from './array-queue.ts';
import type { JobsContext } from './context.ts';
import { type ArrayEntry, type GangEntry, type JobEntry, type SingleEntry, seatOf } from './entry.ts';
import { advanceGangNode, placeGang } from './gang.ts';
import { advanceSingle } from './single.ts';
import type { JobTransaction } from './transaction.ts';

/** For whom a task is, as its engine has it on record: the commit of its placement was lost. */
export interface LostTask {
  readonly jobId: JobId;
  /** Of the child or the node; absent for a single job. */
  readonly index?: number;
  readonly attempt: number;
  readonly placement: Placement;
  /** With the main node of a multi-node job. */
  readonly gang?: GangPlacement;
}

/** Gives a task back to what waits for a place, as if it had been placed there now. Answers whether that took it. */
export function adoptTask(context: JobsContext, transaction: JobTransaction, task: LostTask): boolean {
  const job = context.registry.get(task.jobId);
  if (!job) return false;
  const { index } = task;
  if (job.kind === 'single') return index === undefined && adoptBySingle(context, transaction, job, task);
  if (index === undefined) return false;
  if (job.kind === 'array') return adoptByChild(context, transaction, job, index, task);
  return index === job.mainNode
    ? adoptByMainNode(context, transaction, job, task)
    : adoptByNode(context, transaction, job, index, task);
}

function hasHad(task: LostTask, attempts: readonly { readonly taskId: string }[]): boolean {
  return attempts.some(({ taskId }) => taskId === task.placement.taskId);
}

function adoptBySingle(context: JobsContext, transaction: JobTransaction, job: SingleEntry, task: LostTask): boolean {
  const { state, decided, jobId } = job;
  if (state.status !== 'RUNNABLE' || decided > 0 || hasHad(task, state.attempts)) return false;
  context.touch(transaction, job);
  context.tellScheduler(transaction, { kind: 'job-removed', jobId });
  tellOfPlace(context, transaction, job, jobId, task);
  advanceSingle(context, transaction, job, placed(task));
  return true;
}

function adoptByChild(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  index: number,
  task: LostTask,
): boolean {
  const leaf = index < array.children.size ? childLeaf(array, index) : undefined;
  if (leaf?.status !== 'RUNNABLE' || array.decidedChildren.has(index) || hasHad(task, leaf.attempts)) return false;
  const order = array.live.get(index)?.order;
  // Where decisions have taken all that wait in the array's element one of them finds nobody, and is freed.
  dequeueChild(context, transaction, array, index, order);
  if (order === undefined) tellOfPlace(context, transaction, array, array.jobId, task, { count: 1 });
  else tellOfPlace(context, transaction, array, childId(array.jobId, index), task);
  advanceChild(context, transaction, array, index, placed(task));
  return true;
}

function adoptByMainNode(context: JobsContext, transaction: JobTransaction, job: GangEntry, task: LostTask): boolean {
  const { state, decided, jobId, size } = job;
  const { gang, placement } = task;
  if (state.status !== 'RUNNABLE' || decided > 0 || hasHad(task, state.attempts)) return false;
  if (gang?.nodes.length !== size || task.attempt !== state.attempts.length + 1) return false;
  context.touch(transaction, job);
  context.tellScheduler(transaction, { kind: 'job-removed', jobId });
  const { computeEnvironmentArn, pool } = gang;
  const instances = gang.nodes.map(({ instance }) => instance);
  const place = { computeEnvironmentArn, pool, instance: undefined, instances };
  context.tellScheduler(transaction, { kind: 'job-running', jobId, ...place, ...seatOf(job) });
  placeGang(context, transaction, job, placement, gang);
  return true;
}

/** Its gang has its places already: only the node was not known to have been started. */
function adoptByNode(
  context: JobsContext,
  transaction: JobTransaction,
  job: GangEntry,
  index: number,
  task: LostTask,
): boolean {
  const phase = multiNodePhase(job.state);
  const node = job.nodes.get(index);
  const { attempt, placement } = task;
  const isOfThisAttempt = attempt === job.state.attempts.length + 1 && index < job.size;
  if ((phase !== 'STARTING' && phase !== 'RUNNING') || !isOfThisAttempt || job.state.stop) return false;
  if (isPlacedNode(node) || node?.jobAttempt === attempt) return false;
  advanceGangNode(context, transaction, job, index, { ...placed(task), attempt, placement });
  return true;
}

function placed({ placement }: LostTask) {
  return { kind: 'placed', at: placement.placedAt, placement } as const;
}

function tellOfPlace(
  context: JobsContext,
  transaction: JobTransaction,
  job: JobEntry,
  jobId: JobId,
  { placement: { computeEnvironmentArn, pool, instance } }: LostTask,
  count: { readonly count?: number } = {},
): void {
  const place = { computeEnvironmentArn, pool, instance };
  context.tellScheduler(transaction, { kind: 'job-running', jobId, ...place, ...seatOf(job), ...count });
}

import { invariant } from '../core/errors.ts';
import type { EpochMilliseconds, TaskId } from '../core/ids.ts';
import { type GangPlacement, type NodeState, nodeId, type Placement } from '../core/job.ts';
import {
  advanceMultiNode,
  advanceNode,
  isPlacedNode,
  type MultiNodeEffect,
  type MultiNodeEvent,
  multiNodePhase,
  type NodeEvent,
} from '../lifecycle/index.ts';
import { attemptEnd } from './attempt-end.ts';
import type { JobsContext } from './context.ts';
import { type GangEntry, seatOf } from './entry.ts';
import { livedSoFar } from './fact.ts';
import { dequeue, freePlace, performTaskEffect, tellOfEnd } from './leaf-effects.ts';
import { restoring } from './restoring.ts';
import type { JobTransaction } from './transaction.ts';

/** Gives a multi-node job an event of its own. */
export function advanceGang(
  context: JobsContext,
  transaction: JobTransaction,
  job: GangEntry,
  event: MultiNodeEvent,
): void {
  const before = job.state;
  const step = advanceMultiNode(before, event, job);
  if (step.state === before) return;
  context.touch(transaction, job);
  job.state = step.state;
  const gang = 'gang' in before ? before.gang : undefined;
  let hasMoved = false;
  for (const effect of step.effects) {
    if (effect.kind === 'enqueue' && effect.at === 'head') {
      hasMoved = true;
      job.order = context.count(transaction, 'lowestOrder', -1);
    }
    perform(context, transaction, job, effect, gang, attemptEnd(before));
    if (effect.kind === 'free-capacity' && event.kind !== 'main-refused') context.consume(transaction, job);
  }
  const { state } = step;
  if ('gang' in state) {
    const place = { ...state.gang, instance: undefined };
    tellOfEnd(context, transaction, job.jobId, place, attemptEnd(before), attemptEnd(state));
  }
  context.stateChanged(transaction, job, before.status);
  context.write(transaction, job, hasMoved);
  if (before.status === step.state.status) return;
  const { statusReason: reason } = step.state;
  const attempt = step.state.attempts.at(-1);
  const isEnd = before.status === 'STARTING' || before.status === 'RUNNING';
  context.fact(transaction, job, {
    from: before.status,
    to: step.state.status,
    ...(reason === undefined ? {} : { reason }),
    ...(isEnd && attempt && step.state.status !== 'RUNNING' ? { attempt } : {}),
    ...livedSoFar(step.state),
  });
}

function perform(
  context: JobsContext,
  transaction: JobTransaction,
  job: GangEntry,
  effect: MultiNodeEffect,
  gang: GangPlacement | undefined,
  endsAt: EpochMilliseconds | undefined,
): void {
  const { jobId } = job;
  const { timers } = context.ports;
  switch (effect.kind) {
    case 'enqueue':
      enqueueGang(context, transaction, job);
      break;
    case 'dequeue':
      dequeue(context, transaction, jobId, 1 - job.decided);
      break;
    case 'free-capacity':
      if (gang) freePlace(context, transaction, jobId, { ...gang, instance: undefined }, endsAt);
      break;
    case 'arm-timeout':
      transaction.onAccepted(() => timers.arm(jobId, effect.taskId, effect.deadline));
      break;
    case 'disarm-timeout':
      transaction.onAccepted(() => timers.disarm(jobId));
      break;
    case 'start-nodes':
    case 'stop-nodes':
      context.addWork(transaction, { kind: 'nodes', job: jobId, next: 0 });
      break;
    case 'finished':
      context.end(transaction, job, effect.status);
      break;
    default:
      effect satisfies never;
  }
}

/** It waits in its queue, with what all its nodes ask for. */
export function enqueueGang(context: JobsContext, transaction: JobTransaction, job: GangEntry): void {
  context.tellScheduler(transaction, queuedGang(job));
}

/** How the scheduler is told that it waits. */
export function queuedGang(job: GangEntry) {
  const { jobId, order: sequence, ranges: nodes } = job;
  return { kind: 'job-queued', jobId, sequence, ...seatOf(job), nodes } as const;
}

/** RUNNABLE → STARTING: a place for every node, and the main node's task. */
export function placeGang(
  context: JobsContext,
  transaction: JobTransaction,
  job: GangEntry,
  main: Placement,
  gang: GangPlacement,
): void {
  const at = context.now();
  advanceGang(context, transaction, job, { kind: 'placed', at, gang });
  advanceGangNode(context, transaction, job, job.mainNode, {
    kind: 'placed',
    at,
    placement: main,
    attempt: job.state.attempts.length + 1,
  });
}

/** Gives a node an event; what its main node does moves the job, and so does the last that ends. */
export function advanceGangNode(
  context: JobsContext,
  transaction: JobTransaction,
  job: GangEntry,
  index: number,
  event: NodeEvent,
): void {
  const before = job.nodes.get(index);
  const id = nodeId(job.jobId, index);
  const step = advanceNode(before, event, `node ${id}`, job.state.stop);
  if (!step) return;
  const { state, effects } = step;
  const holder = { job, index };
  const seat = { holder, id, element: job.jobId, before: placementOf(before) };
  if (state !== before) {
    restoring(transaction, job.nodes, index);
    job.nodes.set(index, state);
    context.registry.moveTask(transaction, holder, seat.before?.taskId, placementOf(state)?.taskId);
    transaction.add({ kind: 'node.put', record: { number: job.number, index, state } });
    tellOfNode(context, transaction, job, index, before, state);
  }
  for (const effect of effects) performTaskEffect(context, transaction, seat, effect);
  if (state !== before) moveJob(context, transaction, job, index, before, state);
}

function moveJob(
  context: JobsContext,
  transaction: JobTransaction,
  job: GangEntry,
  index: number,
  before: NodeState | undefined,
  after: NodeState,
): void {
  const at = context.now();
  if (index !== job.mainNode) {
    const isLast = multiNodePhase(job.state) === 'ENDING' && !hasLivingNode(job);
    if (isLast) advanceGang(context, transaction, job, { kind: 'nodes-ended', at });
    return;
  }
  if (!isPlacedNode(before)) return;
  const { taskId } = before.placement;
  if (after.status === 'RUNNING' && before.status === 'STARTING') {
    advanceGang(context, transaction, job, { kind: 'main-started', at: after.startedAt, taskId });
  } else if (after.status === 'SUCCEEDED' || after.status === 'FAILED') {
    const attempt = after.attempts.at(-1);
    const succeeded = after.status === 'SUCCEEDED';
    if (!attempt || after.attempts.length === before.attempts.length)
      advanceGang(context, transaction, job, { kind: 'main-refused', at: after.stoppedAt });
    else {
      const othersLive = hasLivingNode(job);
      advanceGang(context, transaction, job, {
        kind: 'main-ended',
        at: after.stoppedAt,
        attempt,
        succeeded,
        othersLive,
      });
    }
  }
}

/** Whether a node holds a task. */
export function hasLivingNode({ nodes }: GangEntry): boolean {
  return [...nodes.values()].some(isPlacedNode);
}

/** Starts or stops one node, whichever the job's state says. Answers what a turn is charged for it. */
export function settleNode(context: JobsContext, transaction: JobTransaction, job: GangEntry, index: number): number {
  const { state } = job;
  const phase = multiNodePhase(state);
  const node = job.nodes.get(index);
  const at = context.now();
  if (phase === 'ENDING' || ((phase === 'RUNNING' || phase === 'STARTING') && state.stop)) {
    if (!isPlacedNode(node)) return 0;
    advanceGangNode(context, transaction, job, index, { kind: 'job-ends', at });
    return 1;
  }
  const attempt = state.attempts.length + 1;
  if (phase !== 'RUNNING' || index === job.mainNode || node?.jobAttempt === attempt) return 0;
  const place = context.ports.placeNode(transaction, job, index);
  if (!place) return 0;
  const { placement, failure } = place;
  advanceGangNode(context, transaction, job, index, { kind: 'placed', at, placement, attempt });
  if (failure) advanceGangNode(context, transaction, job, index, { kind: 'ended', at, ...failure });
  return 1;
}

/** The attempt of the main node has lasted too long. */
export function timeOutGang(context: JobsContext, transaction: JobTransaction, job: GangEntry, taskId: TaskId): void {
  if (placementOf(job.nodes.get(job.mainNode))?.taskId !== taskId) return;
  advanceGang(context, transaction, job, { kind: 'timed-out', at: context.now(), taskId });
}

/** What of the task of a main node outlives it. */
export type MainTask = Pick<Placement, 'taskId' | 'taskArn' | 'containerInstanceArn' | 'address'>;

/**
 * The task of the main node in the attempt of now: the one that it holds, or the one that has just ended, while the other
 * nodes are not told of it yet.
 */
export function taskOfMainNode({ jobId, mainNode, nodes }: GangEntry): MainTask {
  const main = nodes.get(mainNode);
  const task = placementOf(main) ?? main?.attempts.at(-1);
  invariant(task, `job ${jobId} runs without its main node`);
  return task;
}

function placementOf(node: NodeState | undefined): Placement | undefined {
  return isPlacedNode(node) ? node.placement : undefined;
}

function tellOfNode(
  context: JobsContext,
  transaction: JobTransaction,
  job: GangEntry,
  index: number,
  before: NodeState | undefined,
  after: NodeState,
): void {
  if (before?.status === after.status) return;
  const attempt = before && after.attempts.length > before.attempts.length ? after.attempts.at(-1) : undefined;
  const placement = isPlacedNode(before) ? undefined : placementOf(after);
  context.fact(transaction, job, {
    part: { kind: 'node', index },
    ...(before && { from: before.status }),
    to: after.status,
    ...(after.statusReason === undefined ? {} : { reason: after.statusReason }),
    ...(attempt && { attempt }),
    ...(placement && { placement }),
    ...livedSoFar(after),
  });
}

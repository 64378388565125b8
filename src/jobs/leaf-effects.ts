import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { Placement } from '../core/job.ts';
import type { Effect } from '../lifecycle/index.ts';
import type { HeldPlaceId } from '../scheduler/index.ts';
import type { JobsContext } from './context.ts';
import type { TaskHolder } from './ports.ts';
import type { JobTransaction } from './transaction.ts';

/** Whose effect it is. */
export interface LeafSeat {
  readonly holder: TaskHolder;
  /** The job's, the child's or the node's: by it a timer is known. */
  readonly id: JobId;
  /** By which the scheduler knows the place that it holds. */
  readonly element: JobId;
  /** Where it ran before the event. */
  readonly before: Placement | undefined;
  /** As the scheduler was told then; of a node nothing, as its job is. */
  readonly endsAt?: EpochMilliseconds | undefined;
}

type TaskEffect = Exclude<Effect, { readonly kind: 'enqueue' | 'dequeue' | 'finished' }>;

/** Does what concerns a task: memory's part when the transaction is accepted, the engine's once it is durable. */
export function performTaskEffect(
  context: JobsContext,
  transaction: JobTransaction,
  { holder, id, element, before, endsAt }: LeafSeat,
  effect: TaskEffect,
): void {
  const { effects, timers } = context.ports;
  switch (effect.kind) {
    case 'free-capacity':
      if (before) freePlace(context, transaction, element, before, endsAt);
      break;
    case 'start-task':
      transaction.onCommitted(() => effects.startTask(holder, effect.taskId));
      break;
    case 'stop-task':
      if (before) transaction.onCommitted(() => effects.stopTask(holder, before, effect.graceMilliseconds));
      break;
    case 'release-task':
      // Of an earlier task, whose place is not known any more, the engine is told by whoever heard its report.
      if (before?.taskId === effect.taskId) transaction.onCommitted(() => effects.releaseTask(holder, before));
      break;
    case 'arm-timeout':
      transaction.onAccepted(() => timers.arm(id, effect.taskId, effect.deadline));
      break;
    case 'disarm-timeout':
      transaction.onAccepted(() => timers.disarm(id));
      break;
    default:
      effect satisfies never;
  }
}

/** A place is free again. */
export function freePlace(
  context: JobsContext,
  transaction: JobTransaction,
  jobId: JobId,
  { computeEnvironmentArn, pool, instance }: HeldPlaceId,
  endsAt?: EpochMilliseconds,
): void {
  context.tellScheduler(transaction, { kind: 'task-finished', jobId, computeEnvironmentArn, pool, instance, endsAt });
}

/** It may be known anew when a task is ended that stays where it is. */
export function tellOfEnd(
  context: JobsContext,
  transaction: JobTransaction,
  jobId: JobId,
  { computeEnvironmentArn, pool, instance }: HeldPlaceId,
  before: EpochMilliseconds | undefined,
  endsAt: EpochMilliseconds | undefined,
): void {
  if (before === endsAt) return;
  const place = { computeEnvironmentArn, pool, instance };
  context.tellScheduler(transaction, { kind: 'task-ends', jobId, ...place, before, endsAt });
}

/** `count` no longer wait; what is decided already is freed when it is to be placed. */
export function dequeue(context: JobsContext, transaction: JobTransaction, jobId: JobId, count: number): void {
  if (count > 0) context.tellScheduler(transaction, { kind: 'job-removed', jobId, count });
}

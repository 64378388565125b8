import type { LeafEvent } from '../lifecycle/index.ts';
import { advanceLeaf } from '../lifecycle/index.ts';
import { attemptEnd } from './attempt-end.ts';
import type { JobsContext } from './context.ts';
import { placedLeaf, type SingleEntry, seatOf } from './entry.ts';
import { livedSoFar } from './fact.ts';
import { dequeue, type LeafSeat, performTaskEffect, tellOfEnd } from './leaf-effects.ts';
import type { JobTransaction } from './transaction.ts';

/** Gives a single job an event: memory, store, facts and effects follow. */
export function advanceSingle(
  context: JobsContext,
  transaction: JobTransaction,
  job: SingleEntry,
  event: LeafEvent,
): void {
  const before = job.state;
  const step = advanceLeaf(before, event, job);
  const changes = step.state !== before;
  if (changes) context.touch(transaction, job);
  job.state = step.state;
  const { jobId } = job;
  const endsAt = attemptEnd(before);
  const seat: LeafSeat = {
    holder: { job },
    id: jobId,
    element: jobId,
    before: placedLeaf(before)?.placement,
    endsAt,
  };
  let hasMoved = false;
  for (const effect of step.effects) {
    switch (effect.kind) {
      case 'enqueue':
        hasMoved = effect.at === 'head';
        if (hasMoved) job.order = context.count(transaction, 'lowestOrder', -1);
        enqueueSingle(context, transaction, job);
        break;
      case 'dequeue':
        dequeue(context, transaction, job.jobId, 1 - job.decided);
        break;
      case 'finished':
        context.end(transaction, job, effect.status);
        break;
      default:
        performTaskEffect(context, transaction, seat, effect);
    }
  }
  if (!changes) return;
  const after = placedLeaf(step.state)?.placement;
  if (after) tellOfEnd(context, transaction, jobId, after, endsAt, attemptEnd(step.state));
  context.registry.moveTask(transaction, seat.holder, seat.before?.taskId, after?.taskId);
  context.stateChanged(transaction, job, before.status);
  context.write(transaction, job, hasMoved);
  if (before.status === step.state.status) return;
  const { statusReason: reason } = step.state;
  const attempt = step.state.attempts.length > before.attempts.length ? step.state.attempts.at(-1) : undefined;
  context.fact(transaction, job, {
    from: before.status,
    to: step.state.status,
    ...(reason === undefined ? {} : { reason }),
    ...(attempt && { attempt }),
    ...(after && after.taskId !== seat.before?.taskId && { placement: after }),
    ...livedSoFar(step.state),
  });
}

/** It waits in its queue, at its order. */
export function enqueueSingle(context: JobsContext, transaction: JobTransaction, job: SingleEntry): void {
  const { jobId, order: sequence } = job;
  context.tellScheduler(transaction, { kind: 'job-queued', jobId, sequence, ...seatOf(job) });
}

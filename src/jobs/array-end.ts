import { invariant } from '../core/errors.ts';
import type { TerminalStatus } from '../core/job.ts';
import { type ArrayEffect, type ArrayEvent, advanceArray } from '../lifecycle/index.ts';
import { withdraw } from './array-queue.ts';
import { childCode } from './child-states.ts';
import type { JobsContext } from './context.ts';
import type { ArrayEntry } from './entry.ts';
import type { Run } from './runs.ts';
import type { JobTransaction } from './transaction.ts';

/** Children have ended: those that wait for them hear of it in a later turn, and with the last one the array ends. */
export function childrenEnded(
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
  const effects = changeArray(context, transaction, array, {
    kind: 'children-ended',
    at: context.now(),
    failed: children.countOf('FAILED'),
    ownFailures: children.count(childCode.failed),
    ...(rejection === undefined ? {} : { rejection }),
  });
  for (const effect of effects) {
    invariant(effect.kind === 'finished', 'an array whose children have all ended has none to tell');
    context.end(transaction, array, effect.status);
  }
}

/** Gives an array an event of its own. Answers what is to be done about the children that it still has. */
export function changeArray(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  event: ArrayEvent,
): readonly ArrayEffect[] {
  const before = array.state;
  const step = advanceArray(before, event);
  if (step.state === before) return [];
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
  return step.effects;
}

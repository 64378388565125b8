import { ServiceError } from '../../../core/errors.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { PlacedContainer, Placement } from '../../../core/job.ts';
import type { NodePlace } from '../../../jobs/index.ts';
import { endReasons, unseenOutcomes } from '../../../lifecycle/index.ts';
import type { Transaction } from '../../../store/index.ts';
import { placedContainers } from './placement.ts';
import type { TaskLogs, TaskOfNode } from './task-logs.ts';

/** Where a task runs, by its containers. */
export type PlaceOf = (containers: readonly PlacedContainer[]) => Placement;

/**
 * Gives a task its log streams and its place. Where a stream cannot be opened it has ended already: it failed to start.
 */
export function placeTask(
  logs: TaskLogs,
  transaction: Transaction,
  task: TaskOfNode,
  at: EpochMilliseconds,
  placeOf: PlaceOf,
): NodePlace {
  const opened = openLogs(logs, transaction, task);
  if (!(opened instanceof ServiceError)) return { placement: placeOf(placedContainers(task.node, opened)) };
  const placement = placeOf(placedContainers(task.node, undefined));
  const failure = {
    taskId: task.taskId,
    cause: 'failed-to-start' as const,
    statusReason: endReasons['failed-to-start'],
    containers: unseenOutcomes(placement, at, `CannotStartContainerError: ${opened.message}`),
  };
  return { placement, failure };
}

function openLogs(logs: TaskLogs, transaction: Transaction, task: TaskOfNode) {
  try {
    return logs.open(transaction, task);
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

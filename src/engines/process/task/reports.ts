import type { EpochMilliseconds, TaskId } from '../../../core/ids.ts';
import type { EngineEvent, TaskSpec } from '../../contract.ts';
import { lostReason, statusReasons } from '../../status-reasons.ts';
import type { EndedEvent, TaskRecord } from './task-files.ts';

/** The report of a task that was stopped before it was started. */
export function endOfUnstarted(taskId: TaskId, at: EpochMilliseconds): EndedEvent {
  const statusReason = statusReasons.stopped;
  return { kind: 'ended', taskId, sequence: 1, at, cause: 'stopped', statusReason, containers: [], notes: [] };
}

/** The report of a task that ended before it could begin; `reason` begins with AWS's name of the error. */
export function failedToStart({ taskId, containers }: TaskSpec, at: EpochMilliseconds, reason: string): EndedEvent {
  const cause = 'failed-to-start';
  const outcomes = containers.map(({ name }) => ({ name, stoppedAt: at, reason }));
  return {
    kind: 'ended',
    taskId,
    sequence: 1,
    at,
    cause,
    statusReason: statusReasons[cause],
    containers: outcomes,
    notes: [],
  };
}

/** What became of a task that its runner took with it: it ran, and nobody knows how it would have ended. */
export function lostEvents(record: TaskRecord, at: number): readonly [EngineEvent, EndedEvent] {
  const { taskId, notes } = record;
  return [
    runningEvent(record),
    {
      kind: 'ended',
      taskId,
      sequence: 2,
      at,
      cause: 'lost',
      statusReason: lostReason(record.instanceId),
      containers: record.containers.map(({ name }) => ({ name, startedAt: record.at, stoppedAt: at })),
      notes,
    },
  ];
}

/** The report that a task runs, made again from its record. */
export function runningEvent(record: TaskRecord): EngineEvent {
  const { taskId, at, address, images, notes } = record;
  const known = { ...(address !== undefined && { address }), ...(images && { images }) };
  return { kind: 'running', taskId, sequence: 1, at, ...known, notes };
}

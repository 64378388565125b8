import type { EpochMilliseconds, TaskId } from '../../../core/ids.ts';
import type { ContainerOutcome } from '../../../core/job.ts';
import type { EndCause } from '../../contract.ts';
import { lostReason, statusReasons } from '../../status-reasons.ts';
import type { EndedEvent } from './task-record.ts';

interface TaskEnd {
  readonly taskId: TaskId;
  /** It was reported as running before. */
  readonly hasRun: boolean;
  readonly cause: EndCause;
  readonly outcomes: readonly ContainerOutcome[];
  readonly notes: readonly string[];
  readonly instanceId: string;
  readonly now: EpochMilliseconds;
}

/** The report of a task's end. */
export function endedEvent({ taskId, hasRun, cause, outcomes, notes, instanceId, now }: TaskEnd): EndedEvent {
  return {
    kind: 'ended',
    taskId,
    sequence: hasRun ? 2 : 1,
    at: Math.max(now, ...outcomes.map(({ stoppedAt }) => stoppedAt)),
    cause,
    statusReason: cause === 'lost' ? lostReason(instanceId) : statusReasons[cause],
    containers: cause === 'lost' ? outcomes.map(withoutCode) : outcomes,
    notes,
  };
}

/** Nobody knows how it would have ended. */
function withoutCode({ exitCode: _, signal: _signal, reason: _reason, ...rest }: ContainerOutcome): ContainerOutcome {
  return rest;
}

import { InvariantViolation } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import type { JobState, RetryStrategy } from '../core/job.ts';
import type { Effect } from './effect.ts';
import type { JobEvent } from './job-event.ts';
import { jobTable } from './job-table.ts';
import { type JobIn, type Outcome, type PlacedJob, unchanged } from './outcome.ts';
import { stopTask } from './transitions.ts';

/** What an event did to a job. */
export interface Advance extends Outcome {
  /** The status changed: the transition log gets a row. `state !== before` says that there is something to store. */
  readonly transitioned: boolean;
}

/** What a job is created from. */
export interface NewJobState {
  readonly jobId: JobId;
  readonly retryStrategy: RetryStrategy;
  /** Seconds that each attempt may run; absent means no limit. */
  readonly timeoutSeconds?: number;
}

/** A job as SubmitJob leaves it: SUBMITTED. */
export function createJob(job: NewJobState): JobState {
  const { jobId, retryStrategy, timeoutSeconds } = job;
  const timeout = timeoutSeconds === undefined ? {} : { timeoutSeconds };
  return { jobId, retryStrategy, ...timeout, attempts: [], status: 'SUBMITTED' };
}

/**
 * Applies an event by `jobTable`. Pure: `state` is never changed, and comes back as it is when nothing changes.
 * Throws `InvariantViolation` for an event that cannot happen in that state.
 */
export function advance(state: JobState, event: JobEvent): Advance {
  const cell = jobTable[state.status][event.kind];
  if (typeof cell === 'function') {
    // The table's type ties each cell to its state and event; indexing by unions loses the tie.
    const transition = cell as (job: JobState, event: JobEvent) => Outcome;
    const outcome = transition(state, event);
    return { ...outcome, transitioned: outcome.state.status !== state.status };
  }
  if ('ignored' in cell) return { ...unchanged(state), transitioned: false };
  throw new InvariantViolation(
    `event ${event.kind} for job ${state.jobId} in ${state.status}, though ${cell.impossible}`,
  );
}

/**
 * The effects that a stored state still calls for after a restart, since a crash may have come between commit and
 * effect. All may be repeats. A RUNNABLE job takes its place by its stored sequence; whether tasks of STARTING and
 * RUNNING jobs live is for `Engine.recover` to say.
 */
export function effectsAfterRestart(state: JobState): readonly Effect[] {
  switch (state.status) {
    case 'SUBMITTED':
    case 'PENDING':
    case 'SUCCEEDED':
    case 'FAILED':
      return [];
    case 'RUNNABLE':
      return [{ kind: 'enqueue', at: 'own-place' }];
    case 'STARTING':
      // Stop first: the start then answers `tombstone` if the task had not begun, and the placement is undone.
      return [...stopAgain(state), { kind: 'start-task', taskId: state.placement.taskId }];
    case 'RUNNING':
      return [...armAgain(state), ...stopAgain(state)];
    default:
      return state satisfies never;
  }
}

function stopAgain(job: PlacedJob): readonly Effect[] {
  return job.stop ? [stopTask(job)] : [];
}

function armAgain(job: JobIn<'RUNNING'>): readonly Effect[] {
  const { deadline, placement } = job;
  return deadline === undefined ? [] : [{ kind: 'arm-timeout', taskId: placement.taskId, deadline }];
}

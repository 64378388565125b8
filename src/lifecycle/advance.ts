import { InvariantViolation } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import type { JobState, RetryStrategy } from '../core/job.ts';
import type { JobEvent } from './job-event.ts';
import { jobTable } from './job-table.ts';
import { type Outcome, unchanged } from './outcome.ts';

/** What an event did to a job. */
export interface Advance extends Outcome {
  /** The status changed: a fact is written. `state !== before` says that there is something to store. */
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

import type { EpochMilliseconds, TaskId } from '../core/ids.ts';
import type { JobState, JobStatus, TerminalStatus } from '../core/job.ts';
import type { Effect } from './effect.ts';

/** A job in one of its states. */
export type JobIn<Status extends JobStatus> = JobState & { readonly status: Status };

/** A job that holds a task. */
export type PlacedJob = JobIn<'STARTING'> | JobIn<'RUNNING'>;

/** Where a transition leads, and what must be done about it. */
export interface Outcome {
  readonly state: JobState;
  readonly effects: readonly Effect[];
}

/** What a job carries from state to state, without what belongs to the state that it leaves. */
export function carriedOver(job: JobState) {
  const { jobId, retryStrategy, timeoutSeconds, attempts, statusReason, stop } = job;
  return {
    jobId,
    retryStrategy,
    attempts,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(statusReason === undefined ? {} : { statusReason }),
    ...(stop === undefined ? {} : { stop }),
  };
}

/** The event changes nothing. */
export function unchanged(job: JobState): Outcome {
  return { state: job, effects: [] };
}

/** → RUNNABLE. */
export function becomeRunnable(job: JobState, at: 'own-place' | 'head'): Outcome {
  return { state: { ...carriedOver(job), status: 'RUNNABLE' }, effects: [{ kind: 'enqueue', at }] };
}

/** → SUCCEEDED or FAILED. Keeps when the last attempt started, if one did. */
export function finish(job: JobState, status: TerminalStatus, at: EpochMilliseconds, statusReason: string): Outcome {
  const startedAt = job.attempts.at(-1)?.startedAt;
  const when = { ...(startedAt === undefined ? {} : { startedAt }), stoppedAt: at };
  return { state: { ...carriedOver(job), status, statusReason, ...when }, effects: [{ kind: 'finished', status }] };
}

/** Whether `taskId` is the job's attempt of now; an engine may still report an earlier one. */
export function isCurrentTask(job: PlacedJob, taskId: TaskId): boolean {
  return job.placement.taskId === taskId;
}

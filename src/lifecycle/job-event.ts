import type { EpochMilliseconds, JobId, TaskId } from '../core/ids.ts';
import type { ContainerOutcome, EndCause, Placement } from '../core/job.ts';

/** What can happen to a single job. `at` is when it happened: the engine's own time for what engines report. */
export type JobEvent = { readonly at: EpochMilliseconds } & (
  | {
      /** The scheduler has looked at the job's dependencies. */
      readonly kind: 'evaluated';
      /** Ids of dependencies that have not yet succeeded. */
      readonly waitingFor: readonly JobId[];
    }
  | { readonly kind: 'dependency-succeeded'; readonly jobId: JobId }
  | { readonly kind: 'dependency-failed'; readonly jobId: JobId }
  /** The scheduler chose where the next attempt runs. */
  | { readonly kind: 'placed'; readonly placement: Placement }
  /**
   * The task has not run and never will: the engine refused it before claiming it, or answered `tombstone`. Only for
   * certainty: an engine that merely does not answer may have started it, and the same task id must be tried again.
   */
  | { readonly kind: 'start-refused'; readonly taskId: TaskId }
  | { readonly kind: 'started'; readonly taskId: TaskId; readonly notes?: readonly string[] }
  | {
      readonly kind: 'ended';
      readonly taskId: TaskId;
      readonly cause: EndCause;
      /** The engine's words for the attempt's `statusReason`; when empty, those of `endReasons`. */
      readonly statusReason: string;
      readonly containers: readonly ContainerOutcome[];
      readonly notes?: readonly string[];
    }
  /** The timer that `arm-timeout` asked for. */
  | { readonly kind: 'timed-out'; readonly taskId: TaskId }
  /** CancelJob, or a `jobStateTimeLimitActions` entry. */
  | { readonly kind: 'cancel-requested'; readonly reason: string }
  /** TerminateJob. */
  | { readonly kind: 'terminate-requested'; readonly reason: string }
  /** The job can never run: its definition is invalid (spec 01 §9). Never retried. Before its task is given to an engine. */
  | { readonly kind: 'rejected'; readonly reason: string }
);

export type JobEventKind = JobEvent['kind'];
export type JobEventOf<Kind extends JobEventKind> = Extract<JobEvent, { readonly kind: Kind }>;

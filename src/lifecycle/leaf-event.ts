import type { EpochMilliseconds, TaskId } from '../core/ids.ts';
import type { Caller, ContainerOutcome, EndCause, Placement, ResolvedImage, Stop } from '../core/job.ts';

/** The end of a task, as its engine reports it. */
export interface TaskEnd {
  readonly taskId: TaskId;
  readonly cause: EndCause;
  /** The engine's words for the attempt's `statusReason`; when empty, those of `endReasons`. */
  readonly statusReason: string;
  readonly containers: readonly ContainerOutcome[];
  readonly notes?: readonly string[];
}

/** What an engine tells of a task, or of one that it will not run. */
export type TaskEvent =
  /**
   * The task has not run and never will: the engine refused it before claiming it, answered `tombstone`, or gave it back. Only
   * for certainty: an engine that merely does not answer may have started it, and the same task id must be tried again.
   */
  | { readonly kind: 'start-refused'; readonly taskId: TaskId }
  | {
      readonly kind: 'started';
      readonly taskId: TaskId;
      /** Of a node: as in `Placement`. */
      readonly address?: string;
      readonly notes?: readonly string[];
      /** By container. */
      readonly images?: Readonly<Record<string, ResolvedImage>>;
    }
  | ({ readonly kind: 'ended' } & TaskEnd);

/** Somebody wants a job to end. */
export type StopEvent =
  /** CancelJob, or a `jobStateTimeLimitActions` entry. */
  | { readonly kind: 'cancel-requested'; readonly reason: string; readonly by?: Caller }
  /** TerminateJob. */
  | { readonly kind: 'terminate-requested'; readonly reason: string; readonly by?: Caller };

/** What can happen to a single job or an array's child. `at` is when it happened: the engine's own time for what engines report. */
export type LeafEvent = { readonly at: EpochMilliseconds } & (
  | TaskEvent
  | StopEvent
  /** Nothing that it waits for is open any more. */
  | { readonly kind: 'dependencies-met' }
  | { readonly kind: 'dependency-failed' }
  /** The scheduler chose where the next attempt runs. */
  | { readonly kind: 'placed'; readonly placement: Placement }
  /** The timer that `arm-timeout` asked for. */
  | { readonly kind: 'timed-out'; readonly taskId: TaskId }
  /** Its array was cancelled or terminated. `waitsOutside`: a dependency other than a sibling is open yet. */
  | { readonly kind: 'owner-stopped'; readonly stop: Stop; readonly waitsOutside: boolean }
  /** The job can never run: its definition is invalid (spec 01 §9). Never retried. Known when it is submitted. */
  | { readonly kind: 'rejected'; readonly reason: string }
);

export type LeafEventKind = LeafEvent['kind'];
export type LeafEventOf<Kind extends LeafEventKind> = Extract<LeafEvent, { readonly kind: Kind }>;

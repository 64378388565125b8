import type { EpochMilliseconds, Milliseconds, TaskId } from '../core/ids.ts';
import type { TerminalStatus } from '../core/job.ts';

/**
 * What must be done because of a transition, as data. The scheduler's part (`enqueue`, `dequeue`, `free-capacity`) and
 * timers are taken into memory with the transition, in this order; the rest is done once it is durable. Each may be
 * repeated safely.
 */
export type Effect =
  /**
   * The job waits in its queue: at `own-place`, the order it was submitted with, or at the `head`, with a new order
   * below all others. AWS starts jobs in the order of submission once their dependencies are met.
   */
  | { readonly kind: 'enqueue'; readonly at: 'own-place' | 'head' }
  /** The job no longer waits in its queue. (Placing a job takes it out already.) */
  | { readonly kind: 'dequeue' }
  /** The attempt no longer holds its place on a compute environment. */
  | { readonly kind: 'free-capacity' }
  | { readonly kind: 'start-task'; readonly taskId: TaskId }
  | { readonly kind: 'stop-task'; readonly taskId: TaskId; readonly graceMilliseconds: Milliseconds }
  /** Report `timed-out` for the task when the wall clock that engines report in would read `deadline`. */
  | { readonly kind: 'arm-timeout'; readonly taskId: TaskId; readonly deadline: EpochMilliseconds }
  | { readonly kind: 'disarm-timeout'; readonly taskId: TaskId }
  /** The engine may forget the task: what it reported is recorded. */
  | { readonly kind: 'release-task'; readonly taskId: TaskId }
  /** It is terminal: tell those that depend on it, and its array. */
  | { readonly kind: 'finished'; readonly status: TerminalStatus };

export type EffectKind = Effect['kind'];

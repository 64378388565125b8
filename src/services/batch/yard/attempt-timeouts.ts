import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds, JobId, TaskId } from '../../../core/ids.ts';

/**
 * The timers of running jobs. A stored deadline is wall time; while the server runs, what is left of it is counted by
 * the monotonic clock, so that a wall clock set forward stops no job early.
 */
export class AttemptTimeouts {
  readonly #clock: Clock;
  readonly #onTimeout: (jobId: JobId, taskId: TaskId) => void;
  readonly #timers = new Map<JobId, CancelTimer>();

  constructor(clock: Clock, onTimeout: (jobId: JobId, taskId: TaskId) => void) {
    this.#clock = clock;
    this.#onTimeout = onTimeout;
  }

  /** Arms the timeout of a job's attempt, in place of an earlier one. */
  arm(jobId: JobId, taskId: TaskId, deadline: EpochMilliseconds): void {
    this.disarm(jobId);
    const strike = () => {
      this.#timers.delete(jobId);
      this.#onTimeout(jobId, taskId);
    };
    this.#timers.set(jobId, this.#clock.after(deadline - this.#clock.now(), strike));
  }

  disarm(jobId: JobId): void {
    this.#timers.get(jobId)?.();
    this.#timers.delete(jobId);
  }

  disarmAll(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}

import type { CancelTimer, Clock } from '../core/clock.ts';
import type { EpochMilliseconds, JobId, TaskId } from '../core/ids.ts';
import type { JobTimers } from './ports.ts';

/**
 * The timers of running attempts, by what holds the task. A stored deadline is wall time; while the server runs, what is
 * left of it is counted by the monotonic clock, so that a wall clock set forward stops no job early. After a restart an attempt has no
 * more left than it had at its start, though the wall clock was set back meanwhile.
 */
export class AttemptTimeouts implements JobTimers {
  readonly #clock: Clock;
  readonly #onTimeout: (taskId: TaskId) => void;
  readonly #timers = new Map<JobId, CancelTimer>();
  /** Deadlines that wait until everything is loaded: none may strike before. */
  #held: (() => void)[] | undefined;

  constructor(clock: Clock, onTimeout: (taskId: TaskId) => void) {
    this.#clock = clock;
    this.#onTimeout = onTimeout;
  }

  /** Arms the timeout of an attempt, in place of an earlier one. */
  arm(id: JobId, taskId: TaskId, deadline: EpochMilliseconds, startedAt?: EpochMilliseconds): void {
    if (this.#held) {
      this.#held.push(() => this.arm(id, taskId, deadline, startedAt));
      return;
    }
    this.disarm(id);
    const strike = () => {
      this.#timers.delete(id);
      this.#onTimeout(taskId);
    };
    const now = Math.max(this.#clock.now(), startedAt ?? Number.NEGATIVE_INFINITY);
    this.#timers.set(id, this.#clock.after(deadline - now, strike));
  }

  disarm(id: JobId): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  /** Drops every timer; those that are armed from now on start with `release`. */
  hold(): void {
    this.disarmAll();
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const arm of held) arm();
  }

  disarmAll(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#held = undefined;
  }
}

import type { Milliseconds, TaskId } from '../../core/ids.ts';

/**
 * Answers to one task in a second. A job of a hundred processes asks a hundred times as it begins, and SDKs give up after a
 * few refusals; at some 50 µs an answer a task that never stops takes a two-hundredth of the main thread.
 */
export const answersPerSecond = 100;

/** Counts answers by task in windows of a second, of those alone that have proved themselves. */
export class AnswerRate {
  readonly #clock: { monotonic(): Milliseconds };
  readonly #counts = new Map<TaskId, number>();
  #since = Number.NEGATIVE_INFINITY;

  constructor(clock: { monotonic(): Milliseconds }) {
    this.#clock = clock;
  }

  /** Whether the task may have another answer now. */
  take(taskId: TaskId): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#since >= 1_000) {
      this.#since = now;
      this.#counts.clear();
    }
    const count = (this.#counts.get(taskId) ?? 0) + 1;
    this.#counts.set(taskId, count);
    return count <= answersPerSecond;
  }
}

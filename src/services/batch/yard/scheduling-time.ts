import type { Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';

/**
 * The time by which shares use: it goes on with the monotonic clock and never back, so that a wall clock that jumps bills nobody. At
 * start it is the wall clock's, or the latest that was ever stored.
 */
export class SchedulingTime {
  readonly #clock: Clock;
  /** What it shows beyond the monotonic clock. */
  #ahead: Milliseconds;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#ahead = clock.now() - clock.monotonic();
  }

  now(): EpochMilliseconds {
    return Math.floor(this.#ahead + this.#clock.monotonic());
  }

  /** It was as late as this once. */
  notBefore(time: EpochMilliseconds): void {
    this.#ahead = Math.max(this.#ahead, time - this.#clock.monotonic());
  }
}

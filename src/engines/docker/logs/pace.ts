import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';

/** Bytes a second: a bucket that holds a tenth of a second. */
export class Pace {
  readonly #rate: number;
  readonly #clock: Clock;
  #allowance = 0;
  #at: Milliseconds;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#rate = bytesPerSecond;
    this.#clock = clock;
    this.#at = clock.monotonic();
  }

  /** How long to pause after so many more. */
  take(bytes: number): Milliseconds {
    const now = this.#clock.monotonic();
    this.#allowance = Math.min(this.#rate / 10, this.#allowance + ((now - this.#at) * this.#rate) / 1000) - bytes;
    this.#at = now;
    return this.#allowance >= 0 ? 0 : (-this.#allowance * 1000) / this.#rate;
  }
}

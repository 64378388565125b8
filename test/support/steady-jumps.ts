import { SystemClock } from '../../src/core/clock.ts';
import type { Milliseconds } from '../../src/core/ids.ts';

/** The machine's clocks, whose monotonic one a test can set forward: waits of minutes pass at once, signatures stay young. */
export class JumpingClock extends SystemClock {
  readonly #sleepers: Set<() => void>;
  readonly #ahead: { by: Milliseconds };

  constructor() {
    const sleepers = new Set<() => void>();
    const ahead = { by: 0 };
    super({
      wall: () => Date.now(),
      steady: () => performance.now() + ahead.by,
      sleep: (duration, wake) => {
        const awake = () => {
          clearTimeout(timer);
          if (sleepers.delete(awake)) wake();
        };
        const timer = setTimeout(awake, duration).unref();
        sleepers.add(awake);
        return () => {
          clearTimeout(timer);
          sleepers.delete(awake);
        };
      },
    });
    this.#sleepers = sleepers;
    this.#ahead = ahead;
  }

  /** Lets `duration` go by at once, by the monotonic clock alone. */
  jump(duration: Milliseconds): void {
    this.#ahead.by += duration;
    for (const wake of [...this.#sleepers]) wake();
  }
}

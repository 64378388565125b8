import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { processLimits } from '../limits.ts';

/** How long a silent registry is waited for, where that need not be long. */
export class Patience {
  readonly #clock: Clock;
  readonly #onLost: () => void;
  readonly #lost = new AbortController();
  #cancel: CancelTimer | undefined;

  constructor(clock: Clock, onLost: () => void) {
    this.#clock = clock;
    this.#onLost = onLost;
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  begin(): void {
    this.#cancel ??= this.#clock.after(processLimits.registryPatienceMs, () => this.lose());
  }

  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  lose(): void {
    this.end();
    this.#onLost();
    this.#lost.abort();
  }
}

/** The longest that a task waits for an image. */
export class Overdue {
  readonly #clock: Clock;
  readonly #over = new AbortController();
  readonly words: string;
  #left: Milliseconds;
  #since: Milliseconds = 0;
  #cancel: CancelTimer = () => {};

  constructor(clock: Clock, timeout: Milliseconds) {
    this.#clock = clock;
    this.#left = timeout;
    this.words = `it was not here after ${Math.round(this.#left / 1000)} s (images.pullTimeout)`;
    this.#arm();
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** The time of `wait` does not count. */
  async suspend(wait: () => Promise<void>): Promise<void> {
    this.cancel();
    this.#left -= this.#clock.monotonic() - this.#since;
    await wait();
    this.#arm();
  }

  cancel(): void {
    this.#cancel();
  }

  #arm(): void {
    this.#since = this.#clock.monotonic();
    this.#cancel = this.#clock.after(this.#left, () => this.#over.abort());
  }
}

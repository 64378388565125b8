import type { Jobs } from '../../../jobs/index.ts';

/** Lets jobs do what is still to be done, a bounded piece in each turn of the event loop. */
export class JobWork {
  readonly #jobs: Jobs;
  readonly #onError: (error: unknown) => void;
  readonly #units: number | undefined;
  #runs = false;
  #isScheduled = false;

  constructor(jobs: Jobs, onError: (error: unknown) => void, units: number | undefined) {
    this.#jobs = jobs;
    this.#onError = onError;
    this.#units = units;
  }

  /** From now on work is done; before, and after `pause`, it gathers. */
  resume(): void {
    this.#runs = true;
    this.wake();
  }

  pause(): void {
    this.#runs = false;
  }

  /** There is work. */
  wake(): void {
    if (!this.#runs || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#runs) this.#step();
    });
  }

  #step(): void {
    try {
      if (this.#jobs.step(this.#units)) this.wake();
    } catch (error) {
      // Refused while memory is rebuilt: what is left is found again.
      this.#onError(error);
    }
  }
}

import type { Jobs } from './jobs.ts';
import type { Soon } from './planning.ts';

/** Lets jobs do what is still to be done, a bounded piece in each turn. */
export class JobWork {
  readonly #jobs: Jobs;
  readonly #soon: Soon;
  readonly #onError: (error: unknown) => void;
  readonly #units: number | undefined;
  #runs = false;
  #isScheduled = false;

  /** `units`: of what an end causes, done in one turn. @default `unitsPerTurn` */
  constructor(jobs: Jobs, soon: Soon, onError: (error: unknown) => void, units?: number) {
    this.#jobs = jobs;
    this.#soon = soon;
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
    this.#soon(() => {
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

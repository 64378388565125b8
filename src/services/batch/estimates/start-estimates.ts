import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JobId, Milliseconds } from '../../../core/ids.ts';
import { type JobReference, parseJobId } from '../../../core/job.ts';
import type { Forecast, ServerState } from '../../../simulator/index.ts';
import type { StoreReads } from '../../../store/index.ts';
import { RunTimeHistory } from './run-times.ts';
import { estimateOf, type StartEstimate, unknownStart } from './start-estimate.ts';

export interface StartEstimatesOptions {
  /** As it is now; undefined where it is too much. */
  readonly stateFor: (reference: JobReference) => ServerState | undefined;
  readonly reads: StoreReads;
  readonly clock: { monotonic(): Milliseconds };
  /** @default `usualBudget` */
  readonly budget?: EstimateBudget;
}

/** What may be spent on one estimate. */
export interface EstimateBudget {
  /** Little pieces of work: events, turns, jobs that are taken in. */
  readonly pieces: number;
  /** Of the one thread that serves everybody, all slices together. */
  readonly time: Milliseconds;
  /** Then others have their turn. */
  readonly slice: { readonly pieces: number; readonly time: Milliseconds };
}

const usualBudget: EstimateBudget = { pieces: 100_000, time: 2_000, slice: { pieces: 1_000, time: 4 } };
/** Jobs that are asked about and wait for the estimate of another one. */
const mostWaiting = 16;

/** Says when jobs start, by playing on what the server has: one at a time, in slices between which everything else has its turn. */
export class StartEstimates {
  readonly #options: StartEstimatesOptions;
  readonly #history: RunTimeHistory;
  /** By job: whoever asks meanwhile is told the same. */
  readonly #asked = new Map<JobId, Promise<StartEstimate>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: StartEstimatesOptions) {
    this.#options = options;
    this.#history = new RunTimeHistory(options.reads, options.clock);
  }

  /** Of a job that waits. */
  of(jobId: JobId): Promise<StartEstimate> {
    const asked = this.#asked.get(jobId);
    if (asked) return asked;
    if (this.#asked.size > mostWaiting) return Promise.resolve(unknownStart({ kind: 'busy' }));
    const estimate = this.#last.then(() => this.#estimate(jobId)).finally(() => this.#asked.delete(jobId));
    this.#asked.set(jobId, estimate);
    // An error is of whoever asked; the next is made all the same.
    this.#last = estimate.catch(() => {});
    return estimate;
  }

  async #estimate(jobId: JobId): Promise<StartEstimate> {
    const job = parseJobId(jobId);
    const state = this.#options.stateFor(job);
    if (!state) return unknownStart({ kind: 'too-many-jobs' });
    const runTimes = await this.#history.of(state);
    // Read late: most servers start long before somebody asks.
    const { Forecast } = await import('../../../simulator/index.ts');
    return this.#play(new Forecast({ state, job, runTimes }));
  }

  async #play(forecast: Forecast): Promise<StartEstimate> {
    const { clock, budget = usualBudget } = this.#options;
    const steps = forecast.run();
    let [pieces, spent, begun] = [0, 0, clock.monotonic()];
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return estimateOf(step.value, forecast.assumed);
      pieces += 1;
      const taken = clock.monotonic() - begun;
      if (pieces >= budget.pieces || spent + taken >= budget.time)
        return { ...unknownStart({ kind: 'budget-spent' }), notBefore: forecast.at };
      if (pieces % budget.slice.pieces !== 0 && taken < budget.slice.time) continue;
      spent += taken;
      await nextTurn();
      begun = clock.monotonic();
    }
  }
}

import type { Jobs } from '../../../jobs/index.ts';

/** Who waits for a queue to hold no job any more: its deletion does. */
export class EmptyQueues {
  readonly #jobs: Jobs;
  readonly #watchers = new Map<string, (() => void)[]>();

  constructor(jobs: Jobs) {
    this.#jobs = jobs;
  }

  watch(jobQueueArn: string, tell: () => void): void {
    const watchers = this.#watchers.get(jobQueueArn) ?? [];
    this.#watchers.set(jobQueueArn, [...watchers, tell]);
  }

  /** Tells everyone who waits for the queue, once, if it holds no job. */
  check(jobQueueArn: string): void {
    if (this.#jobs.countInQueue(jobQueueArn) > 0) return;
    const watchers = this.#watchers.get(jobQueueArn) ?? [];
    this.#watchers.delete(jobQueueArn);
    for (const tell of watchers) tell();
  }
}

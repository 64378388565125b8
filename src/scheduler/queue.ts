import type { Amount } from './amount.ts';
import type { JobQueueSettings } from './scheduler-event.ts';
import { type Sequenced, WaitingList } from './waiting-list.ts';

/** A waiting job: flat, small integers, nothing that can be read from the store. Some 180 bytes, its id included. */
export interface WaitingJob extends Amount, Sequenced {
  readonly queue: Queue;
  /** Children of an array that wait in this place; absent for a job that is none. */
  left?: number;
  /** Nodes of a multi-node job, which start together; absent for a job that is none. */
  nodes?: number;
}

/** A job queue and the jobs that wait in it, in the order that they start. Positions and sizes count an array as one. */
export interface Queue {
  settings: JobQueueSettings;
  readonly size: number;
  /** The job that starts next. */
  first(): WaitingJob | undefined;
  add(job: WaitingJob): void;
  /** Answers false if the job is not in. */
  remove(job: WaitingJob): boolean;
  /** 1 for the first. */
  positionOf(job: WaitingJob): number;
  /** The first `limit` jobs, in order. */
  take(limit: number): readonly WaitingJob[];
}

/** First in, first out: a head that cannot start blocks all behind it. */
export class FifoQueue implements Queue {
  settings: JobQueueSettings;
  readonly #waiting = new WaitingList<WaitingJob>();

  constructor(settings: JobQueueSettings) {
    this.settings = settings;
  }

  get size(): number {
    return this.#waiting.size;
  }

  first(): WaitingJob | undefined {
    return this.#waiting.first();
  }

  add(job: WaitingJob): void {
    this.#waiting.add(job);
  }

  remove(job: WaitingJob): boolean {
    return this.#waiting.remove(job);
  }

  positionOf(job: WaitingJob): number {
    return this.#waiting.positionOf(job);
  }

  take(limit: number): readonly WaitingJob[] {
    return this.#waiting.take(limit);
  }
}

import type { JobId } from '../core/ids.ts';
import type { ConsumableRequest, MachineKind } from '../core/job.ts';
import { SortedList } from '../core/sorted-list.ts';
import type { Amount } from './amount.ts';
import type { JobQueueSettings } from './scheduler-event.ts';

/** A waiting job: flat, small integers, nothing that can be read from the store. */
export interface WaitingJob extends Amount {
  readonly jobId: JobId;
  /** Gives the job its place: lower ones first. */
  readonly sequence: number;
  readonly queue: Queue;
  /** Children of an array that wait in this place; absent for a job that is none. */
  left?: number;
  /** The kind of machine that it needs; absent for a job that runs on any. */
  machine?: MachineKind;
  /** Consumable resources that it needs; absent for a job that needs none. */
  consumables?: readonly ConsumableRequest[];
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
  /** Its jobs in the order that they start, if all fitted at once. */
  inOrder(): Iterable<WaitingJob>;
}

/** First in, first out: a head that cannot start blocks all behind it. */
export class FifoQueue implements Queue {
  settings: JobQueueSettings;
  readonly #waiting = new SortedList<WaitingJob>(bySequence);

  constructor(settings: JobQueueSettings) {
    this.settings = settings;
  }

  get size(): number {
    return this.#waiting.size;
  }

  first(): WaitingJob | undefined {
    return this.#waiting.first;
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

  inOrder(): Iterable<WaitingJob> {
    return this.#waiting.from(() => true);
  }
}

/** Ids only make the order total. */
function bySequence(left: WaitingJob, right: WaitingJob): number {
  return left.sequence - right.sequence || (left.jobId < right.jobId ? -1 : Number(left.jobId > right.jobId));
}

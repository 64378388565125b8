import { firstIndex } from '../core/first-index.ts';
import type { Queue, WaitingJob } from './queue.ts';

/**
 * Queues with waiting jobs in the order that they are served: greater priority first (spec 03 §9.4); among equals the
 * one whose head came first, so that neither starves the other.
 */
export class Ranking {
  /** The first to be served is last, where it is cheap to take. */
  readonly #heads: WaitingJob[];

  constructor(queues: Iterable<Queue>) {
    this.#heads = [...queues].flatMap((queue) => queue.first() ?? []).sort((a, b) => compare(b, a));
  }

  /** Takes out the head that is served next. */
  next(): WaitingJob | undefined {
    return this.#heads.pop();
  }

  /** Puts a queue's new head in its rank, after the old one has started. */
  insert(head: WaitingJob): void {
    const index = firstIndex(this.#heads.length, (at) => {
      const other = this.#heads[at];
      return other !== undefined && compare(other, head) < 0;
    });
    this.#heads.splice(index, 0, head);
  }
}

/** Negative when `a` is served before `b`. */
function compare(a: WaitingJob, b: WaitingJob): number {
  return (
    b.queue.settings.priority - a.queue.settings.priority ||
    a.sequence - b.sequence ||
    (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0)
  );
}

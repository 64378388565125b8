import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { JobTransaction } from '../../../jobs/index.ts';

/** When a job left each queue last, started or ended, as far as this server has seen it. */
export class QueueDepartures {
  readonly #queueOf: (jobId: JobId) => string | undefined;
  /** By the queue's ARN. */
  readonly #last = new Map<string, EpochMilliseconds>();

  constructor(queueOf: (jobId: JobId) => string | undefined) {
    this.#queueOf = queueOf;
  }

  /** A job, or something of it, is RUNNABLE no more, once the transaction is taken: it may be in no table then. */
  left(transaction: JobTransaction, jobId: JobId, at: EpochMilliseconds): void {
    const queueArn = this.#queueOf(jobId);
    if (queueArn !== undefined) transaction.onAccepted(() => this.#last.set(queueArn, at));
  }

  last(queueArn: string): EpochMilliseconds | undefined {
    return this.#last.get(queueArn);
  }

  clear(): void {
    this.#last.clear();
  }
}

import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import { type BlockedChange, describeReason } from '../../../scheduler/index.ts';

/** The job at the head of a queue that cannot start, and since when that has its reason. */
export interface BlockedHead {
  readonly jobId: JobId;
  readonly since: EpochMilliseconds;
}

/** Which queues are blocked, as plans told: for `explain` and for the log. */
export class BlockedQueues {
  readonly #heads = new Map<string, BlockedHead>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Takes over what a plan at `at` found. */
  take(changes: readonly BlockedChange[], at: EpochMilliseconds): void {
    for (const change of changes) {
      const { queueArn, jobId } = change;
      if (change.kind === 'unblocked') this.#heads.delete(queueArn);
      else {
        this.#heads.set(queueArn, { jobId, since: at });
        this.#logger.debug({ queueArn, jobId, reason: describeReason(change.reason) }, 'job queue is blocked');
      }
    }
  }

  of(queueArn: string): BlockedHead | undefined {
    return this.#heads.get(queueArn);
  }

  /** The scheduler is built anew, and tells all of it again. */
  clear(): void {
    this.#heads.clear();
  }
}

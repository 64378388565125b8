import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import { type BlockedChange, describeReason } from '../../../scheduler/index.ts';
import { blockedReason } from './blocked-reason.ts';

/** The job at the head of a queue that cannot start, and since when that has its reason. */
export interface BlockedHead {
  readonly jobId: JobId;
  readonly since: EpochMilliseconds;
}

interface BlockedQueuesOptions {
  readonly logger: Logger;
  /** A queue's head begins to wait for something that only its owner can change. Told again after a restart. */
  readonly onBlocked: (head: { readonly jobQueueArn: string; readonly jobId: JobId; readonly reason: string }) => void;
}

/** Which queues are blocked, as plans told: for `explain`, for the log, and for facts. */
export class BlockedQueues {
  readonly #heads = new Map<string, BlockedHead>();
  readonly #options: BlockedQueuesOptions;

  constructor(options: BlockedQueuesOptions) {
    this.#options = options;
  }

  /** Takes over what a plan at `at` found. */
  take(changes: readonly BlockedChange[], at: EpochMilliseconds): void {
    for (const change of changes) {
      const { queueArn, jobId } = change;
      if (change.kind === 'unblocked') this.#heads.delete(queueArn);
      else {
        this.#heads.set(queueArn, { jobId, since: at });
        this.#options.logger.debug({ queueArn, jobId, reason: describeReason(change.reason) }, 'job queue is blocked');
        const reason = blockedReason(change.reason);
        if (reason !== undefined) this.#options.onBlocked({ jobQueueArn: queueArn, jobId, reason });
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

import type { JobId } from '../core/ids.ts';
import type { WaitingJob } from './queue.ts';
import type { BlockedChange, HeadReason } from './waiting-reason.ts';

interface Blocked {
  readonly jobId: JobId;
  readonly reason: HeadReason;
}

interface Found {
  readonly job: WaitingJob;
  readonly reason: HeadReason;
}

/**
 * Which heads were blocked at the last plan, and why, so that the next one tells only what has changed: another head, or
 * a reason of another kind. Of a queue whose shares take turns it is the first of them: one that can never start uses nothing, and so
 * comes to be first. Numbers within a reason (how many vCPUs are in use) change with every end, and are no news.
 * Follows from the model but for what was told already: a rebuilt scheduler tells all once more.
 */
export class BlockedHeads {
  readonly #told = new Map<string, Blocked>();

  /** Starts to note what one plan finds. */
  begin(): BlockedNotes {
    return new BlockedNotes(this.#told);
  }
}

/** What one plan finds of the heads that it comes to. */
export class BlockedNotes {
  readonly #told: Map<string, Blocked>;
  readonly #found = new Map<string, Found | undefined>();
  /** What started: of an array that is still the head, another child stands there since then. */
  readonly #started = new Set<WaitingJob>();

  constructor(told: Map<string, Blocked>) {
    this.#told = told;
  }

  /** Asks for the reason only where it is to be told. */
  block(job: WaitingJob, reason: () => HeadReason): void {
    const { arn } = job.share.queue.settings;
    if (!this.#found.get(arn)) this.#found.set(arn, { job, reason: reason() });
  }

  /** A head of the queue started. If another then is blocked, that is noted after; one of a share that was before it stays so. */
  started(job: WaitingJob): void {
    const { arn } = job.share.queue.settings;
    if (!this.#found.get(arn)) this.#found.set(arn, undefined);
    this.#started.add(job);
  }

  /** What has changed; a plan that came to all heads knows that the others have gone. */
  changes(isWhole: boolean): readonly BlockedChange[] {
    const gone = isWhole ? [...this.#told.keys()].filter((queueArn) => !this.#found.has(queueArn)) : [];
    return [...gone, ...this.#found.keys()].flatMap((queueArn) => this.#change(queueArn, this.#found.get(queueArn)));
  }

  #change(queueArn: string, found: Found | undefined): BlockedChange[] {
    const told = this.#told.get(queueArn);
    const blocked = found && { jobId: found.job.jobId, reason: found.reason };
    if (blocked) this.#told.set(queueArn, blocked);
    else this.#told.delete(queueArn);
    const isSameHead = told?.jobId === blocked?.jobId && !(found && this.#started.has(found.job));
    const changes: BlockedChange[] = [];
    if (told && !isSameHead) changes.push({ kind: 'unblocked', queueArn, jobId: told.jobId });
    if (blocked && !(isSameHead && told?.reason.kind === blocked.reason.kind))
      changes.push({ kind: 'blocked', queueArn, ...blocked });
    return changes;
  }
}

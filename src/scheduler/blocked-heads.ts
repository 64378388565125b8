import type { JobId } from '../core/ids.ts';
import type { Queue, WaitingJob } from './queue.ts';
import type { BlockedChange, HeadReason } from './waiting-reason.ts';

interface Blocked {
  readonly jobId: JobId;
  readonly reason: HeadReason;
}

/**
 * Which heads were blocked at the last plan, and why, so that the next one tells only what has changed: another head, or
 * a reason of another kind. Numbers within a reason (how many vCPUs are in use) change with every end, and are no news.
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
  readonly #found = new Map<string, Blocked | undefined>();
  /** Queues of which something started: of an array that is still the head, another child stands there since then. */
  readonly #started = new Set<string>();

  constructor(told: Map<string, Blocked>) {
    this.#told = told;
  }

  block({ jobId, queue }: WaitingJob, reason: HeadReason): void {
    this.#found.set(queue.settings.arn, { jobId, reason });
  }

  /** The head of the queue started. If another then is blocked, that is noted after. */
  started(queue: Queue): void {
    this.#found.set(queue.settings.arn, undefined);
    this.#started.add(queue.settings.arn);
  }

  /** What has changed; a plan that came to all heads knows that the others have gone. */
  changes(isWhole: boolean): readonly BlockedChange[] {
    const gone = isWhole ? [...this.#told.keys()].filter((queueArn) => !this.#found.has(queueArn)) : [];
    return [...gone, ...this.#found.keys()].flatMap((queueArn) => this.#change(queueArn, this.#found.get(queueArn)));
  }

  #change(queueArn: string, found: Blocked | undefined): BlockedChange[] {
    const told = this.#told.get(queueArn);
    if (found) this.#told.set(queueArn, found);
    else this.#told.delete(queueArn);
    const isSameHead = told?.jobId === found?.jobId && !this.#started.has(queueArn);
    const changes: BlockedChange[] = [];
    if (told && !isSameHead) changes.push({ kind: 'unblocked', queueArn, jobId: told.jobId });
    if (found && !(isSameHead && told?.reason.kind === found.reason.kind))
      changes.push({ kind: 'blocked', queueArn, ...found });
    return changes;
  }
}

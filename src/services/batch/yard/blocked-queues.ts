import { formatArn, parseArn, type Scope } from '../../../core/arn.ts';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { invariant } from '../../../core/errors.ts';
import type { AccountId, EpochMilliseconds, JobId, Milliseconds, Region } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import { type BlockedChange, describeReason } from '../../../scheduler/index.ts';
import type { FactLog, Ledger } from '../../../store/index.ts';
import { type BlockedHeadRecord, blockedHeadRecords } from '../records.ts';
import { blockedReason } from './blocked-reason.ts';

/** The job at the head of a queue that cannot start, and since when for its kind of reason. */
export interface BlockedHead {
  readonly jobId: JobId;
  readonly reason: string;
  readonly since: EpochMilliseconds;
}

interface BlockedQueuesOptions {
  readonly ledger: Ledger;
  readonly facts: FactLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onError: (error: unknown) => void;
}

/** A busy queue has another head with each start: what blocks it is stored so often at most, and once it has lasted. */
const writeAfter: Milliseconds = 1_000;

/**
 * Which queues are blocked, as plans told: for `explain`, for the log, and for facts. Since when is stored, so that a new
 * scheduler, which tells all of it again, is told nothing that was told, and no time begins anew.
 */
export class BlockedQueues {
  readonly #options: BlockedQueuesOptions;
  readonly #heads = new Map<string, BlockedHead>();
  /** Queues of which the store may not have what is here. */
  readonly #unwritten = new Set<string>();
  #cancelWrite: CancelTimer | undefined;
  /** What the store has was not compared yet with a plan that came to all queues. */
  #isNew = true;

  constructor(options: BlockedQueuesOptions) {
    this.#options = options;
  }

  /** Takes over what a plan found. `isWhole`: it came to all queues, so that those it did not name are not blocked. */
  take(changes: readonly BlockedChange[], isWhole: boolean): void {
    for (const change of changes) {
      if (change.kind === 'blocked') this.#block(change);
      else this.#unblock(change.queueArn);
    }
    if (!isWhole || !this.#isNew) return;
    this.#isNew = false;
    for (const { account, region, queue } of this.#options.ledger.all(blockedHeadRecords)) {
      const queueArn = formatArn('batch', { account, region }, `job-queue/${queue}`);
      if (!this.#heads.has(queueArn)) this.#writeLater(queueArn);
    }
  }

  of(queueArn: string): BlockedHead | undefined {
    return this.#heads.get(queueArn);
  }

  /** Memory is filled anew: the scheduler tells all of it again. */
  clear(): void {
    this.pause();
    this.#heads.clear();
    this.#unwritten.clear();
    this.#isNew = true;
  }

  /** Stores nothing until a plan finds something new. */
  pause(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
  }

  /** Stores at once what is not yet stored. */
  close(): void {
    this.pause();
    this.#write();
  }

  #block({ queueArn, jobId, reason }: Extract<BlockedChange, { kind: 'blocked' }>): void {
    const { clock, logger } = this.#options;
    const stored = this.#stored(queueArn);
    const isTold = stored?.jobId === jobId && stored.reason === reason.kind;
    this.#heads.set(queueArn, { jobId, reason: reason.kind, since: isTold ? stored.since : clock.now() });
    logger.debug({ queueArn, jobId, reason: describeReason(reason) }, 'job queue is blocked');
    const words = blockedReason(reason);
    if (isTold || words === undefined) this.#writeLater(queueArn);
    else this.#tell(queueArn, jobId, words);
  }

  #unblock(queueArn: string): void {
    this.#heads.delete(queueArn);
    this.#writeLater(queueArn);
  }

  /** What only the owner of the queue can change is a fact, told once. */
  #tell(jobQueueArn: string, jobId: JobId, reason: string): void {
    const { ledger, facts, clock } = this.#options;
    const { account, region } = placeOf(jobQueueArn);
    ledger.transact((transaction) => {
      const record = this.#record(jobQueueArn);
      if (record) transaction.put(blockedHeadRecords, record);
      const fact = { account, region, kind: 'jobQueueBlocked', jobQueueArn, jobId, reason, at: clock.now() } as const;
      facts.append(transaction, fact);
    });
    this.#unwritten.delete(jobQueueArn);
  }

  #writeLater(queueArn: string): void {
    this.#unwritten.add(queueArn);
    this.#cancelWrite ??= this.#options.clock.after(writeAfter, () => {
      this.#cancelWrite = undefined;
      this.#write();
    });
  }

  #write(): void {
    const queues = [...this.#unwritten].filter((queueArn) => !this.#isWritten(queueArn));
    this.#unwritten.clear();
    if (queues.length === 0) return;
    try {
      this.#options.ledger.transact((transaction) => {
        for (const queueArn of queues) {
          const record = this.#record(queueArn);
          if (record) transaction.put(blockedHeadRecords, record);
          else transaction.delete(blockedHeadRecords, placeOf(queueArn), placeOf(queueArn).queue);
        }
      });
    } catch (error) {
      // Refused while memory is rebuilt: then all of it is told again.
      this.#options.onError(error);
    }
  }

  #isWritten(queueArn: string): boolean {
    const stored = this.#stored(queueArn);
    const head = this.#heads.get(queueArn);
    return stored?.jobId === head?.jobId && stored?.reason === head?.reason && stored?.since === head?.since;
  }

  #record(queueArn: string): BlockedHeadRecord | undefined {
    const head = this.#heads.get(queueArn);
    return head && { ...placeOf(queueArn), ...head };
  }

  #stored(queueArn: string): BlockedHeadRecord | undefined {
    const place = placeOf(queueArn);
    return this.#options.ledger.get(blockedHeadRecords, place, place.queue);
  }
}

function placeOf(queueArn: string): Scope & { readonly queue: string } {
  const arn = parseArn(queueArn);
  invariant(arn, `${queueArn} is no ARN`);
  const queue = arn.resource.slice(arn.resource.indexOf('/') + 1);
  return { account: arn.account as AccountId, region: arn.region as Region, queue };
}

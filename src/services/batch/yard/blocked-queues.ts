import { formatArn, parseArn, type Scope } from '../../../core/arn.ts';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import { invariant } from '../../../core/errors.ts';
import type { AccountId, EpochMilliseconds, JobId, Milliseconds, Region } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import { type BlockedChange, describeReason, type HeadReason, hopelessOf } from '../../../scheduler/index.ts';
import type { FactLog, Ledger, Transaction } from '../../../store/index.ts';
import { HeadClock, type HeadTimes } from '../head-clock.ts';
import { type BlockedHeadRecord, blockedHeadRecords, type StateTimeLimitAction } from '../records.ts';
import { limitWords } from '../resources/time-limits.ts';
import { blockedReason, codeOf, whenTold } from './blocked-reason.ts';

/** The job at the head of a queue that cannot start, and since when for its kind of reason. */
export interface BlockedHead extends HeadTimes {
  readonly jobId: JobId;
  readonly reason: HeadReason;
  /** When it was a fact. */
  readonly toldAt?: EpochMilliseconds;
}

/** What is done to a head that stays. */
export interface HeadEnd {
  /** Its `statusReason` then. */
  readonly words: string;
  readonly left: Milliseconds;
  /** Absent: it can never start. */
  readonly action?: StateTimeLimitAction;
}

interface BlockedQueuesOptions {
  readonly ledger: Ledger;
  readonly facts: FactLog;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** How long what may pass by itself must last until it is told. */
  readonly grace: Milliseconds;
  /** What the queue has its heads done, by its ARN. */
  readonly actionsOf: (queueArn: string) => readonly StateTimeLimitAction[];
  /** What the queue's environment launches, in one word. */
  readonly instanceTypeOf: (queueArn: string) => string;
  /** Whether a head that can never start is to fail. */
  readonly failsImpossible: (queueArn: string) => boolean;
  /** Ends the head: of an array the child that would start next or, where none could ever start, all that wait. */
  readonly end: (transaction: Transaction, jobId: JobId, end: HeadEnd) => void;
  readonly onError: (error: unknown) => void;
}

/** A busy queue has another head with each start: what blocks it is stored so often at most, and once it has lasted. */
const writeAfter: Milliseconds = 1_000;

/**
 * Which queues are blocked, as plans told: for `explain`, for facts, and for `jobStateTimeLimitActions`. Since when is stored, so
 * that a new scheduler, which tells all of it again, is told nothing that was told, and no time begins anew. What is due is told,
 * or done, in the transaction that stores that it was: a kill loses none of it and doubles none.
 */
export class BlockedQueues {
  readonly #options: BlockedQueuesOptions;
  readonly #heads = new Map<string, BlockedHead>();
  /** Queues of which memory knows better than the store since it was filled. */
  readonly #known = new Set<string>();
  /** Queues of which the store may not have what is here. */
  readonly #unwritten = new Set<string>();
  #cancelWrite: CancelTimer | undefined;
  /** By queue: until its head is told, or ended. */
  readonly #timers = new Map<string, CancelTimer>();
  readonly #times: HeadClock;
  /** What the store has was not compared yet with a plan that came to all queues. */
  #isNew = true;

  constructor(options: BlockedQueuesOptions) {
    this.#options = options;
    this.#times = new HeadClock(options.clock, options.random);
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

  /** What ends the head of a queue if it stays blocked, and when. */
  endOf(queueArn: string): HeadEnd | undefined {
    const head = this.#heads.get(queueArn);
    if (!head) return undefined;
    if (this.#options.failsImpossible(queueArn) && hopelessOf(head.reason))
      return { words: describeReason(head.reason), left: 0 };
    const action = this.#actionFor(queueArn, head);
    if (!action) return undefined;
    return {
      words: limitWords(action),
      left: Math.max(0, action.maxTimeSeconds * 1_000 - this.#times.lasted(head)),
      action,
    };
  }

  /** What queues have done to their heads has changed. */
  actionsChanged(): void {
    for (const queueArn of this.#heads.keys()) this.#arm(queueArn);
  }

  /** Memory is filled anew: the scheduler tells all of it again. */
  clear(): void {
    this.pause();
    this.#heads.clear();
    this.#known.clear();
    this.#unwritten.clear();
    this.#isNew = true;
  }

  /** Stores, tells and ends nothing until a plan finds something new. */
  pause(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** Stores at once what is not yet stored. */
  close(): void {
    this.pause();
    this.#write();
  }

  #block({ queueArn, jobId, reason }: Extract<BlockedChange, { kind: 'blocked' }>): void {
    const stored = this.#stored(queueArn);
    const isStored = stored?.jobId === jobId && stored.reason === reason.kind;
    const isOld = isStored && !this.#known.has(queueArn);
    const times = isOld ? { ...this.#times.recall(stored), ...toldOf(stored) } : this.#times.startNow();
    this.#known.add(queueArn);
    const head = { jobId, reason, ...times };
    this.#heads.set(queueArn, head);
    this.#options.logger.debug({ queueArn, jobId, reason: describeReason(reason) }, 'job queue is blocked');
    // What the store has would be taken for what is true now.
    if (isStored && !this.#isWritten(queueArn)) this.#writeNow(queueArn);
    else this.#writeLater(queueArn);
    if (this.#isToTell(head)) this.#tell(queueArn, head);
    // Ended, if that is due, in a later turn: what the plan has decided may not be stored yet.
    this.#arm(queueArn);
  }

  #unblock(queueArn: string): void {
    this.#heads.delete(queueArn);
    this.#known.add(queueArn);
    this.#disarm(queueArn);
    this.#writeLater(queueArn);
  }

  /** Tells and does what is due of a queue's head, and waits for what is due next. */
  #strike(queueArn: string): void {
    const head = this.#heads.get(queueArn);
    if (head && this.#isToTell(head)) this.#tell(queueArn, head);
    const end = this.endOf(queueArn);
    if (end?.left === 0) this.#end(queueArn, end);
    // One that can never start has gone, and the next plan says so; of an array the next child has its own time.
    if (end?.left === 0 && !end.action) this.#disarm(queueArn);
    else this.#arm(queueArn);
  }

  #isToTell(head: BlockedHead): boolean {
    return head.toldAt === undefined && this.#times.lasted(head) >= this.#untold(head);
  }

  /** How long a head stands there before it is told. */
  #untold({ reason }: BlockedHead): Milliseconds {
    const when = whenTold(reason.kind);
    return when === 'at-once' ? 0 : when === 'never' ? Number.POSITIVE_INFINITY : this.#options.grace;
  }

  #actionFor(queueArn: string, { reason }: BlockedHead): StateTimeLimitAction | undefined {
    const code = codeOf(reason.kind);
    return code === undefined ? undefined : this.#options.actionsOf(queueArn).find((action) => action.reason === code);
  }

  #arm(queueArn: string): void {
    this.#disarm(queueArn);
    const head = this.#heads.get(queueArn);
    if (!head) return;
    const untold = head.toldAt === undefined ? this.#untold(head) - this.#times.lasted(head) : Number.POSITIVE_INFINITY;
    const left = Math.min(untold, this.endOf(queueArn)?.left ?? Number.POSITIVE_INFINITY);
    if (left === Number.POSITIVE_INFINITY) return;
    const strike = () => this.#guard(() => this.#strike(queueArn));
    this.#timers.set(queueArn, this.#options.clock.after(left, strike));
  }

  #disarm(queueArn: string): void {
    this.#timers.get(queueArn)?.();
    this.#timers.delete(queueArn);
  }

  /** Told once. */
  #tell(jobQueueArn: string, head: BlockedHead): void {
    const { ledger, facts, clock, instanceTypeOf } = this.#options;
    const { account, region } = placeOf(jobQueueArn);
    const { jobId } = head;
    const at = clock.now();
    const reason = blockedReason(head.reason, instanceTypeOf(jobQueueArn));
    const told = { ...head, toldAt: at };
    ledger.transact((transaction) => {
      transaction.put(blockedHeadRecords, this.#recordOf(jobQueueArn, told));
      facts.append(transaction, { account, region, kind: 'jobQueueBlocked', jobQueueArn, jobId, reason, at });
    });
    this.#heads.set(jobQueueArn, told);
    this.#unwritten.delete(jobQueueArn);
  }

  /** The next child of an array stands at the head of its queue from now on; any other job leaves it. */
  #end(queueArn: string, end: HeadEnd): void {
    const head = this.#heads.get(queueArn);
    invariant(head, `queue ${queueArn} lost its head`);
    const { jobId, reason } = head;
    const next = { jobId, reason, ...this.#times.startNow() };
    this.#options.ledger.transact((transaction) => {
      this.#options.end(transaction, jobId, end);
      transaction.put(blockedHeadRecords, this.#recordOf(queueArn, next));
    });
    this.#heads.set(queueArn, next);
    this.#unwritten.delete(queueArn);
  }

  #writeLater(queueArn: string): void {
    this.#unwritten.add(queueArn);
    this.#cancelWrite ??= this.#options.clock.after(writeAfter, () => {
      this.#cancelWrite = undefined;
      this.#write();
    });
  }

  #writeNow(queueArn: string): void {
    this.#unwritten.add(queueArn);
    this.#write();
  }

  #write(): void {
    const queues = [...this.#unwritten].filter((queueArn) => !this.#isWritten(queueArn));
    this.#unwritten.clear();
    if (queues.length === 0) return;
    this.#guard(() =>
      this.#options.ledger.transact((transaction) => {
        for (const queueArn of queues) {
          const head = this.#heads.get(queueArn);
          if (head) transaction.put(blockedHeadRecords, this.#recordOf(queueArn, head));
          else transaction.delete(blockedHeadRecords, placeOf(queueArn), placeOf(queueArn).queue);
        }
      }),
    );
  }

  /** Refused while memory is rebuilt: then all of it is told again. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #isWritten(queueArn: string): boolean {
    const stored = this.#stored(queueArn);
    const head = this.#heads.get(queueArn);
    if (!stored || !head) return !stored && !head;
    const isSame = stored.jobId === head.jobId && stored.reason === head.reason.kind && stored.since === head.since;
    return isSame && this.#times.isOwn(stored);
  }

  #recordOf(queueArn: string, head: BlockedHead): BlockedHeadRecord {
    const { jobId, reason } = head;
    return { ...placeOf(queueArn), jobId, reason: reason.kind, ...this.#times.toRecord(head), ...toldOf(head) };
  }

  #stored(queueArn: string): BlockedHeadRecord | undefined {
    const place = placeOf(queueArn);
    return this.#options.ledger.get(blockedHeadRecords, place, place.queue);
  }
}

function toldOf({ toldAt }: Pick<BlockedHead, 'toldAt'>): Pick<BlockedHead, 'toldAt'> {
  return toldAt === undefined ? {} : { toldAt };
}

function placeOf(queueArn: string): Scope & { readonly queue: string } {
  const arn = parseArn(queueArn);
  invariant(arn, `${queueArn} is no ARN`);
  const queue = arn.resource.slice(arn.resource.indexOf('/') + 1);
  return { account: arn.account as AccountId, region: arn.region as Region, queue };
}

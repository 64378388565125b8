import { scopeOf } from '../../../core/arn.ts';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { JobId, Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RandomSource } from '../../../core/random.ts';
import { Turns } from '../../../core/turns.ts';
import type { FactLog, Ledger, ServiceJobRecord, Store, Transaction } from '../../../store/index.ts';
import { HeadClock, type HeadTimes } from '../head-clock.ts';
import { findJobQueue, nameIn } from '../names.ts';
import {
  blockedServiceHeadRecords,
  type JobQueueRecord,
  jobQueueRecords,
  type QuotaShareRecord,
  type StateTimeLimitAction,
  serviceHeadKey,
} from '../records.ts';
import { hasQuotaShares, quotaSharesOf } from '../resources/quota-share.ts';
import { limitWords } from '../resources/time-limits.ts';
import { ended, lineOf, putServiceJob, type ServiceLine } from './change.ts';
import { serviceWaiting } from './place.ts';
import type { ServiceWaiting } from './waiting-reason.ts';

/** From a look that failed to the next. */
const afterFailure: Milliseconds = 60_000;

/** The service job at the front of a queue, or of a quota share. */
export interface ServiceHead extends ServiceLine, HeadTimes {
  readonly jobId: JobId;
  readonly rank: number;
  readonly waiting: ServiceWaiting;
}

/** What ends a head that stays, and when. */
export interface ServiceHeadEnd {
  readonly action: StateTimeLimitAction;
  readonly left: Milliseconds;
}

interface ServiceHeadsOptions {
  readonly ledger: Ledger;
  readonly facts: FactLog;
  readonly store: Pick<Store, 'reads'>;
  /** Changes of one service job. */
  readonly jobTurns: Turns;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

/**
 * What stands at the front of queues of service jobs, and since when: for facts, and for `jobStateTimeLimitActions`. Nothing here ever
 * starts, so that whatever stands there blocks its queue at once. Service jobs are in the store alone: the front is read again whenever
 * something may have changed it. Telling and since when are one transaction, so that a kill loses neither and doubles none.
 */
export class ServiceHeads {
  readonly #options: ServiceHeadsOptions;
  readonly #times: HeadClock;
  readonly #heads = new Map<string, ServiceHead>();
  /** Until a head is to be ended. */
  readonly #timers = new Map<string, CancelTimer>();
  /** One look at a line after the other. */
  readonly #looks = new Turns();
  /** Lines that wait to be looked at. */
  readonly #unseen = new Set<string>();
  /** Until it aborts, memory is what the store holds or will hold. */
  #whole = new AbortController();

  constructor(options: ServiceHeadsOptions) {
    this.#options = options;
    this.#times = new HeadClock(options.clock, options.random);
  }

  /** Looks at all queues: at start, and after memory was rebuilt. */
  resume(): void {
    this.pause();
    this.#whole = new AbortController();
    for (const queue of this.#options.ledger.all(jobQueueRecords)) this.#lookAt(queue);
  }

  /** Tells and ends nothing until `resume`. */
  pause(): void {
    this.#whole.abort();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#heads.clear();
    this.#unseen.clear();
  }

  /** A service job came, changed its place or left. The head may be another from now on, long before anybody has looked. */
  changed(transaction: Transaction, line: ServiceLine): void {
    transaction.onAccepted(() => this.#heads.delete(keyOf(line)));
    transaction.onCommitted(() => this.#look(line));
  }

  /** The same of one that came: behind a head that stays it changes nothing. */
  submitted(transaction: Transaction, job: ServiceJobRecord): void {
    const line = lineOf(job);
    const head = this.#heads.get(keyOf(line));
    if (head === undefined || job.rank > head.rank) this.changed(transaction, line);
  }

  /** What a queue may have, or does to its heads, changed. */
  queueChanged(transaction: Transaction, queue: JobQueueRecord): void {
    transaction.onCommitted(() => this.#lookAt(queue));
  }

  /** The same of its quota shares: what one has, another may borrow. */
  quotaSharesChanged(transaction: Transaction, share: QuotaShareRecord): void {
    const queue = findJobQueue(this.#options.ledger, share, share.queue);
    if (queue) this.queueChanged(transaction, queue);
  }

  /** A queue is deleted, and its service jobs have been ended. */
  forgetQueue(transaction: Transaction, queue: JobQueueRecord): void {
    const stored = this.#options.ledger.by(blockedServiceHeadRecords, queue, 'queue', { value: queue.name });
    for (const { quotaShare } of [...stored])
      transaction.delete(blockedServiceHeadRecords, queue, serviceHeadKey(queue.name, quotaShare));
  }

  /** The heads of a queue, the one that has stood there longest first. */
  of(queueArn: string): readonly ServiceHead[] {
    return [...this.#heads.values()]
      .filter((head) => head.jobQueueArn === queueArn)
      .sort((a, b) => a.steadySince - b.steadySince);
  }

  /** What ends a job if it stays at the front; undefined of one that does not stand there, or that nothing ends. */
  endOf(job: ServiceJobRecord): ServiceHeadEnd | undefined {
    const head = this.#heads.get(keyOf(lineOf(job)));
    const queue = findJobQueue(this.#options.ledger, job, job.jobQueueArn);
    return queue && head?.jobId === job.jobId ? this.#endOf(queue, head) : undefined;
  }

  #lookAt(queue: JobQueueRecord): void {
    if (!queue.serviceEnvironmentOrder) return;
    const { ledger } = this.#options;
    const known = ledger.by(blockedServiceHeadRecords, queue, 'queue', { value: queue.name });
    const lines = [...known].map(({ quotaShare }) => lineIn(queue, quotaShare));
    for (const line of [...lines, ...linesOf(ledger, queue)]) this.#look(line);
  }

  #look(line: ServiceLine): void {
    const key = keyOf(line);
    const { signal } = this.#whole;
    if (this.#unseen.has(key) || signal.aborted) return;
    this.#unseen.add(key);
    const look = async () => {
      if (signal.aborted) return;
      this.#unseen.delete(key);
      await this.#see(line, signal);
    };
    this.#looks.take(key, look).catch((error: unknown) => {
      // While changes are refused (disk full...) all stays as it is; `resume` looks again when that is over.
      this.#options.logger.error({ err: error, ...line }, 'could not tell what blocks a queue of service jobs');
      if (!signal.aborted) this.#lookAgain(line);
    });
  }

  /** Nothing else may come that would have it looked at. */
  #lookAgain(line: ServiceLine): void {
    const key = keyOf(line);
    this.#disarm(key);
    this.#timers.set(
      key,
      this.#options.clock.after(afterFailure, () => this.#look(line)),
    );
  }

  async #see(line: ServiceLine, signal: AbortSignal): Promise<void> {
    const { ledger, store, jobTurns } = this.#options;
    const [first] = this.#queueOf(line) ? await store.reads.waitingServiceJobs({ ...line, limit: 1 }) : [];
    if (signal.aborted) return;
    if (!first) {
      this.#leave(line);
      return;
    }
    // In its turn, so that nobody ends it between: it is told of one that waits.
    await jobTurns.take(first.jobId, async () => {
      const [job] = await store.reads.serviceJobs(scopeOf(first), [first.jobId]);
      const waiting = job && serviceWaiting(ledger, job);
      if (!signal.aborted && job && waiting) this.#stand(line, job, waiting);
    });
  }

  /** The queue of a line in which something may stand: nothing does in one that is held or goes. */
  #queueOf(line: ServiceLine): JobQueueRecord | undefined {
    const { ledger } = this.#options;
    const queue = findJobQueue(ledger, line, line.jobQueueArn);
    if (!queue || queue.hold || queue.status === 'DELETING') return undefined;
    return linesOf(ledger, queue).some((each) => keyOf(each) === keyOf(line)) ? queue : undefined;
  }

  #stand(line: ServiceLine, job: ServiceJobRecord, waiting: ServiceWaiting): void {
    const queue = this.#queueOf(line);
    if (!queue) return;
    const { jobId, rank } = job;
    const head = { ...line, jobId, rank, waiting, ...this.#timesOf(queue, line, { jobId, waiting }) };
    this.#heads.set(keyOf(line), head);
    const end = this.#endOf(queue, head);
    this.#disarm(keyOf(line));
    if (end?.left === 0) this.#end(job, end);
    else if (end)
      this.#timers.set(
        keyOf(line),
        this.#options.clock.after(end.left, () => this.#look(line)),
      );
  }

  /** Since when it stands there; one that came is told. */
  #timesOf(
    { name: queue }: JobQueueRecord,
    line: ServiceLine,
    { jobId, waiting }: Pick<ServiceHead, 'jobId' | 'waiting'>,
  ): HeadTimes {
    const { ledger, facts } = this.#options;
    const { account, region, quotaShareName } = line;
    const stored = ledger.get(blockedServiceHeadRecords, line, serviceHeadKey(queue, quotaShareName));
    const isKnown = stored?.jobId === jobId && stored.reason === waiting.code;
    const times = isKnown ? this.#times.recall(stored) : this.#times.startNow();
    if (isKnown && this.#times.isOwn(stored)) return times;
    const share = quotaShareName === undefined ? {} : { quotaShare: quotaShareName };
    const place = { account, region, queue, ...share };
    const record = { ...place, jobId, reason: waiting.code, ...this.#times.toRecord(times) };
    ledger.transact((transaction) => {
      transaction.put(blockedServiceHeadRecords, record);
      if (isKnown) return;
      const fact = { ...line, kind: 'serviceJobQueueBlocked', jobId, reason: waiting.text, at: times.since } as const;
      facts.append(transaction, fact);
    });
    return times;
  }

  #endOf({ jobStateTimeLimitActions }: JobQueueRecord, head: ServiceHead): ServiceHeadEnd | undefined {
    const action = jobStateTimeLimitActions.find(({ reason }) => reason === head.waiting.code);
    return action && { action, left: Math.max(0, action.maxTimeSeconds * 1_000 - this.#times.lasted(head)) };
  }

  /** In its turn. What stands behind it has its own time. */
  #end(job: ServiceJobRecord, { action }: ServiceHeadEnd): void {
    const { ledger, facts, clock } = this.#options;
    const after = ended(job, { reason: limitWords(action), at: clock.now() });
    ledger.transact((transaction) => putServiceJob(transaction, { facts, serviceHeads: this }, job, after));
  }

  /** Nothing stands there any more: whatever comes is told, and has its own time. */
  #leave(line: ServiceLine): void {
    const { ledger } = this.#options;
    const [queue, key] = [nameIn(line.jobQueueArn), keyOf(line)];
    this.#heads.delete(key);
    this.#disarm(key);
    const stored = serviceHeadKey(queue, line.quotaShareName);
    if (ledger.get(blockedServiceHeadRecords, line, stored))
      ledger.transact((transaction) => transaction.delete(blockedServiceHeadRecords, line, stored));
  }

  #disarm(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }
}

/** What may stand in front: in a queue of quota shares each of them has its own. */
function linesOf(ledger: Ledger, queue: JobQueueRecord): readonly ServiceLine[] {
  if (!hasQuotaShares(ledger, queue)) return [lineIn(queue)];
  return [...quotaSharesOf(ledger, queue)]
    .filter(({ status }) => status !== 'DELETING')
    .map(({ name }) => lineIn(queue, name));
}

function lineIn({ arn: jobQueueArn, account, region }: JobQueueRecord, quotaShareName?: string): ServiceLine {
  return { account, region, jobQueueArn, ...(quotaShareName === undefined ? {} : { quotaShareName }) };
}

/** Neither has a space. */
function keyOf({ jobQueueArn, quotaShareName = '' }: ServiceLine): string {
  return `${jobQueueArn} ${quotaShareName}`;
}

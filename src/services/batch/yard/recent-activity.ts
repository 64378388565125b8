import type { Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds, JobId, Milliseconds } from '../../../core/ids.ts';
import { childId } from '../../../core/job.ts';
import { withoutIds } from '../../../core/without-ids.ts';
import type { JobEntry, JobTransaction, StatusChange } from '../../../jobs/index.ts';
import { decidingContainer } from '../../../lifecycle/index.ts';
import { WaitTimes } from './wait-times.ts';

/** How jobs failed: what is alike of them. */
export interface FailureKind {
  readonly jobQueueArn: string;
  readonly jobDefinitionArn: string;
  readonly exitCode?: number;
  /** Of the job, less what names a single instance or task. */
  readonly statusReason?: string;
  /** What the engine says of the container, likewise. */
  readonly reason?: string;
}

/** Jobs that failed alike, children of arrays among them. */
export interface RecentFailures extends FailureKind {
  readonly count: number;
  /** The one that failed last. */
  readonly lastJobId: JobId;
  readonly lastAt: EpochMilliseconds;
}

/** What happened in a queue, of an array to its children. */
export interface QueueActivity {
  /** By the minute, the last one first to last: the sixty that end now. */
  readonly started: readonly number[];
  readonly ended: readonly number[];
  readonly succeeded: number;
  readonly failed: number;
  /** From submission to first start, of those that started: half and nine tenths of them waited no longer. Absent if none did. */
  readonly waited?: { readonly p50: Milliseconds; readonly p90: Milliseconds };
}

/** The last hour, as far as this server has seen it. */
export interface Activity {
  /** Since when it counts, if that is less than an hour. */
  readonly since: EpochMilliseconds;
  of(jobQueueArn: string): QueueActivity;
  /** Of the queues with these ARNs, the most frequent first; how many there are beside the first `limit` kinds. */
  failures(
    queues: ReadonlySet<string>,
    limit: number,
  ): { readonly kinds: readonly RecentFailures[]; readonly others: number };
}

const minute: Milliseconds = 60_000;
const minutes = 60;
/** Kinds of failures that are told apart in a minute: of more only the number is kept. */
const kindsPerMinute = 100;
const longestReason = 300;

interface Counts {
  started: number;
  succeeded: number;
  failed: number;
  readonly waits: WaitTimes;
}

interface Failed {
  readonly kind: FailureKind;
  count: number;
  lastJobId: JobId;
  lastAt: EpochMilliseconds;
}

interface Minute {
  readonly queues: Map<string, Counts>;
  readonly failures: Map<string, Failed>;
  /** Of more kinds, by queue. */
  readonly others: Map<string, number>;
}

/** Counts in memory what happens to jobs, by the minute, for an hour: nobody goes over jobs to say how an hour went. */
export class RecentActivity implements Activity {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #begun: EpochMilliseconds;
  /** By the number of the minute. */
  readonly #minutes = new Map<number, Minute>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#begun = clock.now();
  }

  get since(): EpochMilliseconds {
    return Math.max(this.#begun, (this.#now() - minutes + 1) * minute);
  }

  /** A job, or something of it, has changed its status, once that is durable. */
  told(transaction: JobTransaction, job: JobEntry, change: StatusChange): void {
    // An array is its children, a multi-node job itself and none of its nodes.
    if ((job.kind === 'array') !== (change.part !== undefined)) return;
    const { to } = change;
    if (to === 'STARTING') transaction.onCommitted(() => this.#started(job, change));
    else if (to === 'SUCCEEDED') transaction.onCommitted(() => this.#succeeded(job, change));
    else if (to === 'FAILED') transaction.onCommitted(() => this.#failed(job, change));
  }

  of(jobQueueArn: string): QueueActivity {
    const found = this.#window().map((each) => each?.queues.get(jobQueueArn));
    const waits = new WaitTimes();
    for (const counts of found) if (counts) waits.addAll(counts.waits);
    const waited = waits.quantiles();
    return {
      started: found.map((counts) => counts?.started ?? 0),
      ended: found.map((counts) => (counts ? counts.succeeded + counts.failed : 0)),
      succeeded: sumOf(found.map((counts) => counts?.succeeded ?? 0)),
      failed: sumOf(found.map((counts) => counts?.failed ?? 0)),
      ...(waited && { waited }),
    };
  }

  failures(queues: ReadonlySet<string>, limit: number) {
    const all = new Map<string, Failed>();
    let others = 0;
    for (const each of this.#window()) {
      for (const [key, failed] of each?.failures ?? []) {
        if (!queues.has(failed.kind.jobQueueArn)) continue;
        const before = all.get(key);
        all.set(key, before ? { ...failed, count: before.count + failed.count } : failed);
      }
      for (const [queue, count] of each?.others ?? []) if (queues.has(queue)) others += count;
    }
    const sorted = [...all.values()].sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
    const left = sumOf(sorted.slice(limit).map(({ count }) => count));
    return {
      kinds: sorted.slice(0, limit).map(({ kind, ...rest }) => ({ ...kind, ...rest })),
      others: others + left,
    };
  }

  #succeeded(job: JobEntry, change: StatusChange): void {
    this.#countsOf(job, change.at).succeeded += sizeOf(change);
  }

  #started(job: JobEntry, change: StatusChange): void {
    const { at, from, attempts } = change;
    const counts = this.#countsOf(job, at);
    counts.started += sizeOf(change);
    // One that is tried again has not waited since it was submitted.
    if (from === 'RUNNABLE' && attempts === undefined) counts.waits.add(Math.max(0, at - job.createdAt));
  }

  #failed(job: JobEntry, change: StatusChange): void {
    const count = sizeOf(change);
    this.#countsOf(job, change.at).failed += count;
    const { failures, others } = this.#minuteOf(change.at);
    const kind = kindOf(job, change);
    const key = JSON.stringify(kind);
    const before = failures.get(key);
    const last = { lastJobId: idOf(job, change), lastAt: change.at };
    if (before) Object.assign(before, last, { count: before.count + count });
    else if (failures.size < kindsPerMinute) failures.set(key, { kind, count, ...last });
    else others.set(job.jobQueueArn, (others.get(job.jobQueueArn) ?? 0) + count);
  }

  #now(): number {
    return Math.floor(this.#clock.now() / minute);
  }

  /** The sixty minutes that end now, the oldest first. */
  #window(): readonly (Minute | undefined)[] {
    const last = this.#now();
    return Array.from({ length: minutes }, (_, index) => this.#minutes.get(last - minutes + 1 + index));
  }

  #countsOf({ jobQueueArn }: JobEntry, at: EpochMilliseconds): Counts {
    const { queues } = this.#minuteOf(at);
    const known = queues.get(jobQueueArn);
    if (known) return known;
    const counts = { started: 0, succeeded: 0, failed: 0, waits: new WaitTimes() };
    queues.set(jobQueueArn, counts);
    return counts;
  }

  /** What is older than an hour is forgotten when a minute begins. */
  #minuteOf(at: EpochMilliseconds): Minute {
    const number = Math.floor(at / minute);
    const known = this.#minutes.get(number);
    if (known) return known;
    for (const old of this.#minutes.keys()) if (old <= number - minutes) this.#minutes.delete(old);
    const begun = { queues: new Map(), failures: new Map(), others: new Map() };
    this.#minutes.set(number, begun);
    return begun;
  }
}

function kindOf({ jobQueueArn, jobDefinitionArn }: JobEntry, { reason, attempt }: StatusChange): FailureKind {
  const container = attempt && decidingContainer(attempt.containers);
  return {
    ...{ jobQueueArn, jobDefinitionArn },
    ...(container?.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...(reason === undefined ? {} : { statusReason: wordsOf(reason) }),
    ...(container?.reason === undefined ? {} : { reason: wordsOf(container.reason) }),
  };
}

function wordsOf(text: string): string {
  return withoutIds(text).slice(0, longestReason);
}

function idOf({ jobId }: JobEntry, { part }: StatusChange): JobId {
  if (part?.kind === 'child') return childId(jobId, part.index);
  return part?.kind === 'children' ? childId(jobId, part.runs.at(-1)?.[1] ?? 0) : jobId;
}

/** How many changed together. */
function sizeOf({ part }: StatusChange): number {
  return part?.kind === 'children' ? sumOf(part.runs.map(([first, last]) => last - first + 1)) : 1;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

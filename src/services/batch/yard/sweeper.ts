import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { JobId, Milliseconds } from '../../../core/ids.ts';
import { Sweep } from '../../../core/sweep.ts';
import type { Turns } from '../../../core/turns.ts';
import type { FinishedPlace, JobRecord, Ledger, Outbox, StoreReads } from '../../../store/index.ts';
import { forgetEnded } from './ended-instances.ts';

/** How long finished jobs stay describable (spec 01 §7: at least 7 days). */
export interface FinishedJobRetention {
  readonly minimumAge: Milliseconds;
  /** Beyond this many, the longest finished go, but never before `minimumAge`. Absent: all go at `minimumAge`. */
  readonly maximumCount?: number;
  /** How long hourly sums of usage are kept. @default 400 days */
  readonly usage?: Milliseconds;
}

const interval: Milliseconds = 10 * 60_000;
/** Jobs deleted in one transaction; between slices the event loop is free. */
const sliceSize = 200;
/** Rows of children, nodes or usage deleted in one transaction. */
const rowsPerSlice = 1_000;
/** How long sums of usage are kept, unless told otherwise: a year can be compared with the one before its last month. */
const usageKept: Milliseconds = 400 * 86_400_000;

export interface SweeperOptions {
  readonly ledger: Ledger;
  readonly outbox: Pick<Outbox, 'whenHeard'>;
  readonly reads: StoreReads;
  readonly clock: Clock;
  readonly retention: FinishedJobRetention;
  /** Changes of one job's tags, which read the job first: none may lose the job between. */
  readonly jobTurns: Turns;
  /** Whether a job that has not ended names this one: it could not be rebuilt without it. */
  readonly isNamed: (jobId: JobId) => boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * Deletes finished jobs whose time is over, in slices, then what their children left and usage that is too old; what one
 * sweep leaves, the next finds again in the store.
 */
export class FinishedJobSweeper {
  readonly #options: SweeperOptions;
  readonly #sweep: Sweep;
  /** The last job that this sweep looked at: what it had to keep is not looked at again before the next one. */
  #after: FinishedPlace | undefined;

  constructor(options: SweeperOptions) {
    this.#options = options;
    const { clock, onError } = options;
    this.#sweep = new Sweep({ clock, interval, deleteSlice: (signal) => this.#sweepSlice(signal), onError });
  }

  /** Sweeps now and every ten minutes. */
  start(): void {
    this.#after = undefined;
    this.#sweep.start();
  }

  stop(): void {
    this.#sweep.stop();
  }

  async #sweepSlice(signal: AbortSignal): Promise<number> {
    const steps = [
      this.#sweepFinished,
      this.#sweepServiceJobs,
      this.#trimForgotten,
      this.#trimUsage,
      this.#forgetInstances,
    ];
    for (const step of steps) {
      const handled = await step.call(this, signal);
      if (handled > 0) return handled;
    }
    this.#after = undefined;
    return 0;
  }

  /** Children and nodes of jobs that were deleted. */
  async #trimForgotten(signal: AbortSignal): Promise<number> {
    const { reads, ledger } = this.#options;
    if (!(await reads.hasForgottenJobs()) || signal.aborted) return 0;
    ledger.transact((transaction) => transaction.add({ kind: 'forgotten.trim', limit: rowsPerSlice }));
    return rowsPerSlice;
  }

  /** Instances that have ended, and are shown no longer. */
  async #forgetInstances(): Promise<number> {
    const { ledger, clock } = this.#options;
    return forgetEnded(ledger, clock.now(), sliceSize);
  }

  async #trimUsage(signal: AbortSignal): Promise<number> {
    const { reads, ledger, clock, retention } = this.#options;
    const before = clock.now() - (retention.usage ?? usageKept);
    const oldest = await reads.oldestUsage();
    if (oldest === undefined || oldest >= before || signal.aborted) return 0;
    ledger.transact((transaction) => transaction.add({ kind: 'usage.trim', before, limit: rowsPerSlice }));
    return rowsPerSlice;
  }

  /** Answers how many it looked at. */
  async #sweepFinished(signal: AbortSignal): Promise<number> {
    const { reads, clock, retention, outbox, isNamed } = this.#options;
    const surplus = await this.#surplus();
    if (surplus === 0) return 0;
    const stoppedBefore = clock.now() - retention.minimumAge;
    const after = this.#after && { after: this.#after };
    const found = await reads.finishedJobs({ stoppedBefore, ...after, limit: Math.min(sliceSize, surplus) });
    const jobs = found.filter(({ jobId }) => !isNamed(jobId));
    // A consumer that has yet to hear what became of a job reads the rest of it from the job.
    if (jobs.length > 0) await outbox.whenHeard();
    if (signal.aborted) return 0;
    await this.#delete(jobs, 'job.delete', signal);
    this.#after = placeOf(found.at(-1)) ?? this.#after;
    return found.length;
  }

  /** Service jobs that have ended: nothing else names them. */
  async #sweepServiceJobs(signal: AbortSignal): Promise<number> {
    const { reads, clock, retention } = this.#options;
    const { minimumAge, maximumCount } = retention;
    const surplus = maximumCount === undefined ? sliceSize : (await reads.serviceJobTotals()).finished - maximumCount;
    const limit = Math.max(0, Math.min(sliceSize, surplus));
    if (limit === 0) return 0;
    const jobs = await reads.finishedServiceJobs({ stoppedBefore: clock.now() - minimumAge, limit });
    if (jobs.length === 0 || signal.aborted) return 0;
    await this.#delete(jobs, 'serviceJob.delete', signal);
    return jobs.length;
  }

  async #delete(
    jobs: readonly (Scope & { readonly jobId: JobId })[],
    kind: 'job.delete' | 'serviceJob.delete',
    signal: AbortSignal,
  ): Promise<void> {
    if (jobs.length === 0) return;
    const { ledger, jobTurns, isNamed } = this.#options;
    const ids = jobs.map(({ jobId }) => jobId);
    await jobTurns.takeAll(ids, async () => {
      // Much may have happened since they were found: a pause, or a job that names one of them.
      const gone = signal.aborted ? [] : jobs.filter(({ jobId }) => !isNamed(jobId));
      if (gone.length === 0) return;
      ledger.transact((transaction) => {
        for (const job of gone) transaction.add({ kind, scope: scopeOf(job), jobId: job.jobId });
      });
    });
  }

  async #surplus(): Promise<number> {
    const { maximumCount } = this.#options.retention;
    if (maximumCount === undefined) return sliceSize;
    return Math.max(0, (await this.#options.reads.countFinishedJobs()) - maximumCount);
  }
}

function placeOf(job: JobRecord | undefined): FinishedPlace | undefined {
  if (!job || !('stoppedAt' in job.state)) return undefined;
  return { stoppedAt: job.state.stoppedAt, number: job.number };
}

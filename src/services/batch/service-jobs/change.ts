import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { Caller } from '../../../core/job.ts';
import type { Turns } from '../../../core/turns.ts';
import type { FactLog, Ledger, ServiceJobRecord, Store, Transaction } from '../../../store/index.ts';

/** What changes of service jobs go through. They are in the store alone: each change reads what the one before wrote. */
export interface ServiceJobChanges extends ChangeWitnesses {
  readonly ledger: Ledger;
  readonly store: Pick<Store, 'reads'>;
  readonly jobTurns: Turns;
}

/** Who is told of changes. */
interface ChangeWitnesses {
  readonly facts: FactLog;
  /** What stands at the front of queues. */
  readonly serviceHeads: { changed(transaction: Transaction, line: ServiceLine): void };
}

/** Which of the service jobs that wait. */
export interface WaitingServiceJobs {
  readonly jobQueueArn: string;
  readonly quotaShareName?: string;
}

/** Those that wait one behind the other: of a queue, or of one of its quota shares. */
export interface ServiceLine extends Scope, WaitingServiceJobs {}

export function lineOf({ account, region, jobQueueArn, quotaShareName }: ServiceLine): ServiceLine {
  return { account, region, jobQueueArn, ...(quotaShareName === undefined ? {} : { quotaShareName }) };
}

/** Changes one service job. Answers what it now is; undefined where there is none. `change` may answer the same: nothing is written. */
export function changeServiceJob(
  { ledger, store, jobTurns, ...witnesses }: ServiceJobChanges,
  scope: Scope,
  jobId: JobId,
  change: (job: ServiceJobRecord) => ServiceJobRecord,
): Promise<ServiceJobRecord | undefined> {
  return jobTurns.take(jobId, async () => {
    const [found] = await store.reads.serviceJobs(scopeOf(scope), [jobId]);
    if (!found) return undefined;
    const record = change(found);
    if (record !== found) ledger.transact((transaction) => putServiceJob(transaction, witnesses, found, record));
    return record;
  });
}

/** Stores what a service job now is. In its turn. */
export function putServiceJob(
  transaction: Transaction,
  { facts, serviceHeads }: ChangeWitnesses,
  before: ServiceJobRecord,
  after: ServiceJobRecord,
): void {
  transaction.add({ kind: 'serviceJob.update', record: after });
  serviceHeads.changed(transaction, lineOf(after));
  const { account, region, jobId, state } = after;
  if (state.status === before.state.status || state.status !== 'FAILED') return;
  const change = { from: before.state.status, to: state.status, reason: state.statusReason, at: state.stoppedAt };
  facts.append(transaction, { account, region, kind: 'serviceJob', jobId, ...change });
}

/** Why a service job is to end, and who asks. */
export interface ServiceJobStop {
  readonly reason: string;
  readonly at: EpochMilliseconds;
  /** Absent: the service itself. */
  readonly by?: Caller;
}

/** One that waits ends at once: no service runs it. One that has ended stays as it is. */
export function ended(job: ServiceJobRecord, { reason, at, by }: ServiceJobStop): ServiceJobRecord {
  if (job.state.status !== 'RUNNABLE') return job;
  const state = { status: 'FAILED', statusReason: reason, stoppedAt: at, ...(by && { stoppedBy: by }) } as const;
  return { ...job, state };
}

/** Jobs ended in one turn. */
const sliceSize = 100;

/**
 * Ends all service jobs that wait in a queue or a quota share. Each slice is durable before the next is read: a crash loses nothing but
 * what had not begun.
 */
export async function endWaiting(
  runtime: ServiceJobChanges & { readonly store: Pick<Store, 'reads' | 'settled'> },
  waiting: WaitingServiceJobs,
  stop: ServiceJobStop,
): Promise<void> {
  const { store } = runtime;
  for (;;) {
    const jobs = await store.reads.waitingServiceJobs({ ...waiting, limit: sliceSize });
    if (jobs.length === 0) return;
    await Promise.all(jobs.map((job) => changeServiceJob(runtime, job, job.jobId, (found) => ended(found, stop))));
    await store.settled();
  }
}

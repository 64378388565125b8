import { type Scope, scopeOf } from '../../core/arn.ts';
import { storedCounts } from '../../jobs/index.ts';
import type { StoreReads } from '../../store/index.ts';
import type { ArrayRecord, ListedJob } from './shown-jobs.ts';
import type { ChildCounts, Yard } from './yard/index.ts';

/** A job, and what the children are of one that is an array. */
export type CountedJob<Job extends ListedJob> = Job & { readonly counts?: ChildCounts };

/** Bits that are decoded in one turn of the event loop. */
const arraysPerTurn = 100;

/**
 * Says of each array what its children are. Memory knows it of those that have not ended, but for one that has ended since the
 * store was read, and for all while memory is being filled: those are read once more. One that was deleted meanwhile is left out.
 */
export async function withCounts<Job extends ListedJob>(
  reads: StoreReads,
  yard: Pick<Yard, 'childCounts'>,
  scope: Scope,
  jobs: readonly Job[],
): Promise<readonly CountedJob<Job>[]> {
  const known = jobs.map((job) => countedNow(yard, job));
  const unknown = jobs.filter((_job, index) => known[index] === undefined);
  if (unknown.length === 0) return known as readonly CountedJob<Job>[];
  const again = new Map<Job, CountedJob<Job>>();
  for (let from = 0; from < unknown.length; from += arraysPerTurn) {
    const slice = unknown.slice(from, from + arraysPerTurn);
    for (const [job, counted] of await countedByStore(reads, scope, slice)) again.set(job, counted);
  }
  return jobs.flatMap((job, index) => known[index] ?? again.get(job) ?? []);
}

/** Undefined if that is for the store to say. */
function countedNow<Job extends ListedJob>(yard: Pick<Yard, 'childCounts'>, job: Job): CountedJob<Job> | undefined {
  if (job.record.kind !== 'array' || job.part) return job;
  const counts = endedCounts(job.record) ?? yard.childCounts(job.id);
  return counts && { ...job, counts };
}

async function countedByStore<Job extends ListedJob>(
  reads: StoreReads,
  scope: Scope,
  jobs: readonly Job[],
): Promise<ReadonlyMap<Job, CountedJob<Job>>> {
  // Before the records: what is PENDING by a record has had its children since then.
  const bits = await reads.arrayBits(jobs.map(({ record }) => record.number));
  const stored = await reads.jobs(
    scopeOf(scope),
    jobs.map(({ id }) => id),
  );
  const records = new Map(stored.map(({ record }) => [record.jobId, record]));
  const byNumber = new Map(bits.map((row) => [row.number, row.bits]));
  return new Map(
    jobs.flatMap((job) => {
      const record = records.get(job.id);
      const own = byNumber.get(job.record.number);
      if (record?.kind !== 'array' || !own) return [];
      const counts = endedCounts(record) ?? storedCounts(own, record.size);
      return [[job, { ...job, record, state: record.state, counts }] as const];
    }),
  );
}

/** Undefined if it has not ended. */
export function endedCounts({ state, size }: ArrayRecord): ChildCounts | undefined {
  if (state.status === 'PENDING') return undefined;
  const { failed, stoppedAt } = state;
  const counts = { PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0, SUCCEEDED: size - failed, FAILED: failed };
  return { counts, changedAt: stoppedAt };
}

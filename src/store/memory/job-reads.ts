import { jobStatuses } from '../../core/job.ts';
import type { ArrayChildRecord, NodeRecord } from '../../core/job-record.ts';
import { consumablePageOf, consumableScanSize, pageOf, scanSize } from '../job-filter.ts';
import type { ConsumableJobsQuery, FinishedPlace, JobListPlace, JobListQuery, JobPage } from '../queries.ts';
import type { DriverReads } from '../reads.ts';
import { fromJobRow, fromSpecification, jobsAlike } from '../rows.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import { always, takeWhile } from './iteration.ts';
import { hasJob, jobIn } from './job-mutations.ts';
import { all, type ChildRow, childKey, listKey, type MemoryJobRow, type Tables } from './tables.ts';

type JobReads = Pick<
  DriverReads,
  | 'jobs'
  | 'listJobs'
  | 'consumableJobs'
  | 'finishedJobs'
  | 'countFinishedJobs'
  | 'arrayBits'
  | 'arrayChildren'
  | 'nodes'
  | 'hasForgottenJobs'
  | 'jobSlice'
>;

export function jobReads(tables: Tables): JobReads {
  const { jobs } = tables;
  return {
    jobs: (scope, jobIds) =>
      jobIds
        .map((jobId) => jobIn(tables, scope, jobId))
        .filter((row) => row !== undefined)
        .map((row) => ({ record: fromJobRow(row), specification: fromSpecification(row.specification) })),
    listJobs: (query) => listJobs(tables, query),
    consumableJobs: (query) => consumableJobs(tables, query),
    finishedJobs: ({ stoppedBefore, after, limit }) =>
      takeWhile(
        jobs.list('finished', all).from((row) => after === undefined || stoppedLater(row, after)),
        limit,
        (row) => (row.stoppedAt ?? 0) < stoppedBefore,
      ).map(toRecord),
    countFinishedJobs: () => jobs.list('finished', all).size,
    arrayBits: (numbers) => bitsOf(tables, numbers),
    arrayChildren: (arrays) =>
      arrays.flatMap(({ number, indexes }) => {
        if (!hasJob(tables, number)) return [];
        const rows = indexes.map((index) => tables.arrayChildren.get(childKey(number, index)));
        return rows.filter((row) => row !== undefined).map(toChild<ArrayChildRecord>);
      }),
    nodes: ({ number, after = -1, limit }) => {
      if (!hasJob(tables, number)) return [];
      const rows = tables.nodes.list('byIndex', String(number)).from((row) => row.index > after);
      return takeWhile(rows, limit, always).map(toChild<NodeRecord>);
    },
    hasForgottenJobs: () => tables.forgottenJobs.list('byNumber', all).size > 0,
    jobSlice: (after, limit) => {
      const { order, number } = after ?? { order: Number.NEGATIVE_INFINITY, number: 0 };
      const isBeyond = (row: MemoryJobRow) => row.order > order || (row.order === order && row.number > number);
      const rows = takeWhile(jobs.list('waiting', all).from(isBeyond), limit, always);
      const arrays = rows.filter(({ kind }) => kind === 'array').map((row) => row.number);
      return { jobs: rows.map((row) => jobsAlike(row)(row)), bits: bitsOf(tables, arrays) };
    },
  };
}

function stoppedLater({ stoppedAt, number }: MemoryJobRow, than: FinishedPlace): boolean {
  return ((stoppedAt ?? 0) - than.stoppedAt || number - than.number) > 0;
}

function toRecord(row: MemoryJobRow) {
  return fromJobRow(row);
}

function toChild<Record>({ number, index, state }: ChildRow): Record {
  return { number, index, ...fromVersionedJson<object>(state) } as Record;
}

function bitsOf({ arrayBits }: Tables, numbers: readonly number[]) {
  return numbers.flatMap((number) => {
    const row = arrayBits.get(String(number));
    return row ? [{ number, bits: row.bits.slice() }] : [];
  });
}

function listJobs(tables: Tables, query: JobListQuery): JobPage {
  const { jobQueueArn, statuses = jobStatuses, after, createdAfter = Number.NEGATIVE_INFINITY } = query;
  const { createdBefore = Number.POSITIVE_INFINITY } = query;
  const size = scanSize(query);
  const reached = (row: MemoryJobRow) => row.createdAt < createdBefore && (after === undefined || isOlder(row, after));
  const newest = [...new Set(statuses)].flatMap((status) =>
    takeWhile(
      tables.jobs.list('newestFirst', listKey(jobQueueArn, status)).from(reached),
      size,
      (row) => row.createdAt > createdAfter,
    ),
  );
  const { found, ...rest } = pageOf(newest.sort(newestFirst).slice(0, size), query);
  return { jobs: found.map(toRecord), ...rest };
}

function consumableJobs({ jobs, jobConsumables }: Tables, query: ConsumableJobsQuery): JobPage {
  const { after, consumableArn } = query;
  const rows = jobConsumables
    .list('newestFirst', consumableArn)
    .from((row) => after === undefined || isOlder(row, after));
  const candidates = takeWhile(rows, consumableScanSize(query), always).map(({ jobId }) => jobs.get(jobId));
  const { found, ...rest } = consumablePageOf(
    candidates.filter((row) => row !== undefined),
    query,
  );
  return { jobs: found.map(toRecord), ...rest };
}

function newestFirst(a: JobListPlace, b: JobListPlace): number {
  return b.createdAt - a.createdAt || b.number - a.number;
}

function isOlder(row: JobListPlace, than: JobListPlace): boolean {
  return newestFirst(row, than) > 0;
}

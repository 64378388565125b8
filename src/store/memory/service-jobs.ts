import type { Scope } from '../../core/arn.ts';
import { CommitFailed } from '../../core/errors.ts';
import type { JobId } from '../../core/ids.ts';
import type { ChangeKind, ChangeOf } from '../changes.ts';
import { servicePageOf, serviceScanSize } from '../job-filter.ts';
import type { JobListPlace } from '../queries.ts';
import type { DriverReads } from '../reads.ts';
import {
  type ServiceJobListQuery,
  type ServiceJobPage,
  type ServiceJobRecord,
  serviceJobColumns,
  serviceJobStatuses,
} from '../service-jobs.ts';
import { fromVersionedJson, toVersionedJson } from '../versioned-json.ts';
import { always, takeWhile } from './iteration.ts';
import type { Mutation } from './mutation.ts';
import { all, type ServiceJobRow, serviceListKey, serviceTotalKey, type Tables } from './tables.ts';

type ServiceJobChange = Extract<ChangeKind, `serviceJob.${string}`>;

export const serviceJobMutations: { readonly [Kind in ServiceJobChange]: (change: ChangeOf<Kind>) => Mutation } = {
  'serviceJob.insert': ({ record, payload }) => {
    const { account, region, jobId, jobName, jobQueueArn, createdAt } = record;
    const shares = { shareIdentifier: record.shareIdentifier ?? null, quotaShareName: record.quotaShareName ?? null };
    const columns = {
      account,
      region,
      jobId,
      jobName,
      jobQueueArn,
      createdAt,
      ...shares,
      ...serviceJobColumns(record),
    };
    const row = { ...columns, record: toVersionedJson(record), payload };
    return ({ serviceJobs }) => {
      if (serviceJobs.get(jobId)) throw new CommitFailed('failed', `service job ${jobId} exists already`);
      serviceJobs.put({ ...row, number: (serviceJobs.list('byNumber', all).last?.number ?? 0) + 1 });
    };
  },
  'serviceJob.update': ({ record }) => {
    const columns = { ...serviceJobColumns(record), record: toVersionedJson(record) };
    return (tables) => {
      const row = rowIn(tables, record, record.jobId);
      if (!row) throw new CommitFailed('failed', `there is no service job ${record.jobId}`);
      tables.serviceJobs.put({ ...row, ...columns });
    };
  },
  'serviceJob.delete':
    ({ scope, jobId }) =>
    (tables) => {
      if (rowIn(tables, scope, jobId)) tables.serviceJobs.delete(jobId);
    },
};

function rowIn({ serviceJobs }: Tables, { account, region }: Scope, jobId: JobId): ServiceJobRow | undefined {
  const row = serviceJobs.get(jobId);
  return row?.account === account && row.region === region ? row : undefined;
}

type ServiceJobRead =
  | 'serviceJobs'
  | 'serviceJob'
  | 'waitingServiceJobCount'
  | 'listServiceJobs'
  | 'waitingServiceJobs'
  | 'finishedServiceJobs'
  | 'serviceJobTotals';

export function serviceJobReads(tables: Tables): Pick<DriverReads, ServiceJobRead> {
  const { serviceJobs } = tables;
  return {
    serviceJobs: (scope, jobIds) =>
      jobIds
        .map((jobId) => rowIn(tables, scope, jobId))
        .filter((row) => row !== undefined)
        .map(toRecord),
    serviceJob: (scope, jobId) => {
      const row = rowIn(tables, scope, jobId);
      return row && { record: toRecord(row), payload: row.payload };
    },
    listServiceJobs: (query) => list(tables, query),
    waitingServiceJobs: ({ jobQueueArn, quotaShareName, limit }) => {
      const rows =
        quotaShareName === undefined
          ? serviceJobs.list('ofQueue', jobQueueArn)
          : serviceJobs.list('ofQuotaShare', `${jobQueueArn} ${quotaShareName}`);
      return takeWhile(rows.from(always), limit, always).map(toRecord);
    },
    finishedServiceJobs: ({ stoppedBefore, limit }) =>
      takeWhile(
        serviceJobs.list('finished', all).from(always),
        limit,
        (row) => (row.stoppedAt ?? 0) < stoppedBefore,
      ).map(toRecord),
    waitingServiceJobCount: (jobQueueArn) => serviceJobs.list('ofQueue', jobQueueArn).size,
    serviceJobTotals: (scope) => {
      if (scope) {
        const [waiting, finished] = [true, false].map(
          (waits) => serviceJobs.list('byState', serviceTotalKey(scope, waits)).size,
        );
        return { waiting: waiting ?? 0, finished: finished ?? 0 };
      }
      const finished = serviceJobs.list('finished', all).size;
      return { waiting: serviceJobs.list('byNumber', all).size - finished, finished };
    },
  };
}

function list({ serviceJobs }: Tables, query: ServiceJobListQuery): ServiceJobPage {
  const { jobQueueArn, statuses = serviceJobStatuses, after, createdAfter = Number.NEGATIVE_INFINITY } = query;
  const { createdBefore = Number.POSITIVE_INFINITY } = query;
  const size = serviceScanSize(query);
  const reached = (row: ServiceJobRow) => row.createdAt < createdBefore && (!after || newestFirst(row, after) > 0);
  const newest = [...new Set(statuses)].flatMap((status) =>
    takeWhile(
      serviceJobs.list('newestFirst', serviceListKey(jobQueueArn, status)).from(reached),
      size,
      (row) => row.createdAt > createdAfter,
    ),
  );
  const { found, ...rest } = servicePageOf(newest.sort(newestFirst).slice(0, size), query);
  return { jobs: found.map(toRecord), ...rest };
}

function newestFirst(a: JobListPlace, b: JobListPlace): number {
  return b.createdAt - a.createdAt || b.number - a.number;
}

function toRecord({ record }: ServiceJobRow): ServiceJobRecord {
  return fromVersionedJson(record);
}

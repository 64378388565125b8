import type { Scope } from '../../core/arn.ts';
import type { JobId } from '../../core/ids.ts';
import { filtersServiceJobs, servicePageOf, serviceScanSize } from '../job-filter.ts';
import type { JobListPlace } from '../queries.ts';
import type { ReadInput } from '../reads.ts';
import {
  type ServiceJobListQuery,
  type ServiceJobRecord,
  serviceJobColumns,
  serviceJobStatuses,
} from '../service-jobs.ts';
import { fromVersionedJson, toVersionedJson } from '../versioned-json.ts';
import type { SqliteChanges } from './change.ts';
import type { Connection } from './connection.ts';
import { CommitRefused } from './failure.ts';
import { idParameter } from './job-cells.ts';
import { nameNumber, newNameNumber } from './names.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { newScopeNumber, scopeNumber } from './scope-numbers.ts';

const put =
  'INSERT INTO service_job (scope, job_id, queue, job_name, share_identifier, quota_share, created_at, rank, status, stopped_at, record) ' +
  `VALUES (?, ${idParameter}, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number`;

export const serviceJobChanges: SqliteChanges<'serviceJob.insert' | 'serviceJob.update' | 'serviceJob.delete'> = {
  'serviceJob.insert': {
    columns: 13,
    encode: ({ record, payload }, batch) => {
      const { account, region, jobId, jobQueueArn, jobName, shareIdentifier, quotaShareName, createdAt } = record;
      const { rank, status, stoppedAt } = serviceJobColumns(record);
      batch.push(
        account,
        region,
        payload,
        jobId,
        jobQueueArn,
        jobName,
        shareIdentifier ?? null,
        quotaShareName ?? null,
      );
      batch.push(createdAt, rank, status, stoppedAt, toVersionedJson(record));
    },
    apply: (connection, [account = null, region = null, payload = null, jobId = null, queue, ...rest]) => {
      const scope = newScopeNumber(connection, account, region);
      const row = [scope, jobId, newNameNumber(connection, String(queue)), ...rest];
      const number = connection.first<[number]>(put, row)?.[0] ?? null;
      connection.run('INSERT INTO service_job_payload (number, payload) VALUES (?, ?)', [number, payload]);
    },
  },
  'serviceJob.update': {
    columns: 7,
    encode: ({ record }, batch) => {
      const { rank, status, stoppedAt } = serviceJobColumns(record);
      const { account, region, jobId } = record;
      batch.push(account, region, rank, status, stoppedAt, toVersionedJson(record), jobId);
    },
    apply: (connection, [account = null, region = null, ...columns]) => {
      const scope = newScopeNumber(connection, account, region);
      const sql =
        'UPDATE service_job SET rank = ?, status = ?, stopped_at = ?, record = ? ' +
        `WHERE job_id = ${idParameter} AND scope = ?`;
      if (connection.run(sql, [...columns, scope]) === 0) {
        throw new CommitRefused('failed', `there is no service job ${columns.at(-1)}`);
      }
    },
  },
  'serviceJob.delete': {
    columns: 3,
    encode: ({ scope: { account, region }, jobId }, batch) => {
      batch.push(account, region, jobId);
    },
    apply: (connection, [account = null, region = null, jobId = null]) => {
      const scope = newScopeNumber(connection, account, region);
      connection.run(`DELETE FROM service_job WHERE job_id = ${idParameter} AND scope = ?`, [jobId, scope]);
    },
  },
};

/** Versioned JSON of a record. */
type RecordText = string;

export const serviceJobReads: SqliteReads<
  | 'serviceJobs'
  | 'serviceJob'
  | 'listServiceJobs'
  | 'waitingServiceJobs'
  | 'waitingServiceJobCount'
  | 'finishedServiceJobs'
  | 'serviceJobTotals'
> = {
  serviceJobs: read(serviceJobs, (texts) => texts.map(toRecord)),
  serviceJob: read(serviceJob, (row) => row && { record: toRecord(row[0]), payload: row[1] }),
  listServiceJobs: read(list, ({ texts, ...rest }) => ({ jobs: texts.map(toRecord), ...rest })),
  waitingServiceJobs: read(waiting, (texts) => texts.map(toRecord)),
  finishedServiceJobs: read(finished, (texts) => texts.map(toRecord)),
  waitingServiceJobCount: plainRead<'waitingServiceJobCount'>((connection, jobQueueArn) => {
    const queue = nameNumber(connection, jobQueueArn);
    const sql = 'SELECT waiting FROM service_job_queue_total WHERE queue = ?';
    return queue === undefined ? 0 : (connection.first<[waiting: number]>(sql, [queue])?.[0] ?? 0);
  }),
  serviceJobTotals: plainRead<'serviceJobTotals'>((connection, scope) => {
    const sql = 'SELECT total(waiting), total(finished) FROM service_job_total';
    const [waiting, finished] = connection.first<[waiting: number, finished: number]>(
      scope ? `${sql} WHERE scope = ?` : sql,
      scope ? [scopeNumber(connection, scope)] : [],
    ) ?? [0, 0];
    return { waiting, finished };
  }),
};

function toRecord(text: RecordText): ServiceJobRecord {
  return fromVersionedJson(text);
}

function serviceJobs(connection: Connection, scope: Scope, jobIds: readonly JobId[]) {
  const sql = `SELECT record FROM service_job WHERE job_id = ${idParameter} AND scope = ?`;
  const number = scopeNumber(connection, scope);
  return jobIds
    .map((jobId) => connection.first<[record: RecordText]>(sql, [jobId, number])?.[0])
    .filter((text) => text !== undefined);
}

function serviceJob(connection: Connection, scope: Scope, jobId: JobId) {
  const sql =
    'SELECT record, payload FROM service_job JOIN service_job_payload USING (number) ' +
    `WHERE job_id = ${idParameter} AND scope = ?`;
  return connection.first<[record: RecordText, payload: string]>(sql, [jobId, scopeNumber(connection, scope)]);
}

/** The newest candidates are found by the index and filtered, then those left are read whole. */
function list(connection: Connection, query: ServiceJobListQuery): { texts: RecordText[]; next?: JobListPlace } {
  const { found, ...rest } = servicePageOf(newestCandidates(connection, query), query);
  const texts = found.map(({ number }) => {
    return connection.first<[RecordText]>('SELECT record FROM service_job WHERE number = ?', [number])?.[0];
  });
  return { texts: texts.filter((text) => text !== undefined), ...rest };
}

type CandidateColumns = [createdAt: number, number: number, name: string, share: string | null, quota: string | null];

function newestCandidates(connection: Connection, query: ServiceJobListQuery) {
  const { jobQueueArn, statuses = serviceJobStatuses, createdAfter = Number.NEGATIVE_INFINITY } = query;
  const queue = nameNumber(connection, jobQueueArn);
  if (queue === undefined) return [];
  const size = serviceScanSize(query);
  const filtered = filtersServiceJobs(query) ? 'job_name, share_identifier, quota_share' : "'', NULL, NULL";
  const sql =
    `SELECT created_at, number, ${filtered} FROM service_job WHERE queue = ? AND status = ? ` +
    'AND (created_at, number) < (?, ?) ORDER BY created_at DESC, number DESC LIMIT ?';
  return [...new Set(statuses)]
    .flatMap((status) => connection.all<CandidateColumns>(sql, [queue, status, ...startOf(query), size]))
    .filter(([createdAt]) => createdAt > createdAfter)
    .sort((a, b) => b[0] - a[0] || b[1] - a[1])
    .slice(0, size)
    .map(([createdAt, number, jobName, shareIdentifier, quotaShareName]) => {
      return { createdAt, number, jobName, shareIdentifier, quotaShareName };
    });
}

const endOfTime = Number.MAX_SAFE_INTEGER;

/** The place that every row must be older than: `createdBefore` is a place before all jobs of that time. */
function startOf({ after, createdBefore = endOfTime }: ServiceJobListQuery): [createdAt: number, number: number] {
  if (after && after.createdAt < createdBefore) return [after.createdAt, after.number];
  return [createdBefore, 0];
}

function waiting(connection: Connection, ...[query]: ReadInput<'waitingServiceJobs'>): RecordText[] {
  const { jobQueueArn, quotaShareName, limit } = query;
  const queue = nameNumber(connection, jobQueueArn);
  if (queue === undefined) return [];
  const ofShare = quotaShareName === undefined ? '' : 'AND quota_share = ? ';
  const sql =
    `SELECT record FROM service_job WHERE queue = ? AND stopped_at IS NULL ${ofShare}` +
    'ORDER BY rank DESC, number LIMIT ?';
  const share = quotaShareName === undefined ? [] : [quotaShareName];
  return connection.all<[RecordText]>(sql, [queue, ...share, limit]).map(([text]) => text);
}

function finished(connection: Connection, ...[query]: ReadInput<'finishedServiceJobs'>): RecordText[] {
  const { stoppedBefore, limit } = query;
  const sql =
    'SELECT record FROM service_job WHERE stopped_at IS NOT NULL AND stopped_at < ? ORDER BY stopped_at, number LIMIT ?';
  return connection.all<[RecordText]>(sql, [stoppedBefore, limit]).map(([text]) => text);
}

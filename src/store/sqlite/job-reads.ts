import type { Scope } from '../../core/arn.ts';
import type { AccountId, JobId, Region } from '../../core/ids.ts';
import { jobStatuses } from '../../core/job.ts';
import { isFiltered, pageOf, scanSize } from '../job-filter.ts';
import type { JobListQuery } from '../queries.ts';
import type { ReadInput } from '../reads.ts';
import type { JobRecord } from '../records.ts';
import { fromJobRow, fromSpecification } from '../rows.ts';
import { compareText } from '../text-order.ts';
import type { Connection } from './connection.ts';
import { plainRead, read, type SqliteReads } from './read.ts';

/** A job row without what its state says again. */
type JobColumns = readonly [
  account: string,
  region: string,
  jobId: string,
  jobName: string,
  jobQueueArn: string,
  jobDefinitionArn: string,
  shareIdentifier: string | null,
  createdAt: number,
  sequence: number,
  detail: string,
  tags: string,
  state: string,
];

type Place = NonNullable<JobListQuery['after']>;

export const jobReads: SqliteReads<'jobs' | 'listJobs' | 'finishedJobs' | 'countFinishedJobs' | 'jobSlice'> = {
  jobs: read(jobs, (rows) =>
    rows.map(([specification, ...row]) => ({ record: toJob(row), specification: fromSpecification(specification) })),
  ),
  listJobs: read(listJobs, ({ rows, next }) => ({ jobs: rows.map(toJob), ...(next ? { next } : {}) })),
  finishedJobs: read(finishedJobs, (rows) => rows.map(toJob)),
  countFinishedJobs: plainRead<'countFinishedJobs'>(countFinishedJobs),
  jobSlice: read(waitingJobs, (rows) => rows.map(toJob)),
};

function toJob(row: JobColumns): JobRecord {
  const [account, region, jobId, jobName, jobQueueArn, jobDefinitionArn, share, createdAt, sequence, ...texts] = row;
  const [detail, tags, state] = texts;
  return fromJobRow({
    account: account as AccountId,
    region: region as Region,
    jobId: jobId as JobId,
    jobName,
    jobQueueArn,
    jobDefinitionArn,
    createdAt,
    sequence,
    ...(share === null ? {} : { shareIdentifier: share }),
    detail,
    tags,
    state,
  });
}

const columns = [
  'account',
  'region',
  'job_id',
  'job_name',
  'job_queue_arn',
  'job_definition_arn',
  'share_identifier',
  'created_at',
  'sequence',
  'detail',
  'tags',
  'state',
]
  .map((column) => `job.${column}`)
  .join(', ');

const endOfTime = Number.MAX_SAFE_INTEGER;

function jobs(connection: Connection, scope: Scope, jobIds: readonly JobId[]) {
  const sql =
    `SELECT specification, ${columns} FROM job JOIN job_specification USING (account, region, job_id) ` +
    'WHERE job.account = ? AND job.region = ? AND job.job_id = ?';
  return jobIds
    .map((jobId) => connection.first<[specification: string, ...JobColumns]>(sql, [scope.account, scope.region, jobId]))
    .filter((row) => row !== undefined);
}

/** The newest candidates are found by the index and filtered, then those left are read whole. */
function listJobs(connection: Connection, query: JobListQuery): { rows: JobColumns[]; next?: Place } {
  const { found, ...rest } = pageOf(newestCandidates(connection, query, scanSize(query)), query);
  const rows = found.map((candidate) => jobAt(connection, query, candidate)).filter((row) => row !== undefined);
  return { rows, ...rest };
}

function jobAt(connection: Connection, { scope }: JobListQuery, place: Place): JobColumns | undefined {
  return connection.first<JobColumns>(`SELECT ${columns} FROM job WHERE account = ? AND region = ? AND job_id = ?`, [
    scope.account,
    scope.region,
    place.jobId,
  ]);
}

/** What lists are ordered and filtered by. */
interface Candidate extends Place {
  readonly jobName: string;
  readonly jobDefinitionArn: string;
  readonly shareIdentifier?: string;
}

/** The index is by queue and status; the newest of each are merged. Without a filter the index alone is read. */
function newestCandidates(connection: Connection, query: JobListQuery, size: number): Candidate[] {
  const { scope, statuses = jobStatuses, createdAfter = Number.NEGATIVE_INFINITY } = query;
  const filtered = isFiltered(query) ? 'job_name, job_definition_arn, share_identifier' : "'', '', NULL";
  const sql =
    `SELECT created_at, job_id, ${filtered} FROM job WHERE account = ? AND region = ? AND job_queue_arn = ? ` +
    'AND status = ? AND (created_at, job_id) < (?, ?) ORDER BY created_at DESC, job_id DESC LIMIT ?';
  const start = startOf(query);
  const candidates = queuesOf(connection, query).flatMap((queue) =>
    [...new Set(statuses)].flatMap((status) =>
      connection.all<CandidateColumns>(sql, [scope.account, scope.region, queue, status, ...start, size]),
    ),
  );
  return candidates
    .map(fromColumns)
    .filter(({ createdAt }) => createdAt > createdAfter)
    .sort((a, b) => b.createdAt - a.createdAt || compareText(b.jobId, a.jobId))
    .slice(0, size);
}

type CandidateColumns = [createdAt: number, jobId: JobId, name: string, definition: string, share: string | null];

function fromColumns([createdAt, jobId, jobName, jobDefinitionArn, share]: CandidateColumns): Candidate {
  return { createdAt, jobId, jobName, jobDefinitionArn, ...(share === null ? {} : { shareIdentifier: share }) };
}

/** The place that every row must be older than: `createdBefore` is a place before all jobs of that time. */
function startOf({ after, createdBefore = endOfTime }: JobListQuery): [createdAt: number, jobId: string] {
  if (after && after.createdAt < createdBefore) return [after.createdAt, after.jobId];
  return [createdBefore, ''];
}

function queuesOf(connection: Connection, { scope, jobQueueArn }: JobListQuery): string[] {
  if (jobQueueArn !== undefined) return [jobQueueArn];
  const sql =
    'SELECT job_queue_arn FROM job WHERE account = ? AND region = ? AND job_queue_arn > ? ORDER BY job_queue_arn LIMIT 1';
  const queues: string[] = [];
  for (let next = ''; ; queues.push(next)) {
    const found = connection.first<[string]>(sql, [scope.account, scope.region, next]);
    if (!found) return queues;
    next = found[0];
  }
}

function finishedJobs(connection: Connection, ...[{ stoppedBefore, limit }]: ReadInput<'finishedJobs'>): JobColumns[] {
  const sql =
    `SELECT ${columns} FROM job WHERE stopped_at IS NOT NULL AND stopped_at < ? ` +
    'ORDER BY stopped_at, job_id LIMIT ?';
  return connection.all<JobColumns>(sql, [stoppedBefore, limit]);
}

function countFinishedJobs(connection: Connection): number {
  return connection.first<[number]>('SELECT jobs FROM finished_job_total')?.[0] ?? 0;
}

function waitingJobs(connection: Connection, ...[after, limit]: ReadInput<'jobSlice'>): JobColumns[] {
  const { sequence, jobId } = after ?? { sequence: Number.MIN_SAFE_INTEGER, jobId: '' };
  const sql =
    `SELECT ${columns} FROM job WHERE stopped_at IS NULL AND (sequence, job_id) > (?, ?) ` +
    'ORDER BY sequence, job_id LIMIT ?';
  return connection.all<JobColumns>(sql, [sequence, jobId, limit]);
}

/** Lowest and highest sequence of jobs that are not terminal; zeros when there is none. */
export function waitingSequences(connection: Connection): { lowest: number; highest: number } {
  const end = (function_: 'min' | 'max') =>
    connection.first<[number | null]>(`SELECT ${function_}(sequence) FROM job WHERE stopped_at IS NULL`)?.[0] ?? 0;
  return { lowest: end('min'), highest: end('max') };
}

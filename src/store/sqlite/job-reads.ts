import type { JobId } from '../../core/ids.ts';
import { jobStatuses } from '../../core/job.ts';
import type { JobListQuery } from '../contract.ts';
import { jobFilter } from '../job-filter.ts';
import { compareText } from '../text-order.ts';
import type { Column, Connection } from './connection.ts';
import type { JobColumns, JobPlace, SequencePlace, WorkerReads } from './protocol.ts';
import { scopesWith } from './scopes.ts';

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

/** How many rows a list looks at before commits get their turn: a few milliseconds. */
const sliceSize = 500;

const endOfTime = Number.MAX_SAFE_INTEGER;

export function jobs(connection: Connection, { scope, jobIds }: WorkerReads['jobs']['input']) {
  const sql =
    `SELECT ${columns}, specification FROM job JOIN job_specification USING (account, region, job_id) ` +
    'WHERE job.account = ? AND job.region = ? AND job.job_id = ?';
  return jobIds
    .map((jobId) => connection.first<[...JobColumns, string]>(sql, [scope.account, scope.region, jobId]))
    .filter((row) => row !== undefined);
}

/** One slice of a list: the newest candidates are found by the index and filtered, then those left are read whole. */
export function jobSlice(connection: Connection, query: JobListQuery): WorkerReads['jobSlice']['output'] {
  const holds = jobFilter(query);
  const size = isFiltered(query) ? sliceSize : Math.min(query.limit, sliceSize);
  const candidates = newestCandidates(connection, query, size);
  const rows = candidates
    .filter(holds)
    .slice(0, query.limit)
    .map((candidate) => jobAt(connection, query, candidate))
    .filter((row) => row !== undefined);
  const last = candidates.at(-1);
  if (!last || candidates.length < size || rows.length === query.limit) return { rows };
  return { rows, next: { createdAt: last.createdAt, jobId: last.jobId } };
}

function isFiltered({ jobName, jobDefinition, shareIdentifier }: JobListQuery): boolean {
  return jobName !== undefined || jobDefinition !== undefined || shareIdentifier !== undefined;
}

function jobAt(connection: Connection, { scope }: JobListQuery, place: JobPlace): JobColumns | undefined {
  return connection.first<JobColumns>(`SELECT ${columns} FROM job WHERE account = ? AND region = ? AND job_id = ?`, [
    scope.account,
    scope.region,
    place.jobId,
  ]);
}

/** What lists are ordered and filtered by. */
interface Candidate extends JobPlace {
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

export function finishedJobs(
  connection: Connection,
  { stoppedBefore, limit }: WorkerReads['finishedJobs']['input'],
): JobColumns[] {
  const sql =
    `SELECT ${columns}, stopped_at FROM job WHERE account = ? AND region = ? AND stopped_at IS NOT NULL ` +
    'AND stopped_at < ? ORDER BY stopped_at, job_id LIMIT ?';
  return perScope<[...JobColumns, number]>(connection, sql, [stoppedBefore, limit])
    .sort((a, b) => a[12] - b[12])
    .slice(0, limit)
    .map((row) => row.slice(0, 12) as unknown as JobColumns);
}

export function countFinishedJobs(connection: Connection): number {
  return connection.first<[number]>('SELECT count(*) FROM job WHERE stopped_at IS NOT NULL')?.[0] ?? 0;
}

export function waitingJobs(
  connection: Connection,
  { after, limit }: WorkerReads['waitingJobs']['input'],
): JobColumns[] {
  const sql =
    `SELECT ${columns} FROM job WHERE account = ? AND region = ? AND stopped_at IS NULL ` +
    'AND (sequence, job_id) > (?, ?) ORDER BY sequence, job_id LIMIT ?';
  return perScope<JobColumns>(connection, sql, [after.sequence, after.jobId, limit])
    .sort((a, b) => compareSequence({ sequence: a[8], jobId: a[2] }, { sequence: b[8], jobId: b[2] }))
    .slice(0, limit);
}

function compareSequence(a: SequencePlace, b: SequencePlace): number {
  return a.sequence - b.sequence || compareText(a.jobId, b.jobId);
}

/** Lowest and highest sequence of jobs that are not terminal; zeros when there is none. */
export function waitingSequences(connection: Connection): { lowest: number; highest: number } {
  const lowest = perScope<[number | null]>(connection, `SELECT min(sequence) ${ofWaiting}`, []);
  const highest = perScope<[number | null]>(connection, `SELECT max(sequence) ${ofWaiting}`, []);
  const known = (rows: readonly (readonly [number | null])[]) => rows.flatMap(([value]) => value ?? []);
  if (known(lowest).length === 0) return { lowest: 0, highest: 0 };
  return { lowest: Math.min(...known(lowest)), highest: Math.max(...known(highest)) };
}

const ofWaiting = 'FROM job WHERE account = ? AND region = ? AND stopped_at IS NULL';

/** Asks every scope that has jobs; the answers come in the order of the scopes. */
function perScope<Row extends readonly Column[]>(connection: Connection, sql: string, rest: readonly Column[]): Row[] {
  return scopesWith(connection, 'job').flatMap(({ account, region }) =>
    connection.all<Row>(sql, [account, region, ...rest]),
  );
}

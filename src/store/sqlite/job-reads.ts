import type { Scope } from '../../core/arn.ts';
import type { JobId } from '../../core/ids.ts';
import { jobStatuses } from '../../core/job.ts';
import { consumablePageOf, consumableScanSize, isFiltered, pageOf, scanSize } from '../job-filter.ts';
import type { ConsumableJobsQuery, FinishedPlace, JobListPlace, JobListQuery } from '../queries.ts';
import type { ReadInput } from '../reads.ts';
import { fromSpecification } from '../rows.ts';
import type { Connection } from './connection.ts';
import { fromCells, idParameter, type JobCells, type JobColumns, jobColumns, toCells } from './job-cells.ts';
import { nameNumber, namesOf } from './names.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { scopeNumber } from './scope-numbers.ts';

export const jobReads: SqliteReads<'jobs' | 'listJobs' | 'consumableJobs' | 'finishedJobs' | 'countFinishedJobs'> = {
  jobs: read(jobs, ({ cells, specifications }) =>
    fromCells(cells).map((record, at) => ({ record, specification: fromSpecification(specifications[at] ?? '') })),
  ),
  listJobs: read(listJobs, ({ cells, next }) => ({ jobs: fromCells(cells), ...(next ? { next } : {}) })),
  consumableJobs: read(consumableJobs, ({ cells, next }) => ({ jobs: fromCells(cells), ...(next ? { next } : {}) })),
  finishedJobs: read(finishedJobs, (cells) => fromCells(cells)),
  countFinishedJobs: plainRead<'countFinishedJobs'>(countFinishedJobs),
};

function jobs(connection: Connection, scope: Scope, jobIds: readonly JobId[]) {
  const sql =
    `SELECT specification, ${jobColumns} FROM job JOIN job_specification ON job_specification.number = job.number ` +
    `WHERE job_id = ${idParameter} AND scope = ?`;
  const number = scopeNumber(connection, scope);
  const found = jobIds
    .map((jobId) => connection.first<[specification: string, ...JobColumns]>(sql, [jobId, number]))
    .filter((row) => row !== undefined);
  const rows = found.map(([, ...row]) => row);
  return { cells: toCells(connection, rows), specifications: found.map(([specification]) => specification) };
}

/** The newest candidates are found by the index and filtered, then those left are read whole. */
function listJobs(connection: Connection, query: JobListQuery): { cells: JobCells; next?: JobListPlace } {
  const { found, ...rest } = pageOf(newestCandidates(connection, query, scanSize(query)), query);
  const rows = found.map(({ number }) => jobAt(connection, number)).filter((row) => row !== undefined);
  return { cells: toCells(connection, rows), ...rest };
}

function consumableJobs(connection: Connection, query: ConsumableJobsQuery): { cells: JobCells; next?: JobListPlace } {
  const { createdAt, number } = query.after ?? { createdAt: endOfTime, number: 0 };
  const resource = nameNumber(connection, query.consumableArn);
  if (resource === undefined) return { cells: toCells(connection, []) };
  const sql =
    'SELECT job_consumable.created_at, number, status, job_name FROM job_consumable JOIN job USING (number) ' +
    'WHERE resource = ? AND (job_consumable.created_at, number) < (?, ?) ' +
    'ORDER BY job_consumable.created_at DESC, number DESC LIMIT ?';
  const rows = connection.all<[createdAt: number, number: number, status: number, jobName: string]>(sql, [
    resource,
    createdAt,
    number,
    consumableScanSize(query),
  ]);
  const candidates = rows.map((row) => {
    const [time, of, status, jobName] = row;
    return { createdAt: time, number: of, status: jobStatuses[status] ?? 'SUBMITTED', jobName };
  });
  const { found, ...rest } = consumablePageOf(candidates, query);
  const jobs = found.map((one) => jobAt(connection, one.number)).filter((row) => row !== undefined);
  return { cells: toCells(connection, jobs), ...rest };
}

function jobAt(connection: Connection, number: number): JobColumns | undefined {
  return connection.first<JobColumns>(`SELECT ${jobColumns} FROM job WHERE number = ?`, [number]);
}

/** What lists are ordered and filtered by. */
interface Candidate extends JobListPlace {
  readonly jobName: string;
  readonly jobDefinitionArn: string;
  readonly shareIdentifier: string | null;
}

/** The index is by queue and status; the newest of each are merged. Without a filter the index alone is read. */
function newestCandidates(connection: Connection, query: JobListQuery, size: number): Candidate[] {
  const { jobQueueArn, statuses = jobStatuses, createdAfter = Number.NEGATIVE_INFINITY } = query;
  const queue = nameNumber(connection, jobQueueArn);
  if (queue === undefined) return [];
  const filtered = isFiltered(query) ? 'job_name, definition, share_identifier' : "'', 0, NULL";
  const sql =
    `SELECT created_at, number, ${filtered} FROM job WHERE queue = ? AND status = ? ` +
    'AND (created_at, number) < (?, ?) ORDER BY created_at DESC, number DESC LIMIT ?';
  const rows = [...new Set(statuses)].flatMap((status) =>
    connection.all<CandidateColumns>(sql, [queue, jobStatuses.indexOf(status), ...startOf(query), size]),
  );
  const newest = rows
    .filter(([createdAt]) => createdAt > createdAfter)
    .sort((a, b) => b[0] - a[0] || b[1] - a[1])
    .slice(0, size);
  const definitions = namesOf(connection, new Set(newest.map((row) => row[3])));
  return newest.map(([createdAt, number, jobName, definition, shareIdentifier]) => {
    return { createdAt, number, jobName, jobDefinitionArn: definitions[definition] ?? '', shareIdentifier };
  });
}

type CandidateColumns = [createdAt: number, number: number, name: string, definition: number, share: string | null];

const endOfTime = Number.MAX_SAFE_INTEGER;

const beginning: FinishedPlace = { stoppedAt: Number.MIN_SAFE_INTEGER, number: 0 };

/** The place that every row must be older than: `createdBefore` is a place before all jobs of that time. */
function startOf({ after, createdBefore = endOfTime }: JobListQuery): [createdAt: number, number: number] {
  if (after && after.createdAt < createdBefore) return [after.createdAt, after.number];
  return [createdBefore, 0];
}

function finishedJobs(
  connection: Connection,
  ...[{ stoppedBefore, after = beginning, limit }]: ReadInput<'finishedJobs'>
): JobCells {
  const sql =
    `SELECT ${jobColumns} FROM job WHERE stopped_at IS NOT NULL AND stopped_at < ? ` +
    'AND (stopped_at, number) > (?, ?) ORDER BY stopped_at, number LIMIT ?';
  return toCells(connection, connection.all<JobColumns>(sql, [stoppedBefore, after.stoppedAt, after.number, limit]));
}

function countFinishedJobs(connection: Connection): number {
  return connection.first<[number]>('SELECT jobs FROM finished_job_total')?.[0] ?? 0;
}

/** Lowest and highest order of jobs that are not terminal; zeros when there is none. */
export function waitingOrders(connection: Connection): { lowest: number; highest: number } {
  const end = (of: 'min' | 'max') =>
    connection.first<[number | null]>(`SELECT ${of}(place) FROM job WHERE stopped_at IS NULL`)?.[0] ?? 0;
  return { lowest: end('min'), highest: end('max') };
}

export function lastJobNumber(connection: Connection): number {
  const highest = connection.first<[number | null]>('SELECT max(number) FROM job')?.[0] ?? 0;
  return Math.max(highest, connection.first<[number]>('SELECT highest_number FROM deleted_job')?.[0] ?? 0);
}

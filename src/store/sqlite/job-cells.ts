import type { Scope } from '../../core/arn.ts';
import type { AccountId, JobId, Region } from '../../core/ids.ts';
import { jobStatuses } from '../../core/job.ts';
import type { JobKind, JobRecord } from '../../core/job-record.ts';
import { fromJobRow } from '../rows.ts';
import type { Column, Connection } from './connection.ts';
import { type Names, namesOf } from './names.ts';

/** The kinds of jobs by their number in a row. Never change their order. */
export const jobKinds: readonly JobKind[] = ['single', 'array', 'multiNode'];

export const jobColumns =
  'job.number, job.scope, hex(job_id), kind, size, job_name, queue, definition, share_identifier, priority, created_at, ' +
  'place, principal, request_id, detail, tags, status, stopped_at, state';

/** In the place of a parameter that is a job's id: its 16 bytes, NULL if it is no UUID. */
export const idParameter = "unhex(?, '-')";

export type JobColumns = readonly [
  number: number,
  scope: number,
  /** 32 hexadecimal digits; once in cells, the UUID. */
  id: string,
  kind: number,
  size: number | null,
  jobName: string,
  queue: number,
  definition: number,
  shareIdentifier: string | null,
  priority: number,
  createdAt: number,
  place: number,
  principal: string | null,
  requestId: string | null,
  detail: string,
  tags: string | null,
  status: number,
  stoppedAt: number | null,
  state: string | null,
];

/** Jobs as they cross to the main thread: all columns in one list, which costs half of a list for each job. */
export interface JobCells {
  readonly width: number;
  readonly cells: readonly Column[];
  readonly names: Names;
  readonly scopes: Readonly<Record<number, Scope>>;
}

export function toCells(connection: Connection, rows: readonly JobColumns[]): JobCells {
  const cells: Column[] = [];
  const names = new Set<number>();
  const scopes = new Set<number>();
  for (const row of rows) {
    const start = cells.length;
    cells.push(...row);
    // Here, not on the main thread: what crosses over is one piece of text, not the parts that it was joined from.
    cells[start + 2] = formatId(row[2]);
    scopes.add(row[1]);
    names.add(row[6]).add(row[7]);
  }
  const width = rows[0]?.length ?? 0;
  return { width, cells, names: namesOf(connection, names), scopes: scopesOf(connection, scopes) };
}

export function scopesOf(connection: Connection, numbers: Iterable<number>): Record<number, Scope> {
  const scopes: Record<number, Scope> = {};
  for (const number of numbers) {
    const sql = 'SELECT account, region FROM scope WHERE number = ?';
    const found = connection.first<[AccountId, Region]>(sql, [number]);
    if (found) scopes[number] = { account: found[0], region: found[1] };
  }
  return scopes;
}

export function fromCells({ width, cells, names, scopes }: JobCells): JobRecord[] {
  const jobs: JobRecord[] = [];
  for (let at = 0; at < cells.length; at += width) {
    const row = cells.slice(at, at + width) as unknown as JobColumns;
    const scope = scopes[row[1]];
    if (scope) jobs.push(toJob(row, scope, names));
  }
  return jobs;
}

function toJob(row: JobColumns, scope: Scope, names: Names): JobRecord {
  const [number, , id, kind, size, jobName, queue, definition, shareIdentifier, schedulingPriority, createdAt] = row;
  const [, , , , , , , , , , , order, principal, requestId, detail, tags, status, stoppedAt, state] = row;
  return fromJobRow({
    account: scope.account,
    region: scope.region,
    number,
    jobId: id as JobId,
    kind: jobKinds[kind] ?? 'single',
    size,
    jobName,
    jobQueueArn: names[queue] ?? '',
    jobDefinitionArn: names[definition] ?? '',
    shareIdentifier,
    schedulingPriority,
    createdAt,
    order,
    principal,
    requestId,
    detail,
    tags,
    status: jobStatuses[status] ?? 'FAILED',
    stoppedAt,
    state,
  });
}

/** The UUID that upper-case hexadecimal digits are. */
export function formatId(digits: string): string {
  const id = digits.toLowerCase();
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
}

import { jobStatuses } from '../../core/job.ts';
import type { JobRecord } from '../../core/job-record.ts';
import type { ChangeOf } from '../changes.ts';
import { stateColumns, tagsColumn, toJobRow } from '../rows.ts';
import { toVersionedJson } from '../versioned-json.ts';
import type { SqliteChanges } from './change.ts';
import type { Column, Connection } from './connection.ts';
import { CommitRefused } from './failure.ts';
import { idParameter, jobKinds } from './job-cells.ts';
import { newNameNumber } from './names.ts';
import { newScopeNumber, scopeNumber } from './scope-numbers.ts';
import { insert } from './statements.ts';

export const jobChanges: SqliteChanges<'job.insert' | 'job.update' | 'job.tag' | 'job.delete'> = {
  'job.insert': { columns: 22, encode: encodeInsert, apply: applyInsert },
  'job.update': {
    columns: 7,
    encode: ({ scope, jobId, state, order }, batch) => {
      const columns = stateColumns(state);
      const status = jobStatuses.indexOf(columns.status);
      batch.push(order ?? null, columns.state, status, columns.stoppedAt, scope.account, scope.region, jobId);
    },
    apply: applyUpdate,
  },
  'job.tag': {
    columns: 4,
    encode: ({ scope, jobId, tags }, batch) => {
      batch.push(tagsColumn(tags), scope.account, scope.region, jobId);
    },
    apply: (connection, [tags = null, ...key]) => {
      const sql = `UPDATE job SET tags = ? WHERE ${ofKey}`;
      if (connection.run(sql, [tags, ...jobKey(connection, key)]) === 0) throw noJob(key);
    },
  },
  'job.delete': {
    columns: 3,
    encode: ({ scope, jobId }, batch) => {
      batch.push(scope.account, scope.region, jobId);
    },
    apply: applyDelete,
  },
};

const ofKey = `job_id = ${idParameter} AND scope = ?`;

/** What `ofKey` takes, of account, region and id. */
function jobKey(connection: Connection, [account, region, jobId = null]: readonly Column[]): Column[] {
  return [jobId, scopeNumber(connection, { account, region } as Parameters<typeof scopeNumber>[1])];
}

const insertJob = insert('job', [
  'scope',
  'job_id',
  'queue',
  'definition',
  'number',
  'kind',
  'size',
  'job_name',
  'share_identifier',
  'priority',
  'created_at',
  'place',
  'principal',
  'request_id',
  'detail',
  'tags',
  'status',
  'stopped_at',
  'state',
]).replace('VALUES (?, ?', `VALUES (?, ${idParameter}`);
const insertSpecification = insert('job_specification', ['number', 'specification']);

const insertConsumable = insert('job_consumable', ['resource', 'created_at', 'number']);
/** Where `encodeInsert` puts the time of creation. */
const createdAtColumn = 11;

function encodeInsert({ record, specification }: ChangeOf<'job.insert'>, batch: Column[]): void {
  const row = toJobRow(record);
  batch.push(
    row.account,
    row.region,
    row.jobId,
    row.jobQueueArn,
    row.jobDefinitionArn,
    row.number,
    jobKinds.indexOf(row.kind),
    row.size,
    row.jobName,
    row.shareIdentifier,
    row.schedulingPriority,
    row.createdAt,
    row.order,
    row.principal,
    row.requestId,
    row.detail,
    row.tags,
    jobStatuses.indexOf(row.status),
    row.stoppedAt,
    row.state,
    toVersionedJson(specification),
    consumablesColumn(record),
  );
}

/** ARNs, as JSON; null for a job that needs none. */
function consumablesColumn({ resources: { consumables } }: JobRecord): string | null {
  return consumables ? JSON.stringify(consumables.map(({ resource }) => resource)) : null;
}

function applyInsert(connection: Connection, columns: readonly Column[]): void {
  const [account = null, region = null, jobId = null, queue = null, definition = null, number = null] = columns;
  const names = [newNameNumber(connection, String(queue)), newNameNumber(connection, String(definition))];
  const scope = newScopeNumber(connection, account, region);
  const [specification = null, consumables = null] = columns.slice(-2);
  connection.run(insertJob, [scope, jobId, ...names, ...columns.slice(5, -2)]);
  connection.run(insertSpecification, [number, specification]);
  if (consumables === null) return;
  for (const arn of JSON.parse(String(consumables)) as readonly string[]) {
    connection.run(insertConsumable, [newNameNumber(connection, arn), columns[createdAtColumn] ?? null, number]);
  }
}

function applyUpdate(connection: Connection, columns: readonly Column[]): void {
  const [order = null, state = null, status = null, stoppedAt = null, ...key] = columns;
  const sql = `UPDATE job SET place = coalesce(?, place), state = ?, status = ?, stopped_at = ? WHERE ${ofKey}`;
  if (connection.run(sql, [order, state, status, stoppedAt, ...jobKey(connection, key)]) === 0) throw noJob(key);
}

function noJob(key: readonly Column[]): CommitRefused {
  return new CommitRefused('failed', `there is no job ${key.at(-1)}`);
}

function applyDelete(connection: Connection, columns: readonly Column[]): void {
  const sql = `DELETE FROM job WHERE ${ofKey} RETURNING number, kind`;
  const deleted = connection.first<[number: number, kind: number]>(sql, jobKey(connection, columns));
  if (!deleted) return;
  const [number, kind] = deleted;
  // A number that is higher than all that are left would be given again.
  const highest = connection.first<[number | null]>('SELECT max(number) FROM job')?.[0] ?? 0;
  if (number > highest) {
    connection.run('UPDATE deleted_job SET highest_number = max(highest_number, ?)', [number]);
  }
  if (jobKinds[kind] !== 'single') connection.run('INSERT OR IGNORE INTO forgotten_job (number) VALUES (?)', [number]);
}

import type { ChangeOf } from '../changes.ts';
import { stateColumns, toJobRow } from '../rows.ts';
import { toVersionedJson } from '../versioned-json.ts';
import type { SqliteChanges } from './change.ts';
import type { Column, Connection } from './connection.ts';
import { CommitRefused } from './failure.ts';
import { insert, statement } from './statements.ts';

export const jobChanges: SqliteChanges<'job.insert' | 'job.update' | 'job.tag' | 'job.delete'> = {
  'job.insert': { columns: 15, encode: encodeInsert, apply: applyInsert },
  'job.update': {
    columns: 7,
    encode: ({ scope, jobId, state, sequence }, batch) => {
      const { status, stoppedAt } = stateColumns(state);
      batch.push(sequence ?? null, toVersionedJson(state), status, stoppedAt, scope.account, scope.region, jobId);
    },
    apply: applyUpdate,
  },
  'job.tag': {
    columns: 4,
    encode: ({ scope, jobId, tags }, batch) => {
      batch.push(toVersionedJson(tags), scope.account, scope.region, jobId);
    },
    apply: statement('UPDATE job SET tags = ? WHERE account = ? AND region = ? AND job_id = ?'),
  },
  'job.delete': {
    columns: 3,
    encode: ({ scope, jobId }, batch) => {
      batch.push(scope.account, scope.region, jobId);
    },
    apply: statement('DELETE FROM job WHERE account = ? AND region = ? AND job_id = ?'),
  },
};

const insertJob = insert('job', [
  'account',
  'region',
  'job_id',
  'job_name',
  'job_queue_arn',
  'job_definition_arn',
  'share_identifier',
  'created_at',
  'sequence',
  'status',
  'stopped_at',
  'detail',
  'tags',
  'state',
]);
const insertSpecification = insert('job_specification', ['account', 'region', 'job_id', 'specification']);

function encodeInsert({ record, specification }: ChangeOf<'job.insert'>, batch: Column[]): void {
  const row = toJobRow(record);
  const { status, stoppedAt } = stateColumns(record.state);
  batch.push(
    row.account,
    row.region,
    row.jobId,
    row.jobName,
    row.jobQueueArn,
    row.jobDefinitionArn,
    row.shareIdentifier ?? null,
    row.createdAt,
    row.sequence,
    status,
    stoppedAt,
    row.detail,
    row.tags,
    row.state,
    toVersionedJson(specification),
  );
}

function applyInsert(connection: Connection, columns: readonly Column[]): void {
  connection.run(insertJob, columns.slice(0, -1));
  connection.run(insertSpecification, [...columns.slice(0, 3), ...columns.slice(-1)]);
}

function applyUpdate(connection: Connection, columns: readonly Column[]): void {
  const sql =
    'UPDATE job SET sequence = coalesce(?, sequence), state = ?, status = ?, stopped_at = ? ' +
    'WHERE account = ? AND region = ? AND job_id = ?';
  if (connection.run(sql, columns) === 0) throw new CommitRefused('failed', `there is no job ${columns.at(-1)}`);
}

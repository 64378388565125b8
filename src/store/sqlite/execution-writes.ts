import type { Change } from '../contract.ts';
import { executionColumns, fixedExecutionColumns, historyRow } from '../execution-rows.ts';
import type { MapRunRecord } from '../records.ts';
import { toVersionedJson } from '../versioned-json.ts';
import type { Column, Connection } from './connection.ts';
import { CommitRefused } from './failure.ts';

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

/** Account, region and ARN come first in the columns of every write. */
const keyColumns = 3;

/** The writes about executions; what they take is made by the functions below. */
export const executionWrites = {
  'execution.insert': { columns: 15, apply: insertExecution },
  'execution.update': ofExecution(5, (connection, position, columns) => {
    const sql =
      'UPDATE execution SET status = ?, stopped_at = ?, redrive_count = ?, redriven_at = ?, state = ? WHERE position = ?';
    connection.run(sql, [...columns, position]);
  }),
  'execution.delete': {
    columns: keyColumns,
    apply: (connection: Connection, columns: readonly Column[]) => {
      connection.run('DELETE FROM execution WHERE account = ? AND region = ? AND arn = ?', columns);
    },
  },
  'frame.put': ofExecution(2, (connection, position, columns) => {
    const sql =
      'INSERT INTO execution_frame (execution, id, frame) VALUES (?, ?, ?) ' +
      'ON CONFLICT (execution, id) DO UPDATE SET frame = excluded.frame';
    connection.run(sql, [position, ...columns]);
  }),
  'frame.delete': ofExecution(1, (connection, position, [id = null]) => {
    connection.run('DELETE FROM execution_frame WHERE execution = ? AND id = ?', [position, id]);
    // '0' follows '/': between the two lies whatever begins with the id and a slash.
    const below = 'DELETE FROM execution_frame WHERE execution = ? AND id > ? AND id < ?';
    connection.run(below, [position, `${id}/`, `${id}0`]);
  }),
  'history.append': ofExecution(3, (connection, position, columns) => {
    const sql = 'INSERT INTO execution_history (execution, first_event, last_event, events) VALUES (?, ?, ?, ?)';
    connection.run(sql, [position, ...columns]);
  }),
  'mapRun.put': ofExecution(2, (connection, position, [arn = null, record = null], [account = null, region = null]) => {
    const sql =
      'INSERT INTO map_run (account, region, arn, execution, record) VALUES (?, ?, ?, ?, ?) ' +
      'ON CONFLICT (account, region, arn) DO UPDATE SET execution = excluded.execution, record = excluded.record';
    connection.run(sql, [account, region, arn, position, record]);
  }),
};

/** A write to what belongs to an execution, which must exist: its position is looked up first. */
function ofExecution(
  more: number,
  apply: (connection: Connection, position: number, columns: readonly Column[], key: readonly Column[]) => void,
) {
  return {
    columns: keyColumns + more,
    apply: (connection: Connection, columns: readonly Column[]) => {
      const key = columns.slice(0, keyColumns);
      apply(connection, positionOf(connection, key), columns.slice(keyColumns), key);
    },
  };
}

function positionOf(connection: Connection, key: readonly Column[]): number {
  const sql = 'SELECT position FROM execution WHERE account = ? AND region = ? AND arn = ?';
  const found = connection.first<[number]>(sql, key)?.[0];
  if (found === undefined) throw new CommitRefused('failed', `there is no execution ${key[2]}`);
  return found;
}

const insertColumns = [
  'account',
  'region',
  'arn',
  'state_machine_arn',
  'version_arn',
  'alias_arn',
  'map_run_arn',
  'revision_id',
  'record',
  'status',
  'stopped_at',
  'redrive_count',
  'redriven_at',
  'state',
];

function insertExecution(connection: Connection, columns: readonly Column[]): void {
  const places = insertColumns.map(() => '?').join(', ');
  const sql = `INSERT INTO execution (${insertColumns.join(', ')}) VALUES (${places})`;
  connection.run(sql, columns.slice(0, insertColumns.length));
  const position = positionOf(connection, columns.slice(0, keyColumns));
  const input = columns[insertColumns.length] ?? null;
  connection.run('INSERT INTO execution_input (execution, input) VALUES (?, ?)', [position, input]);
}

export function executionInsertColumns({ record, state }: ChangeOf<'execution.insert'>): Column[] {
  const fixed = fixedExecutionColumns(record);
  return [
    record.account,
    record.region,
    record.arn,
    fixed.stateMachineArn,
    fixed.versionArn,
    fixed.aliasArn,
    fixed.mapRunArn,
    fixed.revisionId,
    fixed.record,
    ...stateColumns(state),
    record.input,
  ];
}

export function executionUpdateColumns(change: ChangeOf<'execution.update'>): Column[] {
  return [...executionKey(change), ...stateColumns(change.state)];
}

function stateColumns(given: ChangeOf<'execution.update'>['state']): Column[] {
  const { status, stoppedAt, redriveCount, redrivenAt, state } = executionColumns(given);
  return [status, stoppedAt, redriveCount, redrivenAt, state];
}

export function historyColumns(change: ChangeOf<'history.append'>): Column[] {
  const { firstEvent, lastEvent, events } = historyRow(change.events);
  return [...executionKey(change), firstEvent, lastEvent, events];
}

export function mapRunColumns(record: MapRunRecord): Column[] {
  return [record.account, record.region, record.executionArn, record.arn, toVersionedJson(record)];
}

export function executionKey({
  scope,
  arn,
}: ChangeOf<'execution.update' | 'execution.delete' | 'frame.put' | 'frame.delete' | 'history.append'>): Column[] {
  return [scope.account, scope.region, arn];
}

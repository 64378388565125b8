import type { ChangeOf, ExecutionPlace } from '../changes.ts';
import { executionColumns, fixedExecutionColumns, historyRow } from '../execution-rows.ts';
import type { ExecutionState } from '../records.ts';
import { toVersionedJson } from '../versioned-json.ts';
import type { SqliteChange, SqliteChanges } from './change.ts';
import type { Column, Connection } from './connection.ts';
import { CommitRefused } from './failure.ts';
import { newScopeNumber } from './scope-numbers.ts';
import { insert } from './statements.ts';

type ExecutionChange =
  | 'execution.insert'
  | 'execution.update'
  | 'execution.delete'
  | 'frame.put'
  | 'frame.delete'
  | 'history.append'
  | 'mapRun.put';

/** Account, region and ARN come first in the columns of every change. */
const keyColumns = 3;

export const executionChanges: SqliteChanges<ExecutionChange> = {
  'execution.insert': { columns: 15, encode: encodeInsert, apply: insertExecution },
  'execution.update': ofExecution(
    5,
    (change, batch) => {
      pushKey(change, batch);
      pushState(change.state, batch);
    },
    (connection, position, columns) => {
      const sql =
        'UPDATE execution SET status = ?, stopped_at = ?, redrive_count = ?, redriven_at = ?, state = ? WHERE position = ?';
      connection.run(sql, [...columns, position]);
    },
  ),
  'execution.delete': {
    columns: keyColumns,
    encode: pushKey,
    apply: (connection, columns) => {
      connection.run('DELETE FROM execution WHERE scope = ? AND arn = ?', scopedKey(connection, columns));
    },
  },
  'frame.put': ofExecution(
    2,
    (change, batch) => {
      pushKey(change, batch);
      batch.push(change.frame.id, toVersionedJson(change.frame));
    },
    (connection, position, columns) => {
      const sql =
        'INSERT INTO execution_frame (execution, id, frame) VALUES (?, ?, ?) ' +
        'ON CONFLICT (execution, id) DO UPDATE SET frame = excluded.frame';
      connection.run(sql, [position, ...columns]);
    },
  ),
  'frame.delete': ofExecution(
    1,
    (change, batch) => {
      pushKey(change, batch);
      batch.push(change.id);
    },
    (connection, position, [id = null]) => {
      connection.run('DELETE FROM execution_frame WHERE execution = ? AND id = ?', [position, id]);
      // '0' follows '/': between the two lies whatever begins with the id and a slash.
      const below = 'DELETE FROM execution_frame WHERE execution = ? AND id > ? AND id < ?';
      connection.run(below, [position, `${id}/`, `${id}0`]);
    },
  ),
  'history.append': ofExecution(
    3,
    (change, batch) => {
      const { firstEvent, lastEvent, events } = historyRow(change.events);
      pushKey(change, batch);
      batch.push(firstEvent, lastEvent, events);
    },
    (connection, position, columns) => {
      const sql = 'INSERT INTO execution_history (execution, first_event, last_event, events) VALUES (?, ?, ?, ?)';
      connection.run(sql, [position, ...columns]);
    },
  ),
  'mapRun.put': ofExecution(
    2,
    ({ record }, batch) => {
      batch.push(record.account, record.region, record.executionArn, record.arn, toVersionedJson(record));
    },
    (connection, position, columns, key) => {
      const sql =
        'INSERT INTO map_run (scope, execution, arn, record) VALUES (?, ?, ?, ?) ' +
        'ON CONFLICT (scope, arn) DO UPDATE SET execution = excluded.execution, record = excluded.record';
      connection.run(sql, [...scopedKey(connection, key).slice(0, 1), position, ...columns]);
    },
  ),
};

/** A change of what belongs to an execution, which must exist: its position is looked up first. */
function ofExecution<Kind extends ExecutionChange>(
  more: number,
  encode: SqliteChange<Kind>['encode'],
  apply: (connection: Connection, position: number, columns: readonly Column[], key: readonly Column[]) => void,
): SqliteChange<Kind> {
  return {
    columns: keyColumns + more,
    encode,
    apply: (connection, columns) => {
      const key = columns.slice(0, keyColumns);
      apply(connection, positionOf(connection, key), columns.slice(keyColumns), key);
    },
  };
}

function positionOf(connection: Connection, key: readonly Column[]): number {
  const sql = 'SELECT position FROM execution WHERE scope = ? AND arn = ?';
  const found = connection.first<[number]>(sql, scopedKey(connection, key))?.[0];
  if (found === undefined) throw new CommitRefused('failed', `there is no execution ${key[2]}`);
  return found;
}

const insertColumns = [
  'scope',
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
  const row = [...scopedKey(connection, columns), ...columns.slice(keyColumns, -1)];
  connection.run(insert('execution', insertColumns), row);
  const position = positionOf(connection, columns.slice(0, keyColumns));
  connection.run('INSERT INTO execution_input (execution, input) VALUES (?, ?)', [position, columns.at(-1) ?? null]);
}

/** Number of the scope, and ARN. */
function scopedKey(connection: Connection, [account = null, region = null, arn = null]: readonly Column[]): Column[] {
  return [newScopeNumber(connection, account, region), arn];
}

function encodeInsert({ record, state }: ChangeOf<'execution.insert'>, batch: Column[]): void {
  const fixed = fixedExecutionColumns(record);
  batch.push(
    record.account,
    record.region,
    record.arn,
    fixed.stateMachineArn,
    fixed.versionArn,
    fixed.aliasArn,
    fixed.mapRunArn,
    fixed.revisionId,
    fixed.record,
  );
  pushState(state, batch);
  batch.push(record.input);
}

function pushState(given: ExecutionState, batch: Column[]): void {
  const { status, stoppedAt, redriveCount, redrivenAt, state } = executionColumns(given);
  batch.push(status, stoppedAt, redriveCount, redrivenAt, state);
}

function pushKey({ scope, arn }: ExecutionPlace, batch: Column[]): void {
  batch.push(scope.account, scope.region, arn);
}

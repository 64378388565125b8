import type { Scope } from '../../core/arn.ts';
import {
  fromExecutionColumns,
  fromSummaryColumns,
  type HistoryRow,
  historyPage,
  takeHistoryRows,
} from '../execution-rows.ts';
import { executionStatuses } from '../execution-status.ts';
import type { ExecutionListQuery, ExecutionSummary, HistoryQuery, StoredExecution, StoredFrame } from '../queries.ts';
import type { ExecutionReadName, ReadInput } from '../reads.ts';
import type { ExecutionState, MapRunRecord } from '../records.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import type { Connection } from './connection.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { scopeNumber } from './scope-numbers.ts';

/** Versioned JSON of a record. */
type RecordText = string;

/** An execution's row as lists show it. */
type SummaryColumns = readonly [
  position: number,
  record: string,
  status: ExecutionState['status'],
  stoppedAt: number | null,
  redriveCount: number,
  redrivenAt: number | null,
];

/** An execution's row whole. */
type ExecutionColumns = readonly [...SummaryColumns, state: string, input: string];

export const executionReads: SqliteReads<ExecutionReadName> = {
  execution: read(execution, (row) => row && toExecution(row)),
  listExecutions: read(listExecutions, (rows) => rows.map(toSummary)),
  executionHistory: read(historyRows, historyPage),
  mapRun: read(mapRun, (text) => (text === undefined ? undefined : fromVersionedJson<MapRunRecord>(text))),
  mapRuns: read(mapRuns, (texts) => texts.map((text) => fromVersionedJson<MapRunRecord>(text))),
  finishedExecutions: read(finishedExecutions, (rows) => rows.map(toSummary)),
  hasExecutionOf: plainRead<'hasExecutionOf'>(hasExecutionOf),
  executionSlice: read(runningExecutions, (rows) =>
    rows.map(({ row, frames }) => ({ ...toExecution(row), frames: toFrames(frames) })),
  ),
  frameSlice: read(frameSlice, toFrames),
};

function toSummary([position, record, status, stoppedAt, redriveCount, redrivenAt]: SummaryColumns): ExecutionSummary {
  return fromSummaryColumns({ position, record, status, stoppedAt, redriveCount, redrivenAt });
}

function toExecution(row: ExecutionColumns): StoredExecution {
  const [position, record, status, stoppedAt, redriveCount, redrivenAt, state, input] = row;
  return fromExecutionColumns({ position, record, status, stoppedAt, redriveCount, redrivenAt, state, input });
}

function toFrames(frames: readonly RecordText[]): StoredFrame[] {
  return frames.map((frame) => fromVersionedJson<StoredFrame>(frame));
}

const summaryColumns = 'position, record, status, stopped_at, redrive_count, redriven_at';
const wholeColumns = `${summaryColumns}, state, input`;
const withInput = 'FROM execution JOIN execution_input ON execution_input.execution = execution.position';

function execution(connection: Connection, scope: Scope, arn: string): ExecutionColumns | undefined {
  return connection.first<ExecutionColumns>(`SELECT ${wholeColumns} ${withInput} WHERE scope = ? AND arn = ?`, [
    scopeNumber(connection, scope),
    arn,
  ]);
}

/** The column that each kind of list goes by; each has an index. */
const listColumns: Readonly<Record<ExecutionListQuery['of'], string>> = {
  stateMachine: 'state_machine_arn',
  version: 'version_arn',
  alias: 'alias_arn',
  mapRun: 'map_run_arn',
};

/** An index is by status, and by whether it was redriven: the newest of each are merged, then read whole. */
function listExecutions(connection: Connection, query: ExecutionListQuery): SummaryColumns[] {
  const { scope, of, arn, after = Number.MAX_SAFE_INTEGER, limit } = query;
  const sql =
    `SELECT position FROM execution WHERE scope = ? AND ${listColumns[of]} = ? AND status = ? ` +
    'AND redriven = ? AND position < ? ORDER BY position DESC LIMIT ?';
  const { statuses = executionStatuses } = query;
  const redriven = query.redriven === undefined ? [0, 1] : [Number(query.redriven)];
  const found = statuses.flatMap((status) =>
    redriven.flatMap((given) =>
      connection.all<[number]>(sql, [scopeNumber(connection, scope), arn, status, given, after, limit]),
    ),
  );
  return found
    .map(([position]) => position)
    .sort((a, b) => b - a)
    .slice(0, limit)
    .map((position) =>
      connection.first<SummaryColumns>(`SELECT ${summaryColumns} FROM execution WHERE position = ?`, [position]),
    )
    .filter((row) => row !== undefined);
}

/** JSON of the rows that a page of a history is made of, in its direction. */
function historyRows(connection: Connection, query: HistoryQuery): RecordText[] {
  const position = positionOf(connection, query.scope, query.arn);
  if (position === undefined) return [];
  const rows = query.backwards ? rowsBackwards(connection, position, query) : rowsForwards(connection, position, query);
  return takeHistoryRows(rows, query).map((row) => row.events);
}

type HistoryColumns = [firstEvent: number, lastEvent: number, events: RecordText];

const historyColumns = 'SELECT first_event, last_event, events FROM execution_history WHERE execution = ?';
const rowUpTo = `${historyColumns} AND first_event <= ? ORDER BY first_event DESC LIMIT 1`;
const rowFrom = `${historyColumns} AND first_event > ? ORDER BY first_event LIMIT 1`;

function* rowsForwards(connection: Connection, position: number, { from = 0 }: HistoryQuery): Generator<HistoryRow> {
  const containing = connection.first<HistoryColumns>(rowUpTo, [position, from + 1]);
  let row = containing && containing[1] > from ? containing : next(containing?.[0] ?? 0);
  for (; row; row = next(row[0])) yield toHistoryRow(row);

  function next(after: number): HistoryColumns | undefined {
    return connection.first<HistoryColumns>(rowFrom, [position, after]);
  }
}

function* rowsBackwards(connection: Connection, position: number, { from }: HistoryQuery): Generator<HistoryRow> {
  let upTo = from === undefined ? Number.MAX_SAFE_INTEGER : from - 1;
  for (;;) {
    const row = connection.first<HistoryColumns>(rowUpTo, [position, upTo]);
    if (!row) return;
    yield toHistoryRow(row);
    upTo = row[0] - 1;
  }
}

function toHistoryRow([firstEvent, lastEvent, events]: HistoryColumns): HistoryRow {
  return { firstEvent, lastEvent, events };
}

function frameSlice(connection: Connection, ...[scope, arn, after, limit]: ReadInput<'frameSlice'>): RecordText[] {
  const position = positionOf(connection, scope, arn);
  if (position === undefined) return [];
  const sql = 'SELECT frame FROM execution_frame WHERE execution = ? AND id > ? ORDER BY id LIMIT ?';
  return connection.all<[RecordText]>(sql, [position, after, limit]).map(([frame]) => frame);
}

function mapRun(connection: Connection, scope: Scope, arn: string): RecordText | undefined {
  const sql = 'SELECT record FROM map_run WHERE scope = ? AND arn = ?';
  return connection.first<[RecordText]>(sql, [scopeNumber(connection, scope), arn])?.[0];
}

function mapRuns(
  connection: Connection,
  ...[{ scope, executionArn, after = '', limit }]: ReadInput<'mapRuns'>
): RecordText[] {
  const position = positionOf(connection, scope, executionArn);
  if (position === undefined) return [];
  const sql = 'SELECT record FROM map_run WHERE execution = ? AND arn > ? ORDER BY arn LIMIT ?';
  return connection.all<[RecordText]>(sql, [position, after, limit]).map(([record]) => record);
}

function finishedExecutions(
  connection: Connection,
  ...[{ stoppedBefore, limit }]: ReadInput<'finishedExecutions'>
): SummaryColumns[] {
  const sql =
    `SELECT ${summaryColumns} FROM execution WHERE stopped_at IS NOT NULL AND stopped_at < ? ` +
    'ORDER BY stopped_at, position LIMIT ?';
  return connection.all<SummaryColumns>(sql, [stoppedBefore, limit]);
}

/** A slice of the executions that run, each with all its frames. */
function runningExecutions(
  connection: Connection,
  after: number,
  limit: number,
): { readonly row: ExecutionColumns; readonly frames: readonly RecordText[] }[] {
  const sql = `SELECT ${wholeColumns} ${withInput} WHERE stopped_at IS NULL AND position > ? ORDER BY position LIMIT ?`;
  const frames = 'SELECT frame FROM execution_frame WHERE execution = ? ORDER BY id';
  return connection.all<ExecutionColumns>(sql, [after, limit]).map((row) => ({
    row,
    frames: connection.all<[RecordText]>(frames, [row[0]]).map(([frame]) => frame),
  }));
}

function hasExecutionOf(connection: Connection, revisionId: string): boolean {
  return connection.first('SELECT 1 FROM execution WHERE revision_id = ? LIMIT 1', [revisionId]) !== undefined;
}

function positionOf(connection: Connection, scope: Scope, arn: string): number | undefined {
  const sql = 'SELECT position FROM execution WHERE scope = ? AND arn = ?';
  return connection.first<[number]>(sql, [scopeNumber(connection, scope), arn])?.[0];
}

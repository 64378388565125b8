import { fromExecutionColumns, fromSummaryColumns, historyPage, takeHistoryRows } from '../execution-rows.ts';
import { executionStatuses } from '../execution-status.ts';
import type { ExecutionListQuery, StoredFrame } from '../queries.ts';
import type { DriverReads, ExecutionReadName } from '../reads.ts';
import type { MapRunRecord } from '../records.ts';
import { compareText } from '../text-order.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import { always, takeWhile } from './iteration.ts';
import { all, executionListKey, keyOf, type Tables } from './tables.ts';

export function executionReads(tables: Tables): Pick<DriverReads, ExecutionReadName> {
  const { executions, histories, mapRuns } = tables;
  return {
    execution: (scope, arn) => {
      const row = executions.get(keyOf(scope, arn));
      return row && fromExecutionColumns(row);
    },
    listExecutions: (query) => listExecutions(tables, query),
    executionHistory: (query) => {
      const { backwards, from } = query;
      const list = histories.list(backwards ? 'backwards' : 'forwards', keyOf(query.scope, query.arn));
      const rows = list.from((row) => from === undefined || (backwards ? row.firstEvent < from : row.lastEvent > from));
      return historyPage(
        takeHistoryRows(rows, query).map((row) => row.events),
        query,
      );
    },
    mapRun: (scope, arn) => {
      const row = mapRuns.get(keyOf(scope, arn));
      return row && fromVersionedJson<MapRunRecord>(row.record);
    },
    mapRuns: ({ scope, executionArn, after = '', limit }) =>
      takeWhile(
        mapRuns.list('byArn', keyOf(scope, executionArn)).from((row) => compareText(row.arn, after) > 0),
        limit,
        always,
      ).map((row) => fromVersionedJson<MapRunRecord>(row.record)),
    finishedExecutions: ({ stoppedBefore, limit }) =>
      takeWhile(
        executions.list('finished', all).from(always),
        limit,
        (row) => (row.stoppedAt ?? 0) < stoppedBefore,
      ).map(fromSummaryColumns),
    hasExecutionOf: (revisionId) => executions.list('byRevision', revisionId).size > 0,
    executionSlice: (after, limit) =>
      takeWhile(
        executions.list('running', all).from((row) => row.position > after),
        limit,
        always,
      ).map((row) => ({ ...fromExecutionColumns(row), frames: framesOf(tables, keyOf(row, row.arn)) })),
    frameSlice: (scope, arn, after, limit) => framesOf(tables, keyOf(scope, arn), after, limit),
  };
}

function framesOf(tables: Tables, execution: string, after = '', limit = Number.POSITIVE_INFINITY): StoredFrame[] {
  const rows = tables.frames.list('byId', execution).from((row) => compareText(row.id, after) > 0);
  return takeWhile(rows, limit, always).map((row) => fromVersionedJson<StoredFrame>(row.frame));
}

function listExecutions({ executions }: Tables, query: ExecutionListQuery) {
  const { scope, of, arn, after = Number.POSITIVE_INFINITY, limit } = query;
  const { statuses = executionStatuses } = query;
  const redriven = query.redriven === undefined ? [false, true] : [query.redriven];
  const rows = statuses.flatMap((status) =>
    redriven.flatMap((given) => {
      const list = executions.list(of, executionListKey(scope, arn, status, given));
      return takeWhile(
        list.from((row) => row.position < after),
        limit,
        always,
      );
    }),
  );
  return rows
    .sort((a, b) => b.position - a.position)
    .slice(0, limit)
    .map(fromSummaryColumns);
}

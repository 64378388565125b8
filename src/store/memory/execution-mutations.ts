import { CommitFailed } from '../../core/errors.ts';
import type { ChangeKind, ChangeOf } from '../changes.ts';
import { executionColumns, fixedExecutionColumns, historyRow } from '../execution-rows.ts';
import { toVersionedJson } from '../versioned-json.ts';
import { always } from './iteration.ts';
import type { Mutation } from './mutation.ts';
import { all, frameKey, keyOf, type MemoryExecutionRow, type Tables } from './tables.ts';

type ExecutionChange = Extract<
  ChangeKind,
  `execution.${string}` | `frame.${string}` | `history.${string}` | 'mapRun.put'
>;

export const executionMutations: { readonly [Kind in ExecutionChange]: (change: ChangeOf<Kind>) => Mutation } = {
  'execution.insert': ({ record, state }) => {
    const { account, region, arn, input } = record;
    const row = { account, region, arn, input, ...fixedExecutionColumns(record), ...executionColumns(state) };
    const key = keyOf(record, arn);
    return ({ executions }) => {
      if (executions.get(key)) throw new CommitFailed('failed', `execution ${arn} exists already`);
      executions.put({ ...row, position: (executions.list('all', all).last?.position ?? 0) + 1 });
    };
  },
  'execution.update': ({ scope, arn, state }) => {
    const columns = executionColumns(state);
    const key = keyOf(scope, arn);
    return (tables) => tables.executions.put({ ...existing(tables, key), ...columns });
  },
  'execution.delete': ({ scope, arn }) => {
    const key = keyOf(scope, arn);
    return (tables) => {
      for (const { id } of [...tables.frames.list('byId', key).from(always)]) tables.frames.delete(frameKey(key, id));
      for (const { firstEvent } of [...tables.histories.list('forwards', key).from(always)]) {
        tables.histories.delete(frameKey(key, String(firstEvent)));
      }
      for (const run of [...tables.mapRuns.list('byArn', key).from(always)]) tables.mapRuns.delete(keyOf(run, run.arn));
      tables.executions.delete(key);
    };
  },
  'frame.put': ({ scope, arn, frame }) => {
    const row = { execution: keyOf(scope, arn), id: frame.id, frame: toVersionedJson(frame) };
    return (tables) => {
      existing(tables, row.execution);
      tables.frames.put(row);
    };
  },
  'frame.delete': ({ scope, arn, id }) => {
    const key = keyOf(scope, arn);
    return (tables) => {
      existing(tables, key);
      for (const row of [...tables.frames.list('byId', key).from((row) => row.id >= id)]) {
        if (row.id === id || row.id.startsWith(`${id}/`)) tables.frames.delete(frameKey(key, row.id));
        else if (!row.id.startsWith(id)) break;
      }
    };
  },
  'history.append': ({ scope, arn, events }) => {
    const row = { execution: keyOf(scope, arn), ...historyRow(events) };
    return (tables) => {
      existing(tables, row.execution);
      const key = frameKey(row.execution, String(row.firstEvent));
      if (tables.histories.get(key)) throw new CommitFailed('failed', `event ${row.firstEvent} exists already`);
      tables.histories.put(row);
    };
  },
  'mapRun.put': ({ record }) => {
    const { account, region, arn } = record;
    const row = {
      account,
      region,
      arn,
      execution: keyOf(record, record.executionArn),
      record: toVersionedJson(record),
    };
    return (tables) => {
      existing(tables, row.execution);
      tables.mapRuns.put(row);
    };
  },
};

function existing({ executions }: Tables, key: string): MemoryExecutionRow {
  const row = executions.get(key);
  if (!row) throw new CommitFailed('failed', `there is no execution ${key}`);
  return row;
}

import type { LoadedExecution, LoadedState } from '../contract.ts';
import type { JobRecord } from '../records.ts';
import { compareText } from '../text-order.ts';
import { framesOf, toExecution } from './execution-reads.ts';
import { always } from './iteration.ts';
import { toRecord } from './reads.ts';
import { all, keyOf, type MemoryExecutionRow, type MemoryJobRow, type Tables } from './tables.ts';

const sliceSize = 1000;

/** The state as it is now; slices of jobs are decoded as they are asked for. */
export function loadFrom(tables: Tables): LoadedState {
  const waiting = [...tables.jobs.values()].filter((row) => row.stoppedAt === null).sort(bySequence);
  return {
    records: Array.from(tables.records.list('byPosition', all).from(always), ({ position: _, ...record }) => record),
    jobs: slices(waiting),
    executions: executionSlices(tables, [...tables.executions.list('running', all).from(always)]),
    lastTransition: lastTransition(tables),
    sequences: { lowest: waiting[0]?.sequence ?? 0, highest: waiting.at(-1)?.sequence ?? 0 },
    cursors: Object.fromEntries([...tables.cursors.values()].map((row) => [row.consumer, row.sequence])),
  };
}

function bySequence(a: MemoryJobRow, b: MemoryJobRow): number {
  return a.sequence - b.sequence || compareText(a.jobId, b.jobId);
}

async function* slices(rows: readonly MemoryJobRow[]): AsyncGenerator<readonly JobRecord[]> {
  for (let at = 0; at < rows.length; at += sliceSize) yield rows.slice(at, at + sliceSize).map(toRecord);
}

async function* executionSlices(
  tables: Tables,
  rows: readonly MemoryExecutionRow[],
): AsyncGenerator<readonly LoadedExecution[]> {
  for (let at = 0; at < rows.length; at += sliceSize) {
    yield rows.slice(at, at + sliceSize).map((row) => ({
      ...toExecution(row),
      frames: framesOf(tables, keyOf(row, row.arn)),
    }));
  }
}

/** The log's highest sequence, also when the row that had it has been trimmed: a sequence is never given twice. */
function lastTransition({ transitions, trimmed }: Tables): number {
  const { last } = transitions.list('bySequence', all);
  return Math.max(last?.sequence ?? 0, trimmed.get(all)?.through ?? 0);
}

import type { AccountId, Region } from '../../core/ids.ts';
import type { LoadedExecution, LoadedState, StoredFrame } from '../contract.ts';
import type { StoredRecord } from '../record-type.ts';
import type { JobRecord } from '../records.ts';
import { fromVersionedJson } from '../versioned-json.ts';
import { fromExecutionRow, fromJobColumns } from './decode.ts';
import type { JobColumns, SequencePlace, WorkerReads } from './protocol.ts';
import type { WorkerLink } from './worker-link.ts';

const sliceSize = 1000;
/** Each comes with all its frames. */
const executionSliceSize = 200;

/** Everything but the jobs at once; the jobs slice by slice, as they are asked for. */
export async function loadFrom(link: WorkerLink): Promise<LoadedState> {
  const facts = await link.read('loadFacts', undefined);
  return {
    records: await loadRecords(link),
    jobs: waitingJobs(link),
    executions: runningExecutions(link),
    lastTransition: facts.lastTransition,
    sequences: facts.sequences,
    cursors: Object.fromEntries(facts.cursors),
  };
}

async function loadRecords(link: WorkerLink): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (let after = 0; ; ) {
    const slice = await link.read('recordSlice', { after, limit: sliceSize });
    for (const [, account, region, type, key, text] of slice) {
      records.push({ account: account as AccountId, region: region as Region, type, key, text });
    }
    const last = slice.at(-1);
    if (!last || slice.length < sliceSize) return records;
    after = last[0];
  }
}

/** While a slice is decoded and used, the worker reads the next. */
async function* waitingJobs(link: WorkerLink): AsyncGenerator<readonly JobRecord[]> {
  let next = slice(link, { sequence: Number.MIN_SAFE_INTEGER, jobId: '' });
  for (;;) {
    const rows = await next;
    const last = rows.at(-1);
    if (last && rows.length === sliceSize) next = slice(link, { sequence: last[8], jobId: last[2] });
    if (last) yield rows.map(fromJobColumns);
    if (rows.length < sliceSize) return;
  }
}

function slice(link: WorkerLink, after: SequencePlace): Promise<readonly JobColumns[]> {
  const rows = link.read('waitingJobs', { after, limit: sliceSize });
  // Whoever stops half way never looks at the slice that was read ahead.
  rows.catch(() => undefined);
  return rows;
}

async function* runningExecutions(link: WorkerLink): AsyncGenerator<readonly LoadedExecution[]> {
  let next = executionSlice(link, 0);
  for (;;) {
    const rows = await next;
    const last = rows.at(-1);
    if (last && rows.length === executionSliceSize) next = executionSlice(link, last.row[0]);
    if (last) yield rows.map(toLoaded);
    if (rows.length < executionSliceSize) return;
  }
}

type LoadedRow = WorkerReads['runningExecutions']['output'][number];

function executionSlice(link: WorkerLink, after: number): Promise<readonly LoadedRow[]> {
  const rows = link.read('runningExecutions', { after, limit: executionSliceSize });
  rows.catch(() => undefined);
  return rows;
}

function toLoaded({ row, frames }: LoadedRow): LoadedExecution {
  return { ...fromExecutionRow(row), frames: frames.map((frame) => fromVersionedJson<StoredFrame>(frame)) };
}

import type { Scope } from '../core/arn.ts';
import type { LoadedState, StoredFrame } from './contract.ts';
import type { Ask } from './driver.ts';
import type { LoadedExecution } from './queries.ts';
import type { SequencePlace } from './reads.ts';
import type { StoredRecord } from './record-type.ts';
import type { JobRecord } from './records.ts';

const sliceSize = 1000;
/** Each comes with all its frames. */
const executionSliceSize = 200;

/** Everything but jobs and executions at once; those slice by slice, as they are asked for. */
export async function loadFrom(ask: Ask): Promise<LoadedState> {
  const facts = await ask('loadFacts');
  return { ...facts, records: await loadRecords(ask), jobs: jobSlices(ask), executions: executionSlices(ask) };
}

async function loadRecords(ask: Ask): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (let after = 0; ; ) {
    const slice = await ask('recordSlice', after, sliceSize);
    for (const [, record] of slice) records.push(record);
    const last = slice.at(-1);
    if (!last || slice.length < sliceSize) return records;
    after = last[0];
  }
}

function jobSlices(ask: Ask): AsyncGenerator<readonly JobRecord[]> {
  const place = ({ sequence, jobId }: JobRecord): SequencePlace => ({ sequence, jobId });
  return readAhead((last?: JobRecord) => ask('jobSlice', last && place(last), sliceSize), sliceSize);
}

function executionSlices(ask: Ask): AsyncGenerator<readonly LoadedExecution[]> {
  const next = (last?: LoadedExecution) => ask('executionSlice', last?.position ?? 0, executionSliceSize);
  return readAhead(next, executionSliceSize);
}

/** While a slice is used, the driver reads the next. */
async function* readAhead<Row>(
  read: (last?: Row) => Promise<readonly Row[]>,
  size: number,
): AsyncGenerator<readonly Row[]> {
  const ahead = (last?: Row) => {
    const rows = read(last);
    // Whoever stops half way never looks at the slice that was read ahead.
    rows.catch(() => undefined);
    return rows;
  };
  let next = ahead();
  for (;;) {
    const rows = await next;
    const last = rows.at(-1);
    if (last === undefined) return;
    if (rows.length === size) next = ahead(last);
    yield rows;
    if (rows.length < size) return;
  }
}

export async function framesOf(ask: Ask, scope: Scope, arn: string): Promise<readonly StoredFrame[]> {
  const frames: StoredFrame[] = [];
  for (let after = ''; ; ) {
    const slice = await ask('frameSlice', scope, arn, after, sliceSize);
    frames.push(...slice);
    const last = slice.at(-1);
    if (!last || slice.length < sliceSize) return frames;
    after = last.id;
  }
}

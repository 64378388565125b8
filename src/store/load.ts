import type { Scope } from '../core/arn.ts';
import type { LoadedState, StoredFrame } from './contract.ts';
import type { Ask } from './driver.ts';
import type { JobSlice, LoadedExecution } from './queries.ts';
import type { OrderPlace } from './reads.ts';
import type { StoredRecord } from './record-type.ts';

const sliceSize = 1000;
/** A slice of jobs is taken apart in one turn; while V8 marks what is alive, a turn costs by what it allocates. */
const jobSliceSize = 500;
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

function jobSlices(ask: Ask): AsyncGenerator<JobSlice> {
  const placeOf = ({ order, number }: OrderPlace): OrderPlace => ({ order, number });
  const read = (last?: JobSlice) => {
    const job = last?.jobs.at(-1);
    return ask('jobSlice', job && placeOf(job), jobSliceSize);
  };
  return readAhead(read, ({ jobs }) => jobs.length, jobSliceSize);
}

function executionSlices(ask: Ask): AsyncGenerator<readonly LoadedExecution[]> {
  return readAhead(
    (last) => ask('executionSlice', last?.at(-1)?.position ?? 0, executionSliceSize),
    (slice) => slice.length,
    executionSliceSize,
  );
}

/** While a slice is used, the driver reads the next. */
async function* readAhead<Slice>(
  read: (last?: Slice) => Promise<Slice>,
  sizeOf: (slice: Slice) => number,
  full: number,
): AsyncGenerator<Slice> {
  const ahead = (last?: Slice) => {
    const slice = read(last);
    // Whoever stops half way never looks at the slice that was read ahead.
    slice.catch(() => undefined);
    return slice;
  };
  let next = ahead();
  for (;;) {
    const slice = await next;
    const size = sizeOf(slice);
    if (size === 0) return;
    if (size === full) next = ahead(slice);
    yield slice;
    if (size < full) return;
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

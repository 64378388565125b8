import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTurns } from '../../../core/count-turns.fixture.ts';
import type { JobId } from '../../../core/ids.ts';
import type { ArrayChildRecord } from '../../../core/job-record.ts';
import { TurnUnits } from '../../../core/turn-units.ts';
import type { LoadedArray } from '../../../jobs/index.ts';
import type { JobSlice, StoreReads } from '../../../store/index.ts';
import { arraysOf } from './loaded-arrays.ts';

type Asked = Parameters<StoreReads['arrayChildren']>[0];

/** When children changed and fell. */
const times = new Uint8Array(12);

/** A slice of arrays whose children are all RUNNING, but for the last, which is PENDING; and reads that note what is asked. */
function sliceOf(arrays: number, size: number): { slice: JobSlice; reads: StoreReads; asked: Asked[] } {
  const jobs = Array.from({ length: arrays }, (_, number) => {
    return { kind: 'array', jobId: `job-${number}` as JobId, number, size } as LoadedArray['job'];
  });
  // Runs of variable length: all but one of code 3, and one of code 0.
  const running = (size - 1) * 16 + 3;
  const bits = Uint8Array.of(
    0x10,
    ...times,
    ...(running > 127 ? [(running % 128) + 128, running >> 7] : [running]),
    16,
  );
  const asked: Asked[] = [];
  const arrayChildren: StoreReads['arrayChildren'] = async (wanted) => {
    asked.push(wanted);
    return wanted.flatMap(({ number, indexes }) => indexes.map((index) => ({ number, index }) as ArrayChildRecord));
  };
  const slice = { jobs, bits: jobs.map(({ number }) => ({ number, bits })) };
  return { slice, reads: { arrayChildren } as StoreReads, asked };
}

test('the live children of all arrays of a slice are one read', async () => {
  const { slice, reads, asked } = sliceOf(100, 4);
  const found = await arraysOf(slice, reads, new TurnUnits(500));
  assert.equal(asked.length, 1);
  const children = [...found.values()].map((array) => array.children.map(({ number, index }) => [number, index]));
  assert.deepEqual(
    children,
    Array.from({ length: 100 }, (_, number) => [0, 1, 2].map((index) => [number, index])),
  );
  assert.deepEqual([...(found.get(7)?.stored.codes ?? [])], [3, 3, 3, 0]);
});

test('no read brings more than 500 children, whatever arrays they are of', async () => {
  const { slice, reads, asked } = sliceOf(3, 701);
  const found = await arraysOf(slice, reads, new TurnUnits(500));
  const counts = asked.map((wanted) => wanted.reduce((sum, { indexes }) => sum + indexes.length, 0));
  assert.deepEqual(counts, [500, 500, 500, 500, 100]);
  for (const { children } of found.values()) {
    assert.deepEqual(
      children.map(({ index }) => index),
      Array.from({ length: 700 }, (_, index) => index),
    );
  }
});

test('arrays without live children cost no read', async () => {
  const { slice, reads, asked } = sliceOf(5, 1);
  const pending = slice.bits.map(({ number }) => ({ number, bits: Uint8Array.of(0x10, ...times, 16) }));
  assert.equal((await arraysOf({ ...slice, bits: pending }, reads, new TurnUnits(500))).size, 5);
  assert.deepEqual(asked, []);
});

test('the event loop has its turn as often as the children of the arrays demand', async () => {
  const { slice, reads } = sliceOf(50, 2);
  const large = slice.jobs.map((job) => ({ ...job, size: 10_000 }) as LoadedArray['job']);
  // One run of 10,000 PENDING: 160,000 in groups of seven bits.
  const bits = slice.bits.map(({ number }) => ({ number, bits: Uint8Array.of(0x10, ...times, 0x80, 0xe2, 0x09) }));
  const turns = await countTurns(() => arraysOf({ jobs: large, bits }, reads, new TurnUnits(500)));
  // 50 arrays of 40 units.
  assert.ok(turns >= 3, `${turns} turns`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SegmentRecord } from '../../segments/index.ts';
import { EventWalk, type Lane } from './event-walk.ts';

/** A lane over times in memory, which gives a few records at each filling. */
function laneOf(times: readonly number[], bytes = 10): Lane & { readonly taken: number[] } {
  const rest = [...times];
  let filled: number[] = [];
  const taken: number[] = [];
  let read = 0;
  const record = (timestamp: number): SegmentRecord => ({
    timestamp,
    ingestedAt: timestamp,
    payload: new Uint8Array(bytes),
    segment: 1,
    offset: taken.length,
    end: taken.length + 1,
  });
  return {
    taken,
    get position() {
      return { segment: 1, offset: taken.length };
    },
    get bytesRead() {
      return read;
    },
    peek: () => (filled[0] === undefined ? undefined : record(filled[0])),
    take: () => {
      const time = filled.shift();
      if (time === undefined) return undefined;
      taken.push(time);
      return record(time);
    },
    fill: async () => {
      if (filled.length > 0) return 'records';
      filled = rest.splice(0, 3);
      read += filled.length * 10;
      return filled.length > 0 ? 'records' : 'end';
    },
  };
}

const options = {
  limit: 1_000_000,
  maximumBytes: Number.POSITIVE_INFINITY,
  readBytes: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
};
const lanesOfTimes = fc.array(fc.array(fc.nat(20), { maxLength: 12 }), { maxLength: 9 });

test('sorted lanes merge into one sorted list, both ways', () =>
  fc.assert(
    fc.asyncProperty(
      lanesOfTimes,
      fc.constantFrom('forward' as const, 'backward' as const),
      async (times, direction) => {
        const sign = direction === 'forward' ? 1 : -1;
        const lanes = times.map((list) => laneOf(list.toSorted((a, b) => (a - b) * sign)));
        const seen: number[] = [];
        const end = await new EventWalk({ ...options, direction }).over(
          lanes,
          ({ timestamp }) => seen.push(timestamp) > 0,
        );
        assert.equal(end, 'end');
        assert.deepEqual(
          seen,
          times.flat().sort((a, b) => (a - b) * sign),
        );
      },
    ),
  ));

test('lanes in any order each give their records in their own order, whole', () =>
  fc.assert(
    fc.asyncProperty(lanesOfTimes, async (times) => {
      const lanes = times.map(laneOf);
      await new EventWalk({ ...options, direction: 'forward' }).over(lanes, () => true);
      assert.deepEqual(
        lanes.map(({ taken }) => taken),
        times,
      );
    }),
  ));

test('a walk stops at its limit of chosen records, not of those looked at, and takes none too many', async () => {
  const lane = laneOf([1, 2, 3, 4, 5, 6]);
  const walk = new EventWalk({ ...options, direction: 'forward', limit: 2 });
  assert.equal(await walk.over([lane], ({ timestamp }) => timestamp % 2 === 0), 'full');
  assert.deepEqual(lane.taken, [1, 2, 3, 4]);
});

test('a walk that has read enough stops without having chosen anything', async () => {
  const lane = laneOf(Array.from({ length: 100 }, (_, index) => index));
  const walk = new EventWalk({ ...options, direction: 'forward', readBytes: 50 });
  assert.equal(await walk.over([lane], () => false), 'worked');
  assert.ok(lane.taken.length < 100);
});

test('a walk ends when its caller has gone away', async () => {
  const walk = new EventWalk({ ...options, direction: 'forward', signal: AbortSignal.abort() });
  await assert.rejects(
    walk.over([laneOf([1])], () => true),
    { name: 'AbortError' },
  );
});

test('others have their turn after every 256 KiB of long events', async () => {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const walk = new EventWalk({ ...options, direction: 'forward' });
  await walk.over([laneOf([...Array(40).keys()], 262_144)], () => true);
  isOver = true;
  assert.ok(turns >= 40, `${turns} turns`);
});

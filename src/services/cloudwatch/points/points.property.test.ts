import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CloudWatchBench, scope } from '../cloudwatch.fixture.ts';
import { bucketOf } from './bucket.ts';
import { decodeChunk, encodeChunk } from './chunk-codec.ts';

const metric = { namespace: 'Lab', name: 'Heat', dimensions: [] };
const minute = 60;

type Step =
  | { readonly kind: 'put'; readonly at: number; readonly value: number }
  | { readonly kind: 'flush' | 'restart' };

const step = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('put' as const), at: fc.nat(400), value: fc.nat(20) }), weight: 6 },
  { arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'restart' as const) }), weight: 2 },
);

/** Sums by the beginnings of their periods, added up by the simplest rule. */
function naive(puts: readonly { readonly time: number; readonly value: number }[], period: number) {
  const sums = new Map<number, number[]>();
  for (const { time, value } of puts) {
    sums.getOrInsertComputed(Math.floor(time / period) * period, () => []).push(value);
  }
  return new Map([...sums].map(([time, values]) => [time, values.toSorted((a, b) => a - b)]));
}

test('whatever is put, flushed and restarted between, points are those of a store that keeps every value', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps: Step[]) => {
    await using bench = await CloudWatchBench.open();
    const origin = Math.floor(bench.clock.now() / 1000 / 86_400) * 86_400 - 86_400;
    const puts: { time: number; value: number }[] = [];
    for (const each of steps) {
      if (each.kind === 'put') {
        const time = origin + each.at * minute;
        puts.push({ time, value: each.value });
        bench.service.metrics.put(scope, [{ ...metric, resolution: 60, time, bucket: bucketOf(each.value) }]);
      } else if (each.kind === 'flush') await bench.service.metrics.flush();
      else await bench.restart();
    }
    for (const period of [60, 300, 3600]) {
      const read = { metric, period };
      const window = { from: origin, to: origin + 401 * minute, origin };
      const found = await bench.service.queries.points(scope, read, window);
      const expected = naive(puts, period);
      assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
      for (const [time, values] of expected) {
        const bucket = found.get(time) ?? assert.fail('a period');
        const sum = values.reduce((all, value) => all + value, 0);
        assert.deepEqual(
          [bucket.count, bucket.sum, bucket.min, bucket.max],
          [values.length, sum, values[0], values.at(-1)],
        );
      }
    }
  });
  await fc.assert(property, { numRuns: 25 });
});

test('a chunk is read as it was written, and takes few bytes', () => {
  const points = fc.array(
    fc.tuple(fc.nat(119), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 5 })),
    { maxLength: 20 },
  );
  const property = fc.property(points, (given) => {
    const chunk = new Map(given.map(([at, value, count]) => [at, bucketOf(value, count)]));
    const read = decodeChunk(encodeChunk(chunk));
    assert.deepEqual(read, new Map([...chunk].sort(([one], [other]) => one - other)));
  });
  fc.assert(property, { numRuns: 100 });
  const counter = new Map(Array.from({ length: 120 }, (_, at) => [at, bucketOf(1_000 + at)] as const));
  assert.ok(encodeChunk(counter).length < 600, `${encodeChunk(counter).length}`);
});

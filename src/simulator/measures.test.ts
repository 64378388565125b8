import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { percentile, Samples } from './samples.ts';
import { Timeline } from './timeline.ts';

test('a level’s steps are what a sum over its changes says, however often steps were joined', () => {
  const change = fc.record({ after: fc.nat(400_000), by: fc.integer({ min: -5, max: 9 }) });
  const property = fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
    const timeline = new Timeline();
    const level = timeline.level();
    const spans: { from: number; to: number; amount: number }[] = [];
    let [at, amount] = [0, 0];
    for (const { after, by } of changes) {
      spans.push({ from: at, to: at + after, amount });
      at += after;
      amount += by;
      level.change(at, by);
    }
    const end = at + 1_500;
    spans.push({ from: at, to: end, amount });
    const within = (from: number, to: number) =>
      spans.reduce(
        (sum, span) => sum + span.amount * Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)),
        0,
      );
    assert.equal(level.total(end), within(0, end));
    const means = level.means(end);
    const { step } = timeline;
    assert.ok(means.length <= 512 && means.length === Math.ceil(end / step));
    for (const [index, mean] of means.entries()) {
      const [from, to] = [index * step, Math.min(end, (index + 1) * step)];
      assert.equal(mean, within(from, to) / (to - from));
    }
  });
  fc.assert(property, { numRuns: 200 });
});

test('a percentile is the least value that so many percent do not exceed', () => {
  const property = fc.property(
    fc.array(fc.nat(1_000), { minLength: 1, maxLength: 200 }),
    fc.nat(100),
    (values, percent) => {
      const samples = new Samples();
      for (const value of values) samples.add(value);
      const found = percentile(samples.sorted(), percent);
      // A hundredfold, because whole numbers are exact: 7 % of 100 is not 7 in binary fractions.
      const least = percent * values.length;
      const notAbove = (most: number) => 100 * values.filter((value) => value <= most).length;
      assert.ok(values.includes(found) && notAbove(found) >= least);
      assert.ok(percent === 0 || notAbove(found - 1) < least);
    },
  );
  fc.assert(property, { numRuns: 500, examples: [[Array.from({ length: 100 }, (_, at) => at), 7]] });
  assert.equal(percentile(new Samples().sorted(), 50), 0);
});

test('samples are as many as were added', () => {
  const samples = new Samples();
  for (let value = 3_000; value > 0; value -= 1) samples.add(value);
  assert.equal(samples.size, 3_000);
  assert.deepEqual(
    [...samples.sorted()],
    Array.from({ length: 3_000 }, (_, at) => at + 1),
  );
});

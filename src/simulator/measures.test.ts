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
    fc.array(fc.nat(1_000), { minLength: 1, maxLength: 3_000, size: 'max' }),
    fc.nat(100),
    (values, percent) => {
      const samples = new Samples();
      for (const value of values) samples.add(value);
      const found = percentile(samples.sorted(), percent);
      const share = (most: number) => values.filter((value) => value <= most).length / values.length;
      assert.ok(values.includes(found) && share(found) >= percent / 100);
      assert.ok(percent === 0 || share(found - 1) < percent / 100);
    },
  );
  fc.assert(property, { numRuns: 50 });
  assert.equal(percentile(new Samples().sorted(), 50), 0);
});

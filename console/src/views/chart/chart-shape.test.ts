import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { frameOf, pathOf, periodOf, placeOf } from './chart-shape.ts';

const times = { from: 0, to: 600 };

test('a frame has round numbers, of which the lowest and the highest hold all values', () => {
  assert.deepEqual(frameOf([3, 97], times).ticks, [0, 50, 100]);
  assert.deepEqual(frameOf([0.1, 0.3], times).ticks, [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(frameOf([-5, 12], times).ticks, [-5, 0, 5, 10, 15]);
  assert.deepEqual(frameOf([], times).ticks, [0, 0.5, 1]);
  assert.deepEqual(frameOf([0, Number.NaN], times).ticks, [0, 0.5, 1]);
});

test('every value has its place in the drawing', () => {
  const area = { width: 800, height: 200 };
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 20 }),
      (values) => {
        const frame = frameOf(values, times);
        assert.ok(frame.low < frame.high);
        assert.ok(frame.ticks.length <= 7, `${frame.ticks.length} lines`);
        for (const value of values) {
          const { x, y } = placeOf({ at: 300, value }, frame, area);
          assert.equal(x, 400);
          assert.ok(y >= -0.1 && y <= 200.1, `${value} stands at ${y}`);
        }
      },
    ),
  );
});

test('a line is broken where points are missing', () => {
  const points = [0, 60, 120, 360].map((at) => ({ at, value: 1 }));
  const path = pathOf(points, { from: 0, to: 600, low: 0, high: 1, ticks: [0, 1] }, { width: 600, height: 10 }, 90);
  assert.equal(path, 'M0 0L60 0L120 0M360 0');
});

test('the longer the span, the longer the period', () => {
  assert.deepEqual([900, 3600, 86_400, 604_800, 2_592_000].map(periodOf), [60, 60, 300, 3600, 21_600]);
});

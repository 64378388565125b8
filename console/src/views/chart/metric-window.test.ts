import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowOf } from './metric-window.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const hours = (count: number) => noon / 1000 + count * 3600;

test('what is asked stays the same until a period is over, and then has moved by one', () => {
  const at = (now: number) => windowOf({ since: '1h', from: '', to: '' }, now, 'Sum');
  assert.deepEqual(at(noon), { statistic: 'Sum', period: 60, from: hours(-1), to: hours(0) + 60 });
  assert.deepEqual(at(noon + 59_999), at(noon));
  assert.equal(at(noon + 60_000).to, hours(0) + 120);
});

test('a range that ends before it begins is one period long, and one without a begin is an hour', () => {
  const between = (from: string, to: string) => windowOf({ since: 'between', from, to }, noon, 'Sum', 300);
  assert.deepEqual(between('2026-01-01T12:00', '2026-01-01T10:00'), {
    ...{ statistic: 'Sum', period: 300 },
    ...{ from: hours(0), to: hours(0) + 300 },
  });
  assert.equal(between('', '2026-01-01T10:00').from, hours(-3));
});

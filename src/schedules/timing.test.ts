import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTimeZone, latestSlot, parseTiming, slotFrom } from './index.ts';

function timingOf(expression: string, zone = 'UTC', more: { startAt?: number; endAt?: number } = {}) {
  return parseTiming({ expression, zone, anchorAt: 0, ...more }) ?? assert.fail(`${expression} is no schedule`);
}

function slots(expression: string, zone: string, from: string, count: number): readonly string[] {
  const timing = timingOf(expression, zone);
  const found: string[] = [];
  let at: number | undefined = slotFrom(timing, Date.parse(from));
  while (at !== undefined && found.length < count) {
    found.push(new Date(at).toISOString().slice(0, 16));
    at = slotFrom(timing, at + 1);
  }
  return found;
}

const newYork = 'America/New_York';

test('what the clocks skip in spring is skipped', () => {
  const found = slots('cron(30 2 * * ? *)', newYork, '2026-03-07T00:00:00Z', 2);
  assert.deepEqual(found, ['2026-03-07T07:30', '2026-03-09T06:30']);
});

test('a fixed time runs once where clocks show it twice, each of several too', () => {
  const found = slots('cron(0,30 1,2 * * ? *)', newYork, '2026-11-01T04:30:00Z', 5);
  assert.deepEqual(found, [
    '2026-11-01T05:00',
    '2026-11-01T05:30',
    '2026-11-01T07:00',
    '2026-11-01T07:30',
    '2026-11-02T06:00',
  ]);
});

test('what names every hour runs in both of the repeated ones', () => {
  const found = slots('cron(30 * * * ? *)', newYork, '2026-11-01T04:00:00Z', 4);
  assert.deepEqual(found, ['2026-11-01T04:30', '2026-11-01T05:30', '2026-11-01T06:30', '2026-11-01T07:30']);
});

test('a schedule that fires once does so, though the clocks never show its time', () => {
  const found = slots('at(2026-03-08T02:30:00)', newYork, '2026-01-01T00:00:00Z', 2);
  assert.deepEqual(found, ['2026-03-08T07:30']);
  assert.deepEqual(slots('at(2026-07-01T02:30:00)', newYork, '2026-01-01T00:00:00Z', 2), ['2026-07-01T06:30']);
});

test('the latest slot that is over is found on both sides of a change', () => {
  const timing = timingOf('cron(30 1 * * ? *)', newYork);
  const first = Date.parse('2026-10-30T05:30:00Z');
  const latest = (now: string) => new Date(latestSlot(timing, first, Date.parse(now))).toISOString().slice(0, 16);
  assert.equal(latest('2026-11-01T05:29:59Z'), '2026-10-31T05:30');
  assert.equal(latest('2026-11-01T06:45:00Z'), '2026-11-01T05:30');
  assert.equal(latest('2026-11-05T00:00:00Z'), '2026-11-04T06:30');
});

test('rates begin at their start, and stay within their bounds', () => {
  const timing = timingOf('rate(5 minutes)', 'UTC', { startAt: 60_000, endAt: 700_000 });
  assert.equal(slotFrom(timing, 0), 60_000);
  assert.equal(slotFrom(timing, 60_001), 360_000);
  assert.equal(slotFrom(timing, 660_001), undefined);
  assert.equal(latestSlot(timing, 60_000, 5_000_000), 660_000);
});

test('what is no schedule, or no time zone, is none', () => {
  for (const text of ['at(2026-06-31T00:00:00)', 'at(2026-06-30)', 'rate(0 minutes)', 'cron(0 12 * * *)', '']) {
    assert.equal(parseTiming({ expression: text, zone: 'UTC', anchorAt: 0 }), undefined, text);
  }
  assert.ok(isTimeZone('Europe/Berlin'));
  for (const text of ['+01:00', 'Mars/Base', '']) assert.ok(!isTimeZone(text), text);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMoment, readRange } from './time-range.ts';

const asOf = Date.UTC(2026, 0, 2, 12);

test('a span ends now, two moments are themselves, and all else is open', () => {
  const range = (since: string, from = '', to = '') => readRange({ since, from, to }, asOf);
  assert.deepEqual(range('1h'), { from: asOf - 3_600_000 });
  assert.deepEqual(range('all'), {});
  assert.deepEqual(range('constructor'), {});
  assert.deepEqual(range('between', '2026-01-02 10:00', '2026-01-02T11:00:00.5Z'), {
    from: Date.UTC(2026, 0, 2, 10),
    to: Date.UTC(2026, 0, 2, 11, 0, 0, 500),
  });
  assert.deepEqual(range('between', 'yesterday', ''), {});
});

test('a moment is of UTC unless it says otherwise', () => {
  assert.equal(readMoment(' 2026-01-02 '), Date.UTC(2026, 0, 2));
  assert.equal(readMoment('2026-01-02T03:04'), Date.UTC(2026, 0, 2, 3, 4));
  assert.equal(readMoment('2026-01-02T03:04:05+02:00'), Date.UTC(2026, 0, 2, 1, 4, 5));
  assert.equal(readMoment('2026-13-45'), undefined);
  assert.equal(readMoment('7'), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOf } from './spans.ts';

test('a span begins so long before now, and anything else has no beginning', () => {
  assert.equal(startOf('1h', 10_000_000), 6_400_000);
  for (const span of ['all', '', 'toString']) assert.equal(startOf(span, 1), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescriptorBudget, placesBy } from './descriptor-budget.ts';

const room = (limit: number) => {
  const budget = new DescriptorBudget(() => limit);
  let count = 1;
  while (count < 1000 && budget.shortage(count, 1) === undefined) count += 1;
  return count;
};

test('containers start while the limit of open files has room for them and for all else', () => {
  assert.equal(room(1024), 97);
  assert.equal(room(128), 8);
  assert.match(
    new DescriptorBudget(() => 128).shortage(8, 1) ?? '',
    /8 containers run, .*\(128\) has room for 8; .*ulimit -n/,
  );
});

test('tasks of one container have as many places as there is room for containers, and it is said why no more', () => {
  for (const limit of [1024, 128, 64, 16]) assert.equal(placesBy(limit)?.most, room(limit));
  assert.match(placesBy(64)?.reason ?? '', /^the limit of open files \(64\) has room for 1; .*ulimit -n/);
  assert.equal(placesBy(Number.POSITIVE_INFINITY), undefined);
});

test('however low the limit, one task starts: else no job ever would', () => {
  assert.equal(new DescriptorBudget(() => 16).shortage(0, 10), undefined);
  assert.notEqual(new DescriptorBudget(() => 16).shortage(1, 1), undefined);
});

test('the limit is the kernel’s, as it is now', () => {
  assert.equal(new DescriptorBudget().shortage(0, 1), undefined);
});

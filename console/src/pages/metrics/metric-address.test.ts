import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, metricIn } from './metric-address.ts';

const read = (address: Record<string, string>) => metricIn((name) => address[name] ?? '');

test('a metric that is put into the address is read from it as it was', () => {
  for (const Dimensions of [
    [],
    [
      { Name: 'a=b', Value: 'c,"d"' },
      { Name: 'e', Value: '' },
    ],
  ]) {
    const metric = { Namespace: 'AWS/X', MetricName: 'm', Dimensions };
    assert.deepEqual(read(addressOf(metric)), metric);
  }
});

test('an address that names no metric has none, and dimensions that are no JSON are none', () => {
  assert.equal(read({ namespace: 'n' }), undefined);
  for (const dimensions of ['{', '7', 'null'])
    assert.deepEqual(read({ namespace: 'n', metric: 'm', dimensions })?.Dimensions, []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { asideMetrics } from './aside-metrics.ts';

test('facts that a consumer could not take are counted by consumer, and by what became of them', async () => {
  const metrics = new Registry();
  const onAside = asideMetrics(metrics);
  onAside('states', 'set_aside', 1);
  onAside('states', 'set_aside', 2);
  onAside('states', 'taken', 1);
  const lines = (await metrics.metrics()).split('\n').filter((line) => line.startsWith('batchyard_'));
  assert.deepEqual(lines, [
    'batchyard_facts_set_aside_total{consumer="states",event="set_aside"} 3',
    'batchyard_facts_set_aside_total{consumer="states",event="taken"} 1',
  ]);
});

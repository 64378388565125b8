import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import type { SchedulerStats } from '../scheduler/index.ts';
import { schedulerMetrics } from './scheduler-metrics.ts';

test('queues, compute environments and pools are shown as full as they are now, and those that are gone no more', async () => {
  const metrics = new Registry();
  let now: SchedulerStats = {
    waiting: 7,
    running: 3,
    queues: [{ arn: 'q', waiting: 7 }],
    environments: [{ arn: 'ce', usedVcpus: 1.5 }],
    pools: [
      {
        pool: 'host',
        capacity: { vcpus: 4, memoryMiB: 64, gpus: 1 },
        used: { vcpus: 1.5, memoryMiB: 48, gpus: 0 },
        places: 3,
      },
    ],
  };
  schedulerMetrics(metrics, () => now);
  const lines = async () => (await metrics.metrics()).split('\n').filter((line) => line.startsWith('batchyard_'));
  assert.deepEqual(await lines(), [
    'batchyard_waiting_jobs{queue="q"} 7',
    'batchyard_placed_tasks 3',
    'batchyard_environment_used_vcpus{compute_environment="ce"} 1.5',
    'batchyard_pool_capacity{pool="host",resource="vcpus"} 4',
    'batchyard_pool_capacity{pool="host",resource="memoryMiB"} 64',
    'batchyard_pool_capacity{pool="host",resource="gpus"} 1',
    'batchyard_pool_used{pool="host",resource="vcpus"} 1.5',
    'batchyard_pool_used{pool="host",resource="memoryMiB"} 48',
    'batchyard_pool_used{pool="host",resource="gpus"} 0',
  ]);
  now = { waiting: 0, running: 0, queues: [], environments: [], pools: [] };
  assert.deepEqual(await lines(), ['batchyard_placed_tasks 0']);
});

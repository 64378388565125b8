import { Gauge, type Registry } from 'prom-client';
import type { SchedulerStats } from '../scheduler/index.ts';

const resources = ['vcpus', 'memoryMiB', 'gpus'] as const;

/** Shows at `/metrics` how full queues, compute environments and pools are, as the scheduler has it when it is asked. */
export function schedulerMetrics(metrics: Registry, stats: () => SchedulerStats): void {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    fill: (gauge: Gauge<Label>, now: SchedulerStats) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [metrics],
      collect() {
        this.reset();
        fill(this, stats());
      },
    });
  gauge('batchyard_waiting_jobs', 'RUNNABLE jobs of a queue; an array is one.', ['queue'], (it, { queues }) => {
    for (const { arn: queue, waiting } of queues) it.set({ queue }, waiting);
  });
  gauge('batchyard_placed_tasks', 'Attempts that are STARTING or RUNNING.', [], (it, { running }) => it.set(running));
  gauge(
    'batchyard_environment_used_vcpus',
    'vCPUs of the attempts in a compute environment.',
    ['compute_environment'],
    (it, { environments }) => {
      for (const { arn, usedVcpus } of environments) it.set({ compute_environment: arn }, usedVcpus);
    },
  );
  for (const what of ['capacity', 'used'] as const) {
    gauge(
      `batchyard_pool_${what}`,
      what === 'used' ? 'What attempts have of a pool.' : 'What a pool has.',
      ['pool', 'resource'],
      (it, { pools }) => {
        for (const pool of pools)
          for (const resource of resources) it.set({ pool: pool.pool, resource }, pool[what][resource]);
      },
    );
  }
}

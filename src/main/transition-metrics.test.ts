import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import type { AccountId, JobId, Region } from '../core/ids.ts';
import type { DeliveredFact, JobFact } from '../store/index.ts';
import { transitionMetrics } from './transition-metrics.ts';

test('children that moved together count as many as they are in a delivery, a child of its own as one', async () => {
  const metrics = new Registry();
  const { deliver } = transitionMetrics(metrics);
  const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
  const common = { ...scope, kind: 'job', jobId: 'array' as JobId, at: 1, from: 'PENDING', to: 'RUNNABLE' } as const;
  const delivered = (fact: JobFact, children?: DeliveredFact['children']): DeliveredFact => {
    return { sequence: 1, fact, ...(children && { children }) };
  };
  // The rest of the fact came with an earlier delivery.
  const part = { offset: 100, runs: [[100, 349]], count: 250 } as const;
  deliver([
    delivered({ ...common, runs: [[0, 349]] }, part),
    delivered({ ...common, index: 7 }),
    delivered({ ...common, to: 'FAILED' }),
  ]);
  const lines = (await metrics.metrics())
    .split('\n')
    .filter((line) => line.startsWith('batchyard_job_transitions_total'));
  assert.deepEqual(lines, [
    'batchyard_job_transitions_total{from="PENDING",to="RUNNABLE"} 251',
    'batchyard_job_transitions_total{from="PENDING",to="FAILED"} 1',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench, smallEnvironment } from '../batch.fixture.ts';
import type { ListInstancesOutput } from '../index.ts';
import type { ComputeEnvironmentRecord, InstanceRecord } from '../records.ts';
import type { PlacedInstance } from '../yard/index.ts';

const capacity = { vcpuMillis: 2_000, memoryMiB: 4_096, gpus: 0 };

/** The instance of that number of an environment. */
function instance({ account, region, name }: ComputeEnvironmentRecord, order: number): PlacedInstance {
  const record: InstanceRecord = {
    ...{ account, region, environment: name, id: `i-${name}-${order}`, order, type: 'c5.large', vcpus: 2, capacity },
    ...{ purchase: 'on-demand', price: 0.085, interruption: 0, zone: 'us-east-1a', launchReason: 'Why.' },
    ...{ launchedAt: 1, state: 'ready' },
  };
  return { record, instance: { ...record, free: capacity, jobs: 0, idleSince: 1 } };
}

test('instances are shown by environment, the oldest first, and a page looks at no more than it shows and one', async () => {
  const bench = await openBench();
  for (const computeEnvironmentName of ['b', 'a'])
    await bench.call('CreateComputeEnvironment', { ...smallEnvironment, computeEnvironmentName });
  const counts: Readonly<Record<string, number>> = { a: 2, b: 10_000, default: 0 };
  let looked = 0;
  bench.yard.instances = {
    ...bench.yard.instances,
    *of(environment, after = 0) {
      for (let order = after + 1; order <= (counts[environment.name] ?? 0); order += 1) {
        looked += 1;
        yield instance(environment, order);
      }
    },
  };
  const page = (nextToken?: string) =>
    bench.call<ListInstancesOutput>('ListInstances', { maxResults: 3, ...(nextToken && { nextToken }) });
  const first = await page();
  assert.deepEqual([first.instances.map(({ instanceId }) => instanceId), looked], [['i-a-1', 'i-a-2', 'i-b-1'], 4]);
  const second = await page(first.nextToken);
  assert.deepEqual([second.instances.map(({ instanceId }) => instanceId), looked], [['i-b-2', 'i-b-3', 'i-b-4'], 8]);
  assert.equal(await bench.refusal('ListInstances', { nextToken: 'x' }), 'Invalid nextToken');
});

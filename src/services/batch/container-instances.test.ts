import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInstanceRegistry } from './container-instances.ts';
import { defaultQuotas } from './quotas.ts';
import type { ComputeEnvironmentRecord } from './records.ts';
import { environment } from './yard/resources.fixture.ts';
import { Rig } from './yard/yard.fixture.ts';

const { computeResources: _, ...plain } = environment;
const unmanaged: ComputeEnvironmentRecord = { ...plain, kind: 'UNMANAGED' };

test('what is not said of an instance is what the machine has, but for GPUs: a slice with a size of its own has those that are said', async () => {
  const rig = await Rig.open({ environments: [unmanaged], host: { gpus: 2 } });
  const { ledger, yard } = rig;
  const registry = createInstanceRegistry({ ledger, yard, quotas: defaultQuotas });
  const { name, ecsClusterArn: arn, account, region } = unmanaged;
  const cluster = { account, region, name, arn, launchType: 'EC2', tags: {} } as const;
  const capacityOf = (capacity: object) => {
    const outcome = registry.register(cluster, { capacity, tags: {}, by: 'somebody' });
    return outcome.kind === 'registered' ? outcome.instance.capacity : outcome.kind;
  };
  assert.deepEqual(capacityOf({}), { vcpus: 4, memoryMiB: 4_096, gpus: 2 });
  assert.deepEqual(capacityOf({ gpus: 1 }), { vcpus: 4, memoryMiB: 4_096, gpus: 1 });
  assert.deepEqual(capacityOf({ vcpus: 2 }), { vcpus: 2, memoryMiB: 4_096, gpus: 0 });
  assert.deepEqual(capacityOf({ memoryMiB: 512, gpus: 2 }), { vcpus: 4, memoryMiB: 512, gpus: 2 });
});

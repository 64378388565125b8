import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLaunchedInstances } from './launched-instances.ts';
import { type ComputeEnvironmentRecord, type InstanceRecord, instanceRecords, launchSetupRecords } from './records.ts';
import { endedInstanceShown, forgetEnded, keepEnded, mostEndedInstances } from './yard/ended-instances.ts';
import { environment, scope } from './yard/resources.fixture.ts';
import { Rig } from './yard/yard.fixture.ts';

const fleet: ComputeEnvironmentRecord = {
  ...environment,
  fleet: true,
  computeResources: {
    ...{ type: 'SPOT', maxvCpus: 8, subnets: ['subnet-1'], instanceTypes: ['c5.large'], tags: { Name: 'worker' } },
    ...{ scalingPolicy: { minScaleDownDelayMinutes: 20 } },
  },
};

function open() {
  return Rig.open({ environments: [fleet] });
}

const none = () => undefined;
const viewOf = ({ ledger, clock }: Rig) =>
  createLaunchedInstances({ ledger, clock, findTemplate: none, findSubnet: none });
const shownOf = (rig: Rig) => [...viewOf(rig).after(scope, undefined)];

/** Instances are there a moment after they are launched, and jobs on them another one later. */
async function arrive(rig: Rig): Promise<void> {
  for (let moments = 0; moments < 3; moments += 1) {
    await rig.settle();
    await rig.pass(0);
  }
}

test('an instance that has ended is shown for an hour, with its tags and why, over a restart', async () => {
  const rig = await open();
  rig.submit({ vcpus: 2, behaviour: { runFor: 1_000 } });
  await arrive(rig);
  const [{ id = '' } = {}] = [...rig.ledger.all(instanceRecords)];
  await rig.pass(1_000);
  const endsAt = rig.clock.now() + 20 * 60_000;
  await rig.pass(20 * 60_000);
  assert.deepEqual([...rig.ledger.all(instanceRecords)], []);
  await rig.restart();
  const [ended, ...others] = shownOf(rig);
  assert.deepEqual(others, []);
  assert.deepEqual([ended?.id, ended?.state, ended?.endedBy, ended?.endedAt], [id, 'terminated', 'user', endsAt]);
  assert.deepEqual([ended?.type, ended?.purchase, ended?.zone], ['c5.large', 'spot', 'us-east-1b']);
  assert.deepEqual([ended?.subnetId, ended?.groupIds, ended?.profile], [undefined, [], undefined]);
  assert.deepEqual(viewOf(rig).get(scope, id), ended);
  await rig.pass(endedInstanceShown - 1);
  assert.equal(shownOf(rig).length, 1);
  await rig.pass(1);
  assert.deepEqual([shownOf(rig), viewOf(rig).get(scope, id)], [[], undefined]);
});

test('what Spot has taken back says so while it ends and after, and an environment that is deleted leaves its instances', async () => {
  const rig = await open();
  rig.submit({ vcpus: 2, behaviour: { runFor: 'until-stopped' } });
  rig.submit({ vcpus: 2, behaviour: { runFor: 'until-stopped' } });
  await arrive(rig);
  const [one, other] = [...rig.ledger.all(instanceRecords)].map(({ id }) => id);
  rig.yard.instances.close(scope, one ?? '', 'interruption');
  assert.deepEqual(
    [viewOf(rig).get(scope, one ?? '')].map((it) => [it?.state, it?.endedBy]),
    [['shutting-down', 'spot']],
  );
  await arrive(rig);
  rig.ledger.transact((transaction) => rig.yard.instances.forget(transaction, fleet));
  const ended = (id = '') => [viewOf(rig).get(scope, id)].map((it) => [it?.state, it?.endedBy]);
  assert.deepEqual([ended(one), ended(other)], [[['terminated', 'spot']], [['terminated', 'user']]]);
});

const record = (order: number): InstanceRecord => ({
  ...{ ...scope, environment: 'main', id: `i-${String(order).padStart(17, '0')}`, order, type: 'c5.large' },
  ...{ vcpus: 2, capacity: { vcpuMillis: 2_000, memoryMiB: 3_000, gpus: 0 }, state: 'ready', purchase: 'on-demand' },
  ...{ price: 1, interruption: 0, zone: 'us-east-1a', launchReason: '', launchedAt: 0, setup: 1 },
});

test('a thousand of a region are kept, the last to end, and those whose time is over are forgotten', async () => {
  const rig = await open();
  const { ledger } = rig;
  const setup = { ...scope, environment: 'main', number: 1, subnets: [], groupIds: [], images: [] };
  ledger.transact((transaction) => {
    transaction.put(launchSetupRecords, { ...setup, tags: { Name: 'worker' }, templates: [] });
  });
  const end = (first: number, count: number, at: number) =>
    ledger.transact((transaction) => {
      for (let order = first; order < first + count; order += 1)
        keepEnded(transaction, ledger, { record: record(order), environment: fleet, at });
    });
  const now = rig.clock.now();
  end(1, 600, now);
  end(601, 600, now + 1);
  const shown = shownOf(rig);
  assert.equal(shown.length, mostEndedInstances);
  assert.equal(shown.filter(({ endedAt }) => endedAt === now + 1).length, 600);
  assert.deepEqual(shown[0]?.tags, { Name: 'worker', AWSBatchServiceTag: 'batch' });
  assert.equal(forgetEnded(ledger, now + endedInstanceShown, 300), 300);
  assert.equal(forgetEnded(ledger, now + endedInstanceShown, 300), 100);
  assert.equal(forgetEnded(ledger, now + endedInstanceShown, 300), 0);
  assert.equal(shownOf(rig).length, 600);
});

test('instances that there are and those that have ended come in one order of ids', async () => {
  const rig = await open();
  const { ledger } = rig;
  const at = rig.clock.now();
  const [present, over] = [
    [2, 3, 6],
    [1, 4, 5, 7],
  ];
  ledger.transact((transaction) => {
    for (const order of present) transaction.put(instanceRecords, record(order));
    for (const order of over) keepEnded(transaction, ledger, { record: record(order), environment: fleet, at });
  });
  assert.deepEqual(
    shownOf(rig).map(({ id, state }) => [Number(id.slice(2)), state === 'terminated']),
    [1, 2, 3, 4, 5, 6, 7].map((order) => [order, over.includes(order)]),
  );
  const behind = [...viewOf(rig).after(scope, record(4).id)].map(({ id }) => Number(id.slice(2)));
  assert.deepEqual(behind, [5, 6, 7]);
});

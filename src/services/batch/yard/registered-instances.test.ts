import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { type ComputeEnvironmentRecord, computeEnvironmentRecords, fleetRecords, instanceRecords } from '../records.ts';
import { environment, scope } from './resources.fixture.ts';
import { Rig, type RigOptions } from './yard.fixture.ts';

const { computeResources: _, ...plain } = environment;
const unmanaged: ComputeEnvironmentRecord = { ...plain, kind: 'UNMANAGED' };
const by = 'arn:aws:iam::123456789012:root';
const forever = { behaviour: { runFor: 'until-stopped' } } as const;

const open = (options: RigOptions = {}) => Rig.open({ environments: [unmanaged], ...options });
const idsOf = (rig: Rig) => [...rig.ledger.all(instanceRecords)].map(({ id }) => id);
const placeOf = async (rig: Rig, jobId: JobId) => {
  const state = await rig.state(jobId);
  return 'placement' in state ? state.placement.instance : undefined;
};

function register(rig: Rig, vcpus = 2): string {
  const capacity = { vcpus, memoryMiB: 1_024, gpus: 0 };
  return rig.yard.instances.register(unmanaged, { capacity, tags: { Name: 'one' }, by }).id;
}

describe('instances that are registered', () => {
  test('are what an UNMANAGED environment has: a job waits until there is one, and is told how there comes to be one', async () => {
    const rig = await open();
    const jobId = rig.submit({ vcpus: 2, ...forever });
    await rig.settle();
    const told = rig.yard.explain(jobId);
    assert.match(told?.text ?? '', /no instance is registered: batchyard instance register --environment main\)$/);
    assert.equal(told?.change, 'batchyard instance register --environment main');
    const id = register(rig);
    await rig.settle();
    assert.equal(await placeOf(rig, jobId), id);
    assert.equal(rig.yard.instances.allocatedvCpus(environment.arn), 2);
    await rig.check();
  });

  test('stay over restarts with the jobs on them, idle ones too, and none gets the id of another', async () => {
    const rig = await open();
    const first = register(rig);
    const jobId = rig.submit({ vcpus: 2, ...forever });
    const second = register(rig);
    await rig.settle();
    await rig.restart();
    await rig.pass(24 * 3_600_000);
    assert.deepEqual(new Set(idsOf(rig)), new Set([first, second]));
    assert.equal(await placeOf(rig, jobId), first);
    assert.ok(![first, second].includes(register(rig)));
    await rig.settle();
    await rig.check();
  });

  test('are not taken back by Spot, whatever seed there is', async () => {
    const rig = await open({ instanceTiming: { bootDelay: 0, interruptionSeed: 3 } });
    const id = register(rig);
    await rig.restart();
    await rig.pass(10 * 365 * 24 * 3_600_000);
    assert.deepEqual(idsOf(rig), [id]);
  });

  test('go with their last job where they are drained, and at once where they are interrupted', async () => {
    const rig = await open();
    const [drained, lost] = [register(rig), register(rig)];
    const [one, other] = [rig.submit({ vcpus: 2, ...forever }), rig.submit({ vcpus: 2, ...forever })];
    await rig.settle();
    rig.yard.instances.close(scope, drained, 'drain');
    rig.yard.instances.close(scope, lost, 'interruption');
    await rig.pass(0);
    await rig.pass(0);
    assert.equal((await rig.state(other)).statusReason, `Host EC2 (instance ${lost}) terminated.`);
    assert.deepEqual(idsOf(rig), [drained]);
    rig.yard.terminate(one, 'enough');
    await rig.pass(1_000);
    assert.deepEqual(idsOf(rig), []);
    await rig.check();
  });

  test('go with their environment, as does what it knew of them', async () => {
    const rig = await open({ queues: [] });
    register(rig);
    await rig.settle();
    rig.ledger.transact((transaction) => {
      transaction.delete(computeEnvironmentRecords, scope, unmanaged.name);
      rig.yard.instances.forget(transaction, unmanaged);
      rig.yard.resourcesChanged(transaction);
    });
    await rig.settle();
    assert.deepEqual([idsOf(rig), [...rig.ledger.all(fleetRecords)]], [[], []]);
  });

  test('whose commit is lost are not there, and those that follow have names of their own', async () => {
    const rig = await open();
    rig.store.failNext();
    register(rig);
    await rig.settle();
    assert.deepEqual(idsOf(rig), []);
    const jobId = rig.submit({ vcpus: 2, ...forever });
    const id = register(rig);
    await rig.settle();
    assert.equal(await placeOf(rig, jobId), id);
    await rig.check();
  });
});

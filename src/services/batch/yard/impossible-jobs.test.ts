import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeEnvironmentRecords } from '../records.ts';
import { environment, queue } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const words =
  'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.';

test('in a queue that says so the head that can never start fails at once, and what waits behind it goes on', async () => {
  const rig = await Rig.open({ queues: [{ ...queue, tags: { 'batchyard:impossible': 'fail' } }] });
  const running = rig.submit({ vcpus: 4, behaviour: { runFor: 'until-stopped' } });
  await rig.settle();
  const [single, array, behind] = [rig.submit({ vcpus: 16 }), rig.submit({ vcpus: 16, size: 3 }), rig.submit()];
  await rig.settle();
  // They could start once the machine is free, until their environment becomes smaller.
  assert.deepEqual([await rig.status(single), await rig.status(array)], ['RUNNABLE', 'PENDING']);
  rig.ledger.transact((transaction) => {
    const computeResources = { type: 'EC2', maxvCpus: 8, subnets: [] };
    transaction.put(computeEnvironmentRecords, { ...environment, computeResources });
    rig.yard.resourcesChanged(transaction);
  });
  for (let round = 0; round < 6; round += 1) await rig.pass(0);
  const state = await rig.state(single);
  assert.deepEqual([state.status, 'statusReason' in state && state.statusReason], ['FAILED', words]);
  assert.deepEqual([await rig.status(array), await rig.status(behind)], ['FAILED', 'RUNNABLE']);
  rig.yard.terminate(running, 'enough');
  await rig.pass(1);
  await rig.pass(1);
  assert.equal(await rig.status(behind), 'SUCCEEDED');
  await rig.check();
});

test('without the tag it waits, as on AWS', async () => {
  const rig = await Rig.open();
  const head = rig.submit({ vcpus: 2_000 });
  await rig.settle();
  await rig.pass(60_000);
  assert.equal(await rig.status(head), 'RUNNABLE');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeEnvironmentRecords } from '../records.ts';
import { environment, scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

test('jobs of an environment that is deleted under them are still stopped, finished and released', async () => {
  const rig = await Rig.open();
  const stopped = rig.submit({ behaviour: forEver });
  const ending = rig.submit({ behaviour: { runFor: 10 } });
  await rig.settle();
  await rig.pass(0);
  rig.ledger.transact((transaction) => {
    transaction.delete(computeEnvironmentRecords, scope, environment.name);
    rig.yard.resourcesChanged(transaction);
  });
  await rig.pass(10);
  rig.yard.terminate(stopped, 'enough');
  await rig.settle();
  assert.deepEqual([await rig.status(stopped), await rig.status(ending)], ['FAILED', 'SUCCEEDED']);
  await rig.check();
});

test('jobs of an environment that is deleted under them are found again after a restart', async () => {
  const rig = await Rig.open();
  const running = rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  rig.engineDown = true;
  const starting = rig.submit({ behaviour: forEver });
  await rig.settle();
  assert.equal(await rig.status(starting), 'STARTING');
  rig.ledger.transact((transaction) => {
    transaction.delete(computeEnvironmentRecords, scope, environment.name);
    rig.yard.resourcesChanged(transaction);
  });
  await rig.restart(() => {
    rig.engineDown = false;
  });
  // Nothing of it had run, and it can run nowhere else: it waits in its queue.
  assert.equal(await rig.status(starting), 'RUNNABLE');
  const [, neverUsed] = rig.logs.opened;
  assert.deepEqual([...rig.logs.finished], [neverUsed], 'its stream is as good as written');
  rig.yard.terminate(running, 'enough');
  await rig.settle();
  assert.equal(await rig.status(running), 'FAILED');
  await rig.check();
});

test('an environment that is enabled in a transaction that is refused starts no job', async () => {
  const disabled = { ...environment, state: 'DISABLED' } as const;
  const rig = await Rig.open({ environments: [disabled] });
  const jobId = rig.submit({ behaviour: forEver });
  await rig.settle();
  const enable = (then: () => void) =>
    rig.ledger.transact((transaction) => {
      transaction.put(computeEnvironmentRecords, environment);
      rig.yard.resourcesChanged(transaction);
      then();
    });
  assert.throws(() => enable(() => assert.fail('refused')), /refused/);
  await rig.settle();
  assert.equal(await rig.status(jobId), 'RUNNABLE');
  enable(() => {});
  await rig.settle();
  await rig.pass(0);
  assert.equal(await rig.status(jobId), 'RUNNING');
  await rig.check();
});

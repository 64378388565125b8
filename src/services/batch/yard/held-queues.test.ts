import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobQueueRecords } from '../records.ts';
import { queue, queueArn } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;
const held = { ...queue, hold: { since: 5, by: 'arn:ada' } };

function put(rig: Rig, record: typeof queue): void {
  rig.ledger.transact((transaction) => {
    transaction.put(jobQueueRecords, record);
    rig.yard.resourcesChanged(transaction);
  });
}

test('a queue that is held takes jobs, says why none starts, and lets what runs go on; released it starts them', async () => {
  const rig = await Rig.open();
  const running = rig.submit({ behaviour: forEver });
  await rig.settle();
  put(rig, held);
  const waiting = rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  const words = 'Job queue main is held: it starts no job until it is released.';
  assert.deepEqual([rig.yard.explain(running)?.text, rig.yard.explain(waiting)?.text], ['Running', words]);
  put(rig, queue);
  await rig.settle();
  await rig.pass(0);
  assert.equal(rig.yard.explain(waiting)?.text, 'Running');
});

test('a queue that is held is so for the next server, and no event tells that it is blocked', async () => {
  const rig = await Rig.open();
  put(rig, held);
  const waiting = rig.submit();
  await rig.settle();
  await rig.restart();
  await rig.pass(3_600_000);
  assert.equal(rig.yard.active(waiting)?.state.status, 'RUNNABLE');
  assert.equal(rig.yard.queueState(queueArn).blocked?.toldAt, undefined);
  assert.match(rig.yard.queueState(queueArn).blocked?.reason ?? '', /is held/);
});

test('a job whose start was decided before its queue was held, and not yet stored, does not start', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  const first = rig.submit({ behaviour: forEver });
  const array = rig.submit({ size: 2, behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  await rig.restart();
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  rig.store.beforeJobs = async (jobIds) => {
    if (!jobIds.includes(array)) return;
    asked.resolve();
    await answered.promise;
  };
  rig.yard.terminate(first, 'makes room');
  await asked.promise;
  put(rig, held);
  answered.resolve();
  await rig.settle();
  await rig.pass(0);
  assert.deepEqual(rig.yard.queueState(queueArn).jobs, { PENDING: 0, RUNNABLE: 2, STARTING: 0, RUNNING: 0 });
  assert.match(rig.yard.explain(array)?.text ?? '', /is held/);
  put(rig, queue);
  await rig.settle();
  await rig.pass(0);
  assert.equal(rig.yard.queueState(queueArn).jobs.RUNNABLE, 1);
});

test('how a queue stands is counted by status, children of arrays one by one, with what its head waits for', async () => {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  const running = rig.submit({ behaviour: forEver });
  rig.submit({ size: 3, behaviour: forEver });
  rig.submit({ dependsOn: [running] });
  await rig.settle();
  await rig.pass(0);
  const { jobs, heldVcpus, blocked, shares } = rig.yard.queueState(queueArn);
  assert.deepEqual(jobs, { PENDING: 1, RUNNABLE: 2, STARTING: 0, RUNNING: 2 });
  assert.deepEqual([heldVcpus, shares, blocked?.since], [2, undefined, rig.clock.now()]);
  assert.match(blocked?.reason ?? '', /^Waiting for the host: 1 vCPU short/);
  assert.deepEqual(rig.yard.queueState('arn:of:none'), {
    jobs: { PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0 },
    heldVcpus: 0,
  });
});

test('what is held is counted for its queue, definition, share and user; what starts has no time yet', async () => {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  rig.submit({ behaviour: forEver });
  rig.submit({ behaviour: { startDelay: 1_000, ...forEver } });
  rig.submit();
  await rig.settle();
  await rig.pass(0);
  const counted = [...rig.yard.usage.counted(queue)];
  assert.deepEqual(
    counted.map(({ job, request, startedAt }) => [job.jobQueueArn, request.vcpus, startedAt]),
    [
      [queueArn, 1, rig.clock.now()],
      [queueArn, 1, undefined],
    ],
  );
  assert.deepEqual([...rig.yard.usage.counted({ ...queue, region: 'eu-west-3' as never })], []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childId } from '../../../core/job.ts';
import { queueArn } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const minute = 60_000;

function front(rig: Rig, limit = 100) {
  return rig.yard.snapshot(queueArn, limit).front;
}

/** A machine of one vCPU that is taken. */
async function busy() {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  const first = rig.submit({ behaviour: { runFor: 'until-stopped' } });
  await rig.settle();
  return { rig, first };
}

test('the front of a queue is what starts next, children of arrays and all, whatever was cancelled or is tried again', async () => {
  const { rig, first } = await busy();
  const array = rig.submit({ size: 4, behaviour: { runFor: 10 } });
  const single = rig.submit({ behaviour: { runFor: 10 } });
  const retried = rig.submit({ size: 2, behaviour: { runFor: 10 } });
  await rig.settle();
  rig.yard.cancel(childId(array, 1), 'not this one');
  await rig.settle();
  const expected = [
    ...[0, 2, 3].map((index) => childId(array, index)),
    single,
    ...[0, 1].map((index) => childId(retried, index)),
  ];
  assert.deepEqual(
    front(rig).map(({ jobId }) => jobId),
    expected,
  );
  rig.yard.terminate(first, 'enough');
  for (let round = 0; round < 8; round += 1) {
    await rig.pass(10);
    await rig.pass(0);
  }
  const ran = rig.given.map(({ containers }) => containers[0]?.environment.AWS_BATCH_JOB_ID);
  assert.deepEqual(ran, [first, ...expected]);
  assert.deepEqual(front(rig), []);
});

test('no more is answered than was asked for, though an array has more', async () => {
  const { rig } = await busy();
  const array = rig.submit({ size: 1_000 });
  rig.submit();
  await rig.settle();
  const ids = front(rig, 3).map(({ jobId }) => jobId);
  assert.deepEqual(ids, [childId(array, 0), childId(array, 1), childId(array, 2)]);
  assert.deepEqual(front(rig, 0), []);
  assert.equal(front(rig, 2_000).length, 1_001);
});

test('each is at its place since it came, or since the last one left the queue, after a restart too', async () => {
  const { rig, first } = await busy();
  await rig.pass(minute);
  const [second, third] = [rig.submit({ behaviour: { runFor: 'until-stopped' } }), rig.submit()];
  await rig.settle();
  const came = rig.clock.now();
  const since = () => front(rig).map(({ jobId, at }) => [jobId, at]);
  assert.deepEqual(since(), [
    [second, came],
    [third, came],
  ]);
  await rig.pass(minute);
  const last = rig.submit();
  await rig.settle();
  rig.yard.cancel(third, 'not needed');
  await rig.settle();
  const moved = rig.clock.now();
  assert.deepEqual(since(), [
    [second, moved],
    [last, moved],
  ]);
  await rig.pass(minute);
  rig.yard.terminate(first, 'enough');
  await rig.pass(0);
  await rig.settle();
  const started = rig.clock.now();
  assert.deepEqual(since(), [[last, started]]);
  await rig.restart(() => rig.clock.advance(minute));
  assert.deepEqual(since(), [[last, started]]);
});

test('a queue uses what its own jobs hold that start and run', async () => {
  const rig = await Rig.open({ host: { vcpus: 8 } });
  rig.submit({ size: 2, vcpus: 2, behaviour: { runFor: 'until-stopped' } });
  const gang = rig.submit({ nodes: 2, vcpus: 1, behaviour: { runFor: 'until-stopped' } });
  await rig.settle();
  await rig.pass(0);
  await rig.settle();
  assert.equal(rig.yard.snapshot(queueArn, 1).vcpus, 6);
  assert.equal(rig.yard.snapshot(`${queueArn}-other`, 1).vcpus, 0);
  rig.yard.terminate(gang, 'enough');
  await rig.pass(0);
  await rig.settle();
  assert.equal(rig.yard.snapshot(queueArn, 1).vcpus, 4);
});

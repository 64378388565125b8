import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JobId, TaskId } from '../../../core/ids.ts';
import { newTaskId } from '../../../core/random.ts';
import type { TaskSpec } from '../../../engines/index.ts';
import { callsAtOnce, engineDeadlines } from './engine-deadlines.ts';
import { environment, queue, resourcesOn } from './resources.fixture.ts';
import { Rig, type RigOptions } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;
const docker = resourcesOn('docker');
const twoEngines: RigOptions = {
  host: { vcpus: 100, memoryMiB: 100_000 },
  engines: ['docker'],
  environments: [environment, docker.environment],
  queues: [queue, docker.queue],
};

async function turns(count = 40): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

const never = () => new Promise(() => {});

/** Jobs that have ended, durably, and that their engine could not be told to release. */
async function unreleased(rig: Rig, count: number): Promise<void> {
  const jobs = Array.from({ length: count }, () => rig.submit({ behaviour: { runFor: 1_000 } }));
  await rig.settle();
  await rig.pass(0);
  rig.answering = (call, answer) => (call === 'release' ? never() : answer());
  await rig.pass(1_000);
  for (const jobId of jobs) assert.equal(await rig.status(jobId), 'SUCCEEDED');
}

test('an engine that takes no release does not keep the server from opening', async () => {
  const rig = await Rig.open(twoEngines);
  await unreleased(rig, 20);
  const before = rig.clock.now();
  await rig.restart();
  assert.equal(rig.clock.now(), before);
  const jobId = rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  assert.equal(await rig.status(jobId), 'RUNNING');
  rig.answering = (_, answer) => answer();
  await rig.pass(engineDeadlines.release);
  await rig.pass(2_000);
  await rig.check();
});

for (const silent of ['recover', 'originOf'] as const) {
  test(`an engine that does not answer ${silent} costs a start or a rebuild 5 s, keeps its own jobs waiting, and no others`, async () => {
    const rig = await Rig.open(twoEngines);
    await unreleased(rig, 3);
    rig.answering = (call, answer, engine) => (engine === 'mock' && call === silent ? never() : answer());
    for (const again of [() => rig.restart(), async () => rig.rebuild()]) {
      const begun = again();
      await turns();
      rig.clock.advance(5_000);
      await begun;
      const [waits, runs] = [rig.submit(), rig.submit({ queueArn: docker.queue.arn, behaviour: forEver })];
      await turns();
      rig.clock.advance(0);
      await turns();
      assert.deepEqual([await rig.status(waits), await rig.status(runs)], ['RUNNABLE', 'RUNNING']);
      const why = /The engine of compute environment main cannot run jobs: it has yet to say which tasks it has$/;
      assert.match(rig.yard.explain(waits)?.text ?? '', why);
    }
    rig.answering = (_, answer) => answer();
    await rig.pass(engineDeadlines[silent]);
    await rig.pass(2_000);
    await rig.pass(0);
    await rig.pass(0);
    await rig.check();
    assert.deepEqual(rig.world.list(), []);
  });
}

test('an engine that answers again is asked what it has, and no other is', async () => {
  const rig = await Rig.open(twoEngines);
  const asked: string[] = [];
  rig.answering = (call, answer, engine) => {
    if (call === 'recover') asked.push(engine);
    if (call === 'start' && engine === 'mock') throw new TypeError('socket hang up');
    return answer();
  };
  rig.submit();
  await rig.settle();
  rig.answering = (call, answer, engine) => {
    if (call === 'recover') asked.push(engine);
    return answer();
  };
  await rig.pass(2_000);
  assert.deepEqual(asked, ['mock']);
  await rig.pass(0);
  await rig.check();
});

test('a task whose placement the store has lost is given back though its engine is slow to say for whom it is', async () => {
  const rig = await Rig.open();
  const { taskId, jobId } = await lostPlacement(rig);
  const slow = Promise.withResolvers<void>();
  rig.answering = async (call, answer) => {
    if (call === 'originOf') await slow.promise;
    return answer();
  };
  const restarted = rig.restart();
  await turns();
  rig.clock.advance(5_000);
  await restarted;
  // Its report was heard meanwhile, and nobody could tell whose it is.
  assert.deepEqual([await rig.status(jobId), rig.world.list().map(({ state }) => state)], ['RUNNABLE', ['running']]);
  slow.resolve();
  await rig.settle();
  assert.deepEqual([await rig.status(jobId), rig.task(jobId)], ['RUNNING', taskId]);
  assert.equal(rig.world.starts.length, 2);
  await rig.pass(1_000);
  await rig.check();
});

test('of many starts so many are under way at once, and the deadline of the others has not begun', async () => {
  const rig = await Rig.open({ host: { vcpus: 1_000, memoryMiB: 1_000_000 } });
  const answers: (() => void)[] = [];
  rig.answering = async (call, answer) => {
    if (call === 'start') await new Promise<void>((resolve) => answers.push(resolve));
    return answer();
  };
  for (let index = 0; index < callsAtOnce.start + 10; index += 1) rig.submit({ behaviour: forEver });
  await rig.settle();
  assert.equal(answers.length, callsAtOnce.start);
  rig.clock.advance(engineDeadlines.start - 1);
  for (const answer of answers.splice(0)) answer();
  await turns();
  assert.equal(answers.length, 10);
  rig.clock.advance(engineDeadlines.start - 1);
  for (const answer of answers.splice(0)) answer();
  await rig.settle();
  assert.ok(!('unavailable' in rig.yard.engineStatus('mock')));
  await rig.pass(0);
  await rig.check();
});

test('a job that is stopped while its start waits for others is never started', async () => {
  const rig = await Rig.open({ host: { vcpus: 1_000, memoryMiB: 1_000_000 } });
  const opened = Promise.withResolvers<void>();
  rig.answering = async (call, answer) => {
    if (call === 'start') await opened.promise;
    return answer();
  };
  for (let index = 0; index < callsAtOnce.start; index += 1) rig.submit({ behaviour: forEver });
  const last = rig.submit({ behaviour: forEver });
  await rig.settle();
  const taskId = rig.task(last);
  rig.yard.terminate(last, 'enough');
  await rig.settle();
  opened.resolve();
  await rig.settle();
  await rig.pass(0);
  assert.equal(await rig.status(last), 'FAILED');
  assert.ok(!rig.world.starts.includes(taskId));
  await rig.check();
});

test('a task that no job holds is released when it ends while it is asked for whom it is', async () => {
  const rig = await Rig.open();
  const slow = Promise.withResolvers<void>();
  rig.answering = async (call, answer) => {
    if (call === 'originOf') await slow.promise;
    return answer();
  };
  const { jobId } = await lostPlacement(rig, 900);
  rig.yard.cancel(jobId, 'not needed');
  await rig.pass(900);
  assert.deepEqual(
    rig.world.list().map(({ state }) => state),
    ['running', 'ended'],
  );
  slow.resolve();
  await rig.pass(100);
  assert.deepEqual(rig.world.list(), []);
  await rig.check();
});

test('a job that was to end while its engine was away, and begins as that is back, is stopped', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: { startDelay: 2_000, ...forEver } });
  await rig.settle();
  rig.engineDown = true;
  rig.yard.terminate(jobId, 'enough');
  await rig.settle();
  assert.equal(await rig.status(jobId), 'STARTING');
  rig.engineDown = false;
  await rig.pass(2_000);
  await rig.pass(31_000);
  assert.equal(await rig.status(jobId), 'FAILED');
  await rig.check();
});

/** A job that waits though its task runs: as after the commit of its placement was lost with the disk's last moments. */
async function lostPlacement(
  rig: Rig,
  runFor: number | 'until-stopped' = 'until-stopped',
): Promise<{ readonly jobId: JobId; readonly taskId: TaskId }> {
  const start = rig.world.start.bind(rig.world);
  let spec: TaskSpec | undefined;
  rig.world.start = (task, logRoot) => {
    spec = task;
    return start(task, logRoot);
  };
  const whole = rig.submit({ vcpus: 4, behaviour: { runFor: 1_000 } });
  const jobId = rig.submit({ behaviour: { runFor } });
  await rig.settle();
  assert.ok(spec?.origin && (await rig.status(whole)) === 'STARTING' && (await rig.status(jobId)) === 'RUNNABLE');
  const taskId = newTaskId(rig.clock.now(), rig.random);
  const containers = spec.containers.map((container) => ({ ...container, environment: { AWS_BATCH_JOB_ID: jobId } }));
  const origin = { ...spec.origin, jobId, placement: { ...spec.origin.placement, taskId } };
  start({ ...spec, taskId, containers, origin }, '/nowhere');
  rig.clock.advance(0);
  return { jobId, taskId };
}

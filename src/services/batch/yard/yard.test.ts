import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CommitFailed } from '../../../core/errors.ts';
import type { JobId } from '../../../core/ids.ts';
import { queueArn, scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;
const minute = 60_000;

test('a job goes from submission to its end, and leaves nothing in memory, scheduler or engine', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: { startDelay: 10, runFor: 10 } });
  await rig.settle();
  assert.equal(await rig.status(jobId), 'STARTING');
  await rig.pass(10);
  assert.equal(await rig.status(jobId), 'RUNNING');
  await rig.pass(10);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
  await rig.check();
  const statuses = (await rig.facts()).map(({ from, to }) => `${from} ${to}`);
  assert.deepEqual(statuses, [
    'undefined SUBMITTED',
    'SUBMITTED RUNNABLE',
    'RUNNABLE STARTING',
    'STARTING RUNNING',
    'RUNNING SUCCEEDED',
  ]);
  assert.deepEqual([...rig.logs.finished], rig.logs.opened);
});

test('a missing log group makes the attempt fail to start, in words, and the retry strategy decides', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ logGroup: '/missing', retryStrategy: { attempts: 2, evaluateOnExit: [] } });
  await rig.settle();
  const state = await rig.state(jobId);
  assert.equal(state.status, 'FAILED');
  assert.equal(state.statusReason, 'Task failed to start');
  assert.deepEqual(
    state.attempts.map(({ containers }) => containers[0]?.reason),
    Array(2).fill('CannotStartContainerError: The specified log group does not exist.'),
  );
  assert.deepEqual(rig.world.starts, []);
  await rig.check();
});

test('an attempt with a limit of 14 days ends after them and not before, and is not tried again', async () => {
  const rig = await Rig.open();
  const days = 24 * 60 * minute;
  const retryStrategy = { attempts: 3, evaluateOnExit: [] };
  const jobId = rig.submit({ behaviour: forEver, timeoutSeconds: 14 * 86_400, retryStrategy });
  await rig.settle();
  await rig.pass(14 * days - minute);
  assert.equal(await rig.status(jobId), 'RUNNING');
  await rig.pass(minute);
  const { status, attempts, statusReason } = await rig.state(jobId);
  assert.deepEqual([status, attempts.length, statusReason], ['FAILED', 1, 'Job attempt duration exceeded timeout']);
});

test('a cascade of dependents moves in slices, other work goes on between, and all of it moves', async () => {
  const rig = await Rig.open({ host: { vcpus: 10_000, memoryMiB: 1_000_000 } });
  const first = rig.submit({ behaviour: { exitCode: 1, runFor: minute } });
  for (let index = 0; index < 1_200; index += 1) rig.submit({ dependsOn: [first] });
  await rig.settle();
  await rig.pass(0);
  const { commits } = rig.store;
  await rig.pass(minute);
  // The end of the first, and five slices of at most 500 units: each dependent is told, and moves.
  assert.equal(rig.store.commits - commits, 1 + 5);
  const states = await Promise.all(rig.jobs.slice(1).map((jobId) => rig.state(jobId)));
  assert.deepEqual(new Set(states.map(({ statusReason }) => statusReason)), new Set(['Dependent Job failed']));
  await rig.check();
});

test('a queue of more jobs than specifications are kept in memory runs to its end without a rebuild', async () => {
  const rig = await Rig.open({ host: { vcpus: 130, memoryMiB: 1_000_000 } });
  // 500 are kept: a slice of 100 decisions needs some from the store, and some that reading those pushes out.
  for (let index = 0; index < 1_050; index += 1) rig.submit({ behaviour: { runFor: 1 } });
  await rig.settle();
  for (let round = 0; round < 40 && rig.yard.activeCount(queueArn) > 0; round += 1) await rig.pass(1);
  assert.equal(rig.yard.activeCount(queueArn), 0);
  await rig.check();
});

test('a STARTING job that the engine does not know is started after a restart', async () => {
  const rig = await Rig.open();
  rig.engineDown = true;
  const jobId = rig.submit({ behaviour: forEver });
  await rig.settle();
  assert.equal(await rig.status(jobId), 'STARTING');
  assert.deepEqual(rig.world.starts, []);
  await rig.restart(() => {
    rig.engineDown = false;
  });
  await rig.pass(0);
  assert.equal(await rig.status(jobId), 'RUNNING');
  assert.equal(rig.world.starts.length, 1);
  await rig.check();
});

test('a RUNNING job that the engine does not know is lost after a restart, and retried if attempts remain', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: forEver, retryStrategy: { attempts: 2, evaluateOnExit: [] } });
  await rig.settle();
  await rig.pass(0);
  const taskId = rig.task(jobId);
  await rig.restart(() => {
    rig.world.stop(taskId, 0);
    rig.world.release(taskId);
  });
  await rig.pass(0);
  const state = await rig.state(jobId);
  assert.equal(state.status, 'RUNNING');
  assert.equal(state.attempts[0]?.statusReason, 'Host EC2 (instance i-0123456789abcdef0) terminated.');
  await rig.check();
});

test('a job that ended while no server ran keeps its end over a reboot of the host', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: { runFor: 1_000 } });
  await rig.settle();
  await rig.pass(0);
  await rig.restart(() => {
    rig.clock.advance(1_000);
    rig.world.crash();
  });
  const { status, attempts } = await rig.state(jobId);
  assert.deepEqual([status, attempts[0]?.containers[0]?.exitCode], ['SUCCEEDED', 0]);
  await rig.check();
});

test('a task that a reboot of the host took is lost', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  await rig.restart(() => rig.world.crash());
  assert.equal(await rig.status(jobId), 'FAILED');
  assert.match((await rig.state(jobId)).statusReason ?? '', /^Host EC2/);
  await rig.check();
});

test('a stop that was stored and not told before a crash is told by the next server', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  rig.engineDown = true;
  rig.yard.terminate(jobId, 'enough');
  await rig.settle();
  assert.equal(await rig.status(jobId), 'RUNNING');
  await rig.restart(() => {
    rig.engineDown = false;
  });
  assert.equal(await rig.status(jobId), 'FAILED');
  assert.equal((await rig.state(jobId)).statusReason, 'enough');
  await rig.check();
});

test('a job that was terminated before the engine heard of it never starts', async () => {
  const rig = await Rig.open();
  rig.engineDown = true;
  const jobId = rig.submit({ behaviour: forEver });
  await rig.settle();
  rig.yard.terminate(jobId, 'enough');
  await rig.settle();
  await rig.restart(() => {
    rig.engineDown = false;
  });
  assert.equal(await rig.status(jobId), 'FAILED');
  assert.equal((await rig.state(jobId)).statusReason, 'enough');
  assert.deepEqual(rig.world.starts, []);
  await rig.check();
});

test('a start that waits for a read does not come after the release of what was stopped meanwhile', async () => {
  const rig = await Rig.open();
  rig.engineDown = true;
  const jobId = rig.submit({ behaviour: forEver });
  await rig.settle();
  rig.yard.terminate(jobId, 'enough');
  await rig.settle();
  // The next server tells the stop, which leaves a tombstone, and then the start, which must read the job first.
  const read = Promise.withResolvers<void>();
  rig.store.beforeJobs = () => read.promise;
  const restarted = rig.restart(() => {
    rig.engineDown = false;
  });
  await restarted;
  rig.store.beforeJobs = async () => {};
  read.resolve();
  await rig.settle();
  assert.equal(await rig.status(jobId), 'FAILED');
  assert.deepEqual(rig.world.starts, []);
  await rig.check();
});

test('a repeated stop does not lengthen the time until the task is killed', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: { ...forEver, onTerminate: 'ignore' } });
  await rig.settle();
  await rig.pass(0);
  rig.yard.terminate(jobId, 'enough');
  await rig.settle();
  await rig.pass(20_000);
  await rig.restart();
  await rig.pass(10_000);
  assert.equal(await rig.status(jobId), 'FAILED');
  await rig.check();
});

test('a timeout that passed while no server ran strikes at the start; one to come strikes at its own time', async () => {
  const rig = await Rig.open();
  const early = rig.submit({ behaviour: forEver, timeoutSeconds: 60 });
  const late = rig.submit({ behaviour: forEver, timeoutSeconds: 180 });
  await rig.settle();
  await rig.pass(0);
  await rig.restart(() => rig.clock.advance(2 * minute));
  await rig.pass(0);
  assert.equal((await rig.state(early)).statusReason, 'Job attempt duration exceeded timeout');
  assert.equal(await rig.status(late), 'RUNNING');
  await rig.pass(minute - 1);
  assert.equal(await rig.status(late), 'RUNNING');
  await rig.pass(1);
  assert.equal((await rig.state(late)).statusReason, 'Job attempt duration exceeded timeout');
  await rig.check();
});

test('a wall clock that is set forward stops no job early', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: forEver, timeoutSeconds: 60 });
  await rig.settle();
  await rig.pass(0);
  rig.clock.jumpWall(10 * minute);
  await rig.pass(minute - 1);
  assert.equal(await rig.status(jobId), 'RUNNING');
  await rig.pass(1);
  assert.equal(await rig.status(jobId), 'FAILED');
});

test('a PENDING job whose dependency ended just before a crash is told by the next server', async () => {
  const rig = await Rig.open();
  const first = rig.submit({ behaviour: { runFor: 10 } });
  const second = rig.submit({ dependsOn: [first] });
  await rig.settle();
  await rig.pass(0);
  rig.clock.advance(10);
  // The end is reported; the server dies as soon as it is durable, before dependents hear of it in a later turn.
  for (let step = 0; step < 100 && (await rig.status(first)) !== 'SUCCEEDED'; step += 1) await rig.store.settled();
  assert.deepEqual([await rig.status(first), await rig.status(second)], ['SUCCEEDED', 'PENDING']);
  await rig.restart();
  await rig.pass(0);
  assert.equal(await rig.status(second), 'SUCCEEDED');
  await rig.check();
});

test('stopping the server with its jobs ends those that run and starts none of those that wait', async () => {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  for (let index = 0; index < 6; index += 1) rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  assert.equal(rig.yard.runningCount, 2);
  let idle = false;
  await rig.yard.terminateRunning('the server stops');
  rig.yard.whenIdle().then(() => {
    idle = true;
  });
  await rig.settle();
  await rig.pass(0);
  assert.equal(idle, true);
  assert.equal(rig.world.starts.length, 2);
});

test('a submission that is refused after the yard took the job leaves no trace of it', async () => {
  const rig = await Rig.open();
  const first = rig.submit({ behaviour: { runFor: 10 } });
  const before = [rig.yard.activeCount(queueArn), rig.yard.waitingCount(scope)];
  const refused = rig.refused({ dependsOn: [first] });
  const alone = rig.refused({});
  assert.deepEqual([rig.yard.active(refused), rig.yard.active(alone)], [undefined, undefined]);
  assert.deepEqual([rig.yard.activeCount(queueArn), rig.yard.waitingCount(scope)], before);
  await rig.settle();
  await rig.pass(0);
  await rig.pass(10);
  assert.equal(await rig.status(first), 'SUCCEEDED');
  assert.equal(rig.rebuilds, 0);
  assert.equal(rig.world.starts.length, 1);
  // Numbers, orders and the log of transitions go on as if it had never been.
  const second = rig.submit({ behaviour: { runFor: 10 } });
  await rig.pass(10);
  assert.equal((await rig.stored(second)).record.number, (await rig.stored(first)).record.number + 1);
  await rig.check();
});

test('a commit that fails is as if it had never been asked for, and the work goes on', async () => {
  const rig = await Rig.open();
  const kept = rig.submit({ behaviour: { runFor: 10 } });
  await rig.settle();
  rig.store.failNext();
  const refused = rig.submit();
  await rig.settle();
  assert.equal(rig.rebuilds, 1);
  assert.deepEqual(await rig.store.reads.jobs(scope, [refused]), []);
  rig.jobs.splice(rig.jobs.indexOf(refused), 1);
  await rig.pass(0);
  await rig.pass(10);
  assert.equal(await rig.status(kept), 'SUCCEEDED');
  await rig.check();
});

test('a placement whose commit fails starts nothing, and is decided anew', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: { runFor: 10 } });
  await rig.store.settled();
  rig.store.failNext();
  await rig.settle();
  assert.equal(rig.rebuilds, 1);
  await rig.pass(10);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
  assert.equal(rig.world.starts.length, 1);
  await rig.check();
});

test('what fires while changes are refused waits for the rebuild, and breaks nothing', async () => {
  const rig = await Rig.open();
  const first = rig.submit({ behaviour: forEver, timeoutSeconds: 60 });
  const second = rig.submit({ behaviour: { runFor: minute } });
  const third = rig.submit({ dependsOn: [second] });
  await rig.settle();
  await rig.pass(0);
  rig.refuseChanges();
  await rig.pass(2 * minute);
  assert.equal(await rig.status(first), 'RUNNING');
  await rig.reopen();
  await rig.pass(0);
  assert.equal((await rig.state(first)).statusReason, 'Job attempt duration exceeded timeout');
  assert.equal(await rig.status(third), 'SUCCEEDED');
  await rig.check();
});

test('while memory is rebuilt no job is taken in, and afterwards it is as before', async () => {
  const rig = await Rig.open();
  const running = rig.submit({ behaviour: forEver });
  await rig.settle();
  rig.rebuild();
  assert.throws(() => rig.submit(), CommitFailed);
  await rig.settle();
  const later = rig.submit({ behaviour: { runFor: 10 } });
  await rig.pass(0);
  await rig.pass(10);
  assert.deepEqual([await rig.status(running), await rig.status(later)], ['RUNNING', 'SUCCEEDED']);
  await rig.check();
});

test('a placement that waits for a read when the server stops with its jobs starts nothing any more', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  const first = rig.submit({ behaviour: forEver });
  const second = rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  await rig.restart(); // what jobs are is in the store alone now
  const read = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  rig.yard.terminate(first, 'enough');
  rig.store.beforeJobs = async (jobIds) => {
    if (!jobIds.includes(second)) return;
    asked.resolve();
    await read.promise;
  };
  await asked.promise;
  await rig.yard.terminateRunning('the server stops');
  rig.store.beforeJobs = async () => {};
  read.resolve();
  await rig.settle();
  await rig.pass(0);
  assert.equal(rig.world.starts.length, 1);
  await rig.yard.whenIdle();
});

test('an engine that does not answer keeps jobs RUNNABLE or STARTING, and they go on when it does', async () => {
  const rig = await Rig.open();
  rig.engineDown = true;
  const jobs = [rig.submit({ behaviour: { runFor: 10 } }), rig.submit({ behaviour: { runFor: 10 } })];
  await rig.pass(10_000);
  const waiting = await Promise.all(jobs.map((jobId) => rig.status(jobId)));
  assert.ok(waiting.every((status) => status === 'RUNNABLE' || status === 'STARTING'));
  rig.engineDown = false;
  await rig.pass(2_000);
  await rig.pass(10);
  for (const jobId of jobs) assert.equal(await rig.status(jobId), 'SUCCEEDED');
  assert.equal(rig.world.starts.length, 2);
  await rig.check();
});

test('a task that begins to run while an engine says what it has is not lost', async () => {
  const rig = await Rig.open();
  rig.engineDown = true;
  const first = rig.submit({ behaviour: { startDelay: 10_000, runFor: 'until-stopped' } });
  await rig.settle();
  rig.engineDown = false;
  let second: JobId | undefined;
  rig.beforeRecovered = async () => {
    rig.beforeRecovered = async () => {};
    second = rig.submit({ behaviour: forEver });
    // Not `settle`, which waits for the answer that this holds up.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    rig.clock.advance(0);
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    assert.equal(rig.yard.active(second)?.state.status, 'RUNNING');
  };
  await rig.pass(2_000);
  assert.ok(second !== undefined, 'the engine was not asked');
  assert.equal(await rig.status(second), 'RUNNING');
  assert.equal(await rig.status(first), 'STARTING');
  await rig.check();
});

test('a release that an engine could not hear is repeated when it answers again', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: { runFor: 10 } });
  await rig.settle();
  await rig.pass(0);
  rig.engineDown = true;
  await rig.pass(10);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
  assert.equal(rig.world.list().length, 1);
  rig.engineDown = false;
  await rig.pass(2_000);
  assert.deepEqual(rig.world.list(), []);
  await rig.check();
});

test('a queue is told empty only when its last job has ended', async () => {
  const rig = await Rig.open();
  rig.submit({ behaviour: { runFor: 10 } });
  await rig.settle();
  let told = 0;
  rig.yard.onQueueEmpty(queueArn, () => {
    told += 1;
  });
  await rig.pass(0);
  assert.equal(told, 0);
  await rig.pass(10);
  assert.equal(told, 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import { silentLogger } from '../../../core/logger.ts';
import {
  type Engine,
  type EngineEvent,
  type EngineKind,
  EngineUnavailable,
  StartDeclined,
} from '../../../engines/index.ts';
import { engineDeadlines, startErrorsPerTask } from './engine-deadlines.ts';
import { TaskEngines } from './task-engines.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

test('a task that its engine refuses fails its attempt in the engine’s words', async () => {
  const rig = await Rig.open();
  const refused = 'CannotPullContainerError: no such image';
  const jobs = [rig.submit({ behaviour: { refused } }), rig.submit()];
  await rig.settle();
  await rig.pass(0);
  const [state, other] = await Promise.all(jobs.map((jobId) => rig.state(jobId)));
  const { status, attempts, statusReason } = state ?? assert.fail();
  assert.deepEqual([status, statusReason, other?.status], ['FAILED', 'Task failed to start', 'SUCCEEDED']);
  assert.equal(attempts[0]?.containers[0]?.reason, refused);
  assert.equal(rig.rebuilds, 0);
  await rig.check();
});

test('an engine that answers with an error is unavailable in words until it describes itself, and memory stays', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  let isBroken = true;
  rig.answering = (call, answer) => {
    if (isBroken && (call === 'start' || call === 'describe')) throw new TypeError('socket hang up');
    return answer();
  };
  const [starting, waiting] = [rig.submit(), rig.submit()];
  await rig.settle();
  assert.equal(await rig.status(starting), 'STARTING');
  assert.match(
    rig.yard.explain(waiting)?.text ?? '',
    /^The engine of compute environment main cannot run jobs: socket/,
  );
  isBroken = false;
  await rig.pass(2_000);
  await rig.pass(0);
  await rig.pass(0);
  assert.deepEqual([await rig.status(starting), await rig.status(waiting)], ['SUCCEEDED', 'SUCCEEDED']);
  assert.equal(rig.rebuilds, 0);
  await rig.check();
});

test('jobs whose starts are declined wait RUNNABLE where they stood, told why, and have lost no attempt', async () => {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  let isGone = true;
  rig.answering = (call, answer) => {
    if (isGone && (call === 'start' || call === 'describe')) throw new StartDeclined('no daemon');
    return answer();
  };
  const jobs = [rig.submit(), rig.submit({ nodes: 2 })];
  await rig.settle();
  for (const jobId of jobs) {
    assert.equal(await rig.status(jobId), 'RUNNABLE');
    assert.match(
      rig.yard.explain(jobId)?.text ?? '',
      /The engine of compute environment main cannot run jobs: no daemon$/,
    );
  }
  isGone = false;
  await rig.pass(2_000);
  for (let turn = 0; turn < 3; turn += 1) await rig.pass(0);
  const { status, attempts } = await rig.state(jobs[0] ?? assert.fail());
  assert.deepEqual([status, attempts.length], ['SUCCEEDED', 1]);
  assert.equal(await rig.status(jobs[1] ?? assert.fail()), 'SUCCEEDED');
  assert.equal(rig.rebuilds, 0);
  await rig.check();
});

test('jobs whose tasks are given back wait RUNNABLE where they stood, told why, and have lost no attempt', async () => {
  const rig = await Rig.open({ host: { vcpus: 3 } });
  const calls: string[] = [];
  let isGone = true;
  rig.answering = (call, answer) => {
    calls.push(call);
    if (isGone && call === 'describe') throw new EngineUnavailable('no daemon');
    return answer();
  };
  const behaviour: { givenBack?: string; startDelay: number } = { givenBack: 'it has just gone', startDelay: 1_000 };
  const jobs = [rig.submit({ behaviour }), rig.submit({ behaviour, nodes: 2 })];
  await rig.settle();
  assert.deepEqual(await Promise.all(jobs.map((jobId) => rig.status(jobId))), ['STARTING', 'STARTING']);
  await rig.pass(1_000);
  for (const jobId of jobs) {
    assert.equal(await rig.status(jobId), 'RUNNABLE');
    assert.match(
      rig.yard.explain(jobId)?.text ?? '',
      /The engine of compute environment main cannot run jobs: it has just gone$/,
    );
  }
  assert.deepEqual([calls.filter((call) => call === 'start').length, rig.world.list()], [2, []]);
  isGone = false;
  delete behaviour.givenBack;
  for (let turn = 0; turn < 5; turn += 1) await rig.pass(1_000);
  const { status, attempts } = await rig.state(jobs[0] ?? assert.fail());
  assert.deepEqual([status, attempts.length], ['SUCCEEDED', 1]);
  assert.equal(await rig.status(jobs[1] ?? assert.fail()), 'SUCCEEDED');
  assert.equal(rig.rebuilds, 0);
  await rig.check();
});

test('a job that is terminated before it is heard that its task was given back ends with the reason for that', async () => {
  const rig = await Rig.open();
  const unheard: EngineEvent[] = [];
  rig.hearing = (event) => {
    if (event.kind !== 'given-back') return [event];
    unheard.push(event);
    return [];
  };
  const behaviour: { givenBack?: string } = { givenBack: 'no daemon' };
  const [stopped, other] = [rig.submit({ behaviour }), rig.submit({ behaviour })];
  await rig.settle();
  await rig.pass(0);
  assert.deepEqual([await rig.status(stopped), unheard.length], ['STARTING', 2]);
  rig.yard.terminate(stopped, 'no longer wanted');
  delete behaviour.givenBack;
  rig.hearing = (event) => [event];
  await rig.restart();
  await rig.pass(0);
  await rig.pass(2_000);
  await rig.pass(0);
  const { status, statusReason, attempts } = await rig.state(stopped);
  assert.deepEqual([status, statusReason, attempts], ['FAILED', 'no longer wanted', []]);
  assert.equal(await rig.status(other), 'SUCCEEDED');
  assert.deepEqual(rig.world.list(), []);
  await rig.check();
});

test('a node whose start is declined beside a main node that runs is started once its engine can', async () => {
  const rig = await Rig.open();
  let starts = 0;
  rig.answering = (call, answer) => {
    if (call === 'start') starts += 1;
    if (call === 'start' && starts === 2) throw new StartDeclined('no daemon');
    return answer();
  };
  const jobId = rig.submit({ nodes: 3, behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  await rig.pass(0);
  assert.deepEqual(Object.values(await rig.nodeStatuses(jobId)).sort(), ['RUNNING', 'RUNNING', 'STARTING']);
  await rig.pass(2_000);
  await rig.pass(0);
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'RUNNING', 1: 'RUNNING', 2: 'RUNNING' });
  await rig.check();
});

test('a job whose engine has gone while it started is told so, also by the next server', async () => {
  const rig = await Rig.open();
  rig.answering = (call, answer) => {
    if (call === 'start' || call === 'describe' || call === 'recover') throw new EngineUnavailable('no daemon');
    return answer();
  };
  const jobId = rig.submit();
  await rig.settle();
  const words = 'Starting: its engine cannot run jobs: no daemon';
  assert.deepEqual([await rig.status(jobId), rig.yard.explain(jobId)?.text], ['STARTING', words]);
  await rig.restart();
  assert.deepEqual([await rig.status(jobId), rig.yard.explain(jobId)?.text], ['STARTING', words]);
});

test('a task at whose start a healthy engine fails again and again fails, and the others run', async () => {
  const rig = await Rig.open();
  const bad = rig.submit();
  rig.answering = (call, answer) => {
    if (call === 'start' && rig.calls > 0 && rig.world.starts.length === 0)
      throw new TypeError('cannot read this task');
    return answer();
  };
  await rig.settle();
  for (let tries = 1; tries < startErrorsPerTask; tries += 1) await rig.pass(2_000 * 2 ** (tries - 1));
  const { status, attempts } = await rig.state(bad);
  assert.equal(status, 'FAILED');
  assert.equal(attempts[0]?.containers[0]?.reason, 'CannotStartContainerError: cannot read this task');
  rig.answering = (_, answer) => answer();
  await rig.pass(8_000);
  const good = rig.submit();
  await rig.settle();
  await rig.pass(0);
  assert.equal(await rig.status(good), 'SUCCEEDED');
  assert.equal(rig.rebuilds, 0);
  await rig.check();
});

test('an engine that never answers does not keep the server from opening; its jobs wait and go on when it does', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  const [running, waiting] = [rig.submit({ behaviour: { runFor: 300_000 } }), rig.submit()];
  await rig.settle();
  await rig.pass(0);
  rig.answering = () => new Promise(() => {});
  let isOpen = false;
  const opening = rig.restart().then(() => {
    isOpen = true;
  });
  for (let turns = 0; turns < 20; turns += 1) await nextTurn();
  assert.equal(isOpen, false);
  rig.clock.advance(engineDeadlines.describe);
  await opening;
  assert.equal(
    rig.yard.explain(waiting)?.text,
    'The engine of compute environment main cannot run jobs: no answer to describe within 5 s',
  );
  assert.equal(await rig.status(running), 'RUNNING', 'nobody said that it is lost');
  rig.answering = (_, answer) => answer();
  await rig.pass(2_000);
  await rig.pass(300_000);
  await rig.pass(0);
  await rig.pass(0);
  assert.deepEqual([await rig.status(running), await rig.status(waiting)], ['SUCCEEDED', 'SUCCEEDED']);
  await rig.check();
});

test('engines are asked at the same time: two that do not answer cost one deadline', async () => {
  const clock = new ManualClock();
  const silent = new Proxy({} as Engine, { get: () => () => new Promise(() => {}) });
  const engines = new TaskEngines({
    engines: new Map<EngineKind, Engine>([
      ['process', silent],
      ['mock', silent],
    ]),
    clock,
    logger: silentLogger,
    onRecovered: () => {},
    onAvailability: () => {},
  });
  const described = engines.describeAll();
  clock.advance(engineDeadlines.describe);
  await described;
  assert.deepEqual(
    [engines.problem('process'), engines.problem('mock')],
    Array(2).fill('no answer to describe within 5 s'),
  );
  const unavailable = 'no answer to describe within 5 s';
  assert.deepEqual(engines.status('mock'), { kind: 'mock', unavailable });
  assert.equal(await engines.recover('mock'), undefined, 'nobody waits again for one that could not describe itself');
  engines.close();
  assert.equal(clock.pending, 0);
});

test('a start that is answered too late is asked again, and runs once', async () => {
  const rig = await Rig.open();
  const late = Promise.withResolvers<void>();
  rig.answering = async (call, answer) => {
    const answered = await answer();
    if (call === 'start') await late.promise;
    return answered;
  };
  const jobId = rig.submit({ behaviour: forEver });
  await rig.settle();
  assert.equal(await rig.status(jobId), 'STARTING');
  await rig.pass(engineDeadlines.start);
  rig.answering = (_, answer) => answer();
  await rig.pass(2_000);
  late.resolve();
  await rig.settle();
  assert.deepEqual([await rig.status(jobId), rig.world.starts.length], ['RUNNING', 1]);
  await rig.check();
});

test('a report that makes no sense fails its own task, and the others are heard', async () => {
  const rig = await Rig.open();
  const [bad, good] = [rig.submit({ behaviour: { runFor: 10 } }), rig.submit({ behaviour: { runFor: 20 } })];
  await rig.settle();
  await rig.pass(0);
  const badTask = rig.task(bad);
  rig.hearing = (event) => {
    if (event.taskId !== badTask || event.kind !== 'ended') return [event];
    const { containers: _, ...rest } = event;
    return [rest as unknown as typeof event];
  };
  await rig.pass(10);
  await rig.pass(10);
  const { status, statusReason } = await rig.state(bad);
  assert.deepEqual([status, statusReason], ['FAILED', 'Task failed: its engine reported what cannot be']);
  assert.equal(await rig.status(good), 'SUCCEEDED');
  assert.equal(rig.rebuilds, 0);
  await rig.check();
});

test('an engine whose reports break off is unavailable, and is heard again from the beginning', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ behaviour: { runFor: 10 } });
  await rig.settle();
  await rig.pass(0);
  rig.hearing = () => {
    throw new TypeError('unexpected end of JSON input');
  };
  await rig.pass(10);
  assert.equal(await rig.status(jobId), 'RUNNING');
  rig.hearing = (event) => [event];
  await rig.pass(2_000);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
  assert.equal(rig.rebuilds, 0);
  await rig.check();
});

test('a repeated end is released only once the end is on the disk', async () => {
  const rig = await Rig.open();
  const calls: string[] = [];
  rig.answering = (call, answer) => {
    calls.push(call);
    return answer();
  };
  rig.hearing = (event) => (event.kind === 'ended' ? [event, event] : [event]);
  const jobId = rig.submit({ behaviour: { runFor: 10 } });
  await rig.settle();
  await rig.pass(0);
  const letGo = rig.store.hold();
  await rig.pass(10);
  assert.equal(rig.yard.active(jobId), undefined, 'memory has heard of the end');
  assert.ok(!calls.includes('release'), calls.join(' '));
  letGo();
  await rig.settle();
  assert.ok(calls.includes('release'));
  await rig.check();
});

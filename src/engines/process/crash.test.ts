import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Failpoint } from '../../core/failpoint.ts';
import { EventLog, makeTask, outcome } from '../conformance.ts';
import { EngineUnavailable } from '../contract.ts';
import { TaskFiles } from './task/task-files.ts';
import { died, TestHost } from './testing/test-host.ts';
import { Workbench } from './testing/workbench.ts';

const limit = { timeout: 240_000 };

/** What a runner's death at each point must come to, and how often the job may have begun. */
const deaths: readonly {
  readonly at: Failpoint;
  readonly cause: 'exited' | 'lost';
  readonly starts: readonly number[];
}[] = [
  { at: 'runner.claimed', cause: 'exited', starts: [1] },
  { at: 'runner.network-made', cause: 'exited', starts: [1] },
  { at: 'runner.spawned', cause: 'exited', starts: [1] },
  { at: 'runner.recorded', cause: 'exited', starts: [1] },
  { at: 'runner.go-written', cause: 'lost', starts: [0] },
  { at: 'runner.go-sent', cause: 'lost', starts: [0, 1] },
  { at: 'runner.exited', cause: 'lost', starts: [1] },
  { at: 'runner.exit-recorded', cause: 'exited', starts: [1] },
];

test('a node that was stopped while its network was made does not run when its runner dies of it', limit, async (t) => {
  const bench = await Workbench.open({ failpoint: 'runner.network-made', gangNetwork: 'own' });
  const { capabilities, isolation } = await bench.engine.describe();
  if (!capabilities.nodes) t.skip(isolation);
  else {
    const task = makeTask(bench.host, [{ kind: 'exit', code: 0 }]);
    const { taskId } = task;
    const started = bench.engine.start({ ...task, gang: { gang: taskId, size: 2, index: 0 } });
    await bench.engine.stop(taskId, 0);
    assert.equal(await started, 'tombstone');
    assert.equal((await bench.log.ended(taskId)).cause, 'stopped');
    assert.equal(await bench.host.starts(taskId), 0);
  }
  await bench.close();
});

for (const sandboxes of [undefined, []] as const) {
  describe(`a runner that dies, with ${sandboxes === undefined ? 'the best sandbox' : 'no sandbox'}`, () => {
    for (const { at, cause, starts } of deaths) {
      test(`at ${at}, leaves a task that ends once, ${cause}`, limit, async () => {
        const bench = await Workbench.open({ failpoint: at, ...(sandboxes === undefined ? {} : { sandboxes }) });
        const task = makeTask(bench.host, [{ kind: 'exit', code: 0 }]);
        assert.equal(await bench.engine.start(task), 'accepted');
        const ended = await bench.log.ended(task.taskId);
        assert.equal(ended.cause, cause);
        assert.equal(await bench.engine.start(task), 'already');
        assert.equal(bench.log.of(task.taskId).filter(({ kind }) => kind === 'ended').length, 1);
        const count = await bench.host.starts(task.taskId);
        assert.ok(starts.includes(count), `it was started ${count} times`);
        await bench.close();
      });

      test(
        `at ${at}, and its server with it, leaves a task that the next server ends once or starts once`,
        limit,
        async () => {
          const bench = await Workbench.open({ ...(sandboxes === undefined ? {} : { sandboxes }) });
          await bench.restart({ failpoint: at });
          const task = makeTask(bench.host, [{ kind: 'exit', code: 0 }]);
          const started = bench.engine.start(task).catch((error: unknown) => error);
          await runnerDeath(bench);
          await bench.restart();
          assert.ok((await started) === 'accepted' || (await started) instanceof EngineUnavailable);
          const known = (await bench.engine.recover()).find(({ taskId }) => taskId === task.taskId);
          if (!known) assert.equal(await bench.engine.start(task), 'accepted');
          const ended = await bench.log.ended(task.taskId);
          assert.equal(ended.cause, cause);
          const count = await bench.host.starts(task.taskId);
          assert.ok(starts.includes(count), `it was started ${count} times`);
          await bench.close();
        },
      );
    }

    test('takes its jobs with it before they are reported lost', limit, async () => {
      const bench = await Workbench.open(sandboxes === undefined ? {} : { sandboxes });
      const held = join(bench.host.shared, 'held');
      execFileSync('mkfifo', ['-m', '666', held]);
      const script = `exec 9<>${held}; (setsid sleep 1000 &); >${bench.host.shared}/up; sleep 1000`;
      const task = await bench.start(script);
      await bench.host.appears('up');
      await bench.host.crashEngine();
      assert.equal((await bench.log.ended(task.taskId)).cause, 'lost');
      bench.host.assertNobodyHolds(held);
      await bench.close();
    });

    test('is noticed though a stop is asked for in every turn of the event loop', limit, async () => {
      const bench = await Workbench.open(sandboxes === undefined ? {} : { sandboxes });
      const task = await bench.start(`>${bench.host.shared}/up; sleep 1000`);
      await bench.host.appears('up');
      let isOver = false;
      const stops: Promise<void>[] = [];
      const ended = bench.log.ended(task.taskId).then((end) => {
        isOver = true;
        return end;
      });
      await Promise.all([bench.host.crashEngine(), stopInEveryTurn()]);
      assert.equal((await ended).cause, 'lost');
      await Promise.all(stops);
      await bench.close();

      async function stopInEveryTurn(): Promise<void> {
        while (!isOver) {
          stops.push(bench.engine.stop(task.taskId, 60_000));
          await new Promise(setImmediate);
        }
      }
    });

    test('takes its jobs with it when no server is there to see it', limit, async () => {
      const bench = await Workbench.open(sandboxes === undefined ? {} : { sandboxes });
      const task = await bench.start(`>${bench.host.shared}/up; sleep 1000`);
      await bench.host.appears('up');
      bench.log.close();
      await bench.engine.close();
      await bench.host.crashEngine();
      await bench.restart();
      const ended = await bench.log.ended(task.taskId);
      assert.equal(ended.statusReason, 'Host EC2 (instance i-0123456789abcdef0) terminated.');
      await bench.close();
    });
  });
}

test('jobs run on through crashes of the server, and their logs are whole', limit, async () => {
  const bench = await Workbench.open();
  const script = `i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; >${bench.host.shared}/half;
    while [ $i -lt 6000 ]; do echo line $i; i=$((i+1)); done; exit 9`;
  const tasks = await Promise.all([bench.start(script), bench.start(script)]);
  await bench.restart();
  await bench.host.appears('half');
  await bench.restart();
  for (const { taskId } of tasks) {
    assert.equal(outcome(await bench.log.ended(taskId)).exitCode, 9);
    const lines = await bench.host.text(taskId);
    assert.deepEqual(
      lines,
      Array.from({ length: 6000 }, (_, i) => `line ${i}`),
    );
  }
  await bench.close();
});

test('a newer version has its own runner, and lets the old one go when its tasks are released', limit, async () => {
  const bench = await Workbench.open();
  const old = makeTask(bench.host, [{ kind: 'trap', code: 5 }]);
  await bench.engine.start(old);
  await bench.host.ready(old.taskId);
  const [oldRunner] = bench.host.runners();
  assert.ok(oldRunner);
  await bench.restart({ version: '2.0.0' });
  assert.equal(await bench.engine.start(old), 'already');
  assert.equal(outcome(await bench.run('exit 3')).exitCode, 3);
  assert.equal(bench.host.runners().length, 2);
  await bench.engine.stop(old.taskId, 60_000);
  assert.equal(outcome(await bench.log.ended(old.taskId)).exitCode, 5);
  await bench.engine.release(old.taskId);
  await died(oldRunner.pid);
  assert.equal(bench.host.runners().length, 1);
  await bench.close();
});

test('a runner stays while it has a job, and leaves when it has neither job nor server', limit, async () => {
  const bench = await Workbench.open({ runnerIdleMs: 50 });
  const { shared } = bench.host;
  const task = await bench.start(`>${shared}/up; until [ -e ${shared}/end ]; do sleep 0.05; done; exit 6`);
  await bench.host.appears('up');
  const [runner] = bench.host.runners();
  assert.ok(runner);
  bench.log.close();
  await bench.engine.close();
  execFileSync('sh', ['-c', `sleep 0.3; >${shared}/end`]);
  await died(runner.pid);
  await bench.restart();
  assert.equal(outcome(await bench.log.ended(task.taskId)).exitCode, 6);
  await bench.close();
});

test('a task of another boot is lost, and the process that has its pid now is left alone', limit, async () => {
  const host = await TestHost.create();
  const task = host.task('exit 0');
  const files = new TaskFiles(join(host.dataDirectory, 'process', 'tasks'));
  files.claim(task.taskId);
  files.record({
    formatVersion: 1,
    taskId: task.taskId,
    label: 'x',
    bootId: 'another boot',
    at: 1,
    notes: [],
    instanceId: 'i-1',
    cgroups: {},
    containers: [{ name: 'c', launcher: { pid: process.pid, startTime: 0 }, cgroup: 'x', scratch: '/nowhere' }],
  });
  files.go(task.taskId);
  const engine = await host.open();
  const log = new EventLog(engine);
  const ended = await log.ended(task.taskId);
  assert.deepEqual([ended.cause, ended.statusReason], ['lost', 'Host EC2 (instance i-1) terminated.']);
  log.close();
  await engine.close();
  await host.dispose();
});

test('a data directory whose path is too long for a socket works', limit, async () => {
  const host = await TestHost.create({}, `${'d'.repeat(100)}/${'e'.repeat(100)}`);
  const engine = await host.open();
  const log = new EventLog(engine);
  const task = host.task('exit 8');
  await engine.start(task);
  assert.equal(outcome(await log.ended(task.taskId)).exitCode, 8);
  log.close();
  await engine.close();
  await host.dispose();
});

async function runnerDeath(bench: Workbench): Promise<void> {
  for (;;) {
    const [runner] = bench.host.runners();
    if (runner) return died(runner.pid);
    if ((await bench.engine.recover()).length > 0) return;
    await new Promise<void>((resolve) => bench.host.clock.after(1, resolve));
  }
}

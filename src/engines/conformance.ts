import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { JobId, TaskId } from '../core/ids.ts';
import type { Placement } from '../core/job.ts';
import { givesBack } from './conformance-going.ts';
import { joinsNodes } from './conformance-nodes.ts';
import { startsInOrder } from './conformance-order.ts';
import {
  type EngineHarness,
  EventLog,
  limit,
  newId,
  outcome,
  replay,
  Stage,
  stateOf,
  withSideCars,
} from './conformance-stage.ts';
import { tellsUsage } from './conformance-usage.ts';
import { EngineUnavailable, type TaskOrigin, type TaskSpec } from './contract.ts';

export {
  type Behaviour,
  type EndedEvent,
  type EngineHarness,
  type EngineWorld,
  EventLog,
  makeTask,
  type NodeActs,
  newId,
  outcome,
} from './conformance-stage.ts';

/** The rules that every engine keeps. */
export function engineConformance(name: string, harness: EngineHarness): void {
  describe(`${name} keeps the engine contract`, { skip: harness.skip ?? false }, () => {
    const stage = new Stage();
    before(() => stage.open(harness));
    after(() => stage.close());
    for (const cases of [
      describesItself,
      reportsEndings,
      endsTogether,
      startsInOrder,
      ...(harness.playsNodes ? [] : [joinsNodes]),
      refusesTasks,
      writesOutput,
      startsOnce,
      stops,
      keepsReports,
      tellsUsage,
      survivesServers,
      ...(harness.goes ? [givesBack] : []),
      refusesAndLoses,
    ])
      cases(stage);
  });
}

function describesItself(stage: Stage): void {
  test('it says where tasks run, and what they may ask for', limit, async () => {
    const { kind, pools, capabilities, unavailable } = await stage.engine.describe();
    assert.deepEqual([kind, unavailable], [stage.engine.kind, undefined]);
    assert.ok(pools.length > 0 && new Set(pools.map(({ id }) => id)).size === pools.length);
    for (const { id, capacity, instance } of pools) {
      assert.ok(id !== '' && capacity.vcpus > 0 && capacity.memoryMiB > 0);
      assert.match(instance, /^i-[0-9a-f]{17}$/);
    }
    assert.ok(capabilities.containers >= 1 && capabilities.logDrivers.includes('awslogs'));
  });
}

function refusesTasks(stage: Stage): void {
  const refused = async (words: RegExp, change: (task: TaskSpec) => TaskSpec) => {
    const task = change(stage.spec({ kind: 'exit', code: 0 }));
    const answer = await stage.engine.start(task);
    assert.ok(typeof answer === 'object' && answer.kind === 'failed', JSON.stringify(answer));
    assert.match(answer.reason, /^Cannot[A-Za-z]+Error: \S/);
    assert.match(answer.reason, words);
    assert.equal(await stateOf(stage.engine, task.taskId), undefined);
    assert.equal(await stage.world.starts(task.taskId), 0);
    await stage.engine.release(task.taskId);
  };

  test(
    'a task without containers, or with more than it can run, fails at start and leaves nothing',
    limit,
    async () => {
      const { capabilities } = await stage.engine.describe();
      await refused(/containers/, (task) => ({ ...task, containers: [] }));
      const names = Array.from({ length: capabilities.containers + 1 }, (_, index) => `c${index}`);
      await refused(/containers/, (task) => ({
        ...task,
        containers: names.flatMap((name) => task.containers.map((container) => ({ ...container, name }))),
      }));
      await refused(/same name/, (task) => ({ ...task, containers: [...task.containers, ...task.containers] }));
    },
  );

  test('a task that asks for what the engine cannot give fails at start', limit, async (context) => {
    const { capabilities } = await stage.engine.describe();
    if (capabilities.gpus) return context.skip('it gives GPUs');
    await refused(/GPU/, (task) => ({ ...task, containers: task.containers.map((one) => ({ ...one, gpus: 1 })) }));
  });

  test('a task that the engine can run only without what it asks fails at start', limit, async () => {
    const { capabilities } = await stage.engine.describe();
    const gang = { gang: newId(), size: 2, index: 1 };
    if (!capabilities.nodes) await refused(/multi-node/, (task) => ({ ...task, gang }));
    const dependsOn = [{ container: 'other', condition: 'START' as const }];
    if (!capabilities.containerOrder)
      await refused(/at once/, (task) => ({
        ...task,
        containers: task.containers.map((one) => ({ ...one, dependsOn })),
      }));
  });

  test('a task whose log stream would be outside of the log root fails at start', limit, async () => {
    const log = { rateBytesPerSecond: 1, maximumBytes: 1 };
    for (const stream of ['', '..', '../x', 'a/../../x', '/x'])
      await refused(/log/, (task) => ({
        ...task,
        containers: task.containers.map((one) => ({ ...one, log: { ...log, stream } })),
      }));
  });

  test('a task that was refused leaves the engine as it was: the next one runs', limit, async () => {
    await refused(/containers/, (task) => ({ ...task, containers: [] }));
    assert.equal((await stage.engine.describe()).unavailable, undefined);
    const { taskId } = await stage.run({ kind: 'exit', code: 0 });
    assert.equal((await stage.log.ended(taskId)).cause, 'exited');
  });
}

function writesOutput(stage: Stage): void {
  test('all output of a task is in its log stream when its end is reported', limit, async () => {
    const tasks = await Promise.all([1, 100, 20_000].map((lines) => stage.run({ kind: 'print', lines })));
    for (const [index, lines] of [1, 100, 20_000].entries()) {
      const { taskId } = tasks[index] ?? assert.fail();
      await stage.log.ended(taskId);
      const output = await stage.world.text(taskId);
      assert.deepEqual([output.length, output[0], output.at(-1)], [lines, '1', String(lines)]);
    }
  });
}

function reportsEndings(stage: Stage): void {
  test('a task that exits 0 is reported running, then ended, once each', limit, async () => {
    const { taskId } = await stage.run({ kind: 'exit', code: 0 });
    const ended = await stage.log.ended(taskId);
    assert.equal(ended.cause, 'exited');
    assert.equal(outcome(ended).exitCode, 0);
    assert.equal(outcome(ended).signal, undefined);
    const kinds = stage.log.of(taskId).map(({ kind, sequence }) => [kind, sequence]);
    assert.deepEqual(kinds, [
      ['running', 1],
      ['ended', 2],
    ]);
    const { startedAt = 0, stoppedAt } = outcome(ended);
    assert.ok(startedAt > 0 && startedAt <= stoppedAt && stoppedAt <= ended.at);
  });

  test('an exit code is reported as it is', limit, async () => {
    const { taskId } = await stage.run({ kind: 'exit', code: 7 });
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([ended.cause, outcome(ended).exitCode], ['exited', 7]);
  });

  test('a task that a signal ends has exit code 128 + n and the signal’s name', limit, async () => {
    const { taskId } = await stage.run({ kind: 'killed' });
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([outcome(ended).exitCode, outcome(ended).signal], [137, 'SIGKILL']);
  });

  test('a task whose command does not exist fails to start, with words and without exit code', limit, async () => {
    const { taskId } = await stage.run({ kind: 'cannot-start' });
    const ended = await stage.log.ended(taskId);
    assert.equal(ended.cause, 'failed-to-start');
    assert.equal(outcome(ended).exitCode, undefined);
    assert.match(outcome(ended).reason ?? '', /^CannotStartContainerError: \S/);
  });

  test('what the service noted of a task comes back with both of its reports', limit, async () => {
    const task = { ...stage.spec({ kind: 'exit', code: 0 }), notes: ['a field has no effect'] };
    await stage.engine.start(task);
    const ended = await stage.log.ended(task.taskId);
    assert.ok(ended.notes.includes('a field has no effect'));
    assert.ok((await stage.log.running(task.taskId)).notes.includes('a field has no effect'));
  });

  test('every container of a task has its outcome', limit, async () => {
    const task = stage.spec({ kind: 'trap', code: 9 }, { kind: 'trap', code: 4 }, { kind: 'trap', code: 5 });
    await stage.engine.start(task);
    for (const { name } of task.containers) await stage.world.ready(task.taskId, name);
    await stage.engine.stop(task.taskId, 60_000);
    const ended = await stage.log.ended(task.taskId);
    assert.deepEqual(
      ended.containers.map(({ name, exitCode }) => [name, exitCode]),
      [
        ['c0', 9],
        ['c1', 4],
        ['c2', 5],
      ],
    );
  });
}

function endsTogether(stage: Stage): void {
  test('the end of an essential container stops the rest of its task, which has ended by itself', limit, async () => {
    for (const code of [0, 5]) {
      const task = stage.spec({ kind: 'follow', code, container: 'c1' }, { kind: 'run' });
      await stage.engine.start(withSideCars(task, 'c1'));
      const { cause, containers } = await stage.log.ended(task.taskId);
      assert.deepEqual(
        [cause, ...containers.map(({ exitCode, signal }) => [exitCode, signal])],
        ['exited', [code, undefined], [143, 'SIGTERM']],
      );
    }
  });

  test('the rest of a task that ignores SIGTERM is killed when the grace of the task is over', limit, async () => {
    const task = stage.spec({ kind: 'follow', code: 0, container: 'c1' }, { kind: 'stubborn' });
    await stage.engine.start({ ...withSideCars(task, 'c1'), stopGrace: 50 });
    const { cause, containers } = await stage.log.ended(task.taskId);
    assert.deepEqual(
      [cause, ...containers.map(({ exitCode, signal }) => [exitCode, signal])],
      ['exited', [0, undefined], [137, 'SIGKILL']],
    );
  });

  test('a side-car that ends, however it ends, ends nothing else', limit, async () => {
    const task = stage.spec({ kind: 'trap', code: 7 }, { kind: 'exit', code: 3 });
    await stage.engine.start(withSideCars(task, 'c1'));
    for (const { name } of task.containers) await stage.world.ready(task.taskId, name);
    // What follows from the end of the side-car has had the time that another task takes.
    await stage.log.ended((await stage.run({ kind: 'exit', code: 0 })).taskId);
    assert.equal(await stateOf(stage.engine, task.taskId), 'running');
    await stage.engine.stop(task.taskId, 60_000);
    const ended = await stage.log.ended(task.taskId);
    assert.deepEqual([ended.cause, outcome(ended).exitCode], ['stopped', 7]);
  });

  test('a task without an essential container fails at start', limit, async () => {
    const task = withSideCars(stage.spec({ kind: 'exit', code: 0 }), 'c0');
    const answer = await stage.engine.start(task);
    assert.ok(typeof answer === 'object' && /essential/.test(answer.reason), JSON.stringify(answer));
  });

  test('whom a task is for is given back as it was said', limit, async () => {
    const placement = placementOf('a');
    const gang = { computeEnvironmentArn: 'e', pool: 'p', placedAt: 1, nodes: [{ instance: 'i' }, { instance: 'j' }] };
    const jobId = 'job' as JobId;
    for (const origin of [
      { jobId, attempt: 1, placement },
      { jobId, index: 7, attempt: 2, placement },
      { jobId, index: 0, attempt: 3, placement, gang },
    ]) {
      const task = { ...stage.spec({ kind: 'run' }), origin };
      await stage.engine.start(task);
      await stage.world.ready(task.taskId);
      await stage.restartServer();
      assert.deepEqual(await stage.engine.originOf(task.taskId), origin);
      await stage.engine.stop(task.taskId, 0);
    }
  });
}

function placementOf(taskId: string): Placement {
  const arns = { computeEnvironmentArn: 'e', taskArn: 't', containerInstanceArn: 'c' };
  const containers = [
    { name: 'c0', logStreamName: 's' },
    { name: 'c1', essential: false },
  ] as const;
  return { taskId: taskId as TaskId, ...arns, containers, pool: 'p', instance: 'i', placedAt: 1 };
}

function startsOnce(stage: Stage): void {
  test('starting a task twice starts it once', limit, async () => {
    const task = stage.spec({ kind: 'run' });
    const results = await Promise.all([stage.engine.start(task), stage.engine.start(task)]);
    assert.deepEqual(results.sort(), ['accepted', 'already']);
    await stage.world.ready(task.taskId);
    assert.equal(await stage.engine.start(task), 'already');
    await stage.engine.stop(task.taskId, 0);
    await stage.log.ended(task.taskId);
    assert.equal(await stage.engine.start(task), 'already');
    assert.equal(await stage.world.starts(task.taskId), 1);
  });

  test('a task that was stopped before its start never runs, and is reported ended', limit, async () => {
    const task = stage.spec({ kind: 'exit', code: 0 });
    await stage.engine.stop(task.taskId, 1000);
    const ended = await stage.log.ended(task.taskId);
    assert.equal(ended.cause, 'stopped');
    assert.equal(await stage.engine.start(task), 'tombstone');
    assert.equal(await stage.world.starts(task.taskId), 0);
    assert.deepEqual(await stateOf(stage.engine, task.taskId), 'tombstone');
  });

  test('many tasks at once all end, each with its own code', limit, async () => {
    const tasks = Array.from({ length: 64 }, (_, code) => stage.spec({ kind: 'exit', code }));
    await Promise.all(tasks.map((task) => stage.engine.start(task)));
    for (const [code, task] of tasks.entries())
      assert.equal(outcome(await stage.log.ended(task.taskId)).exitCode, code);
  });
}

function stops(stage: Stage): void {
  test('a task that traps SIGTERM and exits 7 ends stopped with 7', limit, async () => {
    const { taskId } = await stage.run({ kind: 'trap', code: 7 });
    await stage.world.ready(taskId);
    await stage.engine.stop(taskId, 60_000);
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([ended.cause, outcome(ended).exitCode], ['stopped', 7]);
  });

  test('a task that does not mind SIGTERM ends by SIGTERM’s default', limit, async () => {
    const { taskId } = await stage.run({ kind: 'run' });
    await stage.world.ready(taskId);
    await stage.engine.stop(taskId, 60_000);
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([ended.cause, outcome(ended).exitCode, outcome(ended).signal], ['stopped', 143, 'SIGTERM']);
  });

  test('a task that ignores SIGTERM is killed when the grace is over', limit, async () => {
    const { taskId } = await stage.run({ kind: 'stubborn' });
    await stage.world.ready(taskId);
    await stage.engine.stop(taskId, 50);
    const ended = await stage.log.ended(taskId);
    assert.deepEqual([ended.cause, outcome(ended).exitCode, outcome(ended).signal], ['stopped', 137, 'SIGKILL']);
  });

  test('a second stop may shorten the grace, and never puts the end off', limit, async () => {
    for (const graces of [
      [3_600_000, 0],
      [100, 3_600_000],
    ]) {
      const { taskId } = await stage.run({ kind: 'stubborn' });
      await stage.world.ready(taskId);
      for (const grace of graces) await stage.engine.stop(taskId, grace);
      assert.equal((await stage.log.ended(taskId)).cause, 'stopped');
    }
  });

  test('a stop right after the start ends the task, however far the start has come', limit, async () => {
    const tasks = await Promise.all(Array.from({ length: 8 }, () => stage.run({ kind: 'run' })));
    const stops = tasks.map(({ taskId }) => stage.engine.stop(taskId, 60_000));
    await Promise.all(stops);
    for (const { taskId } of tasks) assert.equal((await stage.log.ended(taskId)).cause, 'stopped');
  });

  test('stopping a task that has ended changes nothing', limit, async () => {
    const { taskId } = await stage.run({ kind: 'exit', code: 3 });
    const ended = await stage.log.ended(taskId);
    await stage.engine.stop(taskId, 0);
    assert.deepEqual(await replay(stage.engine, taskId), ended);
  });
}

function keepsReports(stage: Stage): void {
  test('reports come again to each reader until the task is released', limit, async () => {
    const { taskId } = await stage.run({ kind: 'exit', code: 0 });
    await stage.log.ended(taskId);
    assert.equal((await replay(stage.engine, taskId))?.kind, 'ended');
    await stage.engine.release(taskId);
    assert.equal(await stateOf(stage.engine, taskId), undefined);
    const marker = await stage.run({ kind: 'exit', code: 0 });
    const second = new EventLog(stage.engine);
    await second.ended(marker.taskId);
    second.close();
    assert.deepEqual(second.of(taskId), []);
  });

  test('releasing an unknown, running or released task does nothing', limit, async () => {
    await stage.engine.release(newId());
    const { taskId } = await stage.run({ kind: 'run' });
    await stage.world.ready(taskId);
    await stage.engine.release(taskId);
    assert.equal(await stateOf(stage.engine, taskId), 'running');
    await stage.engine.stop(taskId, 0);
    await stage.log.ended(taskId);
    await stage.engine.release(taskId);
    await stage.engine.release(taskId);
    assert.equal(await stateOf(stage.engine, taskId), undefined);
  });
}

function survivesServers(stage: Stage): void {
  test(
    'a task runs on when the server dies, and the next server hears of it, stops it and releases it',
    limit,
    async () => {
      const running = await stage.run({ kind: 'trap', code: 9 });
      await stage.world.ready(running.taskId);
      const finished = await stage.run({ kind: 'exit', code: 2 });
      await stage.log.ended(finished.taskId);
      await stage.restartServer();
      assert.equal(await stateOf(stage.engine, running.taskId), 'running');
      assert.equal(await stateOf(stage.engine, finished.taskId), 'ended');
      assert.equal(outcome(await stage.log.ended(finished.taskId)).exitCode, 2);
      assert.equal(await stage.engine.start(running), 'already');
      await stage.engine.stop(running.taskId, 60_000);
      assert.equal(outcome(await stage.log.ended(running.taskId)).exitCode, 9);
      await stage.engine.release(running.taskId);
      assert.equal(await stateOf(stage.engine, running.taskId), undefined);
      assert.equal(await stage.world.starts(running.taskId), 1);
    },
  );

  test(
    'the next server is told for whom a task is, until that is released, and nothing of a tombstone',
    limit,
    async () => {
      const origin: TaskOrigin = {
        jobId: '01a2266c-301a-7b0a-83bd-01d80f18a311' as JobId,
        attempt: 1,
        placement: {
          taskId: newId(),
          computeEnvironmentArn: 'arn:aws:batch:us-east-1:123456789012:compute-environment/e',
          taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/c/t',
          containerInstanceArn: 'arn:aws:ecs:us-east-1:123456789012:container-instance/c/i',
          pool: 'host',
          instance: 'i-0123456789abcdef0',
          containers: [{ name: 'default' }],
          placedAt: 1,
        },
      };
      const task = { ...stage.spec({ kind: 'exit', code: 0 }), origin };
      assert.equal(await stage.engine.start(task), 'accepted');
      await stage.log.ended(task.taskId);
      await stage.restartServer();
      assert.deepEqual(await stage.engine.originOf(task.taskId), origin);
      await stage.engine.release(task.taskId);
      assert.equal(await stage.engine.originOf(task.taskId), undefined);
      const unstarted = { ...stage.spec({ kind: 'exit', code: 0 }), origin };
      await stage.engine.stop(unstarted.taskId, 0);
      assert.equal(await stage.engine.start(unstarted), 'tombstone');
      assert.equal(await stage.engine.originOf(unstarted.taskId), undefined);
    },
  );

  test('a tombstone outlives the server', limit, async () => {
    const task = stage.spec({ kind: 'exit', code: 0 });
    await stage.engine.stop(task.taskId, 0);
    await stage.restartServer();
    assert.equal(await stage.engine.start(task), 'tombstone');
    assert.equal((await stage.log.ended(task.taskId)).cause, 'stopped');
  });
}

function refusesAndLoses(stage: Stage): void {
  test('an older epoch is refused, and the server that has it learns so', limit, async () => {
    const older = stage.engine;
    await stage.openNextServer();
    await assert.rejects(older.start(stage.spec({ kind: 'exit', code: 0 })), EngineUnavailable);
    await assert.rejects(stage.world.open(stage.epoch - 1), EngineUnavailable);
    await older.close();
  });

  test('another installation is refused', limit, async () => {
    await assert.rejects(stage.world.open(stage.epoch + 1, 'another-installation'), EngineUnavailable);
  });

  test('when the engine dies its running tasks are lost, once, and ended ones are not', limit, async () => {
    const running = await stage.run({ kind: 'run' });
    await stage.world.ready(running.taskId);
    const finished = await stage.run({ kind: 'exit', code: 6 });
    await stage.log.ended(finished.taskId);
    await stage.world.crashEngine();
    const lost = await stage.log.ended(running.taskId);
    assert.equal(lost.cause, 'lost');
    assert.match(lost.statusReason, /^Host EC2 \(instance i-[0-9a-f]+\) terminated\.$/);
    assert.equal(outcome(lost).exitCode, undefined);
    assert.equal((await stage.log.ended(finished.taskId)).cause, 'exited');
    assert.equal(await stage.engine.start(running), 'already');
    assert.equal(await stage.engine.start(finished), 'already');
    for (const { taskId } of [running, finished]) assert.equal(await stateOf(stage.engine, taskId), 'ended');
    assert.equal(stage.log.of(running.taskId).filter(({ kind }) => kind === 'ended').length, 1);
    const next = await stage.run({ kind: 'exit', code: 1 });
    assert.equal(outcome(await stage.log.ended(next.taskId)).exitCode, 1);
    assert.equal(await stage.world.starts(running.taskId), 1);
  });

  test('a closed engine answers nothing', limit, async () => {
    const closed = await stage.world.open(stage.epoch);
    await closed.close();
    await assert.rejects(closed.recover(), EngineUnavailable);
    await assert.rejects(closed.start(stage.spec({ kind: 'exit', code: 0 })), EngineUnavailable);
  });
}

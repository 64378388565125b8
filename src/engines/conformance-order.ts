import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ContainerDependency } from '../core/job-specification.ts';
import { limit, outcome, type Stage, withSideCars } from './conformance-stage.ts';
import type { TaskSpec } from './contract.ts';

/** The rules of engines whose containers may wait for each other. */
export function startsInOrder(stage: Stage): void {
  const able = async (context: TestContext) => {
    if ((await stage.engine.describe()).capabilities.containerOrder) return true;
    context.skip('it starts all containers at once');
    return false;
  };
  const waiting = (task: TaskSpec, condition: ContainerDependency['condition']): TaskSpec => ({
    ...withSideCars(task, 'c1'),
    containers: withSideCars(task, 'c1').containers.map((one, index) =>
      index === 0 ? { ...one, dependsOn: [{ container: 'c1', condition }] } : one,
    ),
  });

  test('a container starts once what it waits for has happened', limit, async (context) => {
    if (!(await able(context))) return;
    for (const [condition, code] of [
      ['SUCCESS', 0],
      ['COMPLETE', 5],
      ['START', 0],
    ] as const) {
      const task = waiting(stage.spec({ kind: 'exit', code: 3 }, { kind: 'exit', code }), condition);
      await stage.engine.start(task);
      const { cause, containers } = await stage.log.ended(task.taskId);
      assert.deepEqual([cause, containers[0]?.exitCode], ['exited', 3], condition);
      if (condition !== 'START') assert.ok((containers[0]?.startedAt ?? 0) >= (containers[1]?.stoppedAt ?? Infinity));
    }
  });

  test('a task runs once none of its containers waits any more', limit, async (context) => {
    if (!(await able(context))) return;
    const task = waiting(stage.spec({ kind: 'exit', code: 0 }, { kind: 'run' }), 'SUCCESS');
    await stage.engine.start(task);
    // What is told of it has had the time that another task takes.
    await stage.log.ended((await stage.run({ kind: 'exit', code: 0 })).taskId);
    assert.deepEqual(stage.log.of(task.taskId), []);
    await stage.engine.stop(task.taskId, 0);
    const { cause, containers } = await stage.log.ended(task.taskId);
    assert.deepEqual([cause, containers[0]?.exitCode], ['stopped', undefined]);
    assert.ok((containers[1]?.exitCode ?? 0) > 128);
  });

  test('a container that can never start keeps its task from starting if it is essential', limit, async (context) => {
    if (!(await able(context))) return;
    const task = waiting(stage.spec({ kind: 'exit', code: 0 }, { kind: 'exit', code: 9 }), 'SUCCESS');
    await stage.engine.start(task);
    const { cause, containers } = await stage.log.ended(task.taskId);
    assert.deepEqual([cause, containers[0]?.exitCode, containers[1]?.exitCode], ['failed-to-start', undefined, 9]);
    assert.match(containers[0]?.reason ?? '', /^CannotStartContainerError: container c1 did not exit with 0$/);
    assert.deepEqual(
      stage.log.of(task.taskId).map(({ kind }) => kind),
      ['ended'],
    );
  });

  test('who waits longer than a startTimeout never starts', limit, async (context) => {
    if (!(await able(context))) return;
    const task = waiting(stage.spec({ kind: 'exit', code: 0 }, { kind: 'run' }), 'SUCCESS');
    const containers = task.containers.map((one) => ({ ...one, startTimeout: 1 }));
    await stage.engine.start({ ...task, containers });
    const ended = await stage.log.ended(task.taskId);
    assert.equal(ended.cause, 'failed-to-start');
    assert.match(outcome(ended).reason ?? '', /did not exit with 0 within its startTimeout/);
  });

  test('a container has a grace of its own', limit, async (context) => {
    if (!(await able(context))) return;
    const task = stage.spec({ kind: 'stubborn' });
    const containers = task.containers.map((one) => ({ ...one, stopGrace: 1 }));
    await stage.engine.start({ ...task, containers });
    await stage.world.ready(task.taskId);
    await stage.engine.stop(task.taskId, 60_000);
    assert.equal(outcome(await stage.log.ended(task.taskId)).exitCode, 137);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limit, newId, type Stage } from './conformance-stage.ts';

/** The rules of what an engine tells of running tasks. */
export function tellsUsage(stage: Stage): void {
  test('of what tasks use it tells while they run, or that it measures nothing', limit, async () => {
    const ended = await stage.run({ kind: 'exit', code: 0 });
    await stage.log.ended(ended.taskId);
    const running = await stage.run({ kind: 'run' });
    await stage.world.ready(running.taskId);
    const answer = await stage.engine.usage([ended.taskId, running.taskId, newId()]);
    if (answer !== 'unmeasured') {
      assert.deepEqual(
        answer.map(({ taskId, containers }) => [taskId, containers.map(({ name }) => name)]),
        [[running.taskId, running.containers.map(({ name }) => name)]],
      );
    }
    await stage.engine.stop(running.taskId, 0);
    await stage.log.ended(running.taskId);
    const after = await stage.engine.usage([running.taskId]);
    assert.ok(after === 'unmeasured' || after.length === 0);
  });
}

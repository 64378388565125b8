import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { limit, outcome, type Stage, stateOf } from './conformance-stage.ts';
import { EngineUnavailable } from './contract.ts';

/** What becomes of tasks that were taken as what runs them went. */
export function givesBack(stage: Stage): void {
  test('a task that was taken as its engine went is given back: it has not run and never will', limit, async () => {
    const task = stage.spec({ kind: 'exit', code: 0 });
    const { going = assert.fail('it does not go') } = stage.world;
    const comeBack = await going(stage.engine, task);
    const { sequence, reason } = await stage.log.givenBack(task.taskId);
    assert.equal(sequence, 1);
    assert.match(reason, /\S/);
    assert.equal(await stateOf(stage.engine, task.taskId), 'tombstone');
    assert.equal(await stage.engine.start(task), 'tombstone');
    await stage.engine.stop(task.taskId, 0);
    await comeBack();
    await onceBack(() => stage.engine.release(task.taskId));
    assert.equal(await stateOf(stage.engine, task.taskId), undefined);
    const next = stage.spec({ kind: 'exit', code: 3 });
    await onceBack(() => stage.engine.start(next));
    assert.equal(outcome(await stage.log.ended(next.taskId)).exitCode, 3);
    assert.deepEqual([await stage.world.starts(task.taskId), stage.log.of(task.taskId).length], [0, 1]);
  });
}

/** What was gone may take a moment to be found again: whoever wants something asks again. */
export async function onceBack(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      await pause(20);
    }
  }
}

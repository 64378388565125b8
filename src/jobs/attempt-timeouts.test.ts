import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import type { JobId, TaskId } from '../core/ids.ts';
import { AttemptTimeouts } from './attempt-timeouts.ts';

const [job, task] = ['job' as JobId, 'task' as TaskId];
const hour = 3_600_000;

for (const [what, ago, left] of [
  ['as much left as its deadline says', hour / 4, (3 * hour) / 4],
  ['no more left than at its start where the clock was set back beyond it', -2 * hour, hour],
] as const) {
  test(`an attempt that a server takes over has ${what}`, () => {
    const clock = new ManualClock();
    const struck: string[] = [];
    const timeouts = new AttemptTimeouts(clock, (taskId) => struck.push(taskId));
    const startedAt = clock.now() - ago;
    timeouts.hold();
    timeouts.arm(job, task, startedAt + hour, startedAt);
    timeouts.release();
    clock.advance(left - 1);
    assert.deepEqual(struck, []);
    clock.advance(1);
    assert.deepEqual(struck, [task]);
  });
}

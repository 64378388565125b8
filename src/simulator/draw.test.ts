import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw } from './draw.ts';
import { planOf } from './task-plan.ts';
import type { WorkloadJob } from './workload.ts';

const job = (parts: Partial<WorkloadJob>): WorkloadJob => ({
  ...{ id: 'job', line: 2, at: 0, vcpus: 1, memoryMiB: 1, gpus: 0, dependsOn: [], attempts: 1, failureRate: 0 },
  runTime: { kind: 'exponential', mean: 60_000 },
  ...parts,
});

test('what is drawn is the same on every machine', () => {
  assert.deepEqual(
    [draw(1, 'job', 1, 'run'), draw(1, 'job', 2, 'run'), draw(1, 'job', 1, 'failure'), draw(2, 'job', 1, 'run')],
    [0.22162370123314623, 0.7095921456810018, 0.3221125334674557, 0.2353004810433298],
  );
  const plan = planOf(job({}), { id: 'job', index: 0, attempt: 1 }, 1);
  assert.deepEqual(plan, { starting: 0, milliseconds: 15033, exitCode: 0 });
});

test('numbers are drawn evenly, each by itself', () => {
  const drawn = Array.from({ length: 20_000 }, (_, index) => draw(7, `line/2/${index}`, 1, 'run'));
  const tenths = Array<number>(10).fill(0);
  for (const value of drawn) tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
  // Five standard deviations are 212.
  for (const count of tenths) assert.ok(Math.abs(count - 2_000) < 212, `${tenths}`);
  const next = drawn.slice(1).reduce((sum, value, index) => sum + (value - 0.5) * ((drawn[index] ?? 0) - 0.5), 0);
  assert.ok(Math.abs(next / drawn.length) * 12 < 0.04, `${next}`);
});

test('times are as long on average, and attempts fail as often, as the workload says', () => {
  const plans = Array.from({ length: 20_000 }, (_, index) =>
    planOf(job({ failureRate: 0.25 }), { id: `line/3/${index}`, index: 0, attempt: 2 }, 3),
  );
  const mean = plans.reduce((sum, { milliseconds = 0 }) => sum + milliseconds, 0) / plans.length;
  assert.ok(Math.abs(mean - 60_000) < 2_200, `${mean}`);
  const failed = plans.filter(({ exitCode }) => exitCode !== 0).length;
  assert.ok(Math.abs(failed - 5_000) < 310, `${failed}`);
  const again = plans.filter(({ exitCode }, index) => {
    const { exitCode: before } = planOf(job({ failureRate: 0.25 }), { id: `line/3/${index}`, index: 0, attempt: 1 }, 3);
    return exitCode !== 0 && before !== 0;
  });
  assert.ok(Math.abs(again.length - 1_250) < 175, `${again.length}`);
  const even = planOf(job({ runTime: { kind: 'uniform', least: 10, most: 10 } }), { id: 'x', index: 0, attempt: 1 }, 1);
  assert.equal(even.milliseconds, 10);
});

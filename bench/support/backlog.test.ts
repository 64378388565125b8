import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backlog } from './backlog.ts';

test('a backlog stays as full as it is, and all of its queues get on', () => {
  const backlog = new Backlog({ jobs: 2_000, shares: 40, queues: 4, vcpus: 400 });
  for (let turn = 0; turn < 20; turn += 1) {
    const before = backlog.running;
    const { decisions } = backlog.turn(30, 256);
    assert.ok(decisions > 0);
    assert.equal(backlog.waiting, 2_000);
    assert.ok(Math.abs(backlog.running - before) <= 30, `${before} and then ${backlog.running} jobs run`);
  }
  const running = backlog.runningOfQueues;
  assert.equal(running.length, 4);
  for (const count of running) assert.ok(count >= 5, running.join());
});

test('on instances they are launched for the first jobs, and stay', () => {
  const backlog = new Backlog({ jobs: 2_000, shares: 40, queues: 4, vcpus: 384, instances: 24 });
  assert.equal(backlog.instances, 24);
  for (let turn = 0; turn < 20; turn += 1) assert.ok(backlog.turn(30, 256).decisions > 0);
  assert.deepEqual([backlog.instances, backlog.waiting], [24, 2_000]);
});

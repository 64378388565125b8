import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import type { AccountId, JobId, Region, TaskId } from '../../../core/ids.ts';
import type { Placement } from '../../../core/job.ts';
import type { Jobs, TaskHolder } from '../../../jobs/index.ts';
import { mostEnded, ShownTasks } from './shown-tasks.ts';

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const elsewhere = { ...scope, region: 'eu-west-1' as Region };

function placementOf(taskId: string): Placement {
  return {
    ...{ taskId: taskId as TaskId, computeEnvironmentArn: 'ce', taskArn: `arn:${taskId}`, containerInstanceArn: 'ci' },
    ...{ containers: [], pool: 'host', instance: 'i-1', placedAt: 1 },
  };
}

/** A single job that holds a task, or has held it. */
function holderOf(taskId: string, holds = true): TaskHolder {
  const state = holds
    ? { status: 'RUNNING', startedAt: 2, attempts: [], placement: placementOf(taskId) }
    : { status: 'SUCCEEDED', stoppedAt: 3, attempts: [] };
  const job = { kind: 'single', scope, jobId: `job-${taskId}` as JobId, jobDefinitionArn: 'd', resources: {}, state };
  return { job } as unknown as TaskHolder;
}

function open() {
  const clock = new ManualClock();
  const held = new Map<TaskId, TaskHolder>();
  const jobs = { byTask: (taskId: TaskId) => held.get(taskId), tasks: () => held } as unknown as Jobs;
  const shown = new ShownTasks(jobs, clock);
  const end = (taskId: string) => {
    held.delete(taskId as TaskId);
    shown.ended(holderOf(taskId, false), placementOf(taskId));
  };
  const start = (taskId: string) => held.set(taskId as TaskId, holderOf(taskId));
  const ended = () => [...shown.all(scope, 'ended')].map(({ taskId }) => taskId as string);
  return { clock, shown, start, end, ended };
}

test('a task is shown from its placement until an hour after its end, in its own region', () => {
  const { clock, shown, start, end, ended } = open();
  start('a');
  assert.deepEqual(
    [...shown.all(scope, 'held')].map(({ id, status }) => [id, status]),
    [['job-a', 'RUNNING']],
  );
  assert.equal(shown.get(elsewhere, 'a'), undefined);
  assert.deepEqual([...shown.all(elsewhere, 'held')], []);
  end('a');
  assert.deepEqual([...shown.all(scope, 'held')], []);
  assert.equal(shown.get(scope, 'a')?.status, 'STOPPED');
  clock.advance(59 * 60 * 1000);
  end('b');
  assert.deepEqual(ended(), ['a', 'b']);
  clock.advance(60 * 1000);
  assert.equal(shown.get(scope, 'a'), undefined);
  assert.deepEqual(ended(), ['b']);
});

test('of more tasks than are shown the ones that ended first go', () => {
  const { shown, end, ended } = open();
  for (let index = 0; index < mostEnded + 10; index += 1) end(`t${index}`);
  assert.equal(ended().length, mostEnded);
  assert.equal(shown.get(scope, 't9'), undefined);
  assert.equal(shown.get(scope, 't10')?.taskId, 't10');
});

test('a task that is held again, since its end was never durable, runs', () => {
  const { shown, start, end, ended } = open();
  end('a');
  start('a');
  assert.deepEqual(ended(), []);
  assert.equal(shown.get(scope, 'a')?.status, 'RUNNING');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import type { JobId, TaskId } from '../../../core/ids.ts';
import type { AttemptRecord } from '../../../core/job.ts';
import type { JobEntry, JobTransaction, StatusChange } from '../../../jobs/index.ts';
import { RecentActivity } from './recent-activity.ts';
import { scope } from './resources.fixture.ts';
import { WaitTimes } from './wait-times.ts';

const minute = 60_000;
const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/q';

function jobOf(kind: JobEntry['kind'], createdAt = 0): JobEntry {
  const jobDefinitionArn = 'arn:aws:batch:us-east-1:123456789012:job-definition/d:1';
  return { kind, scope, jobId: 'job' as JobId, jobQueueArn: queue, jobDefinitionArn, createdAt } as JobEntry;
}

function attemptOf(exitCode: number, reason?: string): AttemptRecord {
  const container = { name: 'default', stoppedAt: 1, exitCode, ...(reason === undefined ? {} : { reason }) };
  const places = { taskId: 'task' as TaskId, taskArn: 'arn:task', containerInstanceArn: 'arn:instance' };
  return { ...places, stoppedAt: 1, statusReason: 'Essential container in task exited', containers: [container] };
}

function openActivity() {
  const clock = new ManualClock();
  clock.advance(1_000 * minute - (clock.now() % minute));
  const activity = new RecentActivity(clock);
  const effects: (() => void)[] = [];
  const transaction = { onCommitted: (effect: () => void) => effects.push(effect) } as unknown as JobTransaction;
  const tell = (job: JobEntry, change: Partial<StatusChange>) =>
    activity.told(transaction, job, {
      ...{ kind: 'job', scope, jobId: job.jobId, number: 1, at: clock.now(), to: 'RUNNING' },
      ...change,
    });
  const commit = () => {
    for (const effect of effects.splice(0)) effect();
  };
  return { clock, activity, tell, commit };
}

test('what starts and ends is counted by the minute once it is durable, and forgotten after an hour', () => {
  const { clock, activity, tell, commit } = openActivity();
  const job = jobOf('single', clock.now() - 2_000);
  tell(job, { from: 'RUNNABLE', to: 'STARTING' });
  assert.deepEqual(activity.of(queue).started.at(-1), 0, 'not durable');
  commit();
  clock.advance(minute);
  tell(job, { from: 'RUNNING', to: 'SUCCEEDED' });
  commit();
  const { started, ended, succeeded, failed } = activity.of(queue);
  assert.deepEqual([started.slice(-3), ended.slice(-3), succeeded, failed], [[0, 1, 0], [0, 0, 1], 1, 0]);
  assert.deepEqual([started.length, ended.length], [60, 60]);
  clock.advance(58 * minute);
  assert.deepEqual([activity.of(queue).started[0], activity.of(queue).succeeded], [1, 1]);
  clock.advance(2 * minute);
  assert.deepEqual([activity.of(queue).started[0], activity.of(queue).succeeded], [0, 0]);
});

test('an array counts as its children, a multi-node job as itself', () => {
  const { activity, tell, commit } = openActivity();
  tell(jobOf('array'), { to: 'FAILED' });
  tell(jobOf('array'), {
    to: 'FAILED',
    part: {
      kind: 'children',
      runs: [
        [0, 2],
        [5, 5],
      ],
    },
  });
  tell(jobOf('array'), { to: 'FAILED', part: { kind: 'child', index: 4 } });
  tell(jobOf('multiNode'), { to: 'FAILED', part: { kind: 'node', index: 1 } });
  tell(jobOf('multiNode'), { to: 'FAILED' });
  commit();
  assert.equal(activity.of(queue).failed, 6);
});

test('failures that differ by ids alone are of one kind, with the last of them', () => {
  const { clock, activity, tell, commit } = openActivity();
  const lost = (instance: string) => ({
    to: 'FAILED' as const,
    reason: `Host EC2 (instance ${instance}) terminated.`,
    attempt: attemptOf(137, 'OutOfMemoryError'),
  });
  const array = jobOf('array');
  tell(array, { ...lost('i-0123456789abcdef0'), part: { kind: 'child', index: 3 } });
  clock.advance(minute);
  tell(array, { ...lost('i-0123456789abcdef1'), part: { kind: 'child', index: 7 } });
  tell(jobOf('single'), { to: 'FAILED', attempt: attemptOf(1), reason: 'why' });
  commit();
  const { kinds, others } = activity.failures(new Set([queue]), 1);
  assert.deepEqual([kinds.length, others], [1, 1]);
  const [kind] = kinds;
  assert.deepEqual(
    [kind?.count, kind?.exitCode, kind?.statusReason, kind?.reason, kind?.lastJobId, kind?.lastAt],
    [2, 137, 'Host EC2 (instance …) terminated.', 'OutOfMemoryError', 'job:7', clock.now()],
  );
  assert.deepEqual(activity.failures(new Set(), 10), { kinds: [], others: 0 });
});

test('of more kinds of failures than it tells apart only the number is kept', () => {
  const { activity, tell, commit } = openActivity();
  for (let kind = 0; kind < 150; kind += 1) tell(jobOf('single'), { to: 'FAILED', reason: `reason ${kind}` });
  commit();
  const { kinds, others } = activity.failures(new Set([queue]), 1_000);
  assert.deepEqual([kinds.length, others, activity.of(queue).failed], [100, 50, 150]);
});

test('waits are from submission to the first start, and none of a job that is tried again', () => {
  const { clock, activity, tell, commit } = openActivity();
  assert.equal(activity.of(queue).waited, undefined);
  const start = { from: 'RUNNABLE', to: 'STARTING' } as const;
  for (const wait of [1_000, 1_000, 1_000, 60_000]) tell(jobOf('single', clock.now() - wait), start);
  tell(jobOf('single', 0), { ...start, attempts: 1 });
  commit();
  const { p50 = 0, p90 = 0 } = activity.of(queue).waited ?? {};
  assert.ok(p50 >= 1_000 && p50 <= 1_250, `${p50}`);
  assert.ok(p90 >= 60_000 && p90 <= 75_000, `${p90}`);
});

test('quantiles of waits are never too short, and at most a quarter too long', () => {
  const waits = new WaitTimes();
  waits.add(0);
  assert.deepEqual(waits.quantiles(), { p50: 100, p90: 100 });
  for (const wait of [101, 5_000, 3_600_000, 100_000_000]) {
    const one = new WaitTimes();
    one.add(wait);
    const { p50 = 0 } = one.quantiles() ?? {};
    assert.ok(p50 >= wait && p50 <= wait * 1.26, `${wait}: ${p50}`);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActivityTask } from '../contract.ts';
import { activityRecords } from '../records.ts';
import { arn, type Bench, openBench, scope } from '../states.fixture.ts';

const activity = `${arn}:activity:a`;

async function withActivity(): Promise<Bench> {
  const bench = await openBench();
  await bench.call('CreateActivity', { name: 'a' });
  return bench;
}

function task(key: string, starts: string[] = []): ActivityTask {
  return {
    key,
    taskToken: `token-${key}`,
    input: { key },
    started: (workerName = '') => starts.push(`${key} by ${workerName}`),
  };
}

const answerOf = (key: string) => ({ taskToken: `token-${key}`, input: `{"key":"${key}"}` });

const poll = (bench: Bench, workerName?: string, signal?: AbortSignal) =>
  bench.call('GetActivityTask', { activityArn: activity, workerName }, signal && { signal });

test('an activity is created once, described, listed and deleted', async () => {
  const bench = await openBench();
  const created = await bench.call('CreateActivity', { name: 'a', tags: [{ key: 'k', value: 'v' }] });
  const creationDate = new Date(bench.clock.now());
  assert.deepEqual(created, { activityArn: activity, creationDate });
  bench.clock.advance(1000);
  assert.deepEqual(await bench.call('CreateActivity', { name: 'a', tags: [{ key: 'other', value: '' }] }), created);
  assert.deepEqual(await bench.call('ListTagsForResource', { resourceArn: activity }), {
    tags: [{ key: 'k', value: 'v' }],
  });
  const encryptionConfiguration = { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'alias/k' };
  assert.equal(
    await bench.refusal('CreateActivity', { name: 'a', encryptionConfiguration }),
    `ActivityAlreadyExists: Activity Already Exists: '${activity}'`,
  );
  assert.deepEqual(await bench.call('DescribeActivity', { activityArn: activity }), {
    ...{ activityArn: activity, name: 'a', creationDate },
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
  });
  assert.deepEqual(await bench.call('ListActivities', {}), {
    activities: [{ activityArn: activity, name: 'a', creationDate }],
  });
  await bench.call('DeleteActivity', { activityArn: activity });
  await bench.call('DeleteActivity', { activityArn: activity });
  const gone = `ActivityDoesNotExist: Activity Does Not Exist: '${activity}'`;
  assert.equal(await bench.refusal('DescribeActivity', { activityArn: activity }), gone);
  assert.equal(await bench.refusal('GetActivityTask', { activityArn: activity }), gone);
  assert.match(await bench.refusal('CreateActivity', { name: 'a/b' }), /^InvalidName: /);
  assert.equal(bench.ledger.count(activityRecords, scope), 0);
});

test('tasks are given out in the order they came, each told who took it', async () => {
  const bench = await withActivity();
  const starts: string[] = [];
  for (const key of ['1', '2']) bench.queues.offer(activity, task(key, starts));
  assert.deepEqual(await poll(bench, 'w'), answerOf('1'));
  assert.deepEqual(await poll(bench), answerOf('2'));
  assert.deepEqual(starts, ['1 by w', '2 by ']);
});

test('a worker gets the text that the input was sent as', async () => {
  const bench = await withActivity();
  bench.queues.offer(activity, { ...task('1', []), inputText: '{ "key": "1" }' });
  assert.equal((await poll(bench)).input, '{ "key": "1" }');
});

test('workers that wait are served in the order they came', async () => {
  const bench = await withActivity();
  const starts: string[] = [];
  const [first, second] = [poll(bench, 'one'), poll(bench, 'two')];
  for (const key of ['1', '2']) bench.queues.offer(activity, task(key, starts));
  assert.deepEqual(await Promise.all([first, second]), [answerOf('1'), answerOf('2')]);
  assert.deepEqual(starts, ['1 by one', '2 by two']);
  assert.equal(bench.clock.pending, 0);
});

test('a worker waits for sixty seconds, then hears that there is nothing', async () => {
  const bench = await withActivity();
  const waiting = poll(bench);
  bench.clock.advance(59_999);
  assert.equal(bench.queues.pollersOf(activity), 1);
  bench.clock.advance(1);
  assert.deepEqual(await waiting, {});
  assert.equal(bench.queues.pollersOf(activity), 0);
});

test('a worker that goes away takes no task with it', async () => {
  const bench = await withActivity();
  const gone = new AbortController();
  const [left, stayed] = [poll(bench, 'gone', gone.signal), poll(bench, 'here')];
  gone.abort();
  const starts: string[] = [];
  bench.queues.offer(activity, task('1', starts));
  assert.deepEqual(await left, {});
  assert.deepEqual(await stayed, answerOf('1'));
  assert.deepEqual(starts, ['1 by here']);
  assert.equal(bench.clock.pending, 0);
});

test('a task that is offered twice is given out once, one that is withdrawn or forgotten never', async () => {
  const bench = await withActivity();
  for (const key of ['1', '2', '2', '3']) bench.queues.offer(activity, task(key));
  bench.queues.withdraw('1');
  assert.deepEqual(await poll(bench), answerOf('2'));
  bench.queues.reset();
  const waiting = poll(bench);
  bench.queues.offer(activity, task('4'));
  assert.deepEqual(await waiting, answerOf('4'));
});

test('an activity has at most 1000 workers waiting', async () => {
  const bench = await withActivity();
  const all = new AbortController();
  const waiting = Array.from({ length: 1000 }, () => poll(bench, 'w', all.signal));
  assert.match(await bench.refusal('GetActivityTask', { activityArn: activity }), /^ActivityWorkerLimitExceeded: /);
  all.abort();
  await Promise.all(waiting);
});

test('workers that wait are told that there is nothing when the server stops', async () => {
  const bench = await withActivity();
  const waiting = [poll(bench, 'one'), poll(bench, 'two')];
  bench.queues.dismiss();
  assert.deepEqual(await Promise.all(waiting), [{}, {}]);
  assert.equal(bench.clock.pending, 0);
});

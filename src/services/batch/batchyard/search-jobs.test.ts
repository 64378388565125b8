import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import type { AttemptRecord } from '../../../core/job.ts';
import { type Bench, taskId } from '../batch.fixture.ts';
import { arn, benchWithDefinition, submit } from '../operations/jobs.fixture.ts';
import type { CountJobsOutput, SearchedFor, SearchJobsOutput } from './search-jobs.ts';

function attempt(exitCode: number, reason: string): AttemptRecord {
  const container = { name: 'default', stoppedAt: 200, exitCode, reason, peakMemoryBytes: 7, logStreamName: 'x' };
  const places = { taskArn: 'arn:task/1', containerInstanceArn: `${arn}:container-instance/c/i-0123456789abcdef0` };
  return { taskId, startedAt: 100, stoppedAt: 200, statusReason: 'Gone', containers: [container], ...places };
}

async function twoQueues(): Promise<Bench> {
  const bench = await benchWithDefinition();
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  await bench.call('CreateJobQueue', { jobQueueName: 'other', priority: 1, computeEnvironmentOrder });
  return bench;
}

async function all(bench: Bench, search: SearchedFor, maxResults?: number): Promise<readonly string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page: SearchJobsOutput = await bench.call('SearchJobs', { ...search, maxResults, nextToken });
    names.push(...page.jobs.map(({ jobName = '' }) => jobName));
    assert.equal(page.nextToken === undefined, page.searchedTo === undefined);
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}

test('jobs of all queues are found newest first, whatever the size of the pages', async () => {
  const bench = await twoQueues();
  const names = Array.from({ length: 9 }, (_, index) => `j${index}`);
  for (const [index, jobName] of names.entries())
    await submit(bench, { jobName, jobQueue: index % 3 === 0 ? 'other' : 'default' });
  for (const size of [1, 2, 4, 100]) assert.deepEqual(await all(bench, {}, size), names.toReversed(), `${size} a page`);
  assert.deepEqual(await all(bench, { queues: ['other', `${arn}:job-queue/other`] }), ['j6', 'j3', 'j0']);
});

test('all conditions hold together, each about what it names', async () => {
  const bench = await twoQueues();
  const failed = await submit(bench, { jobName: 'align-1', tags: { team: 'red' } });
  await submit(bench, { jobName: 'align-2', tags: { team: 'blue' } });
  const created = bench.clock.now();
  await submit(bench, { jobName: 'merge' });
  bench.yard.move(failed, () => ({
    status: 'FAILED',
    stoppedAt: 300,
    statusReason: 'Host lost',
    attempts: [attempt(3, 'Out of memory')],
  }));
  const found = (search: SearchedFor) => all(bench, search);
  const cases: readonly (readonly [SearchedFor, readonly string[]])[] = [
    [{ statuses: ['FAILED'] }, ['align-1']],
    [{ statuses: ['RUNNABLE'], name: 'align*' }, ['align-2']],
    [{ definition: 'x' }, ['merge', 'align-2', 'align-1']],
    [{ definition: 'y' }, []],
    [{ tag: { key: 'team' } }, ['align-2', 'align-1']],
    [{ tag: { key: 'team', value: 'red' } }, ['align-1']],
    [{ tag: { key: 'constructor' } }, []],
    [{ exitCode: 3 }, ['align-1']],
    [{ exitCode: 0 }, []],
    [{ reason: 'MEMORY' }, ['align-1']],
    [{ reason: 'host' }, ['align-1']],
    [{ instance: 'i-0123456789abcdef0' }, ['align-1']],
    [{ instance: 'i-0' }, []],
    [{ submittedBy: 'arn:aws:iam::123456789012:root' }, ['merge', 'align-2', 'align-1']],
    [{ submittedBy: 'root' }, ['merge', 'align-2', 'align-1']],
    [{ submittedBy: 'ada' }, []],
    [{ createdAfter: created }, ['merge']],
    [{ createdBefore: created }, ['align-1']],
    [{ stoppedAfter: 299 }, ['align-1']],
    [{ stoppedAfter: 300 }, []],
    [{ stoppedBefore: 301 }, ['align-1']],
    [{ exitCode: 3, tag: { key: 'team', value: 'blue' } }, []],
  ];
  for (const [search, names] of cases) assert.deepEqual(await found(search), names, JSON.stringify(search));
});

test('a job is shown with why it waits, what it asked, who submitted it and what it used', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench);
  const {
    jobs: [waits],
  } = await bench.call<SearchJobsOutput>('SearchJobs', {});
  assert.deepEqual(
    [waits?.statusReason, waits?.jobQueue, waits?.asked, waits?.attempts, waits?.submittedBy],
    [
      'Waiting for the test.',
      `${arn}:job-queue/default`,
      { vcpus: 1, memoryMiB: 4, gpus: 0 },
      0,
      'arn:aws:iam::123456789012:root',
    ],
  );
  bench.yard.move(jobId, () => ({ status: 'SUCCEEDED', stoppedAt: 300, attempts: [attempt(0, '')] }));
  const {
    jobs: [ended],
  } = await bench.call<SearchJobsOutput>('SearchJobs', {});
  assert.deepEqual([ended?.peakMemoryBytes, ended?.container?.exitCode], [7, 0]);
});

test('a search looks at a bounded number of jobs and says how far; counts add up over their pages', async () => {
  const bench = await benchWithDefinition();
  const count = 2_300;
  const last: JobId[] = [];
  for (let index = 0; index < count; index += 1) last.push(await submit(bench));
  bench.yard.move(last[0] as JobId, () => ({ status: 'FAILED', stoppedAt: 1, attempts: [attempt(9, '')] }));
  const page = await bench.call<SearchJobsOutput>('SearchJobs', { exitCode: 9 });
  assert.deepEqual([page.jobs.length, page.nextToken !== undefined], [0, true]);
  assert.deepEqual(await all(bench, { exitCode: 9 }), ['j']);
  const first = await bench.call<CountJobsOutput>('CountJobs', {});
  assert.deepEqual([first.byStatus.RUNNABLE, first.byStatus.FAILED], [2_000, 0]);
  const second = await bench.call<CountJobsOutput>('CountJobs', { nextToken: first.nextToken });
  assert.deepEqual([second.byStatus.RUNNABLE, second.byStatus.FAILED, second.nextToken], [299, 1, undefined]);
});

test('what cannot be looked for is refused', async () => {
  const bench = await benchWithDefinition();
  assert.equal(await bench.refusal('SearchJobs', { queues: ['none'] }), 'JobQueue none not found.');
  assert.equal(await bench.refusal('SearchJobs', { nextToken: 'x' }), 'Invalid nextToken');
  const { nextToken } = { nextToken: undefined };
  assert.deepEqual((await bench.call<SearchJobsOutput>('SearchJobs', { nextToken })).jobs, []);
});

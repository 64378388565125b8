import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { JobSummary } from '@aws-sdk/client-batch';
import type { JobId } from '../../../core/ids.ts';
import type { AttemptRecord, Placement } from '../../../core/job.ts';
import { smallDefinition, taskId } from '../batch.fixture.ts';
import { arn, benchWithDefinition, describe, submit } from './jobs.fixture.ts';

test('a waiting job is described whole, with its defaults, empty lists and the reason why it waits', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench, { tags: { a: 'b' }, timeout: { attemptDurationSeconds: 60 } });
  const createdAt = bench.clock.now();
  assert.deepEqual(await describe(bench, jobId), [
    {
      jobArn: `${arn}:job/${jobId}`,
      jobName: 'j',
      jobId,
      jobQueue: `${arn}:job-queue/default`,
      status: 'RUNNABLE',
      attempts: [],
      statusReason: 'Waiting for the test.',
      createdAt,
      retryStrategy: { attempts: 1, evaluateOnExit: [] },
      dependsOn: [],
      jobDefinition: `${arn}:job-definition/x:1`,
      parameters: {},
      container: {
        image: 'busybox',
        vcpus: 1,
        memory: 4,
        command: [],
        volumes: [],
        environment: [],
        mountPoints: [],
        ulimits: [],
        networkInterfaces: [],
        resourceRequirements: [],
        secrets: [],
      },
      timeout: { attemptDurationSeconds: 60 },
      tags: { a: 'b' },
      propagateTags: false,
      platformCapabilities: [],
      isCancelled: false,
      isTerminated: false,
    },
  ]);
});

const attempt: AttemptRecord = {
  taskId,
  startedAt: 100,
  stoppedAt: 200,
  statusReason: 'Essential container in task exited',
  containers: [{ name: 'default', stoppedAt: 200, exitCode: 7, reason: 'why', logStreamName: 'x/default/1' }],
  taskArn: 'arn:task/1',
  containerInstanceArn: 'arn:instance',
};
const placement: Placement = {
  taskId,
  computeEnvironmentArn: 'arn:ce',
  taskArn: 'arn:task/2',
  containerInstanceArn: 'arn:instance',
  containers: [{ name: 'default', logStreamName: 'x/default/2' }],
  pool: 'host',
  instance: 'i-0123456789abcdef0',
  placedAt: 300,
};
const common = { attempts: [attempt] };

test('a job that starts has a task but no log stream yet; running it has both', async () => {
  const bench = await benchWithDefinition();
  const retryStrategy = { attempts: 2, evaluateOnExit: [{ action: 'RETRY', onExitCode: '7' }] };
  const jobId = await submit(bench, { retryStrategy });
  bench.yard.move(jobId, () => ({ ...common, status: 'STARTING', placement }));
  const [starting] = await describe(bench, jobId);
  assert.equal(starting?.container?.taskArn, 'arn:task/2');
  assert.equal(starting?.container?.logStreamName, undefined);
  assert.equal(starting?.startedAt, undefined);
  bench.yard.move(jobId, () => ({ ...common, status: 'RUNNING', placement, startedAt: 400 }));
  const [running] = await describe(bench, jobId);
  assert.equal(running?.container?.logStreamName, 'x/default/2');
  assert.equal(running?.container?.exitCode, undefined);
  assert.equal(running?.startedAt, 400);
  assert.equal(running?.statusReason, undefined);
  assert.deepEqual(running?.retryStrategy, { attempts: 2, evaluateOnExit: [{ action: 'RETRY', onExitCode: '7' }] });
});

test('a job that has ended shows its attempts, and in its container what became of the latest', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench);
  bench.yard.move(jobId, () => ({
    ...common,
    status: 'FAILED',
    startedAt: 100,
    stoppedAt: 200,
    statusReason: 'Essential container in task exited',
    stop: { kind: 'terminate', reason: 'r', at: 150 },
  }));
  const [ended] = await describe(bench, jobId);
  const outcome = {
    containerInstanceArn: 'arn:instance',
    taskArn: 'arn:task/1',
    exitCode: 7,
    reason: 'why',
    logStreamName: 'x/default/1',
  };
  assert.deepEqual(ended?.attempts, [
    {
      container: { ...outcome, networkInterfaces: [] },
      startedAt: 100,
      stoppedAt: 200,
      statusReason: 'Essential container in task exited',
      taskProperties: [],
    },
  ]);
  const { exitCode, reason, taskArn, containerInstanceArn, logStreamName } = ended?.container ?? {};
  assert.deepEqual({ exitCode, reason, taskArn, containerInstanceArn, logStreamName }, outcome);
  assert.deepEqual([ended?.startedAt, ended?.stoppedAt], [100, 200]);
  assert.equal(ended?.statusReason, 'Essential container in task exited');
  assert.deepEqual([ended?.isCancelled, ended?.isTerminated], [false, true]);
});

test('up to 100 jobs are described in the order asked; unknown ids, children among them, are left out', async () => {
  const bench = await benchWithDefinition();
  const [first, second] = [await submit(bench), await submit(bench)];
  const unknown = '01234567-89ab-7def-8123-456789abcdef';
  const found = await describe(bench, second, unknown, `${first}:0`, 'nonsense', first, second);
  assert.deepEqual(
    found.map(({ jobId }) => jobId),
    [second, first],
  );
  assert.deepEqual(await describe(bench), []);
  const words = await bench.refusal('DescribeJobs', { jobs: Array(101).fill(first) });
  assert.equal(words, 'Maximum number of jobs supported is  100 .');
});

type List = { jobSummaryList: JobSummary[]; nextToken?: string };

test('jobs are listed newest first, the RUNNING ones unless another status is asked for', async () => {
  const bench = await benchWithDefinition();
  const ids = [await submit(bench), await submit(bench), await submit(bench)];
  const [oldest] = ids;
  bench.yard.move(oldest as JobId, () => ({ ...common, status: 'RUNNING', placement, startedAt: 400 }));
  const running = await bench.call<List>('ListJobs', { jobQueue: 'default' });
  assert.deepEqual(
    running.jobSummaryList.map(({ jobId }) => jobId),
    [oldest],
  );
  const runnable = await bench.call<List>('ListJobs', { jobQueue: `${arn}:job-queue/default`, jobStatus: 'RUNNABLE' });
  assert.deepEqual(
    runnable.jobSummaryList.map(({ jobId }) => jobId),
    [ids[2], ids[1]],
  );
  assert.equal(runnable.jobSummaryList[0]?.statusReason, 'Waiting for the test.');
});

test('a job of several containers is listed with the exit code of the one that it was judged by', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench);
  const containers = [
    { name: 'proxy', stoppedAt: 200, exitCode: 0, essential: false },
    { name: 'first', stoppedAt: 200, exitCode: 0 },
    { name: 'second', stoppedAt: 200, exitCode: 4, reason: 'why' },
  ] as const;
  const ended = { attempts: [{ ...attempt, containers }], startedAt: 100, stoppedAt: 200, statusReason: 'r' };
  bench.yard.move(jobId, () => ({ ...ended, status: 'FAILED' }));
  const { jobSummaryList } = await bench.call<List>('ListJobs', { jobQueue: 'default', jobStatus: 'FAILED' });
  assert.deepEqual(
    jobSummaryList.map(({ container }) => container),
    [{ exitCode: 4, reason: 'why' }],
  );
});

test('a page of jobs ends with a token that continues after its last job', async () => {
  const bench = await benchWithDefinition();
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) ids.unshift(await submit(bench));
  const pages: (string | undefined)[][] = [];
  let nextToken: string | undefined;
  do {
    const page: List = await bench.call<List>('ListJobs', {
      jobQueue: 'default',
      jobStatus: 'RUNNABLE',
      maxResults: 2,
      nextToken,
    });
    pages.push(page.jobSummaryList.map(({ jobId }) => jobId));
    nextToken = page.nextToken;
    if (pages.length === 1) await submit(bench);
  } while (nextToken);
  assert.deepEqual(pages, [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
});

test('why the jobs of one answer wait is asked as of one time', async () => {
  const bench = await benchWithDefinition();
  const jobs = [await submit(bench), await submit(bench), await submit(bench)];
  mock.method(bench.yard, 'schedulingTime', () => (bench.yard.time += 1));
  const asked = mock.method(bench.yard, 'explain');
  await bench.call('DescribeJobs', { jobs });
  await bench.call('ListJobs', { jobQueue: 'default', jobStatus: 'RUNNABLE' });
  const times = asked.mock.calls.map(({ arguments: given }) => [...(given as unknown[])][2]);
  assert.deepEqual(times, [1, 1, 1, 2, 2, 2]);
});

test('filters match names without case, definitions with it, and times; a filter looks at every status', async () => {
  const bench = await benchWithDefinition();
  await bench.call('RegisterJobDefinition', { ...smallDefinition, jobDefinitionName: 'xA' });
  const first = await submit(bench, { jobName: 'Test1' });
  const second = await submit(bench, { jobName: 'test10', jobDefinition: 'xA' });
  bench.yard.end(first, 'SUCCEEDED');
  const list = async (name: string, value: string, more: object = {}) => {
    const answer = await bench.call<List>('ListJobs', {
      jobQueue: 'default',
      filters: [{ name, values: [value] }],
      ...more,
    });
    return answer.jobSummaryList.map(({ jobId }) => jobId);
  };
  assert.deepEqual(await list('JOB_NAME', 'tESt1', { jobStatus: 'FAILED' }), [first]);
  assert.deepEqual(await list('JOB_NAME', 'test1*'), [second, first]);
  assert.deepEqual(await list('JOB_DEFINITION', 'x'), [first]);
  assert.deepEqual(await list('JOB_DEFINITION', 'x*'), [second, first]);
  assert.deepEqual(await list('JOB_DEFINITION', 'X'), []);
  assert.deepEqual(await list('JOB_DEFINITION', `${arn}:job-definition/xA:1`), [second]);
  const now = bench.clock.now();
  assert.deepEqual(await list('BEFORE_CREATED_AT', String(now)), [first]);
  assert.deepEqual(await list('AFTER_CREATED_AT', String(now - 1)), [second]);
  assert.deepEqual(await list('SHARE_IDENTIFIER', 's'), []);
});

test('a filter that few jobs match answers short pages with tokens, which lead to all that match', async () => {
  const bench = await benchWithDefinition();
  const oldest = await submit(bench, { jobName: 'needle' });
  for (let index = 0; index < 1_200; index += 1) await submit(bench, { jobName: 'hay' });
  const newest = await submit(bench, { jobName: 'needle' });
  const pages: (string | undefined)[][] = [];
  let nextToken: string | undefined;
  do {
    const filters = [{ name: 'JOB_NAME', values: ['needle'] }];
    const page: List = await bench.call<List>('ListJobs', { jobQueue: 'default', filters, nextToken });
    pages.push(page.jobSummaryList.map(({ jobId }) => jobId));
    nextToken = page.nextToken;
  } while (nextToken);
  assert.deepEqual(pages, [[newest], [], [oldest]]);
});

test('lists that do not say one thing are refused', async () => {
  const { refusal, call } = await benchWithDefinition();
  const words = (input: object) => refusal('ListJobs', input);
  const filter = { name: 'JOB_NAME', values: ['a'] };
  const queue = { jobQueue: 'default' };
  assert.match(await words({}), /^Exactly one of jobQueue, arrayJobId or multiNodeJobId must be specified\.$/);
  assert.match(await words({ ...queue, arrayJobId: 'a' }), /^Exactly one of/);
  assert.equal(await words({ jobQueue: 'nobody' }), 'JobQueue nobody not found.');
  assert.match(
    await words({ ...queue, filters: [filter, filter] }),
    /^Only one filter key-value pair can be specified\.$/,
  );
  assert.match(
    await words({ ...queue, filters: [{ ...filter, name: 'toString' }] }),
    /^Filter name is not valid: toString/,
  );
  assert.match(await words({ ...queue, filters: [{ ...filter, values: [] }] }), /must have a value/);
  assert.match(await words({ ...queue, filters: [{ name: 'BEFORE_CREATED_AT', values: ['x'] }] }), /not a time/);
  assert.match(
    await words({ ...queue, filters: [{ name: 'JOB_DEFINITION', values: [`${arn}:job-definition/x*`] }] }),
    /asterisk/,
  );
  assert.match(await words({ ...queue, maxResults: 0 }), /^maxResults must be between 1 and 1000/);
  assert.equal(await words({ ...queue, nextToken: 'nonsense' }), 'Invalid nextToken');
  assert.deepEqual(await call('ListJobs', { arrayJobId: 'a' }), { jobSummaryList: [], nextToken: undefined });
});

test('cancelling and terminating pass the reason on, need one, and succeed for jobs that nobody knows', async () => {
  const bench = await benchWithDefinition();
  const jobId = '01234567-89ab-7def-8123-456789abcdef';
  await bench.call('CancelJob', { jobId, reason: 'c' });
  await bench.call('TerminateJob', { jobId, reason: 't' });
  assert.deepEqual(bench.yard.stops, [
    { kind: 'cancel', jobId, reason: 'c' },
    { kind: 'terminate', jobId, reason: 't' },
  ]);
  assert.equal(await bench.refusal('CancelJob', { jobId, reason: ' ' }), 'reason is required.');
  assert.match(await bench.refusal('TerminateJob', { jobId, reason: 'x'.repeat(1025) }), /at most 1024 characters/);
});

test('a bulk stop stops each job once, and what is no id counts as stopped', async () => {
  const bench = await benchWithDefinition();
  const [first, second] = [await submit(bench), await submit(bench)];
  const answer = await bench.call('TerminateJobs', { jobs: [first, 'a', second, first], reason: 'r' });
  assert.deepEqual(answer, {
    successful: [first, 'a', second],
    errors: [],
  });
  await bench.call('CancelJobs', { jobs: [first], reason: 'r' });
  assert.deepEqual(
    bench.yard.stops.map(({ kind, jobId }) => [kind, jobId]),
    [
      ['terminate', first],
      ['terminate', second],
      ['cancel', first],
    ],
  );
  const words = await bench.refusal('CancelJobs', { jobs: Array(51).fill(first), reason: 'r' });
  assert.equal(words, 'Maximum number of jobs supported is  50 .');
});

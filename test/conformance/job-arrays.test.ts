import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  CancelJobCommand,
  DescribeJobsCommand,
  type JobDependency,
  type JobDetail,
  type JobStatus,
  type JobSummary,
  ListJobsCommand,
  TagResourceCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { describeJob, until, waitForEnd } from '../support/wait.ts';
import { assertRefused, linesOfJob, openYard, runToEnd } from './yard.ts';

const { batch, logs, server } = await openYard(['--host-vcpus', '4']);
const quick = await registerShell(batch, { name: 'quick', script: 'true' });
let definitions = 0;

function define(script: string): Promise<string> {
  definitions += 1;
  return registerShell(batch, { name: `script-${definitions}`, script, directory: server.shared });
}

/** Where the children of an array wait; `open(n)` lets the child with index n end, `areUp` whether so many of them have begun. */
async function gates() {
  definitions += 1;
  const gate = `${server.shared}/gate-${definitions}`;
  const waits = `until [ -e ${gate}-$AWS_BATCH_JOB_ARRAY_INDEX ]; do sleep 0.02; done`;
  const definition = await define(`: >${gate}-up-$AWS_BATCH_JOB_ARRAY_INDEX; ${waits}`);
  return {
    definition,
    open: (index: number) => writeFileSync(`${gate}-${index}`, ''),
    areUp: (count: number) =>
      Array.from({ length: count }, (_, index) => `${gate}-up-${index}`).every((file) => existsSync(file)),
  };
}

const array = (size: number, dependsOn?: JobDependency[]) => ({
  arrayProperties: { size },
  ...(dependsOn && { dependsOn }),
});

async function childrenIn(arrayJobId: string, jobStatus: JobStatus, pageSize?: number): Promise<JobSummary[]> {
  const found: JobSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await batch.send(new ListJobsCommand({ arrayJobId, jobStatus, maxResults: pageSize, nextToken }));
    found.push(...(page.jobSummaryList ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

const indexes = (children: readonly JobSummary[]) => children.map(({ arrayProperties }) => arrayProperties?.index);

/** What of the summary is not zero. */
function summaryOf({ arrayProperties }: JobDetail | JobSummary): Record<string, number> {
  const { statusSummary = {} } = arrayProperties ?? {};
  assert.equal(Object.keys(statusSummary).length, 7, 'all seven statuses are there');
  return Object.fromEntries(Object.entries(statusSummary).filter(([, count]) => count > 0));
}

function untilSummary(jobId: string, expected: Record<string, number>): Promise<JobDetail> {
  let last: unknown;
  return until(
    () => `summary ${JSON.stringify(expected)}, not ${JSON.stringify(last)}`,
    async () => {
      const job = await describeJob(batch, jobId);
      last = summaryOf(job);
      return JSON.stringify(last, Object.keys(expected)) === JSON.stringify(expected) ? job : undefined;
    },
  );
}

const exitsOf = (jobs: readonly JobDetail[]) => jobs.map(({ container }) => container?.exitCode);

async function describeChildren(jobId: string, size: number): Promise<readonly JobDetail[]> {
  const jobs = Array.from({ length: size }, (_, index) => `${jobId}:${index}`);
  return (await batch.send(new DescribeJobsCommand({ jobs }))).jobs ?? [];
}

test("the guide's seven colours: each child prints its own line, the parent succeeds", async () => {
  const colours = ['red', 'orange', 'yellow', 'green', 'blue', 'indigo', 'violet'];
  writeFileSync(`${server.shared}/colors.txt`, `${colours.join('\n')}\n`);
  const line = `sed -n "$((AWS_BATCH_JOB_ARRAY_INDEX + 1))p" ${server.shared}/colors.txt`;
  const definition = await define(`echo "My favorite color of the rainbow is $(${line}), $AWS_BATCH_JOB_ARRAY_SIZE."`);
  const parent = await runToEnd(batch, definition, array(7));
  assert.deepEqual([parent.status, summaryOf(parent)], ['SUCCEEDED', { SUCCEEDED: 7 }]);
  assert.deepEqual([parent.attempts, parent.startedAt, parent.stoppedAt], [[], undefined, undefined]);
  for (const [index, child] of (await describeChildren(parent.jobId ?? '', 7)).entries()) {
    assert.deepEqual(child.arrayProperties, { index, statusSummary: {} });
    assert.equal(child.jobArn, `${parent.jobArn}:${index}`);
    assert.deepEqual(await linesOfJob(logs, child), [`My favorite color of the rainbow is ${colours[index]}, 7.`]);
  }
});

test('while children wait and run the parent is PENDING, its summary adds up, and lists show each under its status', async () => {
  const { definition, open } = await gates();
  const jobId = await submit(batch, definition, array(6));
  const parent = await untilSummary(jobId, { RUNNABLE: 2, RUNNING: 4 });
  assert.equal(parent.status, 'PENDING');
  assert.deepEqual(indexes(await childrenIn(jobId, 'RUNNING')), [0, 1, 2, 3]);
  assert.deepEqual(indexes(await childrenIn(jobId, 'RUNNABLE', 1)), [4, 5]);
  const { jobSummaryList = [] } = await batch.send(new ListJobsCommand({ arrayJobId: jobId }));
  assert.deepEqual(indexes(jobSummaryList), [0, 1, 2, 3], 'RUNNING unless said otherwise');
  const listed = await batch.send(new ListJobsCommand({ jobQueue: 'default', jobStatus: 'PENDING' }));
  const [own, ...others] = listed.jobSummaryList?.filter((job) => job.jobId?.startsWith(jobId)) ?? [];
  assert.deepEqual([own?.arrayProperties?.size, others], [6, []], 'the parent alone is in the list of its queue');
  assert.deepEqual(summaryOf(own ?? assert.fail()), { RUNNABLE: 2, RUNNING: 4 });
  const first = await batch.send(new ListJobsCommand({ arrayJobId: jobId, jobStatus: 'RUNNING', maxResults: 2 }));
  open(0);
  open(3);
  await untilSummary(jobId, { RUNNING: 4, SUCCEEDED: 2 });
  const rest = { arrayJobId: jobId, jobStatus: 'RUNNING', nextToken: first.nextToken } as const;
  const { jobSummaryList: later = [] } = await batch.send(new ListJobsCommand(rest));
  assert.deepEqual(indexes(later), [2, 4, 5], 'a page token goes on behind its last child, whatever has changed');
  for (const index of [1, 2, 4, 5]) open(index);
  const { arrayProperties } = await waitForEnd(batch, jobId);
  const [last] = await describeChildren(jobId, 1);
  assert.ok((arrayProperties?.statusSummaryLastUpdatedAt?.valueOf() ?? 0) >= (last?.stoppedAt ?? Infinity));
});

test('a child that fails fails its parent, once all have ended, and no sibling', async () => {
  const definition = await define('exit $((AWS_BATCH_JOB_ARRAY_INDEX == 1))');
  const parent = await runToEnd(batch, definition, array(3));
  assert.deepEqual([parent.status, parent.statusReason], ['FAILED', 'Array Child Job failed']);
  assert.deepEqual(summaryOf(parent), { SUCCEEDED: 2, FAILED: 1 });
  assert.deepEqual(exitsOf(await describeChildren(parent.jobId ?? '', 3)), [0, 1, 0]);
});

test('each child is tried again by itself', async () => {
  const definition = await define('[ $AWS_BATCH_JOB_ATTEMPT = $((AWS_BATCH_JOB_ARRAY_INDEX + 1)) ]');
  const parent = await runToEnd(batch, definition, { ...array(3), retryStrategy: { attempts: 3 } });
  assert.equal(parent.status, 'SUCCEEDED');
  const children = await describeChildren(parent.jobId ?? '', 3);
  assert.deepEqual(
    children.map(({ attempts, retryStrategy }) => [attempts?.length, retryStrategy?.attempts]),
    [1, 2, 3].map((attempts) => [attempts, 3]),
  );
});

test('a child is cancelled or terminated alone; its parent fails at the end', async () => {
  const { definition, open } = await gates();
  const jobId = await submit(batch, definition, array(6));
  await untilSummary(jobId, { RUNNABLE: 2, RUNNING: 4 });
  await batch.send(new CancelJobCommand({ jobId: `${jobId}:5`, reason: 'not this one' }));
  await batch.send(new CancelJobCommand({ jobId: `${jobId}:0`, reason: 'has started, so it goes on' }));
  await batch.send(new TerminateJobCommand({ jobId: `${jobId}:1`, reason: 'nor this one' }));
  await batch.send(new TerminateJobCommand({ jobId: `${jobId}:6`, reason: 'there is none' }));
  await untilSummary(jobId, { RUNNING: 4, FAILED: 2 });
  const children = await describeChildren(jobId, 6);
  assert.deepEqual(
    [1, 5].map((index) => [children[index]?.statusReason, children[index]?.attempts?.length]),
    [
      ['nor this one', 1],
      ['not this one', 0],
    ],
  );
  for (const index of [0, 2, 3, 4]) open(index);
  const parent = await waitForEnd(batch, jobId);
  assert.deepEqual([parent.statusReason, summaryOf(parent)], ['Array Child Job failed', { SUCCEEDED: 4, FAILED: 2 }]);
});

test('a parent that is cancelled lets go on what has started, one that is terminated does not', async () => {
  const [cancelled, terminated] = [await gates(), await gates()];
  const first = await submit(batch, cancelled.definition, array(6));
  await untilSummary(first, { RUNNABLE: 2, RUNNING: 4 });
  await batch.send(new CancelJobCommand({ jobId: first, reason: 'no more' }));
  await untilSummary(first, { RUNNING: 4, FAILED: 2 });
  for (const index of [0, 1, 2, 3]) cancelled.open(index);
  const ended = await waitForEnd(batch, first);
  assert.deepEqual([ended.status, ended.statusReason, ended.isCancelled], ['FAILED', 'no more', true]);
  assert.deepEqual(summaryOf(ended), { SUCCEEDED: 4, FAILED: 2 });
  const [waited] = (await describeChildren(first, 6)).slice(5);
  assert.deepEqual([waited?.statusReason, waited?.isCancelled, waited?.attempts], ['no more', true, []]);
  assert.ok(waited?.stoppedAt !== undefined);
  const second = await submit(batch, terminated.definition, array(6));
  await untilSummary(second, { RUNNABLE: 2, RUNNING: 4 });
  // A sandbox that takes long to set up counts as running: what it is to run may not have begun.
  await until('the children to have begun', () => terminated.areUp(4));
  await batch.send(new TerminateJobCommand({ jobId: second, reason: 'stop it all' }));
  const killed = await waitForEnd(batch, second);
  assert.deepEqual([killed.statusReason, summaryOf(killed)], ['stop it all', { FAILED: 6 }]);
  const ran = await describeChildren(second, 4);
  assert.deepEqual(exitsOf(ran), [143, 143, 143, 143]);
  const ends = ran.map(({ statusReason, isTerminated }) => [statusReason, isTerminated]);
  assert.deepEqual(ends, Array(4).fill(['stop it all', true]));
});

test('a parent that is terminated after it was cancelled is both', async () => {
  const { definition, areUp } = await gates();
  const jobId = await submit(batch, definition, { ...array(6), jobName: 'both' });
  await untilSummary(jobId, { RUNNABLE: 2, RUNNING: 4 });
  await until('the children to have begun', () => areUp(4));
  await batch.send(new CancelJobCommand({ jobId, reason: 'no more' }));
  await untilSummary(jobId, { RUNNING: 4, FAILED: 2 });
  await batch.send(new TerminateJobCommand({ jobId, reason: 'stop it all' }));
  const ended = await waitForEnd(batch, jobId);
  assert.deepEqual([ended.statusReason, ended.isCancelled, ended.isTerminated], ['no more', true, true]);
  const { jobSummaryList: [listed] = [] } = await batch.send(
    new ListJobsCommand({ jobQueue: 'default', filters: [{ name: 'JOB_NAME', values: ['both'] }] }),
  );
  assert.deepEqual([listed?.isCancelled, listed?.isTerminated], [true, true]);
});

test('N_TO_N pairs children: each starts when its own has succeeded, and falls with it alone', async () => {
  const { definition, open } = await gates();
  const first = await submit(batch, definition, array(3));
  const second = await submit(batch, quick, array(3, [{ jobId: first, type: 'N_TO_N' }]));
  await untilSummary(second, { PENDING: 3 });
  open(1);
  await untilSummary(second, { PENDING: 2, SUCCEEDED: 1 });
  assert.deepEqual(indexes(await childrenIn(second, 'SUCCEEDED')), [1]);
  await batch.send(new TerminateJobCommand({ jobId: `${first}:2`, reason: 'gone' }));
  open(0);
  const parent = await waitForEnd(batch, second);
  assert.deepEqual([parent.status, summaryOf(parent)], ['FAILED', { SUCCEEDED: 2, FAILED: 1 }]);
  const [, , fallen] = await describeChildren(second, 3);
  assert.deepEqual([fallen?.status, fallen?.statusReason], ['FAILED', 'Dependent Job failed']);
  assert.deepEqual(fallen?.dependsOn, [{ jobId: `${first}:2`, type: 'N_TO_N' }]);
  const third = await runToEnd(batch, quick, array(3, [{ jobId: first, type: 'N_TO_N' }]));
  assert.deepEqual(summaryOf(third), { SUCCEEDED: 2, FAILED: 1 }, 'with an array that has ended just the same');
});

test('SEQUENTIAL children run one after the other, and fall with the first that fails', async () => {
  const log = `${server.shared}/sequence`;
  const orderly = await define(
    `echo $AWS_BATCH_JOB_ARRAY_INDEX >> ${log}; [ $(wc -l < ${log}) -gt $AWS_BATCH_JOB_ARRAY_INDEX ]`,
  );
  const parent = await runToEnd(batch, orderly, array(5, [{ type: 'SEQUENTIAL' }]));
  assert.equal(parent.status, 'SUCCEEDED');
  const children = await describeChildren(parent.jobId ?? '', 5);
  for (const [index, child] of children.slice(1).entries())
    assert.ok((child.startedAt ?? 0) >= (children[index]?.stoppedAt ?? Infinity));
  const failing = await define('exit $((AWS_BATCH_JOB_ARRAY_INDEX == 1))');
  const failed = await runToEnd(batch, failing, array(4, [{ type: 'SEQUENTIAL' }]));
  assert.deepEqual(summaryOf(failed), { SUCCEEDED: 1, FAILED: 3 });
  const [, , after] = await describeChildren(failed.jobId ?? '', 3);
  assert.deepEqual([after?.statusReason, after?.attempts], ['Dependent Job failed', []]);
  assert.ok(after?.stoppedAt !== undefined);
});

test('jobs wait for whole arrays and for single children, and arrays for single jobs', async () => {
  const { definition, open } = await gates();
  const first = await submit(batch, definition, array(2));
  const onWhole = await submit(batch, quick, { dependsOn: [{ jobId: first }] });
  const onChild = await submit(batch, quick, { dependsOn: [{ jobId: `${first}:1` }] });
  open(1);
  assert.equal((await waitForEnd(batch, onChild)).status, 'SUCCEEDED');
  assert.equal((await describeJob(batch, onWhole)).status, 'PENDING');
  const arrayOnSingle = await submit(batch, quick, array(2, [{ jobId: onWhole }]));
  await untilSummary(arrayOnSingle, { PENDING: 2 });
  open(0);
  for (const jobId of [onWhole, arrayOnSingle]) assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
  const late = await runToEnd(batch, quick, { dependsOn: [{ jobId: `${first}:0` }] });
  assert.equal(late.status, 'SUCCEEDED', 'a child that has ended counts');
});

test("a child's end counts for those that come later, not its array's", async () => {
  const definition = await define('exit $((AWS_BATCH_JOB_ARRAY_INDEX == 1))');
  const { jobId: failed = '' } = await runToEnd(batch, definition, array(2));
  const [good, bad] = [0, 1].map((index) => runToEnd(batch, quick, { dependsOn: [{ jobId: `${failed}:${index}` }] }));
  assert.equal((await good)?.status, 'SUCCEEDED');
  assert.equal((await bad)?.status, 'FAILED');
});

test('what cannot be is refused, and children have no tags of their own', async () => {
  const three = (await runToEnd(batch, quick, array(3))).jobId ?? '';
  const single = (await runToEnd(batch, quick)).jobId ?? '';
  const refused: readonly (readonly [object, RegExp])[] = [
    [array(1), /Array size must be between 2 and 10000, got 1\./],
    [array(10_001), /Array size must be between 2 and 10000, got 10001\./],
    [{ dependsOn: [{ type: 'SEQUENTIAL' }] }, /only applicable for array jobs/],
    [{ dependsOn: [{ jobId: three, type: 'N_TO_N' }] }, /only applicable for array jobs/],
    [array(2, [{ jobId: three, type: 'N_TO_N' }]), /arrays of the same size: job .* has 3 children, this one 2/],
    [array(2, [{ type: 'N_TO_N' }]), /jobId of a dependency is required/],
    [{ dependsOn: [{ jobId: `${three}:3` }] }, /not found/],
    [{ dependsOn: [{ jobId: `${single}:0` }] }, /not found/],
    [{ dependsOn: [{ jobId: `${three}#0` }] }, /is not valid/],
  ];
  for (const [more, words] of refused) await assertRefused(submit(batch, quick, more), words);
  const resourceArn = `arn:aws:batch:us-east-1:123456789012:job/${three}:0`;
  await assertRefused(batch.send(new TagResourceCommand({ resourceArn, tags: { a: 'b' } })), /cannot be tagged/);
  const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: [`${three}:3`, `${single}:0`, `${three}:2`] }));
  assert.deepEqual(
    jobs?.map(({ jobId }) => jobId),
    [`${three}:2`],
  );
  for (const index of [-1, 0.5, 1e300, '1', null]) {
    const text = JSON.stringify({ v: 1, kind: 'ListJobs', key: { index } });
    const nextToken = Buffer.from(text).toString('base64url');
    const page = new ListJobsCommand({ arrayJobId: three, jobStatus: 'SUCCEEDED', nextToken });
    await assertRefused(batch.send(page), /Invalid nextToken/);
  }
  for (const arrayJobId of [single, `${three}:1`, 'no-job'])
    assert.deepEqual(await childrenIn(arrayJobId, 'SUCCEEDED'), []);
});

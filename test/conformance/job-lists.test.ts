import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateJobQueueCommand,
  type KeyValuesPair,
  ListJobsCommand,
  type ListJobsCommandInput,
  paginateListJobs,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { waitForEnd, waitForEnds, waitForStatus } from '../support/wait.ts';
import { arnPrefix, assertRefused, openYard, settledQueue } from './yard.ts';

const { batch } = await openYard(['--host-vcpus', '16']);
const quick = await registerShell(batch, { name: 'quick', script: 'true' });
const fails = await registerShell(batch, { name: 'Fails', script: 'exit 2' });
const endless = await registerShell(batch, { name: 'endless', script: 'exec sleep 600' });

/** A queue of its own, so that no other test's jobs are in the list. */
async function queue(jobQueueName: string): Promise<string> {
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName, priority: 1, computeEnvironmentOrder }));
  await settledQueue(batch, jobQueueName);
  return jobQueueName;
}

async function submitNamed(jobQueue: string, definition: string, names: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const jobName of names) ids.push(await submit(batch, definition, { jobName, jobQueue }));
  return ids;
}

const endOf = (ids: readonly string[]) => waitForEnds(batch, ids);

async function list(input: ListJobsCommandInput) {
  return (await batch.send(new ListJobsCommand(input))).jobSummaryList ?? [];
}

test("jobs are listed by queue and status, newest first, and a summary has AWS's fields", async () => {
  const jobQueue = await queue('by-status');
  const succeeded = await submitNamed(jobQueue, quick, ['one', 'two', 'three']);
  const [failed = ''] = await submitNamed(jobQueue, fails, ['bad']);
  const ended = await endOf([...succeeded, failed]);
  const listed = await list({ jobQueue, jobStatus: 'SUCCEEDED' });
  assert.deepEqual(
    listed.map(({ jobId }) => jobId),
    [...succeeded].reverse(),
  );
  const job = ended.at(-1);
  assert.deepEqual(await list({ jobQueue: `${arnPrefix}:job-queue/by-status`, jobStatus: 'FAILED' }), [
    {
      jobArn: `${arnPrefix}:job/${failed}`,
      jobId: failed,
      jobName: 'bad',
      jobDefinition: fails,
      status: 'FAILED',
      statusReason: 'Essential container in task exited',
      createdAt: job?.createdAt,
      startedAt: job?.startedAt,
      stoppedAt: job?.stoppedAt,
      container: { exitCode: 2 },
    },
  ]);
});

test('without a status the RUNNING jobs are listed', async () => {
  const jobQueue = await queue('running');
  const [running = ''] = await submitNamed(jobQueue, endless, ['runs']);
  await endOf(await submitNamed(jobQueue, quick, ['ended']));
  await waitForStatus(batch, running, 'RUNNING');
  assert.deepEqual(
    (await list({ jobQueue })).map(({ jobId }) => jobId),
    [running],
  );
  await batch.send(new TerminateJobCommand({ jobId: running, reason: 'done' }));
  await waitForEnd(batch, running);
});

test('a long list comes in pages whose tokens keep their place while jobs are added', async () => {
  const jobQueue = await queue('paged');
  const ids = await submitNamed(jobQueue, quick, ['a', 'b', 'c', 'd', 'e']);
  await endOf(ids);
  const seen: string[] = [];
  const input = { jobQueue, jobStatus: 'SUCCEEDED' as const };
  for await (const page of paginateListJobs({ client: batch, pageSize: 2 }, input)) {
    assert.ok((page.jobSummaryList ?? []).length <= 2);
    seen.push(...(page.jobSummaryList ?? []).map(({ jobId = '' }) => jobId));
    await endOf(await submitNamed(jobQueue, quick, ['later']));
  }
  assert.deepEqual(seen, [...ids].reverse());
});

test('filters find jobs of every status by name, definition and time', async () => {
  const jobQueue = await queue('filtered');
  const ids = await submitNamed(jobQueue, quick, ['Render-1', 'render-2']);
  const [bad = ''] = await submitNamed(jobQueue, fails, ['other']);
  const ended = await endOf([...ids, bad]);
  const named = async (...filters: KeyValuesPair[]) =>
    (await list({ jobQueue, filters })).map(({ jobName }) => jobName).sort();
  const second = ended[1]?.createdAt ?? 0;
  assert.deepEqual(
    await Promise.all([
      named({ name: 'JOB_NAME', values: ['render-1'] }),
      named({ name: 'JOB_NAME', values: ['RENDER*'] }),
      named({ name: 'JOB_DEFINITION', values: ['Fails'] }),
      named({ name: 'JOB_DEFINITION', values: ['fails'] }),
      named({ name: 'JOB_DEFINITION', values: [quick] }),
      named({ name: 'JOB_DEFINITION', values: ['qui*'] }),
      named({ name: 'BEFORE_CREATED_AT', values: [String(second)] }),
      named({ name: 'AFTER_CREATED_AT', values: [String(second)] }),
    ]),
    [
      ['Render-1'],
      ['Render-1', 'render-2'],
      ['other'],
      [],
      ['Render-1', 'render-2'],
      ['Render-1', 'render-2'],
      ['Render-1'],
      ['other'],
    ],
  );
});

test('a list needs one place to look at and sound filters', async () => {
  const jobQueue = 'default';
  const refused: readonly (readonly [ListJobsCommandInput, RegExp])[] = [
    [{}, /Exactly one of/],
    [{ jobQueue: 'nowhere' }, /not found/],
    [{ jobQueue, jobStatus: 'LOST' as never }, /jobStatus/],
    [{ jobQueue, filters: [{ name: 'COLOUR', values: ['red'] }] }, /Filter name is not valid/],
    [{ jobQueue, filters: [{ name: 'JOB_NAME', values: ['a', 'b'] }] }, /more than one value/],
    [{ jobQueue, filters: [{ name: 'BEFORE_CREATED_AT', values: ['yesterday'] }] }, /milliseconds/],
    [{ jobQueue, nextToken: 'nonsense' }, /nextToken/],
    [{ jobQueue, maxResults: 0 }, /maxResults/],
  ];
  await Promise.all(refused.map(([input, words]) => assertRefused(batch.send(new ListJobsCommand(input)), words)));
});

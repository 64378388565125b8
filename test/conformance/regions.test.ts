import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  DescribeJobsCommand,
  ListJobsCommand,
} from '@aws-sdk/client-batch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { registerShell } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { account, assertRefused, linesOfJob, openYard, runToEnd } from './yard.ts';

const yard = await openYard();
const ireland = clientsOf(yard.server, { region: 'eu-west-1' });
test.after(ireland.close);

test('a region that is first used comes to life with its own default environment and queue', async () => {
  const { jobQueues = [] } = await ireland.batch.send(new DescribeJobQueuesCommand({}));
  const prefix = `arn:aws:batch:eu-west-1:${account}`;
  assert.deepEqual(
    jobQueues.map(({ jobQueueArn }) => jobQueueArn),
    [`${prefix}:job-queue/default`],
  );
  const { computeEnvironments = [] } = await ireland.batch.send(new DescribeComputeEnvironmentsCommand({}));
  assert.deepEqual(
    computeEnvironments.map(({ computeEnvironmentArn }) => computeEnvironmentArn),
    [`${prefix}:compute-environment/default`],
  );
});

test('definitions, jobs and logs of one region are not seen in another', async () => {
  const definition = await registerShell(ireland.batch, { name: 'local', script: 'echo here' });
  assert.equal(definition, `arn:aws:batch:eu-west-1:${account}:job-definition/local:1`);
  const job = await runToEnd(ireland.batch, definition);
  assert.equal(job.jobArn, `arn:aws:batch:eu-west-1:${account}:job/${job.jobId}`);
  assert.match(job.container?.taskArn ?? '', /^arn:aws:ecs:eu-west-1:/);
  assert.deepEqual(await linesOfJob(ireland.logs, job), ['here']);
  const { batch, logs } = yard;
  const { jobId = '' } = job;
  assert.deepEqual((await batch.send(new DescribeJobsCommand({ jobs: [jobId] }))).jobs, []);
  assert.deepEqual(
    (await batch.send(new DescribeJobDefinitionsCommand({ jobDefinitionName: 'local' }))).jobDefinitions,
    [],
  );
  const listed = await batch.send(new ListJobsCommand({ jobQueue: 'default', jobStatus: 'SUCCEEDED' }));
  assert.deepEqual(listed.jobSummaryList, []);
  const groups = (await logs.send(new DescribeLogGroupsCommand({}))).logGroups ?? [];
  assert.ok(groups.every(({ arn }) => arn?.includes(':us-east-1:')));
});

test('ARNs of another region name nothing here', async () => {
  const jobQueue = `arn:aws:batch:eu-west-1:${account}:job-queue/default`;
  await assertRefused(yard.batch.send(new ListJobsCommand({ jobQueue })), /not found/);
});

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import {
  CreateJobQueueCommand,
  DeleteComputeEnvironmentCommand,
  DeleteJobQueueCommand,
  DeregisterJobDefinitionCommand,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  DescribeJobsCommand,
  ListJobsCommand,
  TagResourceCommand,
  UpdateComputeEnvironmentCommand,
  UpdateJobQueueCommand,
} from '@aws-sdk/client-batch';
import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { registerShell, submit } from '../support/jobs.ts';
import { type Clients, clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import {
  findEnvironment,
  findQueue,
  linesOf,
  linesOfJob,
  runToEnd,
  settledEnvironment,
  settledQueue,
  wholeFile,
} from './yard.ts';

const server = await ServerProcess.start(wholeFile, ['--host-vcpus', '2']);
const clients = clientsOf(server);
after(clients.close);
const { batch, logs } = clients;

/** Everything that can be asked of an installation, as plain data. */
async function everythingOf({ batch, logs }: Clients, jobIds: readonly string[]) {
  const withoutMetadata = async (call: Promise<object>) => {
    const { $metadata: _, ...answer } = (await call) as { $metadata?: unknown };
    return answer;
  };
  return Promise.all([
    withoutMetadata(batch.send(new DescribeComputeEnvironmentsCommand({}))),
    withoutMetadata(batch.send(new DescribeJobQueuesCommand({}))),
    withoutMetadata(batch.send(new DescribeJobDefinitionsCommand({}))),
    withoutMetadata(batch.send(new DescribeJobsCommand({ jobs: [...jobIds] }))),
    withoutMetadata(batch.send(new ListJobsCommand({ jobQueue: 'default', jobStatus: 'SUCCEEDED' }))),
    withoutMetadata(logs.send(new DescribeLogGroupsCommand({}))),
    withoutMetadata(logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/batch/job' }))),
  ]);
}

test('after a restart definitions, queues, jobs, tags and log lines are what they were, and page tokens go on', async () => {
  const echoes = await registerShell(batch, { name: 'echoes', script: 'echo kept $AWS_BATCH_JOB_ATTEMPT' });
  await registerShell(batch, { name: 'retired', script: 'true' });
  await batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: 'retired:1' }));
  const fails = await registerShell(batch, { name: 'fails', script: 'exit 9', retryStrategy: { attempts: 2 } });
  const jobs = await Promise.all([runToEnd(batch, echoes, { tags: { a: '1' } }), runToEnd(batch, fails)]);
  const ids = jobs.map(({ jobId = '' }) => jobId);
  await batch.send(new TagResourceCommand({ resourceArn: jobs[0]?.jobArn, tags: { b: '2' } }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/own' }));
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: 'own', priority: 7, computeEnvironmentOrder }));
  await settledQueue(batch, 'own');
  // A task's segments become rows a moment after its end was answered: until then ingestion times may differ.
  await until('the runner to have been told', () => server.jobProcesses.length === 0);
  const key = server.credentials;
  const input = { jobDefinitionName: 'fails', maxResults: 1 };
  await registerShell(batch, { name: 'fails', script: 'exit 8' });
  const { nextToken } = await batch.send(new DescribeJobDefinitionsCommand(input));
  const before = await everythingOf(clients, ids);
  assert.equal(await server.stop(), 0);
  await server.restart();
  assert.deepEqual(server.credentials, key);
  const page = await batch.send(new DescribeJobDefinitionsCommand({ ...input, nextToken }));
  assert.deepEqual(
    page.jobDefinitions?.map(({ revision }) => revision),
    [1],
  );
  assert.deepEqual(await everythingOf(clients, ids), before);
  assert.equal((await registerShell(batch, { name: 'retired', script: 'true' })).split(':').at(-1), '2');
});

test('a default queue and environment that were deleted stay deleted', async () => {
  const elsewhere = clientsOf(server, { region: 'eu-west-1' });
  after(elsewhere.close);
  const { batch } = elsewhere;
  await batch.send(new UpdateJobQueueCommand({ jobQueue: 'default', state: 'DISABLED' }));
  await settledQueue(batch, 'default');
  await batch.send(new DeleteJobQueueCommand({ jobQueue: 'default' }));
  await until('the queue to be gone', async () => (await findQueue(batch, 'default')) === undefined);
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: 'default', state: 'DISABLED' }));
  await settledEnvironment(batch, 'default');
  await batch.send(new DeleteComputeEnvironmentCommand({ computeEnvironment: 'default' }));
  await until('the environment to be gone', async () => (await findEnvironment(batch, 'default')) === undefined);
  await server.stop();
  await server.restart();
  assert.deepEqual(
    [await findQueue(batch, 'default'), await findEnvironment(batch, 'default')],
    [undefined, undefined],
  );
});

test('SIGTERM leaves jobs running, and the next server takes over those that run, that ended and that wait', async () => {
  const gated = async (name: string) => {
    const gate = `${server.shared}/${name}`;
    const script = `echo begun; until [ -e ${gate} ]; do sleep 0.02; done; echo ended; touch ${gate}.done`;
    const jobId = await submit(batch, await registerShell(batch, { name, script, directory: server.shared }));
    const job = await waitForStatus(batch, jobId, 'RUNNING');
    await until('its first line', async () => (await linesOf(logs, job.container?.logStreamName)).length === 1);
    return { jobId, gate };
  };
  const [outlives, endsMeanwhile] = [await gated('outlives'), await gated('ends-meanwhile')];
  const waits = await submit(batch, 'outlives', { dependsOn: [{ jobId: outlives.jobId }] });
  assert.equal(await server.stop(), 0);
  assert.ok(server.jobProcesses.length > 0);
  writeFileSync(endsMeanwhile.gate, '');
  await until('the job to end without a server', () => existsSync(`${endsMeanwhile.gate}.done`));
  await server.restart();
  const ended = await waitForEnd(batch, endsMeanwhile.jobId);
  assert.deepEqual([ended.status, ended.container?.exitCode], ['SUCCEEDED', 0]);
  assert.deepEqual(await linesOfJob(logs, ended), ['begun', 'ended']);
  assert.equal((await waitForStatus(batch, outlives.jobId, 'RUNNING')).attempts?.length, 0);
  writeFileSync(outlives.gate, '');
  const last = await waitForEnd(batch, outlives.jobId);
  assert.deepEqual([last.status, last.attempts?.length], ['SUCCEEDED', 1]);
  assert.deepEqual(await linesOfJob(logs, last), ['begun', 'ended']);
  assert.equal((await waitForEnd(batch, waits)).status, 'SUCCEEDED');
});

test('with --stop-jobs SIGTERM ends the running jobs too', async () => {
  await server.stop();
  await server.restart(['--stop-jobs']);
  const jobId = await submit(batch, await registerShell(batch, { name: 'endless', script: 'exec sleep 600' }));
  await waitForStatus(batch, jobId, 'RUNNING');
  assert.equal(await server.stop(), 0);
  assert.deepEqual(server.jobProcesses, []);
  await server.restart();
  const job = await waitForEnd(batch, jobId);
  assert.equal(job.status, 'FAILED');
  assert.match(job.statusReason ?? '', /server was stopped/);
});

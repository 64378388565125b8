import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import {
  BatchClient,
  CreateJobQueueCommand,
  DeregisterJobDefinitionCommand,
  DescribeJobsCommand,
  ListJobsCommand,
} from '@aws-sdk/client-batch';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { silentLogger } from '../../src/core/logger.ts';
import { compileOptions, thisMachine } from '../../src/main/index.ts';
import { startServer } from '../../src/main/server.ts';
import { registerShell } from '../support/jobs.ts';
import { JumpingClock } from '../support/steady-jumps.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { settledQueue } from './yard.ts';

// The two definitions of spec 07 §2, verbatim, with every row of its tables §3.1 and §3.2: real jobs, the SDK, and a
// monotonic clock that the test sets forward.

const root = mkdtempSync(join(tmpdir(), 'states-'));
chmodSync(root, 0o711);
const clock = new JumpingClock();
const server = await startServer(
  compileOptions({ port: 0, ephemeral: true, region: 'us-west-2', hostPaths: [root] }, thisMachine()),
  {
    version: '0.0.0-test',
    logger: silentLogger,
    clock,
    onFatal: (error) => {
      throw error;
    },
  },
);
const common = { endpoint: server.url, credentials: { ...server.credentials }, region: 'us-west-2' };
const batch = new BatchClient(common);
const states = new SFNClient(common);
const sns = new SNSClient(common);
after(async () => {
  for (const client of [batch, states, sns]) client.destroy();
  await server.close({ stopJobs: true });
  clock.close();
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

const roleArn = 'arn:aws:iam::123456789012:role/workflows';
const definitionOf = (name: string) =>
  readFileSync(join(import.meta.dirname, 'definitions', `${name}.asl.json`), 'utf8');
const topicName = 'StepFunctionsSample-BatchJobManagement12345678-9abc-def0-1234-567890abcdef-SNSTopic-A2B3C4D5E6F7G';
const succeededMessage = 'Batch job submitted through Step Functions succeeded';
const failedMessage = 'Batch job submitted through Step Functions failed';

for (const jobQueueName of ['SecondaryQueue', 'BatchJobQueue-123456789abcdef']) {
  const order = [{ order: 1, computeEnvironment: 'default' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName, priority: 1, computeEnvironmentOrder: order }));
  await settledQueue(batch, jobQueueName);
}

const submitAndWait = await createMachine('submit-and-wait');
const notify = await createMachine('notify');

/** What the subscriber of the topic was told, in order. */
const messages: string[] = [];
const subscriber = createServer(async (request, response) => {
  const envelope = JSON.parse(await text(request)) as Record<string, string>;
  response.end();
  if (envelope.Type === 'Notification') messages.push(envelope.Message ?? '');
  if (envelope.Type === 'SubscriptionConfirmation') await fetch(envelope.SubscribeURL ?? '');
});
await new Promise<void>((resolve) => subscriber.listen(0, '127.0.0.1', resolve));
after(() => subscriber.close());

async function createTopic(): Promise<string> {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: topicName }));
  return TopicArn;
}

const TopicArn = await createTopic();
const { port } = subscriber.address() as AddressInfo;
await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: `http://127.0.0.1:${port}/` }));

async function createMachine(name: string, client = states): Promise<string> {
  const definition = definitionOf(name);
  const { stateMachineArn } = await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  return stateMachineArn ?? '';
}

async function start(stateMachineArn: string, input: object = {}): Promise<string> {
  const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
  return (await states.send(command)).executionArn ?? '';
}

const describe = (executionArn: string) => states.send(new DescribeExecutionCommand({ executionArn }));

function ended(executionArn: string) {
  return until(`the end of ${executionArn}`, async () => {
    const execution = await describe(executionArn);
    return execution.status !== 'RUNNING' && execution;
  });
}

async function history(executionArn: string): Promise<HistoryEvent[]> {
  return (await states.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events ?? [];
}

const typesOf = async (executionArn: string) => (await history(executionArn)).map(({ type }) => type);

/** Ids of the jobs that an execution submitted, in order. */
async function jobsOf(executionArn: string): Promise<string[]> {
  const submitted = (await history(executionArn)).flatMap(({ taskSubmittedEventDetails: details }) => details ?? []);
  return submitted.map(({ output }) => (JSON.parse(output ?? '{}') as { JobId: string }).JobId);
}

/** Waits until an execution has failed `count` tries of its task, and waits for its next one. */
function failures(executionArn: string, count: number) {
  return until(`failure ${count}`, async () => {
    const types = await typesOf(executionArn);
    const isFailure = (type: string | undefined) => type === 'TaskFailed' || type === 'TaskSubmitFailed';
    return types.filter(isFailure).length === count && isFailure(types.at(-1));
  });
}

const message = (index: number) => until(`message ${index}`, () => messages[index]);

async function describeJob(jobId: string) {
  const { jobs: [job] = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  return job ?? assert.fail(`there is no job ${jobId}`);
}

/** The definition that both machines name, with this script. */
const preprocessing = (script: string) => registerShell(batch, { name: 'preprocessing', script });

const given = { batchjob: { parameters: { inputfile: 'a', outputfile: 'b' } } };

test('A: the job is submitted as §3.1 says, and the execution succeeds with its description', async () => {
  await preprocessing('echo "$MANAGED_BY_AWS"');
  const execution = await ended(await start(submitAndWait, given));
  assert.equal(execution.status, 'SUCCEEDED', `${execution.error} ${execution.cause}`);
  const output = JSON.parse(execution.output ?? '{}');
  assert.deepEqual(
    [output.Status, output.JobName, output.Parameters, output.Container.ExitCode],
    ['SUCCEEDED', 'PreprocessingBatchJob', { inputfile: 'a', outputfile: 'b' }, 0],
  );
  const job = await describeJob(output.JobId);
  assert.match(job.jobQueue ?? '', /job-queue\/SecondaryQueue$/);
  assert.match(job.jobDefinition ?? '', /job-definition\/preprocessing:\d+$/);
  assert.deepEqual(job.parameters, { inputfile: 'a', outputfile: 'b' });
  const needs = Object.fromEntries((job.container?.resourceRequirements ?? []).map(({ type, value }) => [type, value]));
  assert.deepEqual(needs, { VCPU: '4', MEMORY: '32' });
  const managed = job.container?.environment?.find(({ name }) => name === 'MANAGED_BY_AWS');
  assert.equal(managed?.value, 'STARTED_BY_STEP_FUNCTIONS');
});

test('A: the history is that of a task that ran a job', async () => {
  await preprocessing('true');
  const executionArn = await start(submitAndWait, given);
  await ended(executionArn);
  assert.deepEqual(await typesOf(executionArn), [
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

test('A: a job that fails fails the execution, with its description as the cause', async () => {
  await preprocessing('exit 3');
  const execution = await ended(await start(submitAndWait, given));
  assert.deepEqual([execution.status, execution.error], ['FAILED', 'States.TaskFailed']);
  const cause = JSON.parse(execution.cause ?? '{}');
  assert.deepEqual([cause.Status, cause.Container.ExitCode], ['FAILED', 3]);
});

test('A: a path that the input does not have fails the state before any job is submitted', async () => {
  const executionArn = await start(submitAndWait, { batchjob: {} });
  const execution = await ended(executionArn);
  assert.deepEqual([execution.status, execution.error], ['FAILED', 'States.Runtime']);
  assert.match(execution.cause ?? '', /\$\.batchjob\.parameters/);
  assert.deepEqual(await jobsOf(executionArn), []);
});

test('A: an inactive definition fails the state with the error of Batch', async () => {
  const jobDefinition = await preprocessing('true');
  const revision = Number(jobDefinition.split(':').at(-1));
  const prefix = jobDefinition.slice(0, jobDefinition.lastIndexOf(':'));
  for (let each = 1; each <= revision; each += 1) {
    await batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: `${prefix}:${each}` }));
  }
  const execution = await ended(await start(submitAndWait, given));
  assert.deepEqual([execution.status, execution.error], ['FAILED', 'Batch.ClientException']);
  assert.match(
    execution.cause ?? '',
    /\(Service: .*Batch; Status Code: 400; Error Code: ClientException; Request ID: /,
  );
});

test('A: an unknown queue fails the state with the error of Batch', async () => {
  const elsewhere = new SFNClient({ ...common, region: 'eu-west-1' });
  const stateMachineArn = await createMachine('submit-and-wait', elsewhere);
  const input = JSON.stringify(given);
  const { executionArn } = await elsewhere.send(new StartExecutionCommand({ stateMachineArn, input }));
  const execution = await until('the end', async () => {
    const found = await elsewhere.send(new DescribeExecutionCommand({ executionArn }));
    return found.status !== 'RUNNING' && found;
  });
  elsewhere.destroy();
  assert.deepEqual([execution.status, execution.error], ['FAILED', 'Batch.ClientException']);
  assert.match(execution.cause ?? '', /SecondaryQueue/);
});

test('A: stopping the execution terminates its job', async () => {
  await preprocessing('sleep 600');
  const executionArn = await start(submitAndWait, given);
  const [jobId = ''] = await until('a job', async () => {
    const ids = await jobsOf(executionArn);
    return ids.length > 0 && ids;
  });
  await waitForStatus(batch, jobId, 'RUNNING');
  await states.send(new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'of this' }));
  const { status, error, cause } = await describe(executionArn);
  assert.deepEqual([status, error, cause], ['ABORTED', 'Enough', 'of this']);
  assert.equal((await waitForEnd(batch, jobId)).status, 'FAILED');
});

test('B: bad queue or definition: retried like any error, then the failure is told and the execution succeeds', async () => {
  const executionArn = await start(notify);
  await failures(executionArn, 1);
  clock.jump(30_000);
  await failures(executionArn, 2);
  clock.jump(45_000);
  const execution = await ended(executionArn);
  assert.equal(execution.status, 'SUCCEEDED');
  assert.equal(await message(0), failedMessage);
  assert.deepEqual(await jobsOf(executionArn), []);
});

/** What the jobs of the second machine do: each try leaves a mark, runs `rest`, and fails as long as there are few marks. */
const shared = join(root, 'shared');
mkdirSync(shared);
chmodSync(shared, 0o777);

/** The next tries fail `failing` times. */
function plan(failing: number, rest = 'true'): void {
  rmSync(join(shared, 'tries'), { force: true });
  writeFileSync(join(shared, 'failing'), String(failing));
  writeFileSync(join(shared, 'rest'), rest);
}

async function startFailing(failing: number, rest?: string): Promise<string> {
  plan(failing, rest);
  return start(notify);
}

test('B: a job that succeeds is told so', async () => {
  const jobDefinition = await registerShell(batch, {
    name: 'BatchJobDefinition-123456789abcdef',
    directory: shared,
    script: `cd ${shared}; echo . >> tries; . ./rest; [ "$(wc -l < tries)" -gt "$(cat failing)" ]`,
  });
  assert.match(jobDefinition, /:1$/);
  const execution = await ended(await startFailing(0));
  assert.equal(execution.status, 'SUCCEEDED', `${execution.error} ${execution.cause}`);
  assert.equal(await message(1), succeededMessage);
});

test('B: two failures, then a success: the waits are 30 s and 45 s, and each try is a job of its own', async () => {
  const executionArn = await startFailing(2);
  await failures(executionArn, 1);
  clock.jump(29_000);
  assert.equal((await jobsOf(executionArn)).length, 1);
  clock.jump(1_000);
  await failures(executionArn, 2);
  clock.jump(44_000);
  assert.equal((await jobsOf(executionArn)).length, 2);
  clock.jump(1_000);
  assert.equal((await ended(executionArn)).status, 'SUCCEEDED');
  assert.equal(await message(2), succeededMessage);
  assert.equal(new Set(await jobsOf(executionArn)).size, 3);
});

test('B: a job that fails once is submitted once more after 30 seconds', async () => {
  const executionArn = await startFailing(1);
  await failures(executionArn, 1);
  clock.jump(30_000);
  assert.equal((await ended(executionArn)).status, 'SUCCEEDED');
  assert.equal(await message(3), succeededMessage);
  assert.equal((await jobsOf(executionArn)).length, 2);
});

test('B: three failures are the end of it: the failure is told, and the execution itself succeeds', async () => {
  const executionArn = await startFailing(3);
  await failures(executionArn, 1);
  clock.jump(30_000);
  await failures(executionArn, 2);
  clock.jump(45_000);
  const execution = await ended(executionArn);
  assert.equal(execution.status, 'SUCCEEDED');
  assert.equal(await message(4), failedMessage);
  assert.equal((await jobsOf(executionArn)).length, 3);
});

test('B: an execution longer than 3600 seconds times out, its job is terminated, and nobody is told', async () => {
  const executionArn = await startFailing(0, 'sleep 600');
  const [jobId = ''] = await until('a job', async () => {
    const ids = await jobsOf(executionArn);
    return ids.length > 0 && ids;
  });
  await waitForStatus(batch, jobId, 'RUNNING');
  clock.jump(3_600_000);
  const execution = await ended(executionArn);
  assert.equal(execution.status, 'TIMED_OUT');
  assert.equal((await waitForEnd(batch, jobId)).status, 'FAILED');
  assert.equal(messages.length, 5);
});

test('B: a message that cannot be published fails the execution', async () => {
  await sns.send(new DeleteTopicCommand({ TopicArn }));
  const execution = await ended(await startFailing(0));
  assert.equal(execution.status, 'FAILED');
  assert.match(execution.error ?? '', /^SNS\./);
  await createTopic();
});

test('no job was submitted that no execution knows', async () => {
  const counts = await Promise.all(
    ['SecondaryQueue', 'BatchJobQueue-123456789abcdef'].map(async (jobQueue) => {
      const filters = [{ name: 'JOB_NAME', values: ['*'] }];
      return (await batch.send(new ListJobsCommand({ jobQueue, filters }))).jobSummaryList?.length;
    }),
  );
  assert.deepEqual(counts, [4, 11]);
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeJobDefinitionsCommand,
} from '@aws-sdk/client-batch';
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { registerShell, submit } from '../support/jobs.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { python } from './command.ts';
import { copyBoto3, jobRole, nodeProgram, pythonProgram, registerProgram, sdkFlags } from './inside-job.ts';
import { account, linesOfJob, openYard, refusalOf, region, settledEnvironment, settledQueue } from './yard.ts';

const { server, batch, logs, sts } = await openYard([...sdkFlags, '--host-vcpus', '16']);
if (python.needed.skip === undefined) copyBoto3(server.shared);
const child = await registerShell(batch, { name: 'child', script: 'true' });

interface Given {
  readonly variables: Readonly<Record<string, string>>;
  readonly jobId: string;
  /** Ends the job, and waits for it. */
  end(): Promise<void>;
}

let count = 0;

/** A job that runs until it is told to end, and what it was given. */
async function runningJob(
  test: Pick<TestContext, 'after'>,
  role: string | null = jobRole,
  jobQueue = 'default',
): Promise<Given> {
  count += 1;
  const [file, stop] = [`variables-${count}`, `stop-${count}`].map((name) => join(server.shared, name));
  assert.ok(file && stop);
  const script = `: printed by env -0; env -0 > ${file}.part; mv ${file}.part ${file}; while [ ! -e ${stop} ]; do sleep 0.05; done`;
  const command = ['/bin/sh', '-c', script];
  const definition = await registerProgram(batch, { name: 'waits', command, role, directories: [server.shared] });
  const jobId = await submit(batch, definition, { jobQueue });
  const content = await until('the job to run', () => readIfThere(file));
  const entries = content.split('\0').filter((entry) => entry !== '');
  const variables = Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s, 2)));
  const end = async () => {
    writeFileSync(stop, '');
    await waitForEnd(batch, jobId);
  };
  test.after(end);
  return { variables, jobId, end };
}

function readIfThere(file: string): string | undefined {
  return readdirSync(server.shared).some((name) => file.endsWith(`/${name}`)) ? readFileSync(file, 'utf8') : undefined;
}

async function ask(given: Given, token = given.variables.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '', path?: string) {
  const url = new URL(
    path ?? given.variables.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '',
    given.variables.AWS_ENDPOINT_URL,
  );
  const answer = await fetch(url, { headers: { authorization: token } });
  return { status: answer.status, text: await answer.text() };
}

/** A client as it is in the job. */
async function clientIn(given: Given): Promise<BatchClient> {
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse((await ask(given)).text);
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
  return new BatchClient({ endpoint: given.variables.AWS_ENDPOINT_URL ?? '', region, credentials, maxAttempts: 1 });
}

const refused = {
  arn: (taskId: string) => `arn:aws:sts::${account}:assumed-role/worker/${taskId}`,
  words: (taskId: string) =>
    `User: ${refused.arn(taskId)} is not authorized to perform: batch:RegisterJobDefinition on resource: ` +
    `arn:aws:batch:${region}:${account}:job-definition/own because no identity-based policy allows the ` +
    'batch:RegisterJobDefinition action',
};

async function provesItself(name: string, program: Parameters<typeof registerProgram>[1]): Promise<void> {
  const definition = await registerProgram(batch, program);
  const job = await waitForEnd(batch, await submit(batch, definition));
  const lines = job.container?.logStreamName === undefined ? [] : await linesOfJob(logs, job);
  assert.equal(job.status, 'SUCCEEDED', `${name}: ${job.container?.reason} ${lines.join('\n')}`);
  const said = JSON.parse(lines.at(-1) ?? '');
  const taskId = job.container?.taskArn?.split('/').at(-1) ?? '';
  assert.deepEqual([said.arn, said.account], [refused.arn(taskId), account]);
  assert.deepEqual(said.refusal, { ...said.refusal, Code: 'AccessDeniedException', Message: refused.words(taskId) });
  assert.equal((await waitForEnd(batch, said.child)).status, 'SUCCEEDED');
}

test('boto3 in a job says who it is, submits a job, and is refused what a job may not do', python.needed, async () => {
  await provesItself('python', { name: 'python', ...pythonProgram(server.shared, ['once', child]) });
});

test('the JavaScript SDK in a job says who it is, submits a job, and is refused what a job may not do', async () => {
  await provesItself('node', { name: 'node', ...nodeProgram([child]) });
});

test('a container is told where the server is, and no secret of that is in a file or on a command line', async (t) => {
  const given = await runningJob(t);
  const { variables } = given;
  const taskId = variables.AWS_CONTAINER_CREDENTIALS_FULL_URI?.split('/').at(-1) ?? '';
  const url = variables.AWS_ENDPOINT_URL ?? '';
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.notEqual(url, server.url);
  const names = /^AWS_(?!BATCH)/;
  const plain = Object.entries(variables).filter(([name]) => names.test(name) && !name.includes('TOKEN'));
  assert.deepEqual(Object.fromEntries(plain), {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v2/credentials/${taskId}`,
    AWS_DEFAULT_REGION: region,
    AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: url,
    AWS_EXECUTION_ENV: 'AWS_ECS_EC2',
    AWS_REGION: region,
  });
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '', ECS_CONTAINER_METADATA_URI_V4: metadata = '' } = variables;
  assert.notDeepEqual(placesOf('printed by env -0'), [], 'what is on a command line is found');
  const secrets = [token, metadata.split('-').at(-1) ?? ''];
  for (const secret of secrets) {
    assert.ok(secret.length >= 32);
    assert.deepEqual(placesOf(secret), []);
    assert.ok(!server.log.includes(secret) && !server.runnerLog.includes(secret));
  }
  await given.end();
  for (const secret of secrets) assert.deepEqual(placesOf(secret), []);
});

/** Files of the data directory, and command lines of all processes, that hold a text. */
function placesOf(secret: string): readonly string[] {
  const files = readdirSync(server.dataDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `/proc/${pid}/cmdline`);
  return [...files, ...commands].filter((file) => contentOf(file).includes(secret));
}

/** What is gone meanwhile is empty. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return Buffer.alloc(0);
    throw error;
  }
}

test('credentials are answered to the token of the task alone, and a refusal tells nothing of the right one', async (t) => {
  const [given, other] = [await runningJob(t), await runningJob(t)];
  const { status, text } = await ask(given);
  const answer = JSON.parse(text);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(answer), ['RoleArn', 'AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration']);
  assert.match(answer.Expiration, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(answer.RoleArn, jobRole);
  assert.deepEqual(await ask(given), { status, text }, 'the same set while it is young');
  const own = given.variables.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '';
  const strange = [
    other.variables.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '',
    '',
    `${own.slice(0, -2)}AA`,
    own.slice(1),
    `Bearer ${own}`,
    answer.Token,
  ];
  const refusals = await Promise.all(strange.map((token) => ask(given, token)));
  const refusal = { code: 'InvalidToken', message: 'The authorization token is not that of a task here.' };
  assert.deepEqual(
    refusals,
    refusals.map(() => ({ status: 401, text: JSON.stringify(refusal) })),
  );
});

test('with its attempt all that a job was given is void: the token, the session and the metadata', async (t) => {
  const given = await runningJob(t);
  const client = await clientIn(given);
  t.after(() => client.destroy());
  const metadata = given.variables.ECS_CONTAINER_METADATA_URI_V4 ?? '';
  await client.send(new DescribeJobDefinitionsCommand({}));
  assert.equal((await ask(given, '', metadata)).status, 200);
  await given.end();
  const { name, message } = await refusalOf(client.send(new DescribeJobDefinitionsCommand({})));
  assert.deepEqual([name, message], ['ExpiredTokenException', 'The security token included in the request is expired']);
  assert.equal((await ask(given)).status, 401);
  assert.equal((await ask(given, '', metadata)).status, 404);
});

test('a session of a job is one at the other endpoint too, and ends there with its job', async (t) => {
  const given = await runningJob(t);
  const inside = await clientIn(given);
  const { credentials } = inside.config;
  const client = new BatchClient({ endpoint: server.url, region, credentials, maxAttempts: 1 });
  t.after(() => [client, inside].map((each) => each.destroy()));
  await client.send(new DescribeJobDefinitionsCommand({}));
  await given.end();
  assert.equal((await refusalOf(client.send(new DescribeJobDefinitionsCommand({})))).name, 'ExpiredTokenException');
});

test('nobody but jobs is served where jobs are: not the root key, not a session of it', async (t) => {
  const given = await runningJob(t);
  const endpoint = given.variables.AWS_ENDPOINT_URL ?? '';
  const root = new BatchClient({ endpoint, region, credentials: server.credentials, maxAttempts: 1 });
  const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const session = new BatchClient({ endpoint, region, credentials, maxAttempts: 1 });
  t.after(() => [root, session].map((each) => each.destroy()));
  for (const client of [root, session]) {
    const { name, status } = await refusalOf(client.send(new DescribeJobDefinitionsCommand({})));
    assert.deepEqual([name, status], ['UnrecognizedClientException', 403]);
  }
  for (const path of ['/healthz', '/metrics']) assert.equal((await fetch(new URL(path, endpoint))).ok, false, path);
});

test('a job whose definition and environment name no role gets no credentials, and metadata all the same', async (t) => {
  const { variables } = await runningJob(t, null);
  assert.deepEqual(
    Object.keys(variables).filter((name) => name.includes('CONTAINER')),
    ['ECS_CONTAINER_METADATA_URI_V4'],
  );
});

test('a job whose definition names no role acts as the instance role of its environment', async (t) => {
  const computeResources = {
    ...{ type: 'EC2' as const, maxvCpus: 4, instanceTypes: ['optimal'], instanceRole: 'ecsInstanceRole' },
    ...{ subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
  };
  const environment = { computeEnvironmentName: 'instances', type: 'MANAGED' as const, computeResources };
  await batch.send(new CreateComputeEnvironmentCommand(environment));
  await settledEnvironment(batch, 'instances');
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'instances' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: 'instances', priority: 1, computeEnvironmentOrder }));
  await settledQueue(batch, 'instances');
  const given = await runningJob(t, null, 'instances');
  assert.equal(JSON.parse((await ask(given)).text).RoleArn, `arn:aws:iam::${account}:role/ecsInstanceRole`);
});

test('the metadata tell a container and its task by the names that DescribeJobs has', async (t) => {
  const given = await runningJob(t);
  const base = given.variables.ECS_CONTAINER_METADATA_URI_V4 ?? '';
  const job = await waitForStatus(batch, given.jobId, 'RUNNING');
  const read = async (rest: string) => JSON.parse((await ask(given, '', `${base}${rest}`)).text);
  const container = await read('');
  const task = await read('/task');
  assert.deepEqual([container.Name, container.Image, container.KnownStatus], ['default', 'host', 'RUNNING']);
  assert.equal(container.LogOptions['awslogs-stream'], job.container?.logStreamName);
  assert.equal(task.TaskARN, job.container?.taskArn);
  assert.deepEqual([task.Family, task.LaunchType, task.Containers], ['waits', 'EC2', [container]]);
  const stats = await read('/task/stats');
  assert.deepEqual(Object.keys(stats), [container.DockerId]);
  const { cpu_stats, memory_stats } = await read('/stats');
  assert.equal(memory_stats.limit, 256 * 2 ** 20);
  assert.ok(memory_stats.usage > 0 && cpu_stats.cpu_usage.total_usage > 0);
  const wrong = base.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  assert.deepEqual([(await ask(given, '', wrong)).status, (await ask(given, '', `${base}/x`)).status], [404, 404]);
});

test('a job goes on having credentials when the server is killed and started again', async (t) => {
  const given = await runningJob(t);
  const client = await clientIn(given);
  t.after(() => client.destroy());
  const before = await ask(given);
  await server.kill();
  await server.restart();
  assert.deepEqual(await ask(given), before);
  await client.send(new DescribeJobDefinitionsCommand({}));
  await given.end();
  assert.equal((await ask(given)).status, 401);
});

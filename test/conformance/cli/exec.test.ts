import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import {
  type BatchClient,
  DescribeJobsCommand,
  RegisterJobDefinitionCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { type CommandOffer, connectCommand } from '../../../src/cli/client/command-connection.ts';
import { registerShell, submit } from '../../support/jobs.ts';
import { clientsOf, type Endpoint } from '../../support/sdk.ts';
import { startInProcess } from '../../support/server-in-process.ts';
import { until, waitForEnd, waitForStatus } from '../../support/wait.ts';
import { batchyard, type CommandOptions, runCommand } from '../command.ts';
import { sendRaw } from '../raw-request.ts';
import { openYard } from '../yard.ts';

const { batch, server } = await openYard(['--host-vcpus', '4']);
const sleeper = await registerShell(batch, { name: 'sleeper', script: 'exec sleep 1000' });

function exec(words: readonly string[], options: CommandOptions = {}) {
  const port = new URL(server.url).port;
  return runCommand(batchyard, ['exec', '--port', port, '--data', server.dataDirectory, ...words], options);
}

async function running(definition = sleeper, jobName = 'test'): Promise<string> {
  const jobId = await submit(batch, definition, { jobName });
  await waitForStatus(batch, jobId, 'RUNNING');
  return jobId;
}

async function end(jobId: string): Promise<void> {
  await batch.send(new TerminateJobCommand({ jobId, reason: 'test' }));
  await waitForEnd(batch, jobId);
}

test('exec runs a command in a job, reads and writes as the command does, and ends with its exit code', {}, async () => {
  const jobId = await running(sleeper, 'by-name');
  const script = 'cat; echo "$AWS_BATCH_JOB_ID"; echo wrong >&2; exit 7';
  const words = ['by-name', '--', 'sh', '-c', script];
  assert.deepEqual(await exec(words, { input: 'a\n' }), { exit: 7, stdout: `a\n${jobId}\n`, stderr: 'wrong\n' });
  // Without a command, a shell.
  const shell = await exec([jobId], { input: 'cat /proc/self/status | grep CapEff\nexit 3\n' });
  assert.deepEqual(shell, { exit: 3, stdout: 'CapEff:\t0000000000000000\n', stderr: '' });
  await end(jobId);
});

test('exec carries more than any buffer holds both ways at once', async () => {
  const jobId = await running();
  const input = `${'0123456789abcde\n'.repeat(64 * 1024)}end`;
  const { exit, stdout } = await exec([jobId, '--', 'cat'], { input });
  assert.equal(exit, 0);
  assert.ok(stdout === input, 'all comes back as it was');
  await end(jobId);
});

test('exec runs in the child of an array, and says what it cannot run in', async () => {
  const jobId = await submit(batch, sleeper, { arrayProperties: { size: 2 } });
  await waitForStatus(batch, `${jobId}:1`, 'RUNNING');
  const child = await exec([`${jobId}:1`, '--', 'sh', '-c', 'echo $AWS_BATCH_JOB_ARRAY_INDEX']);
  assert.deepEqual(child, { exit: 0, stdout: '1\n', stderr: '' });
  const array = await exec([jobId, '--', 'true']);
  assert.equal(array.exit, 1);
  assert.match(array.stderr, /is an array: name a child of it/);
  const other = await exec(['--container', 'other', `${jobId}:0`, '--', 'true']);
  assert.deepEqual([other.exit, other.stderr], [1, 'batchyard: there is no container other; there is default\n']);
  await end(jobId);
  const ended = await exec([`${jobId}:1`, '--', 'true']);
  assert.match(ended.stderr, /is FAILED: commands run in jobs that are RUNNING/);
});

test('a definition that says enableExecuteCommand false has no commands run in its jobs', async () => {
  const container = {
    name: 'main',
    image: 'host',
    command: ['sleep', '1000'],
    resourceRequirements: [
      { type: 'VCPU' as const, value: '1' },
      { type: 'MEMORY' as const, value: '32' },
    ],
  };
  const taskProperties = [{ containers: [container], enableExecuteCommand: false }];
  const input = { jobDefinitionName: 'closed', type: 'container' as const, ecsProperties: { taskProperties } };
  await batch.send(new RegisterJobDefinitionCommand(input));
  const jobId = await running('closed');
  const { exit, stderr } = await exec([jobId, '--', 'true']);
  assert.equal(exit, 1);
  assert.match(stderr, /its definition says enableExecuteCommand false/);
  await end(jobId);
});

test('a command ends with its client, and with its job', async () => {
  const jobId = await running();
  const script = 'echo on; exec sleep 12345';
  const killed = await exec([jobId, '--', 'sh', '-c', script], { onOutput: (_stdout, child) => child.kill('SIGKILL') });
  assert.equal(killed.exit, 'SIGKILL');
  const look = ['--', 'sh', '-c', 'grep -l "1234[5]" /proc/[0-9]*/cmdline | wc -l'];
  await until('the command to end', async () => (await exec([jobId, ...look])).stdout.trim() === '0');
  const left = await exec([jobId, '--', 'sh', '-c', script], { onOutput: () => void end(jobId) });
  assert.equal(left.exit, 137);
});

test('exec runs in a node of a multi-node job, and not in the whole', async () => {
  const resourceRequirements = [
    { type: 'VCPU' as const, value: '1' },
    { type: 'MEMORY' as const, value: '32' },
  ];
  const container = { image: 'host', command: ['sleep', '1000'], resourceRequirements };
  const nodeRangeProperties = [{ targetNodes: '0:', container }];
  const nodeProperties = { numNodes: 2, mainNode: 0, nodeRangeProperties };
  const input = { jobDefinitionName: 'gang', type: 'multinode' as const, nodeProperties };
  await batch.send(new RegisterJobDefinitionCommand(input));
  const jobId = await submit(batch, 'gang');
  await until('the node to run', () => isRunning(batch, `${jobId}#1`));
  const node = await exec([`${jobId}#1`, '--', 'sh', '-c', 'echo $AWS_BATCH_JOB_NODE_INDEX']);
  assert.deepEqual(node, { exit: 0, stdout: '1\n', stderr: '' });
  const whole = await exec([jobId, '--', 'true']);
  assert.match(whole.stderr, /has nodes: name one of them/);
  await end(jobId);
});

test('a session is given once, to who has its token', async () => {
  const jobId = await running();
  assert.equal(await upgrade('0123', 'none'), 403);
  const { sessionId, token } = await offerOf(server, jobId);
  assert.equal(await upgrade(sessionId, `${token}x`), 403);
  assert.equal(await upgrade(sessionId, token), 101);
  assert.equal(await upgrade(sessionId, token), 403, 'it was used');
  await end(jobId);
});

test('an engine that runs no commands says so', async (t) => {
  const mock = await startInProcess(t, { script: () => ({ runFor: 'until-stopped' }) });
  const clients = clientsOf(mock);
  t.after(clients.close);
  await registerShell(clients.batch, { name: 'mocked', script: 'true' });
  const jobId = await submit(clients.batch, 'mocked');
  await until('the job to run', async () => {
    mock.clock.advance(1);
    return isRunning(clients.batch, jobId);
  });
  const connection = await connectCommand(new URL(mock.url), await offerOf(mock, jobId));
  const said = await text(connection);
  assert.match(said, /\{"problem":"engine mock runs no commands in its jobs"\}$/);
});

/** Whether it runs; a node is not found before its main node has started. */
async function isRunning(of: BatchClient, jobId: string): Promise<boolean> {
  const { jobs: [job] = [] } = await of.send(new DescribeJobsCommand({ jobs: [jobId] }));
  return job?.status === 'RUNNING';
}

async function offerOf(to: Endpoint, jobId: string): Promise<CommandOffer> {
  const path = '/batchyard/v1/executecommand';
  const { body } = await sendRaw(to, {
    path,
    service: 'batchyard',
    body: JSON.stringify({ jobId, command: ['true'] }),
  });
  return JSON.parse(body);
}

/** With which status an upgrade to a session is answered. */
async function upgrade(sessionId: string, token: string): Promise<number | undefined> {
  const headers = { connection: 'upgrade', upgrade: 'batchyard-command', authorization: `Bearer ${token}` };
  const asked = request(new URL(`/batchyard/v1/commands/${sessionId}`, server.url), { headers }).end();
  const upgraded = once(asked, 'upgrade').then(([response, socket]) => {
    socket.destroy();
    return response.statusCode;
  });
  const refused = once(asked, 'response').then(([response]) => {
    response.resume();
    return response.statusCode;
  });
  return Promise.race([upgraded, refused]);
}

test('a client that offers another upgrade is answered as if it had not', async () => {
  const headers = { connection: 'upgrade', upgrade: 'h2c' };
  const [response] = await once(request(new URL('/healthz', server.url), { headers }).end(), 'response');
  response.resume();
  assert.equal(response.statusCode, 200);
});

test('a server that stops says so to the clients of commands', async () => {
  const jobId = await running();
  const words = [jobId, '--', 'sh', '-c', 'echo on; exec sleep 1000'];
  const { exit, stderr } = await exec(words, { onOutput: () => void server.stop() });
  assert.deepEqual([exit, stderr], [1, 'batchyard: the server stops\n']);
});

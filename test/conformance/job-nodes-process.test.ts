import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type BatchClient,
  type ContainerProperties,
  DescribeJobsCommand,
  type JobDetail,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  type SubmitJobCommandInput,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { startInProcess } from '../support/server-in-process.ts';
import { describeJob, until, waitForEnd } from '../support/wait.ts';
import { abilitiesOf } from './host-abilities.ts';
import { linesOf, openYard, type Yard } from './yard.ts';

// Multi-node jobs as processes of this machine: what the mock engine of job-nodes.test.ts only plays.

const examples = join(import.meta.dirname, '../../examples/nodes');
const python = '/usr/bin/python3';
const runs = (program: string, ...words: string[]) => spawnSync(program, words, { stdio: 'ignore' }).status === 0;
const mustRun = process.env.BATCHYARD_REQUIRE_ALL === '1';
const missing = {
  python: runs(python, '-c', '') ? undefined : 'there is no /usr/bin/python3',
  mpi: runs('mpirun', '--version') ? undefined : 'mpirun is not installed',
  mpi4py: runs(python, '-c', 'import mpi4py') ? undefined : 'mpi4py is not installed',
};
const needs = (...tools: (keyof typeof missing)[]) => {
  const why = tools.flatMap((tool) => missing[tool] ?? []);
  return why.length > 0 && !mustRun ? { skip: why.join(', ') } : {};
};

const yard = await openYard(['--host-vcpus', '8']);
const { nodes } = await abilitiesOf(yard.server);
let definitions = 0;

const resourceRequirements = [
  { type: 'VCPU' as const, value: '1' },
  { type: 'MEMORY' as const, value: '64' },
];

interface Plan extends Omit<Partial<SubmitJobCommandInput>, 'jobDefinition'> {
  readonly size: number;
  /** What each node runs. */
  readonly command: readonly string[];
  /** What the last node runs instead. */
  readonly lastCommand?: readonly string[];
  readonly definition?: Partial<RegisterJobDefinitionCommandInput>;
}

/** Submits a job whose nodes see a directory of the host. Answers its id. */
async function submitNodes({ batch, server }: Yard, plan: Plan): Promise<string> {
  const { size, command, lastCommand, definition, ...more } = plan;
  definitions += 1;
  const container: ContainerProperties = {
    image: 'host',
    command: [...command],
    resourceRequirements,
    volumes: [{ name: 'shared', host: { sourcePath: server.shared } }],
    mountPoints: [{ sourceVolume: 'shared', containerPath: server.shared }],
  };
  const last = { targetNodes: String(size - 1), container: { command: [...(lastCommand ?? [])] } };
  const jobDefinitionName = `nodes-${definitions}`;
  await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName,
      type: 'multinode',
      nodeProperties: {
        numNodes: size,
        mainNode: 0,
        nodeRangeProperties: [{ targetNodes: '0:', container }, ...(lastCommand ? [last] : [])],
      },
      ...definition,
    }),
  );
  return submit(batch, jobDefinitionName, more);
}

const shell = (script: string) => ['/bin/sh', '-c', script];

/** A script of the main node, and one of all others. */
const byRole = (main: string, other: string) =>
  shell(`if [ $AWS_BATCH_JOB_NODE_INDEX = $AWS_BATCH_JOB_MAIN_NODE_INDEX ]; then\n${main}\nelse\n${other}\nfi`);

async function describeNodes({ batch }: Yard, jobId: string, size: number): Promise<readonly JobDetail[]> {
  const ids = Array.from({ length: size }, (_, index) => `${jobId}#${index}`);
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: ids }));
  assert.deepEqual(
    jobs.map((job) => job.jobId),
    ids,
  );
  return jobs;
}

/** Undefined of a node that has not started. */
async function findJob(batch: BatchClient, id: string): Promise<JobDetail | undefined> {
  return (await batch.send(new DescribeJobsCommand({ jobs: [id] }))).jobs?.[0];
}

/** Waits until a node has ended that may not have started yet. */
function nodeToEnd(batch: BatchClient, id: string): Promise<JobDetail> {
  return until(`node ${id} to end`, async () => {
    const node = await findJob(batch, id);
    return node?.stoppedAt !== undefined && node;
  });
}

const addressOf = (node: JobDetail | undefined) => node?.container?.networkInterfaces?.[0]?.privateIpv4Address ?? '';
const exitOf = (node: JobDetail | undefined) => node?.container?.exitCode;

/** The lines of every node, of its last attempt. */
function linesOfNodes({ logs }: Yard, jobs: readonly JobDetail[]) {
  return Promise.all(jobs.map((node) => linesOf(logs, node.container?.logStreamName)));
}

/** Waits until a file of the shared directory says what it should. */
function written({ server }: Yard, file: string, words: RegExp): Promise<unknown> {
  const text = () => readText(join(server.shared, file));
  return until(
    () => `${file} to match ${words}: ${text()}`,
    () => words.test(text()),
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

async function sumsOverTcp(on: Yard, addresses: RegExp): Promise<void> {
  cpSync(join(examples, 'sum.py'), join(on.server.shared, 'sum.py'));
  const print = 'env | grep -E "^AWS_BATCH_JOB_(ID|.*NODE.*)=" | sort';
  const command = shell(`${print}; exec ${python} ${on.server.shared}/sum.py`);
  const jobId = await submitNodes(on, { size: 4, command });
  const job = await waitForEnd(on.batch, jobId);
  assert.equal(job.status, 'SUCCEEDED', job.statusReason ?? '');
  const all = await describeNodes(on, jobId, 4);
  const found = all.map(addressOf);
  assert.equal(new Set(found).size, 4, found.join());
  for (const address of found) assert.match(address, addresses);
  for (const node of all.slice(1)) {
    const isLater = (node.createdAt ?? 0) >= (all[0]?.startedAt ?? Infinity);
    assert.ok(isLater, 'the others come to be once the main node runs');
  }
  const main = `AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS=${found[0]}`;
  const expected = [1, 4, 9, 16].map((number, index) => [
    `AWS_BATCH_JOB_ID=${jobId}#${index}`,
    'AWS_BATCH_JOB_MAIN_NODE_INDEX=0',
    ...(index === 0 ? [] : [main]),
    `AWS_BATCH_JOB_NODE_INDEX=${index}`,
    'AWS_BATCH_JOB_NUM_NODES=4',
    `node ${index} of 4 brought ${number}, the sum is 30`,
  ]);
  assert.deepEqual(await linesOfNodes(on, all), expected);
}

const whole = { ...nodes, ...needs('python') };

test(
  'four nodes find the main node by its address and sum over TCP, each with its variables, address and log',
  whole,
  () => sumsOverTcp(yard, /^(10\.231\.0|127\.77\.\d+)\.\d+$/),
);

test('on the host’s network they do the same, by addresses of it', whole, async () => {
  const onHost = await openYard(['--host-vcpus', '8', '--process-gang-network', 'host']);
  await sumsOverTcp(onHost, /^127\.77\.\d+\.\d+$/);
});

test('mpirun runs ranks on two nodes', { ...nodes, ...needs('python', 'mpi', 'mpi4py') }, async () => {
  cpSync(examples, yard.server.shared, { recursive: true });
  const at = (file: string) => join(yard.server.shared, file);
  const command = [at('mpi-node'), 'mpirun', '-N', '1', python, at('mpi-sum.py')];
  const jobId = await submitNodes(yard, { size: 2, command });
  const job = await waitForEnd(yard.batch, jobId);
  const [lines = []] = await linesOfNodes(yard, await describeNodes(yard, jobId, 2));
  assert.deepEqual([job.status, lines.at(-1)], ['SUCCEEDED', '2 ranks on nodes 0 1, the sum is 3'], lines.join('\n'));
});

test('when the main node exits the others are stopped, have their grace, and keep their own exits', nodes, async () => {
  const polite = 'trap "echo stopping; sleep 0.2; exit 7" TERM; touch $0; while :; do sleep 0.02; done';
  const { shared } = yard.server;
  const ready = `${shared}/ready-polite`;
  const main = `until [ -e ${ready}-1 ] && [ -e ${ready}-2 ]; do sleep 0.02; done; echo done`;
  const jobId = await submitNodes(yard, {
    size: 3,
    command: byRole(main, polite.replace('$0', `${ready}-$AWS_BATCH_JOB_NODE_INDEX`)),
    lastCommand: shell(`trap "exit 0" TERM; touch ${ready}-2; while :; do sleep 0.02; done`),
  });
  const job = await waitForEnd(yard.batch, jobId);
  assert.equal(job.status, 'SUCCEEDED');
  const all = await describeNodes(yard, jobId, 3);
  assert.deepEqual(all.map(exitOf), [0, 7, 0]);
  assert.deepEqual((await linesOfNodes(yard, all))[1], ['stopping']);
  assert.equal(job.stoppedAt, all[0]?.stoppedAt, 'the job has the times of its main node');
});

test(
  'a main node that fails is tried again with a new gang, and each node keeps a log for each attempt',
  nodes,
  async () => {
    const go = `${yard.server.shared}/retried`;
    const main = `until [ -e ${go}-$AWS_BATCH_JOB_ATTEMPT ]; do sleep 0.02; done; [ $AWS_BATCH_JOB_ATTEMPT = 2 ] || exit 3`;
    const other = `echo $AWS_BATCH_JOB_ATTEMPT; touch ${go}-$AWS_BATCH_JOB_ATTEMPT; exec sleep 1000`;
    const retryStrategy = { attempts: 3 };
    const jobId = await submitNodes(yard, { size: 2, command: byRole(main, other), retryStrategy });
    const job = await waitForEnd(yard.batch, jobId);
    assert.equal(job.status, 'SUCCEEDED');
    assert.deepEqual(
      job.attempts?.map((attempt) => attempt.container?.exitCode),
      [3, 0],
    );
    const [, second] = await describeNodes(yard, jobId, 2);
    const streams = second?.attempts?.map((attempt) => attempt.container?.logStreamName) ?? [];
    assert.deepEqual(await Promise.all(streams.map((stream) => linesOf(yard.logs, stream))), [['1'], ['2']]);
    assert.deepEqual(
      second?.attempts?.map((attempt) => attempt.container?.exitCode),
      [143, 143],
    );
  },
);

test(
  'a node that dies or is terminated leaves the others alone; TerminateJob of the job stops them all',
  nodes,
  async () => {
    const alive = 'alive';
    const hold = `echo $AWS_BATCH_JOB_NODE_INDEX >>${yard.server.shared}/${alive}; exec sleep 1000`;
    const jobId = await submitNodes(yard, { size: 4, command: shell(hold), lastCommand: shell('exit 5') });
    const died = await nodeToEnd(yard.batch, `${jobId}#3`);
    assert.equal(exitOf(died), 5);
    await written(yard, alive, /^([012]\n){3}$/);
    await yard.batch.send(new TerminateJobCommand({ jobId: `${jobId}#1`, reason: 'this one' }));
    const stopped = await nodeToEnd(yard.batch, `${jobId}#1`);
    assert.deepEqual([stopped.statusReason, exitOf(stopped)], ['this one', 143]);
    assert.deepEqual(
      [(await describeJob(yard.batch, jobId)).status, (await describeJob(yard.batch, `${jobId}#2`)).status],
      ['RUNNING', 'RUNNING'],
    );
    await yard.batch.send(new TerminateJobCommand({ jobId, reason: 'all' }));
    const job = await waitForEnd(yard.batch, jobId);
    assert.deepEqual([job.status, job.statusReason], ['FAILED', 'all']);
    assert.deepEqual((await describeNodes(yard, jobId, 4)).map(exitOf), [143, 143, 143, 5]);
  },
);

test('two jobs at once on one port each do not meet', whole, async () => {
  cpSync(join(examples, 'sum.py'), join(yard.server.shared, 'sum.py'));
  const command = [python, `${yard.server.shared}/sum.py`];
  const jobIds = await Promise.all([1, 2].map(() => submitNodes(yard, { size: 3, command })));
  for (const jobId of jobIds) {
    assert.equal((await waitForEnd(yard.batch, jobId)).status, 'SUCCEEDED');
    const lines = await linesOfNodes(yard, await describeNodes(yard, jobId, 3));
    assert.deepEqual(
      lines.flat().map((line) => line.replace(/^.*, /, '')),
      ['the sum is 14', 'the sum is 14', 'the sum is 14'],
    );
  }
});

test('a job that lasts too long is stopped with all its nodes, and not tried again', nodes, async (t) => {
  const server = await startInProcess(t, { options: { engine: 'process', 'host.vcpus': 4 } });
  const clients = clientsOf(server);
  t.after(clients.close);
  const hold = { image: 'host', command: ['sleep', '1000'], resourceRequirements };
  await clients.batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: 'late',
      type: 'multinode',
      timeout: { attemptDurationSeconds: 60 },
      retryStrategy: { attempts: 2 },
      nodeProperties: { numNodes: 2, mainNode: 0, nodeRangeProperties: [{ targetNodes: '0:', container: hold }] },
    }),
  );
  const jobId = await submit(clients.batch, 'late');
  for (const id of [jobId, `${jobId}#0`, `${jobId}#1`]) {
    await until(`${id} to run`, async () => {
      server.clock.advance(1);
      return (await findJob(clients.batch, id))?.status === 'RUNNING';
    });
  }
  server.clock.advance(61_000);
  const job = await until('the end', async () => {
    server.clock.advance(1);
    const now = await describeJob(clients.batch, jobId);
    return now.status === 'FAILED' && now;
  });
  assert.deepEqual([job.statusReason, job.attempts?.length], ['Job attempt duration exceeded timeout', 1]);
  const { jobs: all = [] } = await clients.batch.send(new DescribeJobsCommand({ jobs: [`${jobId}#0`, `${jobId}#1`] }));
  assert.deepEqual(all.map(exitOf), [143, 143]);
});

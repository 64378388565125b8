import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BatchClient, ListJobsCommand, RegisterJobDefinitionCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { SystemClock } from '../../core/clock.ts';
import { MockWorld } from '../../engines/index.ts';
import { startTestServer } from '../server.fixture.ts';

const clock = new SystemClock();
/** The node that is not the main one starts. */
const lastStarts = Promise.withResolvers<void>();
const world = new MockWorld({
  clock,
  script: ({ gang }) => {
    if (gang?.index === 0) lastStarts.resolve();
    return { output: [`node ${gang?.index}`], runFor: 'until-stopped' };
  },
});
const server = await startTestServer({}, world);
after(async () => {
  await server[Symbol.asyncDispose]();
  clock.close();
});
const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment;
const batch = new BatchClient({
  endpoint: server.url,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey },
});
after(() => batch.destroy());
const container = { image: 'busybox', vcpus: 1, memory: 64 };
const ranges = [
  { targetNodes: '0', container },
  { targetNodes: '1:', container: { ...container, memory: 128 } },
];
await batch.send(
  new RegisterJobDefinitionCommand({
    jobDefinitionName: 'pair',
    type: 'multinode',
    nodeProperties: { numNodes: 2, mainNode: 1, nodeRangeProperties: ranges },
  }),
);

test('a multi-node job is followed by what its main node writes; each node has its log and is explained', async () => {
  const following = server.command('submit', '--definition', 'pair', '--name', 'mine', '--follow');
  await lastStarts.promise;
  const filters = [{ name: 'JOB_NAME', values: ['mine'] }];
  const { jobSummaryList = [] } = await batch.send(new ListJobsCommand({ jobQueue: 'default', filters }));
  await batch.send(new TerminateJobCommand({ jobId: jobSummaryList[0]?.jobId, reason: 'seen' }));
  const followed = await following;
  assert.equal(followed.exitCode, 1, followed.stderr);
  assert.match(followed.stdout, /^[0-9a-f-]{36}\nnode 1\n$/);
  assert.equal((await server.command('logs', 'mine')).stdout, 'node 1\n');
  assert.equal((await server.command('logs', 'mine#0')).stdout, 'node 0\n');
  const explained = await server.command('explain', 'mine');
  assert.match(
    explained.stdout,
    /asked +2 nodes \(0 with 1 vCPU, 64 MiB of memory; 1: with 1 vCPU, 128 MiB of memory\)/,
  );
  const node = await server.command('explain', 'mine#0');
  assert.match(node.stdout, /asked +1 vCPU, 64 MiB of memory/);
  assert.match(node.stdout, /exit code 143/);
});

test('a multi-node job is run again as a whole, shown by its nodes while it runs, and by its main node when it fails', async () => {
  const refused = await server.command('rerun', 'mine#0');
  assert.match(refused.stderr, /Node 0 of multi-node job [0-9a-f-]{36} does not run by itself: rerun the job\./);
  const again = await server.command('rerun', 'mine', '--failed');
  assert.equal(again.exitCode, 0, again.stderr);
  const jobId = /[0-9a-f-]{36}/.exec(again.stdout)?.[0] ?? assert.fail(again.stdout);
  await untilRuns(jobId, 2);
  const top = await server.command('top', '--json');
  const { tasks } = JSON.parse(top.stdout) as { readonly tasks: readonly { jobId: string; jobName: string }[] };
  assert.deepEqual(
    tasks.map((task) => [task.jobId, task.jobName]).sort(),
    [0, 1].map((index) => [`${jobId}#${index}`, 'mine']),
  );
  const following = server.command('logs', jobId, '--follow');
  await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
  assert.equal((await following).stdout, 'node 1\n');
  const { stdout: failures } = await server.command('failures', jobId);
  assert.match(failures, /enough/);
  assert.match(failures, /node 1/, 'what its main node wrote');
});

/** Waits until so many nodes of a job run. */
async function untilRuns(multiNodeJobId: string, count: number): Promise<void> {
  for (;;) {
    const { jobSummaryList = [] } = await batch.send(new ListJobsCommand({ multiNodeJobId, jobStatus: 'RUNNING' }));
    if (jobSummaryList.length === count) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a node that has not started is told of as such, and one that the job has not as none', async () => {
  const submitted = await server.command(
    'submit',
    '--definition',
    'pair',
    '--name',
    'late',
    '--depends-on',
    await waitingJob(),
  );
  assert.equal(submitted.exitCode, 0, submitted.stderr);
  const jobId = submitted.stdout.trim();
  const early = await server.command('logs', `${jobId}#0`);
  assert.deepEqual(
    [early.exitCode, early.stderr],
    [1, `batchyard: node 0 of job ${jobId} has not started: the job is PENDING\n`],
  );
  const none = await server.command('logs', `${jobId}#2`);
  assert.equal(none.stderr, `batchyard: job ${jobId} has nodes 0 to 1: there is no node 2\n`);
  const child = await server.command('explain', `${jobId}:0`);
  assert.equal(child.stderr, `batchyard: job ${jobId} is no array: its nodes are ${jobId}#0 to #1\n`);
  const command = await server.command('exec', `${jobId}:1`, '--', 'true');
  assert.deepEqual([command.exitCode, command.stderr], [1, child.stderr]);
});

/** A job that runs until it is stopped. */
async function waitingJob(): Promise<string> {
  const { stdout, stderr } = await server.command('submit', '--definition', 'pair', '--name', 'first');
  return stdout.trim() || assert.fail(stderr);
}

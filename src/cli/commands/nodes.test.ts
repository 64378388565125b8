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

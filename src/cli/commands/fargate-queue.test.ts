import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BatchClient, CreateComputeEnvironmentCommand, CreateJobQueueCommand } from '@aws-sdk/client-batch';
import { SystemClock } from '../../core/clock.ts';
import { MockWorld } from '../../engines/index.ts';
import { startTestServer } from '../server.fixture.ts';

const clock = new SystemClock();
const server = await startTestServer({}, new MockWorld({ clock, script: () => ({ output: [], runFor: 0 }) }));
const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment;
const batch = new BatchClient({
  endpoint: server.url,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey },
});
after(async () => {
  batch.destroy();
  await server[Symbol.asyncDispose]();
  clock.close();
});

test('a command for a queue of Fargate is refused with what to do, and a definition in the words of the API alone', async () => {
  const networks = { subnets: ['subnet-12345678'], securityGroupIds: ['sg-12345678'] };
  await batch.send(
    new CreateComputeEnvironmentCommand({
      computeEnvironmentName: 'fargate',
      type: 'MANAGED',
      computeResources: { type: 'FARGATE', maxvCpus: 4, ...networks },
    }),
  );
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'fargate' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: 'fargate', priority: 1, computeEnvironmentOrder }));
  const words =
    'ClientException: Job Queue is attached to Compute Environment that can not run Jobs with capability EC2';
  const hint = '. A command makes a definition of EC2: name one that this queue runs with --definition.';
  for (const dryRun of [[], ['--dry-run']]) {
    const refused = await server.command('submit', '--queue', 'fargate', ...dryRun, '--', 'true');
    assert.deepEqual(
      [refused.exitCode, refused.stdout, refused.stderr],
      [1, '', `batchyard: ${words}${hint}\n`],
      dryRun.join(),
    );
  }
  const made = await server.command('submit', '--json', '--', 'true');
  assert.equal(made.exitCode, 0, made.stderr);
  const { jobDefinition } = JSON.parse(
    (await server.command('explain', JSON.parse(made.stdout).jobId, '--json')).stdout,
  ).job;
  const named = await server.command('submit', '--queue', 'fargate', '--definition', jobDefinition);
  assert.deepEqual([named.exitCode, named.stderr], [1, `batchyard: ${words}\n`]);
});

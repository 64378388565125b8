import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  type CreateComputeEnvironmentCommandInput,
  CreateJobQueueCommand,
  UpdateComputeEnvironmentCommand,
  type UpdateComputeEnvironmentCommandInput,
} from '@aws-sdk/client-batch';
import { DescribeContainerInstancesCommand, ECSClient, ListContainerInstancesCommand } from '@aws-sdk/client-ecs';
import { registerShell, submit } from '../support/jobs.ts';
import { until, waitForEnd } from '../support/wait.ts';
import { batchyard, runCommand } from './command.ts';
import { openYard, settledEnvironment, settledQueue } from './yard.ts';

const { batch, server } = await openYard(['--engine', 'mock']);
const { accessKeyId, secretAccessKey } = server.credentials;
const ecs = new ECSClient({ endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' });
after(() => ecs.destroy());

type Resources = NonNullable<CreateComputeEnvironmentCommandInput['computeResources']>;

/** An environment whose instances stay while a test looks at them. */
async function create(computeEnvironmentName: string, more: Partial<Resources>): Promise<void> {
  const computeResources: Resources = {
    ...{ type: 'EC2', maxvCpus: 64, instanceTypes: ['c5.large'], subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
    ...{ instanceRole: 'ecsInstanceRole', scalingPolicy: { minScaleDownDelayMinutes: 1_000 }, ...more },
  };
  await batch.send(new CreateComputeEnvironmentCommand({ computeEnvironmentName, type: 'MANAGED', computeResources }));
  await settledEnvironment(batch, computeEnvironmentName);
}

async function update(
  computeEnvironment: string,
  computeResources: UpdateComputeEnvironmentCommandInput['computeResources'],
): Promise<void> {
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment, computeResources }));
  await settledEnvironment(batch, computeEnvironment);
}

/** The types of the instances that an environment has, sorted. */
async function typesOf(name: string): Promise<readonly (string | undefined)[]> {
  const { ecsClusterArn: cluster = '' } = await settledEnvironment(batch, name);
  const { containerInstanceArns = [] } = await ecs.send(new ListContainerInstancesCommand({ cluster }));
  if (containerInstanceArns.length === 0) return [];
  const described = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
  );
  const instances = described.containerInstances ?? [];
  return instances.map(({ attributes }) => attributes?.find((each) => each.name === 'ecs.instance-type')?.value).sort();
}

/** Waits until an environment has exactly so many instances of these types. */
async function waitForTypes(name: string, expected: readonly string[]): Promise<void> {
  await until(`${name} to have ${expected}`, async () => String(await typesOf(name)) === String(expected));
}

const larges = (count: number) => Array.from({ length: count }, () => 'c5.large');

test('a fleet has its minvCpus without jobs, and what desiredvCpus asks for once, when it is made and by updates', async () => {
  await create('least', { minvCpus: 3 });
  await create('sized', { minvCpus: 0, desiredvCpus: 4 });
  await waitForTypes('least', larges(2));
  await waitForTypes('sized', larges(2));
  await update('least', { minvCpus: 7 });
  await update('sized', { desiredvCpus: 6 });
  await waitForTypes('least', larges(4));
  await waitForTypes('sized', larges(3));
});

test('a fleet launches the types that it names by its allocationStrategy, and by another after an update', async () => {
  await create('ordered', {
    ...{ allocationStrategy: 'BEST_FIT_PROGRESSIVE_ORDERED', instanceTypes: ['c5.xlarge', 'c5.large'] },
    minvCpus: 2,
  });
  await waitForTypes('ordered', ['c5.xlarge']);
  await update('ordered', { allocationStrategy: 'BEST_FIT_PROGRESSIVE' });
  await waitForTypes('ordered', ['c5.large']);
  await update('ordered', { instanceTypes: ['m5.large'] });
  await waitForTypes('ordered', ['m5.large']);
});

test('Spot instances are launched only within bidPercentage, and once an update raises it', async () => {
  await create('spot', { type: 'SPOT', allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED', bidPercentage: 1 });
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'spot' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: 'spot', priority: 1, computeEnvironmentOrder }));
  await settledQueue(batch, 'spot');
  const jobDefinition = await registerShell(batch, { name: 'quick', script: 'true' });
  const jobId = await submit(batch, jobDefinition, { jobName: 'bidder', jobQueue: 'spot' });
  await until('the job to be told of the bid', async () => {
    const { stdout } = await runCommand(batchyard, ['explain', jobId, '--data', server.dataDirectory]);
    return /Spot at \S+ USD is not below 1 % of/.test(stdout);
  });
  assert.deepEqual(await typesOf('spot'), []);
  await update('spot', { bidPercentage: 100 });
  assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
  assert.deepEqual(await typesOf('spot'), ['c5.large']);
});

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CancelJobCommand,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeJobsCommand,
  GetJobQueueSnapshotCommand,
  type NodeProperties,
  RegisterJobDefinitionCommand,
  type SubmitJobCommandInput,
  UpdateComputeEnvironmentCommand,
} from '@aws-sdk/client-batch';
import { DescribeContainerInstancesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { registerShell, submit } from '../support/jobs.ts';
import { describeJob, until, waitForEnd } from '../support/wait.ts';
import { batchyard, runCommand } from './command.ts';
import { openYard, settledEnvironment, settledQueue } from './yard.ts';

const { batch, server } = await openYard(['--engine', 'mock']);
const { accessKeyId, secretAccessKey } = server.credentials;
const ecs = new ECSClient({ endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' });
after(() => ecs.destroy());

/** An environment whose instances stay while a test looks at them. */
async function create(computeEnvironmentName: string, instanceTypes: string[], maxvCpus = 64): Promise<void> {
  const computeResources = {
    ...{ type: 'EC2' as const, maxvCpus, instanceTypes, subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
    ...{ instanceRole: 'ecsInstanceRole', allocationStrategy: 'BEST_FIT_PROGRESSIVE' as const },
    scalingPolicy: { minScaleDownDelayMinutes: 1_000 },
  };
  await batch.send(new CreateComputeEnvironmentCommand({ computeEnvironmentName, type: 'MANAGED', computeResources }));
  await settledEnvironment(batch, computeEnvironmentName);
}

async function createQueue(jobQueueName: string, ...environments: readonly string[]): Promise<void> {
  const computeEnvironmentOrder = environments.map((computeEnvironment, order) => ({ order, computeEnvironment }));
  await batch.send(new CreateJobQueueCommand({ jobQueueName, priority: 1, computeEnvironmentOrder }));
  await settledQueue(batch, jobQueueName);
}

const containerOf = (vcpus: number, instanceType?: string) => ({
  image: 'busybox',
  resourceRequirements: [
    { type: 'VCPU' as const, value: String(vcpus) },
    { type: 'MEMORY' as const, value: '64' },
  ],
  ...(instanceType === undefined ? {} : { instanceType }),
});
let definitions = 0;

/** Two nodes, of which the second may ask for more. */
async function define(instanceType?: string, vcpus = 1): Promise<string> {
  return register({
    numNodes: 2,
    mainNode: 0,
    nodeRangeProperties: [
      { targetNodes: '0', container: containerOf(1, instanceType) },
      { targetNodes: '1', container: containerOf(vcpus, instanceType) },
    ],
  });
}

async function register(nodeProperties: NodeProperties): Promise<string> {
  definitions += 1;
  const jobDefinitionName = `typed-${definitions}`;
  const input = { jobDefinitionName, type: 'multinode' as const, nodeProperties };
  const { jobDefinitionArn = '' } = await batch.send(new RegisterJobDefinitionCommand(input));
  return jobDefinitionArn;
}

/** The types of the instances on which the nodes of a job ran, to its end. */
async function ranOn(jobDefinition: string, more: Partial<SubmitJobCommandInput>): Promise<readonly string[]> {
  return typesOf(await submit(batch, jobDefinition, more));
}

async function typesOf(jobId: string): Promise<readonly string[]> {
  assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [`${jobId}#0`, `${jobId}#1`] }));
  const arns = jobs.map(
    ({ container, ecsProperties }) => (container ?? ecsProperties?.taskProperties?.[0])?.containerInstanceArn ?? '',
  );
  assert.equal(new Set(arns).size, 2);
  const [, cluster = ''] = arns[0]?.split('/') ?? [];
  const { containerInstances = [] } = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: arns }),
  );
  const typed = containerInstances.flatMap(({ attributes = [] }) => attributes);
  return typed.flatMap(({ name, value = '' }) => (name === 'ecs.instance-type' ? [value] : []));
}

await create('first', ['c5.2xlarge', 'c5.xlarge', 'c5.large']);
await create('second', ['m5.xlarge']);
await createQueue('one', 'first');
await createQueue('both', 'first', 'second');

test('nodes run on instances of the type that their job names, and else on the smallest that holds the largest of them', async () => {
  assert.deepEqual(await ranOn(await define('c5.2xlarge'), { jobQueue: 'one' }), ['c5.2xlarge', 'c5.2xlarge']);
  // Instances of a larger type are idle.
  assert.deepEqual(await ranOn(await define(), { jobQueue: 'one' }), ['c5.large', 'c5.large']);
  assert.deepEqual(await ranOn(await define(undefined, 3), { jobQueue: 'one' }), ['c5.xlarge', 'c5.xlarge']);
});

test('a submission names another type for the nodes, also for those that are tasks, and a later environment of the queue may launch it', async () => {
  const containerOverrides = { instanceType: 'c5.xlarge' };
  const nodePropertyOverrides = ['0', '1'].map((targetNodes) => ({ targetNodes, containerOverrides }));
  const overridden = { jobQueue: 'one', nodeOverrides: { nodePropertyOverrides } };
  assert.deepEqual(await ranOn(await define('c5.2xlarge'), overridden), ['c5.xlarge', 'c5.xlarge']);
  const { image, resourceRequirements } = containerOf(1);
  const containers = [{ name: 'main', image, resourceRequirements }];
  const tasks = await register({
    numNodes: 2,
    mainNode: 0,
    nodeRangeProperties: [
      { targetNodes: '0:', ecsProperties: { taskProperties: [{ containers }] }, instanceTypes: ['m5.xlarge'] },
    ],
  });
  assert.deepEqual(await ranOn(tasks, { jobQueue: 'both' }), ['m5.xlarge', 'm5.xlarge']);
  const other = { nodePropertyOverrides: [{ targetNodes: '0:', instanceTypes: ['c5.xlarge'] }] };
  assert.deepEqual(await ranOn(tasks, { jobQueue: 'both', nodeOverrides: other }), ['c5.xlarge', 'c5.xlarge']);
});

test('an environment that launches nothing runs nodes of any type', async () => {
  const jobId = await submit(batch, await define('p3.2xlarge'));
  const job = await waitForEnd(batch, jobId);
  assert.equal(job.status, 'SUCCEEDED');
  assert.equal(job.nodeProperties?.nodeRangeProperties?.[0]?.container?.instanceType, 'p3.2xlarge');
});

test('a job of a type that no environment launches blocks its queue, over a restart too, and says so until one does', async () => {
  const single = await registerShell(batch, { name: 'single', script: 'true' });
  const gang = await submit(batch, await define('m5.2xlarge'), { jobQueue: 'one' });
  const behind = await submit(batch, single, { jobQueue: 'one' });
  const words =
    'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue. ' +
    'Its nodes are for instances of type m5.2xlarge alone (first: launches no m5.2xlarge, but c5.large, c5.xlarge, c5.2xlarge).';
  const reasonOf = async (jobId: string) => (await describeJob(batch, jobId)).statusReason;
  const blocked = async () => {
    await until('the job to be told', async () => (await reasonOf(gang)) === words);
    const snapshot = await batch.send(new GetJobQueueSnapshotCommand({ jobQueue: 'one' }));
    const front = snapshot.frontOfQueue?.jobs?.map(({ jobArn }) => jobArn?.split('/').at(-1));
    assert.deepEqual(front, [gang, behind]);
    const expected = `Waiting in position 2 of 2 in job queue one, behind job ${gang}: ${words}`;
    assert.equal(await reasonOf(behind), expected);
  };
  await blocked();
  await server.stop();
  await server.restart();
  await blocked();
  const { stdout } = await runCommand(batchyard, ['explain', gang, '--data', server.dataDirectory]);
  assert.match(stdout, /It never starts: cancel it, or add m5\.2xlarge to the instanceTypes of an environment\./);
  assert.match(stdout, /^asked +2 nodes on m5\.2xlarge \(0 with 1 vCPU/m);
  const instanceTypes = ['c5.large', 'm5.2xlarge'];
  await batch.send(
    new UpdateComputeEnvironmentCommand({ computeEnvironment: 'first', computeResources: { instanceTypes } }),
  );
  assert.deepEqual(await typesOf(gang), ['m5.2xlarge', 'm5.2xlarge']);
  assert.equal((await waitForEnd(batch, behind)).status, 'SUCCEEDED');
});

test('a job whose nodes do not fit the type that it names never starts, and is told what the type lacks', async () => {
  await settledEnvironment(batch, 'first');
  const jobId = await submit(batch, await define('c5.large', 3), { jobQueue: 'one' });
  const reason = await until('the job to be told', async () => (await describeJob(batch, jobId)).statusReason);
  assert.match(reason, /of type c5\.large alone \(first: c5\.large lacks 1 vCPU, launches c5\.large, m5\.2xlarge\)\.$/);
  await batch.send(new CancelJobCommand({ jobId, reason: 'never' }));
  await waitForEnd(batch, jobId);
});

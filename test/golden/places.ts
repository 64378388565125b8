import assert from 'node:assert/strict';
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  CreateQuotaShareCommand,
  CreateSchedulingPolicyCommand,
  CreateServiceEnvironmentCommand,
  DescribeQuotaShareCommand,
  DescribeSchedulingPoliciesCommand,
  DescribeServiceEnvironmentsCommand,
  DescribeServiceJobCommand,
  ListServiceJobsCommand,
  SubmitServiceJobCommand,
  TerminateServiceJobCommand,
} from '@aws-sdk/client-batch';
import {
  CreateLaunchTemplateCommand,
  CreatePlacementGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribePlacementGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  ImportKeyPairCommand,
} from '@aws-sdk/client-ec2';
import { ECSClient, ListClustersCommand, RegisterContainerInstanceCommand } from '@aws-sdk/client-ecs';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { sendRaw } from '../conformance/raw-request.ts';
import { registerShell, submit } from '../support/jobs.ts';
import type { Clients } from '../support/sdk.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd } from '../support/wait.ts';

/** Where jobs wait and run beside the queue that a region comes with: fleets, shares, held queues, service jobs, networks. */
export interface PlacesServer {
  readonly clients: Clients;
  readonly server: ServerProcess;
}

const queueArn = (name: string) => `arn:aws:batch:us-east-1:123456789012:job-queue/${name}`;

/** An instance of `kept` stays as long as its environment is there. */
export async function makePlaces({ clients, server }: PlacesServer): Promise<void> {
  const { batch } = clients;
  await batch.send(
    new CreateComputeEnvironmentCommand({
      computeEnvironmentName: 'kept',
      type: 'MANAGED',
      computeResources: {
        ...{ type: 'EC2', minvCpus: 2, maxvCpus: 4, instanceTypes: ['c5.large'], subnets: ['subnet-1'] },
        ...{ securityGroupIds: ['sg-1'], instanceRole: 'arn:aws:iam::123456789012:instance-profile/x' },
      },
    }),
  );
  const fairsharePolicy = {
    shareDecaySeconds: 600_000,
    shareDistribution: [{ shareIdentifier: 'blue', weightFactor: 2 }],
  };
  const { arn: schedulingPolicyArn } = await batch.send(
    new CreateSchedulingPolicyCommand({ name: 'fair', fairsharePolicy }),
  );
  const queue = (jobQueueName: string, more: object) =>
    batch.send(
      new CreateJobQueueCommand({
        ...{ jobQueueName, priority: 1, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'kept' }] },
        ...more,
      }),
    );
  await queue('fair', { schedulingPolicyArn });
  await queue('held', {});
  await registerShell(batch, { name: 'shared', script: 'true' });
  const shared = { jobQueue: 'fair', shareIdentifier: 'blue', schedulingPriorityOverride: 1 };
  await waitForEnd(batch, await submit(batch, 'shared', shared));
  await replaceAnInstance(server);
  await extension(server, 'HoldJobQueue', { jobQueue: 'held' });
  await extension(server, 'UpdatePermissions', { jobLogs: true });
  await submit(batch, 'shared', { jobName: 'behind-a-hold', jobQueue: 'held' });
  await makeServiceJobs(clients);
  await makeNetworks(server);
  await lendAnInstance({ clients, server });
  // With it comes the rule that tells Step Functions of jobs.
  const run = { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', End: true };
  const Parameters = { JobName: 'run', JobQueue: 'fair', JobDefinition: 'shared' };
  const definition = JSON.stringify({ StartAt: 'Run', States: { Run: { ...run, Parameters } } });
  const roleArn = 'arn:aws:iam::123456789012:role/golden';
  await clients.states.send(new CreateStateMachineCommand({ name: 'waits-for-jobs', definition, roleArn }));
}

/** Of the one that ends something is kept; another takes its place. */
async function replaceAnInstance(server: ServerProcess): Promise<void> {
  const ready = async () => {
    const { instances } = await extension(server, 'ListInstances');
    return (instances as readonly ShownPlace[]).find(({ state }) => state === 'ready');
  };
  const instanceId = (await until('an instance to be ready', ready)).instanceId;
  await extension(server, 'InterruptInstance', { instanceId });
  await until('another instance to be ready', async () => {
    const found = await ready();
    return found && found.instanceId !== instanceId;
  });
}

async function lendAnInstance({ clients: { batch }, server }: PlacesServer): Promise<void> {
  await batch.send(
    new CreateComputeEnvironmentCommand({
      ...{ computeEnvironmentName: 'lent', type: 'UNMANAGED' },
      serviceRole: 'arn:aws:iam::123456789012:role/golden',
    }),
  );
  const { accessKeyId, secretAccessKey } = server.credentials;
  const credentials = { accessKeyId, secretAccessKey };
  const ecs = new ECSClient({ endpoint: server.url, region: 'us-east-1', credentials });
  try {
    const cluster = (await ecs.send(new ListClustersCommand({}))).clusterArns?.find((arn) => arn.includes('/lent'));
    const totalResources = [
      { name: 'CPU', type: 'INTEGER', integerValue: 1_024 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 512 },
    ];
    const tags = [{ key: 'Name', value: 'golden' }];
    await ecs.send(new RegisterContainerInstanceCommand({ cluster, totalResources, tags }));
  } finally {
    ecs.destroy();
  }
}

async function makeServiceJobs({ batch }: Clients): Promise<void> {
  const capacityLimits = [{ maxCapacity: 4, capacityUnit: 'ml.m5.large' }];
  await batch.send(
    new CreateServiceEnvironmentCommand({
      ...{ serviceEnvironmentName: 'training', serviceEnvironmentType: 'SAGEMAKER_TRAINING', capacityLimits },
    }),
  );
  const quotaSharePolicy = { idleResourceAssignmentStrategy: 'FIFO' } as const;
  const { arn: schedulingPolicyArn } = await batch.send(
    new CreateSchedulingPolicyCommand({ name: 'quotas', quotaSharePolicy }),
  );
  await batch.send(
    new CreateJobQueueCommand({
      ...{ jobQueueName: 'train', jobQueueType: 'SAGEMAKER_TRAINING', priority: 1, schedulingPolicyArn },
      serviceEnvironmentOrder: [{ order: 1, serviceEnvironment: 'training' }],
    }),
  );
  const half = [{ maxCapacity: 2, capacityUnit: 'ml.m5.large' }];
  await batch.send(
    new CreateQuotaShareCommand({
      ...{ quotaShareName: 'half', jobQueue: 'train', capacityLimits: half },
      resourceSharingConfiguration: { strategy: 'LEND_AND_BORROW', borrowLimit: 50 },
      preemptionConfiguration: { inSharePreemption: 'ENABLED' },
    }),
  );
  const serviceRequestPayload = JSON.stringify({ ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2 } });
  const train = (jobName: string) =>
    batch.send(
      new SubmitServiceJobCommand({
        ...{ jobName, jobQueue: 'train', quotaShareName: 'half', serviceJobType: 'SAGEMAKER_TRAINING' },
        serviceRequestPayload,
      }),
    );
  await train('waits');
  const { jobId } = await train('ended');
  await batch.send(new TerminateServiceJobCommand({ jobId, reason: 'golden' }));
}

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g golden';

async function makeNetworks(server: ServerProcess): Promise<void> {
  await withEc2(server, async (ec2) => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
    await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.9.1.0/24' }));
    await ec2.send(new CreateTagsCommand({ Resources: [Vpc?.VpcId ?? ''], Tags: [{ Key: 'kind', Value: 'golden' }] }));
    const LaunchTemplateData = { ImageId: 'ami-golden' };
    await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'golden', LaunchTemplateData }));
    await ec2.send(new ImportKeyPairCommand({ KeyName: 'golden', PublicKeyMaterial: Buffer.from(publicKey) }));
    await ec2.send(new CreatePlacementGroupCommand({ GroupName: 'golden', Strategy: 'spread' }));
  });
}

type ShownPlace = Readonly<
  Record<'instanceId' | 'purchase' | 'computeEnvironment' | 'type' | 'state' | 'name', string>
>;

/** All of it is there. Adopted by another server, the instance and the held queue are as they were. */
export async function expectPlaces({ clients, server }: PlacesServer): Promise<void> {
  const { batch } = clients;
  const { instances } = await extension(server, 'ListInstances');
  const launched = instances.filter(({ purchase }: ShownPlace) => purchase !== 'registered');
  assert.deepEqual(
    launched.map(({ computeEnvironment, type, state }: ShownPlace) => [computeEnvironment, type, state]),
    [['kept', 'c5.large', 'ready']],
  );
  // Those that were made before any could be registered have none.
  for (const { purchase, computeEnvironment, state, name } of instances as readonly ShownPlace[])
    if (purchase === 'registered') assert.deepEqual([computeEnvironment, state, name], ['lent', 'ready', 'golden']);
  const { schedulingPolicies = [] } = await batch.send(
    new DescribeSchedulingPoliciesCommand({
      arns: ['fair', 'quotas'].map((name) => `arn:aws:batch:us-east-1:123456789012:scheduling-policy/${name}`),
    }),
  );
  assert.deepEqual(
    schedulingPolicies.map(({ fairsharePolicy, quotaSharePolicy }) => [
      fairsharePolicy?.shareDistribution?.[0]?.weightFactor,
      quotaSharePolicy?.idleResourceAssignmentStrategy,
    ]),
    [
      [2, undefined],
      [undefined, 'FIFO'],
    ],
  );
  const { queues } = await extension(server, 'ListQueues');
  const held = queues.find(({ jobQueueName }: Record<string, string>) => jobQueueName === 'held');
  assert.equal(held?.hold?.by, 'arn:aws:iam::123456789012:root');
  assert.equal((await extension(server, 'DescribePermissions')).jobLogs, true);
  const { Rules = [] } = await clients.events.send(new ListRulesCommand({ NamePrefix: 'StepFunctions' }));
  assert.deepEqual(
    Rules.map(({ Name }) => Name),
    ['StepFunctionsGetEventsForBatchJobsRule'],
  );
  const train = queues.find(({ jobQueueName }: Record<string, string>) => jobQueueName === 'train');
  // Since when a service job blocks its queue was told by the server that is gone.
  assert.ok(train?.blocked.since < performance.timeOrigin, JSON.stringify(train));
  await expectServiceJobs(clients);
  await expectNetworks(server);
}

async function expectServiceJobs({ batch }: Clients): Promise<void> {
  const { serviceEnvironments: [environment] = [] } = await batch.send(new DescribeServiceEnvironmentsCommand({}));
  assert.deepEqual(environment?.capacityLimits, [{ maxCapacity: 4, capacityUnit: 'ml.m5.large' }]);
  const quotaShareArn = `${queueArn('train')}/quota-share/half`;
  const share = await batch.send(new DescribeQuotaShareCommand({ quotaShareArn }));
  assert.deepEqual([share.state, share.resourceSharingConfiguration?.borrowLimit], ['ENABLED', 50]);
  const statusOf = async (jobName: string) => {
    const filters = [{ name: 'JOB_NAME', values: [jobName] }];
    const { jobSummaryList: [job] = [] } = await batch.send(new ListServiceJobsCommand({ jobQueue: 'train', filters }));
    return batch.send(new DescribeServiceJobCommand({ jobId: job?.jobId ?? '' }));
  };
  const [waits, ended] = [await statusOf('waits'), await statusOf('ended')];
  assert.deepEqual([waits.status, waits.capacityUsage?.[0]?.quantity], ['RUNNABLE', 2]);
  assert.deepEqual([ended.status, ended.statusReason], ['FAILED', 'golden']);
}

async function expectNetworks(server: ServerProcess): Promise<void> {
  await withEc2(server, async (ec2) => {
    const { Vpcs = [] } = await ec2.send(
      new DescribeVpcsCommand({ Filters: [{ Name: 'tag:kind', Values: ['golden'] }] }),
    );
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { LaunchTemplateVersions: [template] = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: 'golden' }),
    );
    const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({ KeyNames: ['golden'] }));
    const groups = await ec2.send(new DescribePlacementGroupsCommand({ GroupNames: ['golden'] }));
    assert.deepEqual(
      Vpcs.map(({ CidrBlock }) => CidrBlock),
      ['10.9.0.0/16'],
    );
    assert.ok(Subnets.some(({ CidrBlock }) => CidrBlock === '10.9.1.0/24'));
    assert.equal(template?.LaunchTemplateData?.ImageId, 'ami-golden');
    assert.deepEqual([KeyPairs.length, groups.PlacementGroups?.[0]?.Strategy], [1, 'spread']);
  });
}

async function withEc2(server: ServerProcess, work: (ec2: EC2Client) => Promise<void>): Promise<void> {
  const { accessKeyId, secretAccessKey } = server.credentials;
  const credentials = { accessKeyId, secretAccessKey };
  const ec2 = new EC2Client({ endpoint: server.url, credentials, region: 'us-east-1' });
  try {
    await work(ec2);
  } finally {
    ec2.destroy();
  }
}

/** Calls an operation that only Batchyard has. */
async function extension(server: ServerProcess, name: string, input: object = {}) {
  const path = `/batchyard/v1/${name.toLowerCase()}`;
  const { status, body } = await sendRaw(server, { path, service: 'batchyard', body: JSON.stringify(input) });
  assert.equal(status, 200, body);
  return JSON.parse(body);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ComputeEnvironmentDetail,
  CreateComputeEnvironmentCommand,
  type CreateComputeEnvironmentCommandInput,
  CreateJobQueueCommand,
  DeleteComputeEnvironmentCommand,
  DescribeComputeEnvironmentsCommand,
  paginateDescribeComputeEnvironments,
  UpdateComputeEnvironmentCommand,
} from '@aws-sdk/client-batch';
import { CreateLaunchTemplateCommand, CreateLaunchTemplateVersionCommand, EC2Client } from '@aws-sdk/client-ec2';
import { until } from '../support/wait.ts';
import { account, arnPrefix, assertRefused, findEnvironment, openYard, region, settledEnvironment } from './yard.ts';

const { server, batch } = await openYard();

const resources: CreateComputeEnvironmentCommandInput['computeResources'] = {
  type: 'EC2',
  minvCpus: 0,
  maxvCpus: 16,
  instanceTypes: ['optimal'],
  subnets: ['subnet-1'],
  securityGroupIds: ['sg-1'],
  instanceRole: 'ecsInstanceRole',
};

function create(computeEnvironmentName: string, more: Partial<CreateComputeEnvironmentCommandInput> = {}) {
  const input = { computeEnvironmentName, type: 'MANAGED' as const, computeResources: resources, ...more };
  return batch.send(new CreateComputeEnvironmentCommand(input));
}

async function created(name: string, more: Partial<CreateComputeEnvironmentCommandInput> = {}) {
  await create(name, more);
  return settledEnvironment(batch, name);
}

async function updated(computeEnvironment: string, change: object): Promise<ComputeEnvironmentDetail> {
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment, ...change }));
  return settledEnvironment(batch, computeEnvironment);
}

const remove = (computeEnvironment: string) => batch.send(new DeleteComputeEnvironmentCommand({ computeEnvironment }));

test("the environment of the guide's audit record is created, becomes VALID and shows every field given", async () => {
  const computeResources = {
    ...resources,
    maxvCpus: 128,
    desiredvCpus: 0,
    subnets: ['subnet-5eda8e04'],
    securityGroupIds: ['sg-aba9e8db'],
    tags: { testBatchTags: 'CLI testing CE' },
  };
  const serviceRole = 'service-role/AWSBatchServiceRole';
  const answer = await create('Test', { state: 'ENABLED', serviceRole, computeResources, tags: { cost: 'low' } });
  const computeEnvironmentArn = `${arnPrefix}:compute-environment/Test`;
  assert.equal(answer.computeEnvironmentName, 'Test');
  assert.equal(answer.computeEnvironmentArn, computeEnvironmentArn);
  const { ecsClusterArn, uuid, ...described } = await settledEnvironment(batch, 'Test');
  assert.match(ecsClusterArn ?? '', new RegExp(`^arn:aws:ecs:${region}:${account}:cluster/Test`));
  assert.match(uuid ?? '', /^[0-9a-f-]{36}$/);
  assert.deepEqual(described, {
    computeEnvironmentName: 'Test',
    computeEnvironmentArn,
    tags: { cost: 'low' },
    type: 'MANAGED',
    state: 'ENABLED',
    status: 'VALID',
    statusReason: 'ComputeEnvironment Healthy',
    computeResources: { ...computeResources, ec2Configuration: [{ imageType: 'ECS_AL2023' }] },
    serviceRole: `arn:aws:iam::${account}:role/service-role/AWSBatchServiceRole`,
    containerOrchestrationType: 'ECS',
  });
});

test('every other field of computeResources on EC2 and Spot is read back as given', async () => {
  const more = {
    ...resources,
    type: 'SPOT' as const,
    allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED' as const,
    instanceTypes: ['c5', 'm5.large'],
    imageId: 'ami-12345678',
    ec2KeyPair: 'me',
    instanceRole: `arn:aws:iam::${account}:instance-profile/ecsInstanceRole`,
    placementGroup: 'near',
    bidPercentage: 60,
    spotIamFleetRole: `arn:aws:iam::${account}:role/AmazonEC2SpotFleetTaggingRole`,
    launchTemplate: { launchTemplateName: 'mine', version: '$Latest' },
    ec2Configuration: [{ imageType: 'ECS_AL2', imageIdOverride: 'ami-87654321' }],
    desiredvCpus: 4,
  };
  const { computeResources } = await created('all-of-it', { computeResources: more });
  assert.deepEqual(computeResources, more);
});

test('an unmanaged environment needs only its role, and shows the cluster that hosts join', async () => {
  const unmanaged = { type: 'UNMANAGED' as const, state: 'ENABLED' as const, serviceRole: 'AWSBatchServiceRole' };
  await batch.send(new CreateComputeEnvironmentCommand({ computeEnvironmentName: 'unmanagedCE', ...unmanaged }));
  const { ecsClusterArn, serviceRole, type } = await settledEnvironment(batch, 'unmanagedCE');
  assert.match(ecsClusterArn ?? '', /cluster\/unmanagedCE/);
  assert.deepEqual([serviceRole, type], [`arn:aws:iam::${account}:role/AWSBatchServiceRole`, 'UNMANAGED']);
});

test('without a service role, or with an empty one, the service-linked role is used', async () => {
  const linked = `arn:aws:iam::${account}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch`;
  assert.equal((await created('no-role')).serviceRole, linked);
  assert.equal((await created('empty-role', { serviceRole: '' })).serviceRole, linked);
});

test("a service role that cannot be one makes the environment INVALID in AWS's words, and another repairs it", async () => {
  const broken = await created('wrong-role', { serviceRole: `arn:aws:iam::${account}:user/somebody` });
  assert.equal(broken.status, 'INVALID');
  const words =
    /^CLIENT_ERROR - Not authorized to perform sts:AssumeRole \(Service: AWSSecurityTokenService; Status Code: 403; Error Code: AccessDenied; Request ID: [0-9a-f-]{36}\)$/;
  assert.match(broken.statusReason ?? '', words);
  const repaired = await updated('wrong-role', { serviceRole: `arn:aws:iam::${account}:role/AWSBatchServiceRole` });
  assert.equal(repaired.status, 'VALID');
});

test('user data that are no MIME archive make an environment INVALID, until its launch template has a better version', async () => {
  const { accessKeyId, secretAccessKey } = server.credentials;
  const ec2 = new EC2Client({ endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region });
  const userData = (text: string) => ({ LaunchTemplateData: { UserData: Buffer.from(text).toString('base64') } });
  const LaunchTemplateName = 'of-users';
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, ...userData('#!/bin/bash') }));
  const launchTemplate = { launchTemplateName: LaunchTemplateName, version: '$Latest' };
  const allocationStrategy = 'BEST_FIT_PROGRESSIVE' as const;
  const computeResources = { ...resources, allocationStrategy, launchTemplate };
  const { status, statusReason } = await created('launching', { computeResources });
  assert.deepEqual(
    [status, statusReason],
    ['INVALID', 'CLIENT_ERROR - Launch Template UserData is not MIME multipart format'],
  );
  const archive =
    'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/cloud-config\n\nruncmd: []\n--b--\n';
  await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName, ...userData(archive) }));
  // Versions are looked up again whenever the environment is updated.
  const repaired = await updated('launching', { computeResources: { updateToLatestImageVersion: true } });
  assert.equal(repaired.status, 'VALID');
  ec2.destroy();
});

test('state and capacity can be updated, one at a time', async () => {
  await created('changing');
  assert.equal((await updated('changing', { state: 'DISABLED' })).state, 'DISABLED');
  const { state, computeResources } = await updated('changing', { computeResources: { maxvCpus: 64, minvCpus: 8 } });
  assert.deepEqual([state, computeResources?.maxvCpus, computeResources?.minvCpus], ['DISABLED', 64, 8]);
  assert.equal(
    (await updated('changing', { computeResources: { desiredvCpus: 32 } })).computeResources?.desiredvCpus,
    32,
  );
});

test("desiredvCpus cannot be lowered by hand, in AWS's exact words", async () => {
  await created('lowered', { computeResources: { ...resources, desiredvCpus: 8 } });
  const words =
    /Manually scaling down compute environment is not supported\. {2}Disconnecting job queues from compute environment will cause it to scale-down to minvCpus\./;
  await assertRefused(updated('lowered', { computeResources: { desiredvCpus: 4 } }), words);
  await assertRefused(updated('lowered', { computeResources: { desiredvCpus: 17 } }), /between minvCpus and maxvCpus/);
});

test('an environment is deleted only when it is DISABLED and in no queue', async () => {
  await created('doomed');
  await assertRefused(remove('doomed'), /must be in DISABLED state/);
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'doomed' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: 'holder', priority: 1, computeEnvironmentOrder }));
  await updated('doomed', { state: 'DISABLED' });
  await assertRefused(remove('doomed'), /existing JobQueue relationship/);
  await created('free');
  await updated('free', { state: 'DISABLED' });
  await remove(`${arnPrefix}:compute-environment/free`);
  await until('the environment to be gone', async () => (await findEnvironment(batch, 'free')) === undefined);
  await remove('free');
});

test('environments are found by name and ARN, unknown ones left out, and all are listed page by page', async () => {
  for (const name of ['listed-1', 'listed-2']) await created(name);
  const computeEnvironments = [`${arnPrefix}:compute-environment/listed-1`, 'listed-2', 'nowhere'];
  const { computeEnvironments: found = [] } = await batch.send(
    new DescribeComputeEnvironmentsCommand({ computeEnvironments }),
  );
  assert.deepEqual(found.map(({ computeEnvironmentName }) => computeEnvironmentName).sort(), ['listed-1', 'listed-2']);
  const pages = await Array.fromAsync(paginateDescribeComputeEnvironments({ client: batch, pageSize: 2 }, {}));
  const names = pages.flatMap((page) => page.computeEnvironments ?? []).map((each) => each.computeEnvironmentName);
  assert.ok(pages.length > 1 && new Set(names).size === names.length);
  for (const name of ['default', 'listed-1', 'listed-2']) assert.ok(names.includes(name), name);
});

test('a mistake in an environment is a ClientException that names it', async () => {
  const changed = (change: object) => create('refused', { computeResources: { ...resources, ...change } });
  const { maxvCpus: _, ...withoutMaximum } = resources;
  const both = { launchTemplateId: 'lt-1', launchTemplateName: 'mine' };
  await created('taken');
  const refused: readonly (readonly [Promise<unknown>, RegExp])[] = [
    [create('taken'), /Object already exists/],
    [create('a b'), /name/],
    [create('refused', { computeResources: undefined } as never), /computeResources must be provided/],
    [changed({ allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED' }), /requires compute resource type SPOT/],
    [changed({ type: 'SPOT' }), /spotIamFleetRole is required/],
    [changed({ minvCpus: 32 }), /maxvCpus should be greater/],
    [changed({ instanceTypes: ['c5.large', 'm6g.large'] }), /cannot be used with other instance types/],
    [changed({ instanceTypes: ['a large one'] }), /Instance type can only be one of/],
    [changed({ launchTemplate: both }), /launchTemplate/i],
    [changed({ type: 'FARGATE' }), /not applicable for Fargate/],
    [create('refused', { computeResources: withoutMaximum as typeof resources }), /maxvCpus/],
    [
      create('refused', { eksConfiguration: { eksClusterArn: 'arn', kubernetesNamespace: 'n' } }),
      /eksClusterArn must be an EKS cluster ARN/,
    ],
    [updated('refused', { state: 'DISABLED' }), /does not exist/],
  ];
  await Promise.all(refused.map(([call, words]) => assertRefused(call, words)));
  assert.equal(await findEnvironment(batch, 'refused'), undefined);
});

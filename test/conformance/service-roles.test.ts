import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  type ComputeResource,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeJobsCommand,
  UpdateComputeEnvironmentCommand,
} from '@aws-sdk/client-batch';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { registerShell, submit } from '../support/jobs.ts';
import { until, waitForEnd } from '../support/wait.ts';
import { openYard, refusalOf, settledEnvironment } from './yard.ts';

const { batch, server } = await openYard(['--engine', 'mock']);
const { accessKeyId, secretAccessKey } = server.credentials;
const iam = new IAMClient({ endpoint: server.url, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } });
after(() => iam.destroy());

const computeResources: ComputeResource = {
  ...{ type: 'EC2', minvCpus: 0, maxvCpus: 4, instanceTypes: ['c5.large'] },
  ...{ subnets: ['subnet-1'], securityGroupIds: ['sg-1'], instanceRole: 'ecsInstanceRole' },
};

test('the service’s own role is there once an environment that leaves it out has been made', async () => {
  const RoleName = 'AWSServiceRoleForBatch';
  assert.equal((await refusalOf(iam.send(new GetRoleCommand({ RoleName })))).name, 'NoSuchEntityException');
  const more = { computeEnvironmentName: 'own', type: 'MANAGED', computeResources } as const;
  await batch.send(new CreateComputeEnvironmentCommand(more));
  const { serviceRole, status } = await settledEnvironment(batch, 'own');
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  assert.deepEqual([Role?.Arn, status], [serviceRole, 'VALID']);
  const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  assert.deepEqual(
    AttachedPolicies?.map(({ PolicyName }) => PolicyName),
    ['BatchServiceRolePolicy'],
  );
});

test('a service role that lacks what Batch needs makes INVALID, and jobs wait with AWS’s reason when it loses it later', async () => {
  const RoleName = 'mine';
  const Statement = { Effect: 'Allow', Principal: { Service: 'batch.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const serviceRole = Role?.Arn;
  const name = { computeEnvironmentName: 'served', type: 'MANAGED' } as const;
  await batch.send(new CreateComputeEnvironmentCommand({ ...name, serviceRole, computeResources }));
  const { status, statusReason } = await settledEnvironment(batch, 'served');
  assert.equal(status, 'INVALID');
  assert.match(
    statusReason ?? '',
    /^CLIENT_ERROR - User: arn:aws:sts::\d+:assumed-role\/mine\/aws-batch is not authorized/,
  );

  const policy = { RoleName, PolicyArn: 'arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole' };
  await iam.send(new AttachRolePolicyCommand(policy));
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: 'served', serviceRole }));
  assert.equal((await settledEnvironment(batch, 'served')).status, 'VALID');

  await iam.send(new DetachRolePolicyCommand(policy));
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'served' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: 'served', priority: 1, computeEnvironmentOrder }));
  await registerShell(batch, { name: 'quick', script: 'true' });
  const jobId = await submit(batch, 'quick', { jobQueue: 'served' });
  const words = 'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - Batch service role has a permission issue.';
  await until('the job to say why it waits', async () => {
    const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
    return jobs[0]?.status === 'RUNNABLE' && jobs[0].statusReason === words;
  });
  await iam.send(new AttachRolePolicyCommand(policy));
  assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
});

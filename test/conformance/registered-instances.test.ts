import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CreateComputeEnvironmentCommand, CreateJobQueueCommand } from '@aws-sdk/client-batch';
import {
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ECSClient,
  ListContainerInstancesCommand,
  RegisterContainerInstanceCommand,
} from '@aws-sdk/client-ecs';
import { registerShell, submit } from '../support/jobs.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { openYard, refusalOf, settledEnvironment, settledQueue } from './yard.ts';

const { batch, server } = await openYard(['--host-vcpus', '8']);
const { accessKeyId, secretAccessKey } = server.credentials;
const ecs = new ECSClient({ endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' });
after(() => ecs.destroy());

const type = { type: 'UNMANAGED', serviceRole: 'AWSBatchServiceRole' } as const;
await batch.send(new CreateComputeEnvironmentCommand({ computeEnvironmentName: 'own', ...type }));
const { ecsClusterArn: cluster = '' } = await settledEnvironment(batch, 'own');
const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'own' }];
await batch.send(new CreateJobQueueCommand({ jobQueueName: 'own', priority: 1, computeEnvironmentOrder }));
await settledQueue(batch, 'own');
const endless = await registerShell(batch, { name: 'endless', script: 'exec sleep 600' });
const totalResources = [
  { name: 'CPU', type: 'INTEGER', integerValue: 2_048 },
  { name: 'MEMORY', type: 'INTEGER', integerValue: 1_024 },
];
const listed = async () => (await ecs.send(new ListContainerInstancesCommand({ cluster }))).containerInstanceArns ?? [];

test('an UNMANAGED environment has the instances that are registered in its cluster, also after kill -9, and its jobs run there', async () => {
  assert.deepEqual(await listed(), []);
  const jobId = await submit(batch, endless, { jobName: 'waits', jobQueue: 'own' });
  const waits = await until('the job to be told why it waits', async () => {
    const { status, statusReason = '' } = await describeJob(batch, jobId);
    return status === 'RUNNABLE' && statusReason;
  });
  assert.match(waits, /batchyard instance register --environment own/);
  const tags = [{ key: 'Name', value: 'mine' }];
  const given = await ecs.send(new RegisterContainerInstanceCommand({ cluster, totalResources, tags }));
  const { containerInstanceArn = '', ec2InstanceId } = given.containerInstance ?? {};
  await waitForStatus(batch, jobId, 'RUNNING');
  assert.equal((await describeJob(batch, jobId)).container?.containerInstanceArn, containerInstanceArn);
  await server.kill();
  await server.restart();
  const described = new DescribeContainerInstancesCommand({
    ...{ cluster, containerInstances: await listed(), include: ['TAGS'] },
  });
  const running = await until('the task to be shown', async () => {
    const [instance] = (await ecs.send(described)).containerInstances ?? [];
    return instance?.runningTasksCount === 1 && instance;
  });
  const cpu = (resources = running.registeredResources) => resources?.find(({ name }) => name === 'CPU')?.integerValue;
  assert.deepEqual(
    [running.containerInstanceArn, running.ec2InstanceId, running.status, running.tags],
    [containerInstanceArn, ec2InstanceId, 'ACTIVE', tags],
  );
  assert.deepEqual([cpu(), cpu(running.remainingResources)], [2_048, 1_024]);
  const deregister = (force: boolean) =>
    ecs.send(new DeregisterContainerInstanceCommand({ cluster, containerInstance: containerInstanceArn, force }));
  const { name, message } = await refusalOf(deregister(false));
  assert.deepEqual([name, message], ['InvalidParameterException', 'Found running tasks on the instance.']);
  assert.equal((await deregister(true)).containerInstance?.status, 'INACTIVE');
  const ended = await waitForEnd(batch, jobId);
  assert.deepEqual([ended.status, ended.statusReason], ['FAILED', `Host EC2 (instance ${ec2InstanceId}) terminated.`]);
  assert.deepEqual(await listed(), []);
});

test('an idle instance is gone once it is deregistered, and a cluster whose environment launches its own takes none', async () => {
  const given = await ecs.send(new RegisterContainerInstanceCommand({ cluster, totalResources }));
  const { containerInstanceArn: containerInstance } = given.containerInstance ?? {};
  assert.deepEqual(await listed(), [containerInstance]);
  await ecs.send(new DeregisterContainerInstanceCommand({ cluster, containerInstance }));
  assert.deepEqual(await listed(), []);
  const { ecsClusterArn: managed } = await settledEnvironment(batch, 'default');
  const { name, message } = await refusalOf(
    ecs.send(new RegisterContainerInstanceCommand({ cluster: managed, totalResources })),
  );
  assert.equal(name, 'InvalidParameterException');
  assert.match(message, /is of a compute environment that is not UNMANAGED/);
});

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CreateComputeEnvironmentCommand, CreateJobQueueCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { DescribeContainerInstancesCommand, ECSClient, ListContainerInstancesCommand } from '@aws-sdk/client-ecs';
import type { ShownInstance } from '../../src/services/batch/index.ts';
import { registerShell, submit } from '../support/jobs.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { batchyard, runCommand } from './command.ts';
import { account, findEnvironment, openYard, settledEnvironment, settledQueue } from './yard.ts';

const { batch, server } = await openYard(['--host-vcpus', '16']);
const { accessKeyId, secretAccessKey } = server.credentials;
const ecs = new ECSClient({ endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' });
after(() => ecs.destroy());

await batch.send(
  new CreateComputeEnvironmentCommand({
    computeEnvironmentName: 'fleet',
    type: 'MANAGED',
    computeResources: {
      type: 'SPOT',
      allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED',
      maxvCpus: 8,
      instanceTypes: ['c5.large'],
      subnets: ['subnet-1'],
      securityGroupIds: ['sg-1'],
      instanceRole: `arn:aws:iam::${account}:instance-profile/ecsInstanceRole`,
      scalingPolicy: { minScaleDownDelayMinutes: 20 },
    },
  }),
);
const { ecsClusterArn: cluster = '' } = await settledEnvironment(batch, 'fleet');
const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'fleet' }];
await batch.send(new CreateJobQueueCommand({ jobQueueName: 'fleet', priority: 1, computeEnvironmentOrder }));
await settledQueue(batch, 'fleet');
const endless = await registerShell(batch, {
  name: 'endless',
  script: 'exec sleep 600',
  vcpus: 2,
  retryStrategy: { attempts: 2, evaluateOnExit: [{ onStatusReason: 'Host EC2*', action: 'RETRY' }] },
});

const cli = async (...words: readonly string[]) => {
  const { exit, stdout, stderr } = await runCommand(batchyard, [...words, '--data', server.dataDirectory]);
  assert.equal(exit, 0, stderr);
  return stdout;
};
const hosts = async () => JSON.parse(await cli('hosts', '--json')) as readonly ShownInstance[];

test('a job runs on an instance that is launched for it, which Batch, ECS and the command show alike', async () => {
  const jobId = await submit(batch, endless, { jobName: 'one', jobQueue: 'fleet' });
  await waitForStatus(batch, jobId, 'RUNNING');
  const { container } = await describeJob(batch, jobId);
  const { containerInstanceArns = [] } = await ecs.send(new ListContainerInstancesCommand({ cluster }));
  assert.deepEqual(containerInstanceArns, [container?.containerInstanceArn]);
  const described = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
  );
  const [instance] = described.containerInstances ?? [];
  const [host, ...others] = await hosts();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [instance?.ec2InstanceId, instance?.runningTasksCount, instance?.containerInstanceArn],
    [host?.instanceId, 1, host?.containerInstanceArn],
  );
  assert.deepEqual([host?.type, host?.purchase, host?.jobs, host?.free.vcpus], ['c5.large', 'spot', 1, 0]);
  assert.equal((await findEnvironment(batch, 'fleet'))?.computeResources?.desiredvCpus, 2);
  assert.match(await cli('hosts'), /i-[0-9a-f]{17} +c5\.large +fleet +ready +1 +0\/2/);
  await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
  await waitForEnd(batch, jobId);
});

test('a job whose instance is interrupted is tried again on another one, and a drained one goes with its last job', async () => {
  const jobId = await submit(batch, endless, { jobName: 'two', jobQueue: 'fleet' });
  await waitForStatus(batch, jobId, 'RUNNING');
  const before = (await hosts()).find(({ jobs }) => jobs === 1)?.instanceId ?? '';
  assert.match(await cli('interrupt', before), /is interrupted|is gone/);
  const again = await until('the second attempt', async () => {
    const job = await describeJob(batch, jobId);
    return job.status === 'RUNNING' && job.attempts?.length === 1 && job;
  });
  assert.equal(again.attempts?.[0]?.statusReason, `Host EC2 (instance ${before}) terminated.`);
  const [host] = (await hosts()).filter(({ jobs }) => jobs === 1);
  assert.ok(host && host.instanceId !== before);
  assert.match(await cli('drain', host.instanceId), /takes no more jobs/);
  const { containerInstanceArns } = await ecs.send(new ListContainerInstancesCommand({ cluster, status: 'DRAINING' }));
  assert.deepEqual(containerInstanceArns, [host.containerInstanceArn]);
  await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
  await waitForEnd(batch, jobId);
  await until(
    'the instance to go',
    async () => !(await hosts()).some(({ instanceId }) => instanceId === host.instanceId),
  );
  const unknown = await runCommand(batchyard, ['drain', 'i-0', '--data', server.dataDirectory]);
  assert.deepEqual([unknown.exit, /Instance i-0 does not exist/.test(unknown.stderr)], [1, true]);
});

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  type ContainerProperties,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import {
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  RunTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import type { MockBehaviour } from '../../src/engines/index.ts';
import { submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { startInProcess } from '../support/server-in-process.ts';
import { describeJob, until } from '../support/wait.ts';
import { awsCli, runCommand } from './command.ts';
import { findEnvironment, refusalOf, wholeFile } from './yard.ts';

const forEver = { runFor: 'until-stopped' } as const;
/** What each job does, by its name. */
const plans = new Map<string, MockBehaviour>();
// Nobody signs: the clock that is turned by hand would make every signature old.
const server = await startInProcess(wholeFile, {
  options: { auth: 'none' },
  script: ({ label }) => plans.get(label.split(/[ :#]/)[0] ?? '') ?? {},
});
const clients = clientsOf(server);
after(clients.close);
const { batch } = clients;
const { accessKeyId, secretAccessKey } = server.credentials;
const common = { endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' };
const ecs = new ECSClient(common);
after(() => ecs.destroy());

const container: ContainerProperties = {
  image: 'busybox',
  command: ['true'],
  resourceRequirements: [
    { type: 'VCPU', value: '1' },
    { type: 'MEMORY', value: '64' },
  ],
};

async function run(
  name: string,
  behaviour: MockBehaviour,
  definition: Partial<RegisterJobDefinitionCommandInput> = { type: 'container', containerProperties: container },
  more: object = {},
): Promise<string> {
  plans.set(name, behaviour);
  const input = { jobDefinitionName: name, ...definition } as RegisterJobDefinitionCommandInput;
  const { jobDefinitionArn = '' } = await batch.send(new RegisterJobDefinitionCommand(input));
  return submit(batch, jobDefinitionArn, { jobName: name, ...more });
}

/** Lets the clock go on until a job is in a state. */
function reached(jobId: string, status: string) {
  return until(`${jobId} to be ${status}`, async () => {
    server.clock.advance(1);
    const job = await describeJob(batch, jobId);
    return job.status === status && job;
  });
}

async function clusterOfJobs(): Promise<string> {
  const environment = await findEnvironment(batch, 'default');
  return environment?.ecsClusterArn ?? assert.fail('an environment has a cluster');
}

async function describe(taskArn = ''): Promise<Task> {
  const answer = await ecs.send(new DescribeTasksCommand({ cluster: await clusterOfJobs(), tasks: [taskArn] }));
  assert.deepEqual(answer.failures, []);
  return answer.tasks?.[0] ?? assert.fail(`no task ${taskArn}`);
}

test('what DescribeJobs says of a task leads to the same task, cluster and instance of ECS', async () => {
  const job = await reached(await run('plain', forEver), 'RUNNING');
  const { taskArn = '', containerInstanceArn = '' } = job.container ?? {};
  const clusterArn = await clusterOfJobs();
  const { clusterArns } = await ecs.send(new ListClustersCommand({}));
  assert.deepEqual(clusterArns, [clusterArn]);
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: [clusterArn] }));
  assert.deepEqual([clusters?.[0]?.status, clusters?.[0]?.runningTasksCount], ['ACTIVE', 1]);
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: clusterArn, family: 'plain' }));
  assert.deepEqual(taskArns, [taskArn]);
  const task = await describe(taskArn);
  assert.deepEqual(
    [task.taskArn, task.clusterArn, task.containerInstanceArn, task.lastStatus, task.desiredStatus, task.launchType],
    [taskArn, clusterArn, containerInstanceArn, 'RUNNING', 'RUNNING', 'EC2'],
  );
  assert.equal(task.startedAt?.getTime(), job.startedAt);
  assert.match(task.taskDefinitionArn ?? '', /^arn:aws:ecs:us-east-1:\d{12}:task-definition\/plain:1$/);
  assert.deepEqual([task.containers?.[0]?.name, task.containers?.[0]?.image, task.cpu], ['default', 'busybox', '1024']);
  const listed = await ecs.send(new ListContainerInstancesCommand({ cluster: clusterArn }));
  assert.deepEqual(listed.containerInstanceArns, [containerInstanceArn]);
  const containerInstances = [containerInstanceArn];
  const described = await ecs.send(new DescribeContainerInstancesCommand({ cluster: clusterArn, containerInstances }));
  const [instance] = described.containerInstances ?? [];
  assert.deepEqual([instance?.ec2InstanceId, instance?.runningTasksCount], ['i-0123456789abcdef0', 1]);
  await batch.send(new TerminateJobCommand({ jobId: job.jobId ?? '', reason: 'enough' }));
  await reached(job.jobId ?? '', 'FAILED');
  const ended = await describe(taskArn);
  assert.deepEqual([ended.lastStatus, ended.stopCode, ended.desiredStatus], ['STOPPED', 'UserInitiated', 'STOPPED']);
});

test('a task that has ended is shown for an hour, with its exit code', async () => {
  const job = await reached(await run('failing', { runFor: 5, exitCode: 3, reason: 'because' }), 'FAILED');
  const { taskArn = '' } = job.container ?? {};
  const task = await describe(taskArn);
  assert.deepEqual(
    [task.lastStatus, task.stopCode, task.stoppedReason],
    ['STOPPED', 'EssentialContainerExited', job.statusReason],
  );
  assert.deepEqual([task.containers?.[0]?.exitCode, task.containers?.[0]?.reason], [3, 'because']);
  assert.deepEqual([task.startedAt?.getTime(), task.stoppedAt?.getTime()], [job.startedAt, job.stoppedAt]);
  const list = async () => {
    const input = { cluster: await clusterOfJobs(), desiredStatus: 'STOPPED', family: 'failing' } as const;
    return (await ecs.send(new ListTasksCommand(input))).taskArns;
  };
  assert.deepEqual(await list(), [taskArn]);
  server.clock.advance(59 * 60 * 1000);
  assert.deepEqual(await list(), [taskArn]);
  server.clock.advance(60 * 1000);
  assert.deepEqual(await list(), []);
  const gone = await ecs.send(new DescribeTasksCommand({ cluster: await clusterOfJobs(), tasks: [taskArn] }));
  assert.deepEqual([gone.tasks, gone.failures], [[], [{ arn: taskArn, reason: 'MISSING' }]]);
});

test('a task that could not start says so', async () => {
  const job = await reached(await run('unborn', { startError: 'no such thing' }), 'FAILED');
  const task = await describe(job.container?.taskArn);
  assert.deepEqual(
    [task.stopCode, task.startedAt, task.containers?.[0]?.reason],
    ['TaskFailedToStart', undefined, 'no such thing'],
  );
});

test('children of arrays, nodes and tasks of several containers are tasks too', async () => {
  const array = await run('many', forEver, undefined, { arrayProperties: { size: 2 } });
  const child = await reached(`${array}:1`, 'RUNNING');
  assert.equal((await describe(child.container?.taskArn)).taskArn, child.container?.taskArn);
  const nodeProperties = { numNodes: 2, mainNode: 0, nodeRangeProperties: [{ targetNodes: '0:', container }] };
  const gang = await run('gang', forEver, { type: 'multinode', nodeProperties });
  const node = await reached(`${gang}#1`, 'RUNNING');
  assert.equal((await describe(node.container?.taskArn)).group, 'family:gang');
  for (const jobId of [array, gang]) {
    await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
    await reached(jobId, 'FAILED');
  }
  assert.equal((await describe(child.container?.taskArn)).stopCode, 'UserInitiated');
  assert.equal((await describe(node.container?.taskArn)).lastStatus, 'STOPPED');
  const resourceRequirements = container.resourceRequirements ?? [];
  const two = ['web', 'side'].map((name) => ({
    name,
    image: `${name}:1`,
    resourceRequirements,
    essential: name === 'web',
  }));
  const several = await run(
    'several',
    { containers: { web: forEver } },
    {
      type: 'container',
      ecsProperties: { taskProperties: [{ containers: two }] },
    },
  );
  const job = await reached(several, 'RUNNING');
  const task = await describe(job.ecsProperties?.taskProperties?.[0]?.taskArn);
  assert.deepEqual(
    task.containers?.map(({ name, image }) => [name, image]),
    [
      ['web', 'web:1'],
      ['side', 'side:1'],
    ],
  );
  assert.deepEqual([task.cpu, task.memory], ['2048', '128']);
  await batch.send(new TerminateJobCommand({ jobId: several, reason: 'enough' }));
  await reached(several, 'FAILED');
});

test('ECS starts no tasks by itself, and says so', async () => {
  const refusal = await refusalOf(ecs.send(new RunTaskCommand({ taskDefinition: 'x' })));
  assert.equal(refusal.name, 'UnsupportedOperationException');
  assert.match(refusal.message, /RunTask is not supported by this version of Batchyard/);
});

test('the aws CLI describes a task by what it knows of a job', awsCli.needed, async () => {
  const job = await reached(await run('by-cli', forEver), 'RUNNING');
  const { taskArn = '' } = job.container ?? {};
  const env = {
    ...{ AWS_ENDPOINT_URL: server.url, AWS_DEFAULT_REGION: 'us-east-1', AWS_PAGER: '' },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  };
  const words = ['ecs', 'describe-tasks', '--cluster', await clusterOfJobs(), '--tasks', taskArn, '--output', 'json'];
  const { exit, stdout, stderr } = await runCommand(awsCli.file, words, { env });
  assert.equal(exit, 0, stderr);
  assert.equal(JSON.parse(stdout).tasks[0].lastStatus, 'RUNNING');
});

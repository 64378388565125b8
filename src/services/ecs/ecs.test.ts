import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dockerIdOf } from '../../core/container-arn.ts';
import { ServiceError } from '../../core/errors.ts';
import type { AccountId, Region, TaskId } from '../../core/ids.ts';
import type { InstanceRegistry, MachineToRegister } from '../../core/instance-registry.ts';
import { callOperation, rejectionOf, rootContext } from '../../core/operation.fixture.ts';
import type { Operation } from '../../core/operation.ts';
import type { ClusterView, InstanceView, TaskView, TaskViews } from '../../core/task-view.ts';
import type { EcsOperationName } from './index.ts';
import { ecsOperations } from './operations/index.ts';

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const prefix = 'arn:aws:ecs:us-east-1:123456789012:';
const taskId = (index: number) => index.toString(16).padStart(32, '0') as TaskId;

const cluster = (name: string, more: Partial<ClusterView> = {}): ClusterView => {
  return { ...scope, name, arn: `${prefix}cluster/${name}`, launchType: 'EC2', tags: { team: 'a' }, ...more };
};

const task = (index: number, more: Partial<TaskView> = {}): TaskView => ({
  taskId: taskId(index),
  taskArn: `${prefix}task/main/${taskId(index)}`,
  containerInstanceArn: `${prefix}container-instance/main/one`,
  instance: 'i-1',
  status: 'RUNNING',
  isToStop: false,
  jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/report:3',
  launchType: 'EC2',
  placedAt: 1_000,
  startedAt: 2_000,
  asked: { vcpus: 2, memoryMiB: 512, gpus: 0 },
  wasStopped: false,
  containers: [{ name: 'default', image: 'busybox', asked: { vcpus: 2, memoryMiB: 512, gpus: 0 } }],
  tags: { job: 'tag' },
  ...more,
});

const instance: InstanceView = {
  arn: `${prefix}container-instance/main/one`,
  instance: 'i-1',
  registeredAt: 500,
  capacity: { vcpus: 8, memoryMiB: 4096, gpus: 2 },
};

interface World {
  readonly registry?: Partial<InstanceRegistry>;
  readonly held?: readonly TaskView[];
  readonly ended?: readonly TaskView[];
}

function caller({ held = [], ended = [], registry = {} }: World = {}) {
  const views: TaskViews = {
    clusters: () => [cluster('main'), cluster('other', { launchType: 'FARGATE' })],
    instances: ({ name }) => (name === 'main' ? [instance] : []),
    tasks: (_scope, which) => (which === 'held' ? held : ended),
    describe: async (_scope, ids) => [...held, ...ended].filter((each) => ids.includes(each.taskId)),
  };
  const operations: Partial<Record<EcsOperationName, unknown>> = ecsOperations({
    views,
    registry: { register: () => ({ kind: 'inactive' }), deregister: () => ({ kind: 'unknown' }), ...registry },
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
  return (name: EcsOperationName, input: object = {}): Promise<any> =>
    callOperation(operations[name] as Operation, input, rootContext(scope, 9_000), async () => {});
}

test('compute environments are clusters, found by name or ARN, counted, and missing ones are named', async () => {
  const call = caller({ held: [task(1), task(2, { status: 'STARTING' })] });
  assert.deepEqual(await call('ListClusters'), { clusterArns: [`${prefix}cluster/main`, `${prefix}cluster/other`] });
  const first = await call('ListClusters', { maxResults: 1 });
  assert.deepEqual(await call('ListClusters', { nextToken: first.nextToken }), {
    clusterArns: [`${prefix}cluster/other`],
  });
  const clusters = ['main', `${prefix}cluster/other`, 'none', 'main'];
  const found = await call('DescribeClusters', { clusters, include: ['TAGS', 'STATISTICS', 'SETTINGS'] });
  assert.deepEqual(found.failures, [{ arn: `${prefix}cluster/none`, reason: 'MISSING' }]);
  const [main, other] = found.clusters;
  assert.deepEqual(
    [
      main.clusterName,
      main.status,
      main.runningTasksCount,
      main.pendingTasksCount,
      main.registeredContainerInstancesCount,
    ],
    ['main', 'ACTIVE', 1, 1, 1],
  );
  assert.deepEqual(main.tags, [{ key: 'team', value: 'a' }]);
  assert.deepEqual(main.statistics.slice(0, 2), [
    { name: 'runningEC2TasksCount', value: '1' },
    { name: 'pendingEC2TasksCount', value: '1' },
  ]);
  assert.equal(other.runningTasksCount, 0);
  assert.deepEqual((await call('DescribeClusters')).failures, [{ arn: `${prefix}cluster/default`, reason: 'MISSING' }]);
});

test('tasks are listed by cluster, state, family, instance and launch type', async () => {
  const stopping = task(3, { isToStop: true });
  const stopped = task(4, { status: 'STOPPED', isToStop: true });
  const elsewhere = task(5, { taskArn: `${prefix}task/other/${taskId(5)}` });
  const call = caller({ held: [task(2), task(1), stopping, elsewhere], ended: [stopped] });
  const list = async (input: object) =>
    (await call('ListTasks', { cluster: 'main', ...input })).taskArns.map((arn: string) =>
      Number(`0x${arn.slice(-2)}`),
    );
  assert.deepEqual(await list({}), [1, 2]);
  assert.deepEqual(await list({ desiredStatus: 'STOPPED' }), [3, 4]);
  assert.deepEqual(await list({ desiredStatus: 'PENDING' }), []);
  assert.deepEqual(await list({ family: 'report' }), [1, 2]);
  assert.deepEqual(await list({ family: 'other' }), []);
  assert.deepEqual(await list({ containerInstance: 'one' }), [1, 2]);
  assert.deepEqual(await list({ containerInstance: instance.arn }), [1, 2]);
  assert.deepEqual(await list({ containerInstance: 'two' }), []);
  assert.deepEqual(await list({ launchType: 'FARGATE' }), []);
  assert.deepEqual(await list({ startedBy: 'me' }), []);
  assert.deepEqual(await list({ cluster: `${prefix}cluster/other` }), [5]);
  await assert.rejects(list({ serviceName: 's' }), { code: 'ServiceNotFoundException' });
  await assert.rejects(list({ cluster: 'none' }), { code: 'ClusterNotFoundException', message: 'Cluster not found.' });
  await assert.rejects(list({ cluster: undefined }), { code: 'ClusterNotFoundException' });
  await assert.rejects(list({ maxResults: 101 }), { code: 'InvalidParameterException' });
  await assert.rejects(list({ nextToken: 'x' }), { code: 'InvalidParameterException' });
});

test('pages of tasks hold while others end', async () => {
  const held = Array.from({ length: 250 }, (_, index) => task(250 - index));
  const call = caller({ held });
  const seen: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call('ListTasks', { cluster: 'main', nextToken });
    seen.push(...page.taskArns);
    nextToken = page.nextToken;
    const last = held.findIndex(({ taskArn }) => taskArn === seen.at(-1));
    if (nextToken) held.splice(last, 1);
  } while (nextToken);
  assert.equal(new Set(seen).size, 250);
});

test('a task is described with its containers, times and what became of it', async () => {
  const ended = task(2, {
    ...{ status: 'STOPPED', isToStop: true, stoppedAt: 5_000, stoppedReason: 'Essential container in task exited' },
    containers: [
      {
        name: 'default',
        image: 'busybox',
        asked: { vcpus: 0.5, memoryMiB: 64, gpus: 0 },
        exitCode: 3,
        reason: 'r',
        imageDigest: 'sha256:1',
      },
    ],
  });
  const call = caller({ held: [task(1)], ended: [ended] });
  const tasks = [taskId(1), `${prefix}task/main/${taskId(2)}`, taskId(9), taskId(1)];
  const answer = await call('DescribeTasks', { cluster: 'main', tasks, include: ['TAGS'] });
  assert.deepEqual(answer.failures, [{ arn: `${prefix}task/main/${taskId(9)}`, reason: 'MISSING' }]);
  const [running, stopped] = answer.tasks;
  assert.equal(answer.tasks.length, 2);
  assert.deepEqual(
    [running.lastStatus, running.desiredStatus, running.cpu, running.memory, running.group, running.launchType],
    ['RUNNING', 'RUNNING', '2048', '512', 'family:report', 'EC2'],
  );
  assert.equal(running.taskDefinitionArn, `${prefix}task-definition/report:3`);
  assert.deepEqual(
    [running.createdAt, running.startedAt, running.stoppedAt],
    [new Date(1_000), new Date(2_000), undefined],
  );
  assert.deepEqual(running.tags, [{ key: 'job', value: 'tag' }]);
  assert.deepEqual([running.clusterArn, running.containerInstanceArn], [`${prefix}cluster/main`, instance.arn]);
  assert.deepEqual(
    [stopped.lastStatus, stopped.desiredStatus, stopped.stopCode, stopped.stoppedReason, stopped.stoppedAt],
    ['STOPPED', 'STOPPED', 'EssentialContainerExited', 'Essential container in task exited', new Date(5_000)],
  );
  const [{ containerArn, ...container }] = stopped.containers;
  assert.deepEqual([container.imageDigest, running.containers[0].imageDigest], ['sha256:1', undefined]);
  assert.equal(container.runtimeId, dockerIdOf(ended, 'default'));
  assert.match(containerArn, /^arn:aws:ecs:us-east-1:123456789012:container\/main\/0{31}2\/[0-9a-f]{32}$/);
  assert.deepEqual([container.exitCode, container.reason, container.image, container.cpu], [3, 'r', 'busybox', '512']);
});

test('a container has an id of its runtime once its task has begun', async () => {
  const { startedAt: _never, ...unborn } = task(1, { status: 'STARTING' });
  const answer = await caller({ held: [unborn] })('DescribeTasks', { cluster: 'main', tasks: [taskId(1)] });
  assert.equal(answer.tasks[0].containers[0].runtimeId, undefined);
});

test('how a task ended is told in the codes of ECS', async () => {
  const over = { status: 'STOPPED', isToStop: true, stoppedAt: 5_000 } as const;
  const { startedAt: _never, ...unborn } = task(3, over);
  const call = caller({ ended: [task(1, over), task(2, { ...over, wasStopped: true }), unborn] });
  const { tasks } = await call('DescribeTasks', { cluster: 'main', tasks: [taskId(1), taskId(2), taskId(3)] });
  const codes = tasks.map(({ stopCode }: { stopCode: string }) => stopCode);
  assert.deepEqual(codes, ['EssentialContainerExited', 'UserInitiated', 'TaskFailedToStart']);
});

test('identifiers of another cluster, too many and none are refused', async () => {
  const call = caller({ held: [task(1)] });
  const describe = (tasks: readonly string[]) => call('DescribeTasks', { cluster: 'main', tasks });
  const invalid = { code: 'InvalidParameterException' };
  await assert.rejects(describe([`${prefix}task/other/${taskId(1)}`]), {
    ...invalid,
    message: 'Invalid identifier: Identifier is for cluster other. Your cluster is main',
  });
  await assert.rejects(describe(['arn:aws:ecs:us-east-1:123456789012:service/main/x']), invalid);
  await assert.rejects(describe([]), { ...invalid, message: 'Tasks cannot be empty.' });
  await assert.rejects(describe(Array.from({ length: 101 }, (_, index) => taskId(index))), invalid);
  const foreign = call('ListTasks', { cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/main' });
  await assert.rejects(foreign, { code: 'ClusterNotFoundException' });
});

test('the machine of a cluster is a container instance, less what tasks of all clusters hold', async () => {
  const elsewhere = task(3, {
    taskArn: `${prefix}task/other/3`,
    containerInstanceArn: `${prefix}container-instance/other/x`,
  });
  const call = caller({ held: [task(1), task(2, { status: 'STARTING' }), elsewhere] });
  assert.deepEqual(await call('ListContainerInstances', { cluster: 'main' }), {
    containerInstanceArns: [instance.arn],
  });
  const draining = await call('ListContainerInstances', { cluster: 'main', status: 'DRAINING' });
  assert.deepEqual(draining.containerInstanceArns, []);
  const filtered = call('ListContainerInstances', { cluster: 'main', filter: 'agentConnected == true' });
  await assert.rejects(filtered, { code: 'InvalidParameterException' });
  const containerInstances = [instance.arn, 'two'];
  const answer = await call('DescribeContainerInstances', { cluster: 'main', containerInstances });
  assert.deepEqual(answer.failures, [{ arn: `${prefix}container-instance/main/two`, reason: 'MISSING' }]);
  const [shown] = answer.containerInstances;
  assert.deepEqual(
    [shown.ec2InstanceId, shown.runningTasksCount, shown.pendingTasksCount, shown.agentConnected, shown.registeredAt],
    ['i-1', 1, 1, true, new Date(500)],
  );
  const amounts = (list: { name: string; integerValue?: number }[]) => list.map(({ integerValue }) => integerValue);
  assert.deepEqual(amounts(shown.registeredResources), [8192, 4096, undefined]);
  assert.deepEqual(amounts(shown.remainingResources), [2048, 2560, undefined]);
});

test('an instance is registered with what is said of it, and shown with its tags and what it has', async () => {
  const given: MachineToRegister[] = [];
  const registry: Partial<InstanceRegistry> = {
    register: (_cluster, machine) => {
      given.push(machine);
      return { kind: 'registered', instance: { ...instance, tags: machine.tags } };
    },
  };
  const call = caller({ registry });
  const totalResources = [
    { name: 'CPU', type: 'INTEGER', integerValue: 2_560 },
    { name: 'MEMORY', type: 'INTEGER', integerValue: 512 },
  ];
  const platformDevices = [{ id: '0', type: 'GPU' }];
  const tags = [{ key: 'Name', value: 'left' }];
  const { containerInstance } = await call('RegisterContainerInstance', {
    ...{ cluster: 'main', totalResources, platformDevices, tags },
  });
  assert.deepEqual(given, [
    { capacity: { vcpus: 2.5, memoryMiB: 512, gpus: 1 }, tags: { Name: 'left' }, by: 'arn:aws:iam::123456789012:root' },
  ]);
  const { containerInstanceArn, ec2InstanceId, status, tags: shown } = containerInstance;
  assert.deepEqual([containerInstanceArn, ec2InstanceId, status, shown], [instance.arn, 'i-1', 'ACTIVE', tags]);
  await call('RegisterContainerInstance', { cluster: `${prefix}cluster/other` });
  assert.deepEqual(given[1]?.capacity, {});
  await call('RegisterContainerInstance', { cluster: 'main', platformDevices: [] });
  assert.deepEqual(given[2]?.capacity, { gpus: 0 });
  await call('RegisterContainerInstance', {
    cluster: 'main',
    platformDevices: [...platformDevices, ...platformDevices],
  });
  assert.deepEqual(given[3]?.capacity, { gpus: 1 });
});

test('what cannot be registered is refused with words', async () => {
  const huge = [{ name: 'CPU', type: 'INTEGER', integerValue: 2 ** 31 }];
  await assert.rejects(
    caller({})('RegisterContainerInstance', { cluster: 'main', totalResources: huge }),
    /2147483647/,
  );
  const refused = async (outcome: ReturnType<InstanceRegistry['register']> | undefined, input: object = {}) => {
    const call = caller({ registry: outcome ? { register: () => outcome } : {} });
    const error = await rejectionOf(call('RegisterContainerInstance', { cluster: 'main', ...input }));
    return error instanceof ServiceError ? `${error.code}: ${error.message}` : assert.fail('it is registered');
  };
  assert.equal(await refused({ kind: 'inactive' }), 'ClusterNotFoundException: The referenced cluster was inactive.');
  assert.match(await refused({ kind: 'managed' }), /^InvalidParameterException: Cluster main .* is not UNMANAGED/);
  assert.match(await refused({ kind: 'size-unknown' }), /totalResources and platformDevices must be given/);
  assert.match(await refused({ kind: 'too-many', most: 5_000 }), /at most 5000 container instances/);
  const wrong: readonly (readonly [input: object, words: RegExp])[] = [
    [{ cluster: undefined }, /^ClusterNotFoundException/],
    [{ instanceIdentityDocument: '{}' }, /^InvalidParameterException: instanceIdentityDocument is not supported/],
    [{ attributes: [] }, /attributes is not supported/],
    [{ versionInfo: {} }, /versionInfo is not supported/],
    [{ totalResources: [{ name: 'PORTS', type: 'STRINGSET' }] }, /Resource PORTS of totalResources is not supported/],
    [{ totalResources: [{ name: 'CPU', type: 'INTEGER', integerValue: 0 }] }, /CPU of totalResources needs/],
    [{ tags: [{ key: 'aws:x', value: '' }] }, /cannot begin with aws:/],
    [{ tags: [{ key: 'a' }, { key: 'a' }] }, /Tag keys must be unique/],
  ];
  for (const [input, words] of wrong) assert.match(await refused(undefined, input), words);
});

test('an instance is deregistered by id or ARN, and one with tasks only by force', async () => {
  const asked: unknown[] = [];
  const registry: Partial<InstanceRegistry> = {
    deregister: (_cluster, arn, force) => {
      asked.push([arn, force]);
      if (arn !== instance.arn) return { kind: 'unknown' };
      return force ? { kind: 'deregistered', instance } : { kind: 'busy' };
    },
  };
  const call = caller({ registry });
  const deregister = (input: object) => call('DeregisterContainerInstance', { cluster: 'main', ...input });
  const words = { code: 'InvalidParameterException', message: 'Found running tasks on the instance.' };
  await assert.rejects(deregister({ containerInstance: 'one' }), words);
  await assert.rejects(deregister({ containerInstance: 'two' }), /Referenced container instance two not found\./);
  const { containerInstance } = await deregister({ containerInstance: instance.arn, force: true });
  assert.deepEqual([containerInstance.status, containerInstance.ec2InstanceId], ['INACTIVE', 'i-1']);
  const other = instance.arn.replace('/one', '/two');
  assert.deepEqual(asked, [
    [instance.arn, false],
    [other, false],
    [instance.arn, true],
  ]);
});

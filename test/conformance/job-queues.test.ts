import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  type CreateJobQueueCommandInput,
  DeleteJobQueueCommand,
  DescribeJobQueuesCommand,
  GetJobQueueSnapshotCommand,
  paginateDescribeJobQueues,
  TerminateJobCommand,
  UpdateJobQueueCommand,
  type UpdateJobQueueCommandInput,
} from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { until, waitForEnd, waitForEnds, waitForStatus } from '../support/wait.ts';
import { arnPrefix, assertRefused, findQueue, openYard, settledEnvironment, settledQueue } from './yard.ts';

const { batch } = await openYard(['--host-vcpus', '4']);
const environmentArn = (name: string) => `${arnPrefix}:compute-environment/${name}`;

async function environment(name: string, instanceTypes = ['optimal'], maxvCpus = 16): Promise<void> {
  const computeResources = {
    type: 'EC2' as const,
    maxvCpus,
    instanceTypes,
    subnets: ['subnet-1'],
    securityGroupIds: ['sg-1'],
    instanceRole: 'ecsInstanceRole',
  };
  await batch.send(
    new CreateComputeEnvironmentCommand({ computeEnvironmentName: name, type: 'MANAGED', computeResources }),
  );
  await settledEnvironment(batch, name);
}

for (const name of ['first', 'second', 'third', 'fourth']) await environment(name);

const orderOf = (...names: readonly string[]) =>
  names.map((computeEnvironment, index) => ({ order: index + 1, computeEnvironment }));

function create(jobQueueName: string, more: Partial<CreateJobQueueCommandInput> = {}) {
  const input = { jobQueueName, priority: 1, computeEnvironmentOrder: orderOf('first'), ...more };
  return batch.send(new CreateJobQueueCommand(input));
}

async function updated(jobQueue: string, change: Partial<UpdateJobQueueCommandInput>) {
  await batch.send(new UpdateJobQueueCommand({ jobQueue, ...change }));
  return settledQueue(batch, jobQueue);
}

const remove = (jobQueue: string) => batch.send(new DeleteJobQueueCommand({ jobQueue }));

test("a queue of name, priority and environments is created, becomes VALID and shows AWS's fields", async () => {
  const jobStateTimeLimitActions = [
    {
      state: 'RUNNABLE' as const,
      action: 'CANCEL' as const,
      maxTimeSeconds: 600,
      reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
    },
  ];
  const computeEnvironmentOrder = [
    { order: 20, computeEnvironment: environmentArn('second') },
    { order: 10, computeEnvironment: 'first' },
  ];
  const tags = { team: 'render' };
  const answer = await create('Prod-Queue_1', {
    priority: 10,
    computeEnvironmentOrder,
    jobStateTimeLimitActions,
    tags,
  });
  assert.equal(answer.jobQueueName, 'Prod-Queue_1');
  assert.equal(answer.jobQueueArn, `${arnPrefix}:job-queue/Prod-Queue_1`);
  assert.deepEqual(await settledQueue(batch, 'Prod-Queue_1'), {
    jobQueueName: 'Prod-Queue_1',
    jobQueueArn: `${arnPrefix}:job-queue/Prod-Queue_1`,
    state: 'ENABLED',
    status: 'VALID',
    statusReason: 'JobQueue Healthy',
    priority: 10,
    computeEnvironmentOrder: [
      { order: 10, computeEnvironment: environmentArn('first') },
      { order: 20, computeEnvironment: environmentArn('second') },
    ],
    serviceEnvironmentOrder: [],
    jobQueueType: 'ECS',
    tags,
    jobStateTimeLimitActions,
  });
});

test('every region begins with an environment and a queue named default, so that a first job needs nothing else', async () => {
  const queue = await findQueue(batch, 'default');
  assert.deepEqual(queue?.computeEnvironmentOrder, [{ order: 1, computeEnvironment: environmentArn('default') }]);
  const { computeResources, type, status } = await settledEnvironment(batch, 'default');
  assert.deepEqual([type, status], ['MANAGED', 'VALID']);
  assert.deepEqual(
    [computeResources?.type, computeResources?.instanceTypes, computeResources?.maxvCpus],
    ['EC2', ['optimal'], 256],
  );
});

test('state, priority and environments of a queue can be updated, and what is left out stays', async () => {
  await create('changing');
  const changed = await updated('changing', { priority: 99, computeEnvironmentOrder: orderOf('third', 'second') });
  assert.deepEqual(
    [changed.priority, changed.state, changed.computeEnvironmentOrder?.map((each) => each.computeEnvironment)],
    [99, 'ENABLED', [environmentArn('third'), environmentArn('second')]],
  );
  assert.equal((await updated(changed.jobQueueArn ?? '', { state: 'DISABLED' })).priority, 99);
});

test('a DISABLED queue takes no new jobs and lets those that it has finish', async () => {
  await create('closing');
  const definition = await registerShell(batch, { name: 'brief', script: 'sleep 0.3' });
  const jobId = await submit(batch, definition, { jobQueue: 'closing' });
  await updated('closing', { state: 'DISABLED' });
  await assertRefused(submit(batch, definition, { jobQueue: 'closing' }), /is disabled/);
  assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
});

test('a queue is deleted only when it is DISABLED, and its jobs end with it', async () => {
  await create('doomed');
  await assertRefused(remove('doomed'), /must be in DISABLED state/);
  const long = await registerShell(batch, { name: 'long', script: 'exec sleep 600' });
  const running = await submit(batch, long, { jobQueue: 'doomed' });
  await waitForStatus(batch, running, 'RUNNING');
  const waiting = await submit(batch, long, { jobQueue: 'doomed', dependsOn: [{ jobId: running }] });
  await updated('doomed', { state: 'DISABLED' });
  await remove('doomed');
  await until('the queue to be gone', async () => (await findQueue(batch, 'doomed')) === undefined);
  for (const jobId of [running, waiting]) assert.equal((await waitForEnd(batch, jobId)).status, 'FAILED');
  await assertRefused(submit(batch, long, { jobQueue: 'doomed' }), /not found/);
});

test('queues are found by name and ARN, unknown ones left out, and all are listed page by page', async () => {
  for (const name of ['listed-1', 'listed-2']) await create(name);
  const jobQueues = [`${arnPrefix}:job-queue/listed-1`, 'listed-2', 'nowhere'];
  const { jobQueues: found = [] } = await batch.send(new DescribeJobQueuesCommand({ jobQueues }));
  assert.deepEqual(found.map(({ jobQueueName }) => jobQueueName).sort(), ['listed-1', 'listed-2']);
  const pages = await Array.fromAsync(paginateDescribeJobQueues({ client: batch, pageSize: 1 }, {}));
  const names = pages.flatMap((page) => page.jobQueues ?? []).map(({ jobQueueName }) => jobQueueName);
  assert.ok(pages.length >= 3 && new Set(names).size === names.length);
});

test('a mistake in a queue is a ClientException that names it', async () => {
  await environment('arm', ['m6g.large']);
  await create('taken');
  const limit = { state: 'RUNNABLE' as const, action: 'CANCEL' as const, maxTimeSeconds: 600, reason: 'OTHER' };
  const refused: readonly (readonly [Promise<unknown>, RegExp])[] = [
    [create('taken'), /Object already exists/],
    [create(''), /name/i],
    [create('refused', { computeEnvironmentOrder: [] }), /computeEnvironmentOrder is required/],
    [
      create('refused', { computeEnvironmentOrder: orderOf('first', 'second', 'third', 'fourth') }),
      /Only 3 environments/,
    ],
    [create('refused', { computeEnvironmentOrder: orderOf('nowhere') }), /must be created and valid/],
    [create('refused', { computeEnvironmentOrder: orderOf('first', 'first') }), /Duplicate/],
    [create('refused', { computeEnvironmentOrder: orderOf('first', 'arm') }), /architecture/],
    [create('refused', { jobStateTimeLimitActions: [limit] }), /Invalid reason/],
    [updated('refused', { priority: 2 }), /does not exist|not found/],
  ];
  await Promise.all(refused.map(([call, words]) => assertRefused(call, words)));
  assert.equal(await findQueue(batch, 'refused'), undefined);
});

test('an INVALID environment cannot be attached to a queue', async () => {
  const serviceRole = 'arn:aws:iam::123456789012:user/x';
  await batch.send(
    new CreateComputeEnvironmentCommand({ computeEnvironmentName: 'invalid', type: 'UNMANAGED', serviceRole }),
  );
  assert.equal((await settledEnvironment(batch, 'invalid')).status, 'INVALID');
  await assertRefused(create('refused', { computeEnvironmentOrder: orderOf('invalid') }), /must be created and valid/);
});

test('of two queues on one environment the one with the higher priority is served first', async () => {
  await environment('narrow', ['optimal'], 1);
  for (const [name, priority] of [
    ['low', 1],
    ['high', 10],
  ] as const) {
    await create(name, { priority, computeEnvironmentOrder: orderOf('narrow') });
  }
  const hold = await registerShell(batch, { name: 'hold', script: 'exec sleep 600' });
  const quick = await registerShell(batch, { name: 'quick', script: 'true' });
  const holder = await submit(batch, hold, { jobQueue: 'low' });
  await waitForStatus(batch, holder, 'RUNNING');
  const low = await submit(batch, quick, { jobQueue: 'low' });
  const high = await submit(batch, quick, { jobQueue: 'high' });
  await waitForStatus(batch, high, 'RUNNABLE');
  await batch.send(new TerminateJobCommand({ jobId: holder, reason: 'make room' }));
  const [first, second] = await waitForEnds(batch, [high, low]);
  assert.ok((first?.startedAt ?? Infinity) < (second?.startedAt ?? 0));
});

test('jobs of one queue start in the order of their submission', async () => {
  await environment('single', ['optimal'], 1);
  await create('fifo', { computeEnvironmentOrder: orderOf('single') });
  const quick = await registerShell(batch, { name: 'in-turn', script: 'true' });
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) ids.push(await submit(batch, quick, { jobQueue: 'fifo' }));
  const ended = await waitForEnds(batch, ids);
  const starts = ended.map(({ startedAt = 0 }) => startedAt);
  assert.deepEqual(
    starts,
    [...starts].sort((a, b) => a - b),
  );
});

test("a job too large for every environment waits RUNNABLE and says so in AWS's words", async () => {
  await environment('tiny', ['optimal'], 1);
  await create('blocked', { computeEnvironmentOrder: orderOf('tiny') });
  const definition = await registerShell(batch, { name: 'wide', script: 'true', vcpus: 2 });
  const jobId = await submit(batch, definition, { jobQueue: 'blocked' });
  const { statusReason } = await waitForStatus(batch, jobId, 'RUNNABLE');
  assert.equal(
    statusReason,
    'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
  );
});

test('a snapshot shows the RUNNABLE jobs of a queue in the order that they start, and the vCPUs that its jobs hold', async () => {
  await create('watched');
  await settledQueue(batch, 'watched');
  await registerShell(batch, { name: 'long', script: 'sleep 600' });
  const whole = { containerOverrides: { resourceRequirements: [{ type: 'VCPU' as const, value: '4' }] } };
  const running = await submit(batch, 'long', { jobQueue: 'watched', ...whole });
  await waitForStatus(batch, running, 'RUNNING');
  const before = Date.now();
  const array = await submit(batch, 'long', { jobQueue: 'watched', arrayProperties: { size: 2 }, ...whole });
  const last = await submit(batch, 'long', { jobQueue: 'watched', ...whole });
  const { frontOfQueue, queueUtilization } = await batch.send(new GetJobQueueSnapshotCommand({ jobQueue: 'watched' }));
  const jobs = frontOfQueue?.jobs ?? [];
  assert.deepEqual(
    jobs.map(({ jobArn }) => jobArn),
    [`${array}:0`, `${array}:1`, last].map((id) => `${arnPrefix}:job/${id}`),
  );
  assert.ok(jobs.every(({ earliestTimeAtPosition: at = 0 }) => at >= before - 1 && at <= Date.now()));
  assert.deepEqual(queueUtilization?.totalCapacityUsage, [{ capacityUnit: 'VCPU', quantity: 4 }]);
  for (const jobId of [last, array, running]) {
    await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
    await waitForEnd(batch, jobId);
  }
});

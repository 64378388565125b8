import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import {
  type Bench,
  fargateEnvironment,
  openBench,
  scope,
  smallDefinition,
  smallEnvironment,
} from '../batch.fixture.ts';
import { computeEnvironmentRecords, jobQueueRecords } from '../records.ts';

const order = [{ order: 1, computeEnvironment: 'm' }];
const queue = { jobQueueName: 'q', priority: 1, computeEnvironmentOrder: order };

async function benchWithEnvironment(): Promise<Bench> {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  return bench;
}

async function describe({ call }: Bench, name: string): Promise<Record<string, unknown> | undefined> {
  const answer = await call<{ jobQueues: Record<string, unknown>[] }>('DescribeJobQueues', { jobQueues: [name] });
  return answer.jobQueues[0];
}

test('a queue is read back with ARNs in ascending order, ENABLED and VALID', async () => {
  const bench = await benchWithEnvironment();
  await bench.call('CreateComputeEnvironment', { ...smallEnvironment, computeEnvironmentName: 'n' });
  const arn = 'arn:aws:batch:us-east-1:123456789012';
  const answer = await bench.call('CreateJobQueue', {
    jobQueueName: 'q',
    priority: 10,
    computeEnvironmentOrder: [
      { order: 5, computeEnvironment: 'm' },
      { order: 2, computeEnvironment: `${arn}:compute-environment/n` },
    ],
    tags: { a: 'b' },
  });
  assert.deepEqual(answer, { jobQueueName: 'q', jobQueueArn: `${arn}:job-queue/q` });
  const found = await describe(bench, `${arn}:job-queue/q`);
  assert.deepEqual(JSON.parse(JSON.stringify(found)), {
    jobQueueName: 'q',
    jobQueueArn: `${arn}:job-queue/q`,
    state: 'ENABLED',
    status: 'VALID',
    statusReason: 'JobQueue Healthy',
    priority: 10,
    computeEnvironmentOrder: [
      { order: 2, computeEnvironment: `${arn}:compute-environment/n` },
      { order: 5, computeEnvironment: `${arn}:compute-environment/m` },
    ],
    serviceEnvironmentOrder: [],
    jobQueueType: 'ECS',
    tags: { a: 'b' },
    jobStateTimeLimitActions: [],
  });
});

const action = {
  reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
  state: 'RUNNABLE',
  maxTimeSeconds: 600,
  action: 'CANCEL',
};
const policy = 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/p';
const refusals: readonly (readonly [title: string, change: object, words: RegExp])[] = [
  ['a name with a space', { jobQueueName: 'a b' }, /^Job Queue name should match a valid pattern\.$/],
  ['no environments', { computeEnvironmentOrder: [] }, /^computeEnvironmentOrder is required\.$/],
  [
    'four environments',
    { computeEnvironmentOrder: [1, 2, 3, 4].map((at) => ({ order: at, computeEnvironment: 'm' })) },
    /^Only 3 environments are allowed in job queue request\.$/,
  ],
  [
    'an environment that is not there',
    { computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'nobody' }] },
    /^Compute Environments must be created and valid before attaching them to a job queue$/,
  ],
  [
    'an environment named by a part of its ARN',
    { computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'compute-environment/m' }] },
    /^Compute Environments must be created and valid/,
  ],
  [
    'one order for two environments',
    { computeEnvironmentOrder: [...order, { order: 1, computeEnvironment: 'default' }] },
    /^Duplicate ComputeEnvironment order values\.$/,
  ],
  [
    'one environment twice',
    { computeEnvironmentOrder: [...order, { order: 2, computeEnvironment: 'm' }] },
    /^Duplicate ComputeEnvironments within order list\.$/,
  ],
  [
    'EC2 beside Fargate',
    { computeEnvironmentOrder: [...order, { order: 2, computeEnvironment: 'f' }] },
    /^Fargate and EC2 compute environments can not be mixed\.$/,
  ],
  [
    'two architectures',
    { computeEnvironmentOrder: [...order, { order: 2, computeEnvironment: 'arm' }] },
    /different architectures can not be mixed/,
  ],
  ['a scheduling policy', { schedulingPolicyArn: policy }, /^SchedulingPolicy arn:.* not found\.$/],
  [
    'a service environment beside',
    { serviceEnvironmentOrder: [{ order: 1, serviceEnvironment: 'x' }] },
    /^A job queue can have either a computeEnvironmentOrder or a serviceEnvironmentOrder\.$/,
  ],
  [
    'the type EKS',
    { jobQueueType: 'EKS' },
    /^The jobQueueType provided is EKS, which is incompatible with the provided computeEnvironmentOrder\.$/,
  ],
  ['the type of Fargate on EC2', { jobQueueType: 'ECS_FARGATE' }, /^The jobQueueType provided is ECS_FARGATE, which/],
  [
    'the type of managed instances on EC2',
    { jobQueueType: 'ECS_MANAGED_INSTANCES' },
    /^The jobQueueType provided is ECS_MANAGED_INSTANCES, which/,
  ],
  [
    'the type of training jobs',
    { jobQueueType: 'SAGEMAKER_TRAINING' },
    /^Job queues of type SAGEMAKER_TRAINING must have serviceEnvironmentOrder\.$/,
  ],
  [
    'an action after 599 seconds',
    { jobStateTimeLimitActions: [{ ...action, maxTimeSeconds: 599 }] },
    /between 600 and 86400, got 599/,
  ],
  [
    'the action TERMINATE',
    { jobStateTimeLimitActions: [{ ...action, action: 'TERMINATE' }] },
    /^Invalid job action\. Valid job actions: \[CANCEL\]$/,
  ],
  ['an unknown reason', { jobStateTimeLimitActions: [{ ...action, reason: 'UNDETERMINED' }] }, /^Invalid reason/],
  [
    'an action twice',
    { jobStateTimeLimitActions: [action, action] },
    /^Duplicate job state limit actions are not allowed\.$/,
  ],
];
for (const [title, change, words] of refusals) {
  test(`a queue with ${title} is refused`, async () => {
    const { call, refusal, ledger } = await benchWithEnvironment();
    await call('CreateComputeEnvironment', fargateEnvironment);
    await call('CreateComputeEnvironment', {
      ...smallEnvironment,
      computeEnvironmentName: 'arm',
      computeResources: { ...smallEnvironment.computeResources, instanceTypes: ['m7g'] },
    });
    assert.match(await refusal('CreateJobQueue', { ...queue, ...change }), words);
    assert.equal(ledger.get(jobQueueRecords, scope, 'q'), undefined);
  });
}

test('an environment that is not VALID cannot be attached', async () => {
  const { refusal, ledger } = await benchWithEnvironment();
  const record = ledger.get(computeEnvironmentRecords, scope, 'm') ?? assert.fail();
  ledger.transact((transaction) => transaction.put(computeEnvironmentRecords, { ...record, status: 'INVALID' }));
  assert.match(await refusal('CreateJobQueue', queue), /must be created and valid/);
});

test('a name is taken once, and a region has a limit of queues', async () => {
  const { call, refusal } = await openBench({ quotas: { jobQueues: 2 } });
  const seeded = { ...queue, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'default' }] };
  await call('CreateJobQueue', seeded);
  assert.equal(await refusal('CreateJobQueue', seeded), 'Object already exists');
  const words = await refusal('CreateJobQueue', { ...seeded, jobQueueName: 'r' });
  assert.equal(words, 'Maximum number of job queues (2) reached.');
});

test('an update changes what it gives of a queue and nothing else', async () => {
  const bench = await benchWithEnvironment();
  await bench.call('CreateJobQueue', { ...queue, jobStateTimeLimitActions: [action] });
  const before = await describe(bench, 'q');
  await bench.call('UpdateJobQueue', { jobQueue: 'q', priority: 7 });
  assert.deepEqual(await describe(bench, 'q'), { ...before, priority: 7 });
  await bench.call('UpdateJobQueue', { jobQueue: 'q', state: 'DISABLED', jobStateTimeLimitActions: [] });
  assert.deepEqual(await describe(bench, 'q'), {
    ...before,
    priority: 7,
    state: 'DISABLED',
    jobStateTimeLimitActions: [],
  });
  assert.equal(
    await bench.refusal('UpdateJobQueue', { jobQueue: 'r' }),
    'arn:aws:batch:us-east-1:123456789012:job-queue/r does not exist',
  );
});

test('a queue is deleted only once DISABLED; one that is not there is as good as deleted', async () => {
  const bench = await benchWithEnvironment();
  await bench.call('CreateJobQueue', queue);
  assert.match(await bench.refusal('DeleteJobQueue', { jobQueue: 'q' }), /must be in DISABLED state/);
  await bench.call('UpdateJobQueue', { jobQueue: 'q', state: 'DISABLED' });
  await bench.call('DeleteJobQueue', { jobQueue: 'q' });
  await bench.call('DeleteJobQueue', { jobQueue: 'q' });
  await bench.store.settled();
  assert.equal(await describe(bench, 'q'), undefined);
});

async function benchDeleting(jobs: number): Promise<{ bench: Bench; ids: JobId[] }> {
  const bench = await benchWithEnvironment();
  await bench.call('CreateJobQueue', queue);
  await bench.call('RegisterJobDefinition', smallDefinition);
  const ids: JobId[] = [];
  for (let index = 0; index < jobs; index += 1) {
    bench.clock.advance(1);
    const { jobId } = await bench.call<{ jobId: JobId }>('SubmitJob', {
      jobName: 'j',
      jobQueue: 'q',
      jobDefinition: 'x',
    });
    ids.push(jobId);
  }
  await bench.call('UpdateJobQueue', { jobQueue: 'q', state: 'DISABLED' });
  await bench.call('DeleteJobQueue', { jobQueue: 'q' });
  return { bench, ids };
}

/** Waits until the slices of a deletion have asked `count` jobs to end. */
async function untilStopped({ yard, store }: Bench, count: number): Promise<void> {
  while (yard.stops.length < count) await store.reads.countFinishedJobs();
}

test('deleting a queue ends each of its jobs once, slice by slice, and the queue goes with the last of them', async () => {
  const { bench, ids } = await benchDeleting(250);
  await untilStopped(bench, 250);
  assert.deepEqual(bench.yard.stops.map(({ jobId }) => jobId).sort(), ids.toSorted());
  assert.ok(
    bench.yard.stops.every(({ kind, reason }) => kind === 'terminate' && reason === 'Job queue q was deleted.'),
  );
  assert.equal((await describe(bench, 'q'))?.status, 'DELETING');
  for (const id of ids) bench.yard.end(id, 'FAILED');
  await bench.store.settled();
  assert.equal(await describe(bench, 'q'), undefined);
});

test('a queue that is being deleted takes no jobs and no changes', async () => {
  const { bench, ids } = await benchDeleting(1);
  const job = { jobName: 'j', jobQueue: 'q', jobDefinition: 'x' };
  assert.match(await bench.refusal('SubmitJob', job), /is being deleted\.$/);
  const change = { jobQueue: 'q', state: 'ENABLED' };
  assert.equal(await bench.refusal('UpdateJobQueue', change), 'Cannot update, resource is being modified.');
  assert.equal(ids.length, 1);
});

test('a deletion that a crash cut short is taken up from the stored status alone', async () => {
  const { bench, ids } = await benchDeleting(3);
  const next = await openBench({ store: bench.store });
  await untilStopped(next, 3);
  assert.deepEqual(next.yard.stops.map(({ jobId }) => jobId).sort(), ids.toSorted());
});

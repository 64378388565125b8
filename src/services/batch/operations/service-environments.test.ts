import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench, smallEnvironment } from '../batch.fixture.ts';
import {
  serviceEnvironment as create,
  environmentArn,
  isQueueGone,
  openServiceBench,
  policyArn,
  serviceQueue as queue,
  queueArn,
  settled,
} from './service-jobs.fixture.ts';

test('a service environment is created with tags, found by name and ARN, and VALID at once', async () => {
  const bench = await openBench();
  const answer = await bench.call('CreateServiceEnvironment', { ...create, tags: { team: 'a' } });
  assert.deepEqual(answer, { serviceEnvironmentName: 'se', serviceEnvironmentArn: environmentArn });
  const whole = {
    ...create,
    serviceEnvironmentArn: environmentArn,
    state: 'ENABLED',
    status: 'VALID',
    tags: { team: 'a' },
  };
  for (const serviceEnvironments of [['se', 'none'], [environmentArn], undefined]) {
    const found = await bench.call('DescribeServiceEnvironments', { serviceEnvironments });
    assert.deepEqual(found.serviceEnvironments, [whole]);
  }
});

test('service environments are described page by page', async () => {
  const bench = await openBench();
  for (const name of ['c', 'a', 'b'])
    await bench.call('CreateServiceEnvironment', { ...create, serviceEnvironmentName: name });
  type Page = { serviceEnvironments: { serviceEnvironmentName: string }[]; nextToken?: string };
  const first = await bench.call<Page>('DescribeServiceEnvironments', { maxResults: 2 });
  const { nextToken } = first;
  const second = await bench.call<Page>('DescribeServiceEnvironments', { maxResults: 2, nextToken });
  const names = [first, second].map((page) => page.serviceEnvironments.map((each) => each.serviceEnvironmentName));
  assert.deepEqual(names, [['a', 'b'], ['c']]);
  assert.equal(second.nextToken, undefined);
});

test('an update changes what is given, and a service environment goes once it is DISABLED and in no queue', async () => {
  const bench = await openServiceBench();
  const update = (change: object) => bench.call('UpdateServiceEnvironment', { serviceEnvironment: 'se', ...change });
  const remove = { serviceEnvironment: environmentArn };
  assert.match(await bench.refusal('DeleteServiceEnvironment', remove), /must be in DISABLED state\.$/);
  const capacityLimits = [{ maxCapacity: 9, capacityUnit: 'ml.p4d.24xlarge' }];
  assert.deepEqual(await update({ capacityLimits }), {
    serviceEnvironmentName: 'se',
    serviceEnvironmentArn: environmentArn,
  });
  await update({ state: 'DISABLED' });
  const shown = await bench.call<{ serviceEnvironments: object[] }>('DescribeServiceEnvironments', {});
  assert.partialDeepStrictEqual(shown.serviceEnvironments[0], { state: 'DISABLED', capacityLimits });
  assert.equal(
    await bench.refusal('DeleteServiceEnvironment', remove),
    'Cannot delete, found existing JobQueue relationship.',
  );
  await bench.call('UpdateJobQueue', { jobQueue: 'train', state: 'DISABLED' });
  await bench.call('DeleteJobQueue', { jobQueue: 'train' });
  await settled(bench, () => isQueueGone(bench, 'train'));
  await bench.call('DeleteServiceEnvironment', remove);
  await bench.call('DeleteServiceEnvironment', remove);
  assert.deepEqual((await bench.call('DescribeServiceEnvironments', {})).serviceEnvironments, []);
});

const limits = (...capacityLimits: object[]) => ({ ...create, serviceEnvironmentName: 'x', capacityLimits });
const refused: readonly (readonly [string, object, RegExp])[] = [
  ['that is taken', create, /^Object already exists$/],
  ['of one unit twice', limits(...Array(2).fill({ maxCapacity: 1, capacityUnit: 'ml.c5.large' })), /one limit only/],
  ['without unit', limits({ maxCapacity: 1 }), /^ is unknown capacity unit/],
  ['without most', limits({ capacityUnit: 'NUM_INSTANCES' }), /^Max capacity must be more than 0\.$/],
  ['with a reserved tag', { ...limits(...create.capacityLimits), tags: { 'aws:a': 'b' } }, /reserved/],
];
for (const [why, input, words] of refused) {
  test(`a service environment is refused ${why}`, async () => {
    const bench = await openServiceBench();
    assert.match(await bench.refusal('CreateServiceEnvironment', input), words);
  });
}

test('no more service environments are created than the quota says, and what is not there cannot be updated', async () => {
  const bench = await openServiceBench({ quotas: { serviceEnvironments: 1 } });
  const words = await bench.refusal('CreateServiceEnvironment', { ...create, serviceEnvironmentName: 'b' });
  assert.equal(words, 'Maximum number of service environments (1) reached.');
  const missing = await bench.refusal('UpdateServiceEnvironment', { serviceEnvironment: 'no' });
  assert.equal(missing, `${environmentArn.replace(/se$/, 'no')} does not exist`);
});

test('a queue of service jobs shows its service environment and type, and time limits that terminate', async () => {
  const bench = await openServiceBench();
  const jobStateTimeLimitActions = [
    {
      reason: 'MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE',
      state: 'RUNNABLE',
      maxTimeSeconds: 600,
      action: 'TERMINATE',
    },
  ];
  const { jobQueueType: _derived, ...untyped } = queue;
  await bench.call('CreateJobQueue', { ...untyped, jobQueueName: 'b', jobStateTimeLimitActions });
  const { jobQueues } = await bench.call<{ jobQueues: object[] }>('DescribeJobQueues', { jobQueues: ['b'] });
  assert.partialDeepStrictEqual(jobQueues[0], {
    jobQueueArn: queueArn('b'),
    jobQueueType: 'SAGEMAKER_TRAINING',
    status: 'VALID',
    computeEnvironmentOrder: [],
    serviceEnvironmentOrder: [{ order: 1, serviceEnvironment: environmentArn }],
    jobStateTimeLimitActions,
  });
  await bench.call('CreateServiceEnvironment', { ...create, serviceEnvironmentName: 'other' });
  const serviceEnvironmentOrder = [{ order: 3, serviceEnvironment: 'other' }];
  await bench.call('UpdateJobQueue', { jobQueue: 'b', priority: 7, serviceEnvironmentOrder });
  const updated = await bench.call<{ jobQueues: object[] }>('DescribeJobQueues', { jobQueues: ['b'] });
  const arn = environmentArn.replace(/se$/, 'other');
  const order = [{ order: 3, serviceEnvironment: arn }];
  assert.partialDeepStrictEqual(updated.jobQueues[0], { priority: 7, serviceEnvironmentOrder: order });
});

const either = /^A job queue can have either a computeEnvironmentOrder or a serviceEnvironmentOrder\.$/;
const compute = [{ order: 1, computeEnvironment: 'm' }];
test('a queue has environments of one sort for good', async () => {
  const bench = await openServiceBench();
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  const both = { ...queue, jobQueueName: 'x', computeEnvironmentOrder: compute };
  assert.match(await bench.refusal('CreateJobQueue', both), either);
  const changed = { jobQueue: 'train', computeEnvironmentOrder: compute };
  assert.match(await bench.refusal('UpdateJobQueue', changed), either);
  const served = { jobQueue: 'default', serviceEnvironmentOrder: queue.serviceEnvironmentOrder };
  assert.match(await bench.refusal('UpdateJobQueue', served), either);
  const cancel = { reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', state: 'RUNNABLE', maxTimeSeconds: 600 };
  const limited = { jobQueue: 'train', jobStateTimeLimitActions: [{ ...cancel, action: 'CANCEL' }] };
  assert.match(await bench.refusal('UpdateJobQueue', limited), /Valid job actions: \[TERMINATE\]$/);
  assert.match(
    await bench.refusal('UpdateJobQueue', { jobQueue: 'train', serviceEnvironmentOrder: [] }),
    /is required/,
  );
});

test('a queue of service jobs can share them fairly, and its policy stays of one type', async () => {
  const bench = await openServiceBench();
  await bench.call('CreateSchedulingPolicy', { name: 'fair', fairsharePolicy: {} });
  const quotaSharePolicy = { idleResourceAssignmentStrategy: 'FIFO' };
  await bench.call('CreateSchedulingPolicy', { name: 'quota', quotaSharePolicy });
  await bench.call('CreateJobQueue', { ...queue, jobQueueName: 'b', schedulingPolicyArn: policyArn('fair') });
  const counted = { ...queue, jobQueueName: 'c', schedulingPolicyArn: policyArn('quota') };
  assert.match(await bench.refusal('CreateJobQueue', counted), /must be of instance types/);
  const replaced = { jobQueue: 'b', schedulingPolicyArn: policyArn('quota') };
  assert.match(await bench.refusal('UpdateJobQueue', replaced), /only by one of the same type\.$/);
  const retyped = { arn: policyArn('quota'), fairsharePolicy: {} };
  assert.match(await bench.refusal('UpdateSchedulingPolicy', retyped), /^The type of a scheduling policy can not/);
  assert.match(
    await bench.refusal('UpdateSchedulingPolicy', { arn: policyArn('fair'), quotaSharePolicy }),
    /^The type of a scheduling policy can not/,
  );
  await bench.call('UpdateSchedulingPolicy', { arn: policyArn('quota'), quotaSharePolicy });
});

test('who creates a queue of service jobs is asked about its service environment too', async () => {
  const bench = await openServiceBench();
  const asked = await bench.access('CreateJobQueue', { ...queue, jobQueueName: 'x' });
  assert.deepEqual(
    asked.map(({ resource }) => resource),
    [queueArn('x'), environmentArn],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, openBench, scope } from '../batch.fixture.ts';
import { quotaShareRecords } from '../records.ts';
import { noTrainingEngine } from '../service-jobs/waiting-reason.ts';
import {
  describeService,
  isQueueGone,
  openQuotaBench,
  openServiceBench,
  payload,
  policyArn,
  queueArn,
  quotaShareArn,
  settled,
  quotaShare as share,
  submitService,
} from './service-jobs.fixture.ts';

const arn = quotaShareArn('a');
/** Whether there is no quota share `a` any more. */
function isGone({ ledger }: Bench): boolean {
  return ledger.get(quotaShareRecords, scope, 'quota/a') === undefined;
}

const serviceJobs = 'arn:aws:batch:us-east-1:123456789012:service-job';

test('a quota share is created with tags, described and listed as given, VALID at once', async () => {
  const bench = await openQuotaBench();
  const tags = { team: 'a' };
  const answer = await bench.call('CreateQuotaShare', { ...share, tags });
  assert.deepEqual(answer, { quotaShareName: 'a', quotaShareArn: arn });
  const { jobQueue: _queue, ...given } = share;
  const listed = { ...given, ...answer, jobQueueArn: queueArn('quota'), state: 'ENABLED', status: 'VALID' };
  assert.deepEqual(await bench.call('DescribeQuotaShare', { quotaShareArn: arn }), { ...listed, tags });
  const { quotaShares } = await bench.call('ListQuotaShares', { jobQueue: queueArn('quota') });
  assert.deepEqual(quotaShares, [listed]);
});

test('an update replaces what is given, and who borrows may borrow anything unless said otherwise', async () => {
  const bench = await openQuotaBench();
  await bench.call('CreateQuotaShare', share);
  const update = (change: object) => bench.call('UpdateQuotaShare', { quotaShareArn: arn, ...change });
  assert.deepEqual(await update({ resourceSharingConfiguration: { strategy: 'LEND_AND_BORROW' } }), {
    quotaShareName: 'a',
    quotaShareArn: arn,
  });
  const capacityLimits = [{ maxCapacity: 3, capacityUnit: 'ml.m5.large' }];
  const preemptionConfiguration = { inSharePreemption: 'ENABLED' };
  await update({ capacityLimits, preemptionConfiguration, state: 'DISABLED' });
  assert.partialDeepStrictEqual(await bench.call('DescribeQuotaShare', { quotaShareArn: arn }), {
    capacityLimits,
    preemptionConfiguration,
    state: 'DISABLED',
    resourceSharingConfiguration: { strategy: 'LEND_AND_BORROW', borrowLimit: -1 },
  });
});

const sharing = (strategy: string, borrowLimit: number) => ({
  resourceSharingConfiguration: { strategy, borrowLimit },
});
const limits = (capacityUnit: string, maxCapacity = 1) => ({ capacityLimits: [{ maxCapacity, capacityUnit }] });
const refused: readonly (readonly [why: string, change: object, words: RegExp])[] = [
  ['with a name against the rules', { quotaShareName: 'a b' }, /^Quota share name should match a valid pattern\.$/],
  ['of numbers of instances', limits('NUM_INSTANCES'), /^NUM_INSTANCES is unknown capacity unit/],
  ['of nothing', { capacityLimits: [] }, /^Capacitylimits are required\.$/],
  ['of no instance', limits('ml.c5.large', 0), /^Max capacity must be more than 0\.$/],
  ['that lends and has a limit for borrowing', sharing('LEND', 10), /only be specified with strategy LEND_AND_BORROW/],
  ['that may borrow less than nothing', sharing('LEND_AND_BORROW', -2), /^borrowLimit must be at least -1\.$/],
  ['with a reserved tag', { tags: { 'aws:a': 'b' } }, /reserved/],
  ['of a queue that is not there', { jobQueue: 'no' }, /job-queue\/no does not exist$/],
  ['of a queue without such a policy', { jobQueue: 'default' }, /has no quota share scheduling policy\.$/],
  ['that is there', {}, /^Object already exists$/],
];
for (const [why, change, words] of refused) {
  test(`a quota share is refused ${why}`, async () => {
    const bench = await openQuotaBench();
    await bench.call('CreateQuotaShare', share);
    assert.match(await bench.refusal('CreateQuotaShare', { ...share, ...change }), words);
  });
}

test('a queue has so many quota shares at most, listed by name a page at a time', async () => {
  const bench = await openQuotaBench({ quotas: { quotaSharesPerQueue: 2 } });
  for (const quotaShareName of ['b', 'a']) await bench.call('CreateQuotaShare', { ...share, quotaShareName });
  const words = await bench.refusal('CreateQuotaShare', { ...share, quotaShareName: 'c' });
  assert.equal(words, 'Maximum number of quota shares (2) of a job queue reached.');
  type Page = { quotaShares: { quotaShareName: string }[]; nextToken?: string };
  const first = await bench.call<Page>('ListQuotaShares', { jobQueue: 'quota', maxResults: 1 });
  const { nextToken } = first;
  const second = await bench.call<Page>('ListQuotaShares', { jobQueue: 'quota', maxResults: 1, nextToken });
  const names = [first, second].flatMap((page) => page.quotaShares.map((each) => each.quotaShareName));
  assert.deepEqual([names, second.nextToken], [['a', 'b'], undefined]);
  assert.match(await bench.refusal('ListQuotaShares', { jobQueue: 'no' }), /does not exist$/);
});

test('a service job in such a queue names its quota share, which must be there and ENABLED', async () => {
  const bench = await openQuotaBench();
  await bench.call('CreateQuotaShare', share);
  const refusal = (more: object) =>
    bench.refusal('SubmitServiceJob', {
      jobName: 'j',
      jobQueue: 'quota',
      serviceJobType: 'SAGEMAKER_TRAINING',
      serviceRequestPayload: '{}',
      ...more,
    });
  assert.equal(await refusal({}), 'quotaShareName must be specified.');
  assert.equal(await refusal({ quotaShareName: 'no' }), 'Quota share no not found.');
  assert.match(await refusal({ quotaShareName: 'a', shareIdentifier: 'x' }), /fair share scheduling policy\.$/);
  const jobId = await submitService(bench, { jobQueue: 'quota', quotaShareName: 'a' });
  assert.partialDeepStrictEqual(await describeService(bench, jobId), {
    quotaShareName: 'a',
    statusReason: noTrainingEngine,
  });
  await bench.call('UpdateQuotaShare', { quotaShareArn: arn, state: 'DISABLED' });
  assert.equal(await refusal({ quotaShareName: 'a' }), `Quota share ${arn} is disabled.`);
});

test('a service job that asks for more than its quota share can ever have says so in the words of AWS', async () => {
  const bench = await openQuotaBench();
  await bench.call('CreateQuotaShare', share);
  const serviceRequestPayload = payload(3);
  const jobId = await submitService(bench, { jobQueue: 'quota', quotaShareName: 'a', serviceRequestPayload });
  const { statusReason } = await describeService(bench, jobId);
  const code = 'MISCONFIGURATION:QUOTA_MANAGEMENT_LIMIT_EXCEEDED';
  assert.equal(statusReason, `${code} - Job requirements exceed quota share capacity limits.`);
});

test('a snapshot shows the most urgent of the queue, and the first of each quota share', async () => {
  const bench = await openQuotaBench();
  for (const quotaShareName of ['a', 'b', 'c']) await bench.call('CreateQuotaShare', { ...share, quotaShareName });
  const submit = (quotaShareName: string, schedulingPriority: number) =>
    submitService(bench, { jobQueue: 'quota', quotaShareName, schedulingPriority });
  const ids = [await submit('a', 1), await submit('a', 5), await submit('b', 3)];
  const at = bench.clock.now();
  const places = (...which: number[]) =>
    which.map((each) => ({ jobArn: `${serviceJobs}/${ids[each]}`, earliestTimeAtPosition: at }));
  assert.deepEqual(await bench.call('GetJobQueueSnapshot', { jobQueue: 'quota' }), {
    frontOfQueue: { jobs: places(1, 2, 0), lastUpdatedAt: at },
    frontOfQuotaShares: { quotaShares: { a: places(1), b: places(2), c: [] }, lastUpdatedAt: at },
    queueUtilization: {
      totalCapacityUsage: [],
      quotaShareUtilization: { topCapacityUtilization: [] },
      lastUpdatedAt: at,
    },
  });
});

test('a quota share goes once it is DISABLED and its jobs have been ended, those of others stay', async () => {
  const bench = await openQuotaBench();
  for (const quotaShareName of ['a', 'b']) await bench.call('CreateQuotaShare', { ...share, quotaShareName });
  const [own, other] = await Promise.all(
    ['a', 'b'].map((quotaShareName) => submitService(bench, { jobQueue: 'quota', quotaShareName })),
  );
  assert.match(await bench.refusal('DeleteQuotaShare', { quotaShareArn: arn }), /must be in DISABLED state\.$/);
  await bench.call('UpdateQuotaShare', { quotaShareArn: arn, state: 'DISABLED' });
  await bench.call('DeleteQuotaShare', { quotaShareArn: arn });
  await settled(bench, () => isGone(bench));
  const ended = { status: 'FAILED', statusReason: 'Quota share a was deleted.' };
  assert.partialDeepStrictEqual(await describeService(bench, String(own)), ended);
  assert.equal((await describeService(bench, String(other))).status, 'RUNNABLE');
  await bench.call('DeleteQuotaShare', { quotaShareArn: arn });
  assert.equal(await bench.refusal('DescribeQuotaShare', { quotaShareArn: arn }), 'Resource does not exist');
  assert.equal(await bench.refusal('UpdateQuotaShare', { quotaShareArn: arn }), 'Resource does not exist');
});

test('a quota share that a crash left DELETING goes with the next start, and takes no job meanwhile', async () => {
  const bench = await openQuotaBench();
  await bench.call('CreateQuotaShare', { ...share, state: 'DISABLED' });
  const record = bench.ledger.get(quotaShareRecords, scope, 'quota/a');
  assert.ok(record);
  bench.ledger.transact((transaction) =>
    transaction.put(quotaShareRecords, { ...record, state: 'ENABLED', status: 'DELETING' }),
  );
  await bench.store.settled();
  const job = { jobQueue: 'quota', quotaShareName: 'a' };
  await assert.rejects(submitService(bench, job), /is being deleted/);
  assert.match(await bench.refusal('UpdateQuotaShare', { quotaShareArn: arn }), /being modified/);
  const next = await openBench({ store: bench.store });
  await settled(next, () => isGone(next));
});

test('the quota shares of a queue go with it', async () => {
  const bench = await openQuotaBench();
  await bench.call('CreateQuotaShare', share);
  await bench.call('UpdateJobQueue', { jobQueue: 'quota', state: 'DISABLED' });
  await bench.call('DeleteJobQueue', { jobQueue: 'quota' });
  await settled(bench, () => isQueueGone(bench, 'quota'));
  assert.ok(isGone(bench));
});

test('quota shares are tagged by their ARNs, not with their queue', async () => {
  const bench = await openQuotaBench();
  await bench.call('CreateQuotaShare', share);
  await bench.call('TagResource', { resourceArn: arn, tags: { team: 'a' } });
  assert.deepEqual(await bench.call('ListTagsForResource', { resourceArn: arn }), { tags: { team: 'a' } });
  assert.deepEqual(await bench.call('ListTagsForResource', { resourceArn: queueArn('quota') }), { tags: {} });
  const missing = quotaShareArn('no');
  assert.equal(await bench.refusal('ListTagsForResource', { resourceArn: missing }), `Resource not found: ${missing}`);
  const asked = await bench.access('DeleteQuotaShare', { quotaShareArn: arn });
  assert.deepEqual(asked, [
    { action: 'batch:DeleteQuotaShare', resource: arn, conditions: { 'aws:ResourceTag/team': 'a' } },
  ]);
});

test('a policy of quota shares is described as given, and its service environment goes on counting types', async () => {
  const bench = await openQuotaBench();
  const arns = [policyArn('quota')];
  const { schedulingPolicies } = await bench.call<{ schedulingPolicies: object[] }>('DescribeSchedulingPolicies', {
    arns,
  });
  const quotaSharePolicy = { idleResourceAssignmentStrategy: 'FIFO' };
  assert.partialDeepStrictEqual(schedulingPolicies[0], { name: 'quota', quotaSharePolicy });
  const counted = { serviceEnvironment: 'se', ...limits('NUM_INSTANCES') };
  assert.match(await bench.refusal('UpdateServiceEnvironment', counted), /must be of instance types/);
  const plain = await openServiceBench();
  await plain.call('UpdateServiceEnvironment', counted);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Bench, openBench, scope, smallDefinition } from '../batch.fixture.ts';
import { jobQueueRecords, shareRecords } from '../records.ts';

const arnOf = (name: string) => `arn:aws:batch:us-east-1:123456789012:scheduling-policy/${name}`;
const fairsharePolicy = {
  shareDecaySeconds: 3600,
  computeReservation: 50,
  shareDistribution: [{ shareIdentifier: 'a', weightFactor: 0.125 }, { shareIdentifier: 'team-*' }],
};

async function benchWith(...names: string[]): Promise<Bench> {
  const bench = await openBench();
  for (const name of names) await bench.call('CreateSchedulingPolicy', { name, fairsharePolicy });
  return bench;
}

async function described({ call }: Bench, ...arns: string[]) {
  const answer = await call<{ schedulingPolicies: object[] }>('DescribeSchedulingPolicies', { arns });
  return JSON.parse(JSON.stringify(answer.schedulingPolicies)) as object[];
}

function createQueue({ call }: Bench, jobQueueName: string, schedulingPolicyArn?: string) {
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  return call('CreateJobQueue', { jobQueueName, priority: 1, computeEnvironmentOrder, schedulingPolicyArn });
}

async function policyOf({ call }: Bench, jobQueue: string) {
  const answer = await call<{ jobQueues: { schedulingPolicyArn?: string }[] }>('DescribeJobQueues', {
    jobQueues: [jobQueue],
  });
  return answer.jobQueues[0]?.schedulingPolicyArn;
}

test('a scheduling policy is described as it was given, without what was not', async () => {
  const bench = await openBench();
  const created = await bench.call('CreateSchedulingPolicy', { name: 'p', fairsharePolicy, tags: { a: 'b' } });
  assert.deepEqual(created, { name: 'p', arn: arnOf('p') });
  await bench.call('CreateSchedulingPolicy', { name: '-bare', fairsharePolicy: {} });
  await bench.call('CreateSchedulingPolicy', { name: 'none' });
  assert.deepEqual(await described(bench, arnOf('p'), arnOf('-bare'), arnOf('nobody'), arnOf('none'), arnOf('p')), [
    { name: 'p', arn: arnOf('p'), fairsharePolicy, tags: { a: 'b' } },
    { name: '-bare', arn: arnOf('-bare'), fairsharePolicy: {}, tags: {} },
    { name: 'none', arn: arnOf('none'), tags: {} },
  ]);
});

const shares = (...identifiers: string[]) => ({
  shareDistribution: identifiers.map((shareIdentifier) => ({ shareIdentifier })),
});
const weighing = (weightFactor: number) => ({ shareDistribution: [{ shareIdentifier: 'a', weightFactor }] });
const overlap = (one: string, other: string) => `Share identifier ${one} matches another share identifier ${other}`;
const badPattern = 'ShareIdentifier name should match a valid pattern.';
const badWeight = 'Weight factor should be between 0.0001 and 999.9999.';
const refusals: readonly (readonly [why: string, policy: object, words: string])[] = [
  ['a decay of 604,801 s', { shareDecaySeconds: 604_801 }, 'Share decay seconds should be between 0 and 604800.'],
  ['a negative decay', { shareDecaySeconds: -1 }, 'Share decay seconds should be between 0 and 604800.'],
  ['a reservation of 100', { computeReservation: 100 }, 'Compute reservation should be between 0 and 99.'],
  ['a weight of 0', weighing(0), badWeight],
  ['a weight of 0.00009', weighing(0.000_09), badWeight],
  ['a weight of 1000', weighing(1000), badWeight],
  ['an identifier without name', shares(''), badPattern],
  ['a star alone', shares('*'), badPattern],
  ['a star in the midst', shares('a*b'), badPattern],
  ['an identifier with a dot', shares('a.b'), badPattern],
  ['an identifier of 256 characters', shares('x'.repeat(256)), badPattern],
  ['an identifier twice', shares('a', 'b', 'a'), 'Cannot have two or more identical shareIdentifiers.'],
  ['a prefix and one of its identifiers', shares('UserA1', 'UserA*'), overlap('UserA1', 'UserA*')],
  ['a prefix that is an identifier', shares('UserA', 'UserA*'), overlap('UserA', 'UserA*')],
  ['a prefix of a prefix', shares('b', 'UserA*', 'User*'), overlap('UserA*', 'User*')],
  [
    '501 identifiers',
    shares(...Array.from({ length: 501 }, (_, at) => `s${at}`)),
    'ShareDistribution size cannot be greater than 500.',
  ],
];
for (const [why, policy, words] of refusals) {
  test(`a policy with ${why} is refused, created or changed`, async () => {
    const bench = await benchWith('p');
    assert.equal(await bench.refusal('CreateSchedulingPolicy', { name: 'q', fairsharePolicy: policy }), words);
    const change = { arn: arnOf('p'), fairsharePolicy: policy };
    assert.equal(await bench.refusal('UpdateSchedulingPolicy', change), words);
    assert.deepEqual(await described(bench, arnOf('p'), arnOf('q')), [
      { name: 'p', arn: arnOf('p'), fairsharePolicy, tags: {} },
    ]);
  });
}

test('a policy at every bound is taken, and 500 identifiers', async () => {
  const bench = await openBench();
  const bounds = [
    { shareDecaySeconds: 604_800, computeReservation: 99 },
    { shareDecaySeconds: 0, computeReservation: 0, ...weighing(0.0001) },
    { ...weighing(999.9999) },
    shares(...Array.from({ length: 500 }, (_, at) => `s${at}-`)),
    shares('UserA*', 'UserB*', 'User', 'x'.repeat(255)),
  ];
  for (const [index, policy] of bounds.entries())
    await bench.call('CreateSchedulingPolicy', { name: `p${index}`, fairsharePolicy: policy });
});

const badNames: readonly (readonly [input: object, words: RegExp])[] = [
  [{ name: 'a b' }, /^Scheduling policy name should match a valid pattern\.$/],
  [{ name: 'x'.repeat(129) }, /^Scheduling policy name should match a valid pattern\.$/],
  [{ name: 'p' }, /^Object already exists$/],
  [
    { name: 'q', quotaSharePolicy: { idleResourceAssignmentStrategy: '' } },
    /^Idle resource assignment strategy must be one of \[FIFO\]\.$/,
  ],
  [{ name: 'q', tags: { 'aws:a': 'b' } }, /reserved/],
];
for (const [input, words] of badNames) {
  test(`CreateSchedulingPolicy of ${JSON.stringify(input).slice(0, 40)} is refused`, async () => {
    const bench = await benchWith('p');
    assert.match(await bench.refusal('CreateSchedulingPolicy', input), words);
  });
}

test('no more policies are created than the quota says', async () => {
  const bench = await openBench({ quotas: { schedulingPolicies: 1 } });
  await bench.call('CreateSchedulingPolicy', { name: 'p' });
  const words = await bench.refusal('CreateSchedulingPolicy', { name: 'q' });
  assert.equal(words, 'Maximum number of scheduling policies (1) reached.');
});

test('an update replaces the whole policy; without one nothing changes', async () => {
  const bench = await benchWith('p');
  await bench.call('UpdateSchedulingPolicy', { arn: arnOf('p') });
  assert.partialDeepStrictEqual(await described(bench, arnOf('p')), [{ fairsharePolicy }]);
  await bench.call('UpdateSchedulingPolicy', { arn: arnOf('p'), fairsharePolicy: { computeReservation: 1 } });
  const [changed] = await described(bench, arnOf('p'));
  assert.deepEqual(changed, { name: 'p', arn: arnOf('p'), fairsharePolicy: { computeReservation: 1 }, tags: {} });
  for (const arn of ['p', arnOf('q'), 'arn:aws:batch:eu-west-1:123456789012:scheduling-policy/p'])
    assert.equal(await bench.refusal('UpdateSchedulingPolicy', { arn }), 'Resource does not exist');
});

test('a decay that changes is noted in each queue that has the policy, with the time from which it counts', async () => {
  const bench = await benchWith('p', 'r');
  await createQueue(bench, 'q', arnOf('p'));
  await createQueue(bench, 'other', arnOf('r'));
  const decays = (name: string) => bench.ledger.get(jobQueueRecords, scope, name)?.decays;
  const change = async (shareDecaySeconds: number, time: number) => {
    bench.yard.time = time;
    await bench.call('UpdateSchedulingPolicy', { arn: arnOf('p'), fairsharePolicy: { shareDecaySeconds } });
  };
  await change(3600, 5);
  assert.deepEqual(decays('q'), [{ since: 0, seconds: 3600 }]);
  await change(60, 7);
  const changed = [
    { since: 0, seconds: 3600 },
    { since: 7, seconds: 60 },
  ];
  assert.deepEqual([decays('q'), decays('other')], [changed, [{ since: 0, seconds: 3600 }]]);
  bench.yard.time = 9;
  await bench.call('UpdateJobQueue', { jobQueue: 'other', schedulingPolicyArn: arnOf('p') });
  assert.deepEqual(decays('other')?.at(-1), { since: 9, seconds: 60 });
  for (let time = 10; time < 40; time += 1) await change(time, time);
  assert.equal(decays('q')?.length, 16);
  assert.deepEqual(
    [decays('q')?.[0], decays('q')?.at(-1)],
    [
      { since: 0, seconds: 24 },
      { since: 39, seconds: 39 },
    ],
  );
});

test('policies are listed by name, page by page', async () => {
  const bench = await benchWith('c', 'a', 'B');
  type Page = { schedulingPolicies: { arn: string }[]; nextToken?: string };
  const first = await bench.call<Page>('ListSchedulingPolicies', { maxResults: 2 });
  const second = await bench.call<Page>('ListSchedulingPolicies', { maxResults: 2, nextToken: first.nextToken });
  assert.deepEqual(
    [first, second].map(({ schedulingPolicies }) => schedulingPolicies.map(({ arn }) => arn)),
    [[arnOf('B'), arnOf('a')], [arnOf('c')]],
  );
  assert.equal(second.nextToken, undefined);
});

describe('a policy and the queues that have it', () => {
  test('it cannot be deleted before the last of them is; one that is not there is as good as deleted', async () => {
    const bench = await benchWith('p');
    await createQueue(bench, 'q', arnOf('p'));
    const words = await bench.refusal('DeleteSchedulingPolicy', { arn: arnOf('p') });
    assert.equal(words, 'Cannot delete, found existing JobQueue relationship.');
    await bench.call('UpdateJobQueue', { jobQueue: 'q', state: 'DISABLED' });
    await bench.call('DeleteJobQueue', { jobQueue: 'q' });
    await bench.store.settled();
    await bench.call('DeleteSchedulingPolicy', { arn: arnOf('p') });
    await bench.call('DeleteSchedulingPolicy', { arn: arnOf('p') });
    assert.deepEqual(await described(bench, arnOf('p')), []);
  });

  test('what is kept of the shares of a queue goes with it, however many they were, and of no other', async () => {
    const bench = await benchWith('p');
    for (const name of ['q', 'q2']) await createQueue(bench, name, arnOf('p'));
    bench.ledger.transact((transaction) => {
      for (let index = 0; index < 250; index += 1)
        transaction.put(shareRecords, { ...scope, queue: 'q', share: `s${index}`, usage: 1, at: 1 });
      transaction.put(shareRecords, { ...scope, queue: 'q2', share: 's', usage: 1, at: 1 });
    });
    await bench.call('UpdateJobQueue', { jobQueue: 'q', state: 'DISABLED' });
    await bench.call('DeleteJobQueue', { jobQueue: 'q' });
    while (bench.ledger.get(jobQueueRecords, scope, 'q')) await bench.store.settled();
    const left = bench.ledger.list(shareRecords, scope).map(({ queue }) => queue);
    assert.deepEqual(left, ['q2']);
  });

  test('a queue can be given another, but never none; one without never gets any', async () => {
    const bench = await benchWith('p', 'r');
    await createQueue(bench, 'q', arnOf('p'));
    await createQueue(bench, 'fifo', '');
    assert.equal(await policyOf(bench, 'q'), arnOf('p'));
    assert.equal(await policyOf(bench, 'fifo'), undefined);
    await bench.call('UpdateJobQueue', { jobQueue: 'q', priority: 2 });
    assert.equal(await policyOf(bench, 'q'), arnOf('p'));
    await bench.call('UpdateJobQueue', { jobQueue: 'q', schedulingPolicyArn: arnOf('r') });
    assert.equal(await policyOf(bench, 'q'), arnOf('r'));
    await bench.call('UpdateJobQueue', { jobQueue: 'fifo', schedulingPolicyArn: '' });
    const refused = (jobQueue: string, schedulingPolicyArn: string) =>
      bench.refusal('UpdateJobQueue', { jobQueue, schedulingPolicyArn });
    assert.match(await refused('q', ''), /can be replaced but not removed\.$/);
    assert.match(await refused('fifo', arnOf('p')), /created without a scheduling policy can not be given one\.$/);
    for (const queue of ['q', 'fifo'])
      assert.equal(await refused(queue, arnOf('x')), `SchedulingPolicy ${arnOf('x')} not found.`);
  });
});

describe('a submission', () => {
  const job = { jobName: 'j', jobQueue: 'fair', jobDefinition: 'x' };

  async function benchWithQueue(definition: object = {}): Promise<Bench> {
    const bench = await benchWith('p');
    await createQueue(bench, 'fair', arnOf('p'));
    await bench.call('RegisterJobDefinition', { ...smallDefinition, ...definition });
    return bench;
  }

  async function submitted(bench: Bench, change: object) {
    const { jobId } = await bench.call<{ jobId: string }>('SubmitJob', { ...job, ...change });
    const { jobs } = await bench.call<{ jobs: { shareIdentifier?: string; schedulingPriority?: number }[] }>(
      'DescribeJobs',
      { jobs: [jobId] },
    );
    return [jobs[0]?.shareIdentifier, jobs[0]?.schedulingPriority];
  }

  test('to a queue with a policy says whose it is and how urgent, itself or by its definition', async () => {
    const bench = await benchWithQueue();
    const own = { shareIdentifier: 'a', schedulingPriorityOverride: 0 };
    assert.deepEqual(await submitted(bench, own), ['a', 0]);
    assert.equal(await bench.refusal('SubmitJob', { ...job }), 'shareIdentifier must be specified.');
    assert.equal(
      await bench.refusal('SubmitJob', { ...job, shareIdentifier: 'a' }),
      'Either schedulingPriority in job definition or schedulingPriorityOverride should be specified.',
    );
    for (const shareIdentifier of ['', 'a*', 'x'.repeat(256)])
      assert.equal(await bench.refusal('SubmitJob', { ...job, ...own, shareIdentifier }), badPattern);
  });

  test('of a share identifier beyond the limit of active ones is refused, of one that is active is not', async () => {
    const bench = await benchWithQueue();
    const own = { schedulingPriorityOverride: 0 };
    bench.yard.shares.count = 500;
    bench.yard.shares.active.add('old');
    const words = await bench.refusal('SubmitJob', { ...job, ...own, shareIdentifier: 'new' });
    assert.match(words, /^Job Queue arn:.*job-queue\/fair has 500 active share identifiers already\.$/);
    await submitted(bench, { ...own, shareIdentifier: 'old' });
    bench.yard.shares.count = 499;
    await submitted(bench, { ...own, shareIdentifier: 'new' });
  });

  test('takes the priority of its definition unless it has one of its own', async () => {
    const bench = await benchWithQueue({ schedulingPriority: 7 });
    assert.deepEqual(await submitted(bench, { shareIdentifier: 'a' }), ['a', 7]);
    assert.deepEqual(await submitted(bench, { shareIdentifier: 'a', schedulingPriorityOverride: 9 }), ['a', 9]);
  });
});

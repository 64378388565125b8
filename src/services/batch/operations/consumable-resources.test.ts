import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TaskId } from '../../../core/ids.ts';
import type { Leaf } from '../../../core/job.ts';
import { type Bench, openBench, smallDefinition } from '../batch.fixture.ts';
import { describe as describeJobs, job, submit } from './jobs.fixture.ts';

const arn = 'arn:aws:batch:us-east-1:123456789012:consumable-resource/licences';
const create = { consumableResourceName: 'licences', totalQuantity: 5 };

async function benchWith(...names: string[]): Promise<Bench> {
  const bench = await openBench();
  for (const name of names) await bench.call('CreateConsumableResource', { ...create, consumableResourceName: name });
  return bench;
}

/** As DescribeConsumableResource shows it: total, in use, available. */
async function quantities({ call }: Bench, consumableResource = 'licences') {
  const shown = await call('DescribeConsumableResource', { consumableResource });
  return [shown.totalQuantity, shown.inUseQuantity, shown.availableQuantity];
}

function update(bench: Bench, change: object) {
  return bench.call('UpdateConsumableResource', { consumableResource: 'licences', ...change });
}

test('a consumable resource is created with its tags, replenishable unless said otherwise, and found by name and ARN', async () => {
  const bench = await openBench();
  const answer = await bench.call('CreateConsumableResource', { ...create, tags: { team: 'a' } });
  assert.deepEqual(answer, { consumableResourceName: 'licences', consumableResourceArn: arn });
  const whole = {
    ...answer,
    totalQuantity: 5,
    inUseQuantity: 0,
    availableQuantity: 5,
    resourceType: 'REPLENISHABLE',
    createdAt: bench.clock.now(),
    tags: { team: 'a' },
  };
  for (const consumableResource of ['licences', arn])
    assert.deepEqual(await bench.call('DescribeConsumableResource', { consumableResource }), whole);
  await bench.call('CreateConsumableResource', { consumableResourceName: 'b', resourceType: 'NON_REPLENISHABLE' });
  const other = await bench.call('DescribeConsumableResource', { consumableResource: 'b' });
  assert.deepEqual([other.totalQuantity, other.resourceType, other.tags], [0, 'NON_REPLENISHABLE', {}]);
  assert.deepEqual(bench.yard.consumableChanges, ['licences', 'b']);
});

const refusedCreations: readonly (readonly [why: string, input: object, words: RegExp])[] = [
  ['a name against the rules', { ...create, consumableResourceName: 'a b' }, /name should match a valid pattern/],
  ['less than none', { ...create, totalQuantity: -1 }, /^totalQuantity must not be negative\.$/],
  ['a type that there is not', { ...create, resourceType: 'ENDLESS' }, /^resourceType ENDLESS is not valid/],
  ['a reserved tag', { ...create, tags: { 'aws:a': 'b' } }, /reserved/],
  ['a name that is taken', { ...create, consumableResourceName: 'taken' }, /^Object already exists$/],
];
for (const [why, input, words] of refusedCreations) {
  test(`a consumable resource is refused that has ${why}`, async () => {
    const bench = await benchWith('taken');
    assert.match(await bench.refusal('CreateConsumableResource', input), words);
  });
}

test('no more consumable resources are created than the quota says', async () => {
  const bench = await openBench({ quotas: { consumableResources: 1 } });
  await bench.call('CreateConsumableResource', create);
  const words = await bench.refusal('CreateConsumableResource', { ...create, consumableResourceName: 'b' });
  assert.equal(words, 'Maximum number of consumable resources (1) reached.');
});

describe('an update', () => {
  test('sets the total, adds to it and removes from it, and SET is meant where nothing is said', async () => {
    const bench = await benchWith('licences');
    assert.deepEqual(await update(bench, { operation: 'ADD', quantity: 3 }), {
      consumableResourceName: 'licences',
      consumableResourceArn: arn,
      totalQuantity: 8,
    });
    assert.equal((await update(bench, { operation: 'REMOVE', quantity: 6 })).totalQuantity, 2);
    assert.equal((await update(bench, { operation: 'SET', quantity: 9 })).totalQuantity, 9);
    assert.equal((await update(bench, { quantity: 7 })).totalQuantity, 7);
    assert.deepEqual(await quantities(bench), [7, 0, 7]);
    assert.equal(bench.yard.consumableChanges.length, 5);
  });

  test('to less than jobs hold comes true as they end: until then what they hold is the total, and none is free', async () => {
    const bench = await benchWith('licences');
    bench.yard.held.set(arn, 4);
    assert.deepEqual(await quantities(bench), [5, 4, 1]);
    assert.equal((await update(bench, { quantity: 2 })).totalQuantity, 4);
    assert.deepEqual(await quantities(bench), [4, 4, 0]);
    bench.yard.held.set(arn, 1);
    assert.deepEqual(await quantities(bench), [2, 1, 1]);
  });

  const refused: readonly (readonly [why: string, change: object, words: RegExp])[] = [
    ['an operation that there is not', { operation: 'DOUBLE', quantity: 1 }, /^operation DOUBLE is not valid/],
    ['no quantity', { operation: 'ADD' }, /^quantity is required\.$/],
    ['a negative quantity', { operation: 'ADD', quantity: -1 }, /^quantity must not be negative\.$/],
    [
      'more to remove than there is',
      { operation: 'REMOVE', quantity: 6 },
      /^Cannot remove 6 of .*: its total .* is 5\./,
    ],
    ['too much', { operation: 'ADD', quantity: Number.MAX_SAFE_INTEGER }, /would be too large/],
    ['a resource that is not there', { consumableResource: 'none', quantity: 1 }, /consumable-resource\/none does not/],
  ];
  for (const [why, change, words] of refused) {
    test(`of ${why} is refused`, async () => {
      const bench = await benchWith('licences');
      const input = { consumableResource: 'licences', ...change };
      assert.match(await bench.refusal('UpdateConsumableResource', input), words);
      assert.deepEqual(await quantities(bench), [5, 0, 5]);
    });
  }

  test('with a client token happens once in 8 hours; the same token with another quantity is another update', async () => {
    const bench = await benchWith('licences');
    const add = { operation: 'ADD', quantity: 1, clientToken: 't' };
    assert.equal((await update(bench, add)).totalQuantity, 6);
    assert.equal((await update(bench, add)).totalQuantity, 6);
    assert.equal((await update(bench, { ...add, quantity: 2 })).totalQuantity, 8);
    bench.clock.advance(8 * 3_600_000 - 1);
    assert.equal((await update(bench, add)).totalQuantity, 6);
    assert.deepEqual(await quantities(bench), [8, 0, 8]);
    bench.clock.advance(2);
    assert.equal((await update(bench, add)).totalQuantity, 9);
  });
});

test('a consumable resource is deleted whatever holds it, and one that is not there is as good as deleted', async () => {
  const bench = await benchWith('licences');
  bench.yard.held.set(arn, 1);
  assert.deepEqual(await bench.call('DeleteConsumableResource', { consumableResource: arn }), {});
  assert.deepEqual(await bench.call('DeleteConsumableResource', { consumableResource: 'licences' }), {});
  const words = await bench.refusal('DescribeConsumableResource', { consumableResource: 'licences' });
  assert.equal(words, `${arn} does not exist`);
});

test('consumable resources are listed by name, page by page, and by names whatever their case, with a star for the rest', async () => {
  const bench = await benchWith('b2', 'a', 'B1', 'c');
  const list = async (input: object = {}) => {
    const { consumableResources, nextToken } = await bench.call<{
      consumableResources: Record<string, unknown>[];
      nextToken?: string;
    }>('ListConsumableResources', input);
    return { names: consumableResources.map((one) => one.consumableResourceName), nextToken, consumableResources };
  };
  assert.deepEqual((await list()).names, ['B1', 'a', 'b2', 'c']);
  const first = await list({ maxResults: 3 });
  assert.deepEqual(first.names, ['B1', 'a', 'b2']);
  assert.deepEqual((await list({ nextToken: first.nextToken })).names, ['c']);
  const named = (...values: string[]) => ({ filters: [{ name: 'CONSUMABLE_RESOURCE_NAME', values }] });
  assert.deepEqual((await list(named('b*'))).names, ['B1', 'b2']);
  assert.deepEqual((await list(named('A', 'c'))).names, ['a', 'c']);
  bench.yard.held.set(arn.replace('licences', 'a'), 2);
  assert.deepEqual((await list(named('a'))).consumableResources, [
    {
      consumableResourceArn: arn.replace('licences', 'a'),
      consumableResourceName: 'a',
      totalQuantity: 5,
      inUseQuantity: 2,
      resourceType: 'REPLENISHABLE',
    },
  ]);
});

test('filters and tokens that make no sense are refused', async () => {
  const bench = await benchWith('licences');
  const words = (input: object) => bench.refusal('ListConsumableResources', input);
  assert.match(await words({ filters: [{ name: 'NAME', values: ['a'] }] }), /^Filter name is not valid: NAME\./);
  assert.match(await words({ filters: [{ name: 'CONSUMABLE_RESOURCE_NAME' }] }), /must have a value/);
  assert.equal(await words({ nextToken: 'x' }), 'Invalid nextToken');
  const jobs = (input: object) =>
    bench.refusal('ListJobsByConsumableResource', { consumableResource: 'licences', ...input });
  assert.match(await jobs({ filters: [{ name: 'JOB_STATUS', values: ['LOST'] }] }), /^Job status is not valid: LOST\./);
  assert.equal(await jobs({ nextToken: 'x' }), 'Invalid nextToken');
  assert.match(await jobs({ consumableResource: 'none' }), /consumable-resource\/none does not exist$/);
});

test('a consumable resource is tagged like any other, and policies see its tags', async () => {
  const bench = await benchWith('licences');
  await bench.call('TagResource', { resourceArn: arn, tags: { team: 'a', b: 'c' } });
  await bench.call('UntagResource', { resourceArn: arn, tagKeys: ['b'] });
  assert.deepEqual(await bench.call('ListTagsForResource', { resourceArn: arn }), { tags: { team: 'a' } });
  const conditions = { 'aws:ResourceTag/team': 'a' };
  for (const operation of ['Describe', 'Update', 'Delete']) {
    const action = `${operation}ConsumableResource`;
    assert.deepEqual(await bench.access(action, { consumableResource: 'licences' }), [
      { action: `batch:${action}`, resource: arn, conditions },
    ]);
  }
  assert.deepEqual(await bench.access('ListJobsByConsumableResource', { consumableResource: arn }), [
    { action: 'batch:ListJobsByConsumableResource', resource: arn, conditions },
  ]);
  assert.deepEqual(await bench.access('ListConsumableResources', {}), [
    { action: 'batch:ListConsumableResources', resource: '*' },
  ]);
  assert.deepEqual(await bench.access('CreateConsumableResource', { ...create, tags: { x: 'y' } }), [
    {
      action: 'batch:CreateConsumableResource',
      resource: arn,
      conditions: { 'aws:RequestTag/x': 'y', 'aws:TagKeys': ['x'] },
    },
    {
      action: 'batch:TagResource',
      resource: arn,
      conditions: { 'aws:RequestTag/x': 'y', 'aws:TagKeys': ['x'] },
    },
  ]);
});

/** A bench with two resources and a definition whose jobs need two licences. */
async function benchWithNeeds(): Promise<Bench> {
  const bench = await benchWith('licences', 'tokens');
  await bench.call('RegisterJobDefinition', {
    ...smallDefinition,
    consumableResourceProperties: needs('licences', 2),
  });
  return bench;
}

function needs(consumableResource: string, quantity: number) {
  return { consumableResourceList: [{ consumableResource, quantity }] };
}

describe('a job', () => {
  test('needs what its definition says, by ARN, and is described so', async () => {
    const bench = await benchWithNeeds();
    const jobId = await submit(bench);
    assert.deepEqual(bench.yard.jobs.get(jobId)?.resources, {
      vcpus: 1,
      memoryMiB: 4,
      gpus: 0,
      consumables: [{ resource: arn, quantity: 2 }],
    });
    const [shown] = await describeJobs(bench, jobId);
    assert.deepEqual(shown?.consumableResourceProperties, needs(arn, 2));
  });

  test('needs what its submission says instead, and nothing if that is nothing', async () => {
    const bench = await benchWithNeeds();
    const other = await submit(bench, { consumableResourcePropertiesOverride: needs('tokens', 3) });
    const none = await submit(bench, { consumableResourcePropertiesOverride: { consumableResourceList: [] } });
    assert.deepEqual(bench.yard.jobs.get(other)?.resources.consumables, [
      { resource: arn.replace('licences', 'tokens'), quantity: 3 },
    ]);
    assert.equal(bench.yard.jobs.get(none)?.resources.consumables, undefined);
    const [shown] = await describeJobs(bench, none);
    assert.equal(shown && 'consumableResourceProperties' in shown, false);
  });

  test('is refused that needs what is not there, or one thing twice', async () => {
    const bench = await benchWithNeeds();
    const words = (override: object) =>
      bench.refusal('SubmitJob', { ...job, consumableResourcePropertiesOverride: override });
    assert.equal(await words(needs('none', 1)), 'Consumable resource none does not exist.');
    const twice = [...needs('licences', 1).consumableResourceList, ...needs(arn, 1).consumableResourceList];
    assert.match(await words({ consumableResourceList: twice }), /^Cannot have duplicate consumableResource/);
    assert.match(await words(needs('licences', 0)), /must be at least 1, got 0\.$/);
    await bench.call('DeleteConsumableResource', { consumableResource: 'licences' });
    assert.equal(await bench.refusal('SubmitJob', job), 'Consumable resource licences does not exist.');
  });
});

test('jobs are listed by the consumable resource that they need, newest first, by status and by name', async () => {
  const bench = await benchWithNeeds();
  const list = async (input: object = {}) => {
    const answer = await bench.call<{ jobs: Record<string, unknown>[]; nextToken?: string }>(
      'ListJobsByConsumableResource',
      { consumableResource: 'licences', ...input },
    );
    return { names: answer.jobs.map(({ jobName }) => jobName), ...answer };
  };
  const first = await submit(bench, { jobName: 'first' });
  const second = await submit(bench, { jobName: 'second', consumableResourcePropertiesOverride: needs('licences', 4) });
  await submit(bench, { jobName: 'other', consumableResourcePropertiesOverride: needs('tokens', 1) });
  bench.yard.move(first, running);
  assert.deepEqual((await list()).names, ['second', 'first']);
  const { jobs } = JSON.parse(JSON.stringify(await list({ filters: [{ name: 'JOB_STATUS', values: ['RUNNING'] }] })));
  assert.deepEqual(jobs, [
    {
      jobArn: `arn:aws:batch:us-east-1:123456789012:job/${first}`,
      jobQueueArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/default',
      jobName: 'first',
      jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/x:1',
      jobStatus: 'RUNNING',
      quantity: 2,
      startedAt: 7,
      createdAt: bench.yard.jobs.get(first)?.createdAt,
      consumableResourceProperties: needs(arn, 2),
    },
  ]);
  const named = (value: string) => ({ filters: [{ name: 'JOB_NAME', values: [value] }] });
  assert.deepEqual((await list(named('SEC*'))).names, ['second']);
  const page = await list({ maxResults: 1 });
  assert.deepEqual((await list({ nextToken: page.nextToken })).names, ['first']);
  assert.equal(page.jobs[0]?.statusReason, 'Waiting for the test.');
  bench.yard.end(second, 'SUCCEEDED');
  assert.deepEqual((await list()).names, ['second', 'first']);
});

function running(before: Leaf): Leaf {
  const placement = {
    taskId: '0'.repeat(32) as TaskId,
    computeEnvironmentArn: '',
    taskArn: '',
    containerInstanceArn: '',
    containers: [],
    pool: 'host',
    instance: 'i-1',
    placedAt: 6,
  };
  return { attempts: before.attempts, status: 'RUNNING', placement, startedAt: 7 };
}

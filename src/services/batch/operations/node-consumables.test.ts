import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, openBench } from '../batch.fixture.ts';
import { describe as describeJobs, submit } from './jobs.fixture.ts';

const arnOf = (name: string) => `arn:aws:batch:us-east-1:123456789012:consumable-resource/${name}`;
const container = { image: 'busybox', vcpus: 1, memory: 4 };

/** So many units of each, by name or ARN. */
const needs = (units: Readonly<Record<string, number>>) => ({
  consumableResourceList: Object.entries(units).map(([consumableResource, quantity]) => ({
    consumableResource,
    quantity,
  })),
});

const range = (targetNodes: string, units?: Readonly<Record<string, number>>) => ({
  targetNodes,
  container,
  ...(units && { consumableResourceProperties: needs(units) }),
});

const definition = (ranges: readonly object[], more: object = {}) => ({
  jobDefinitionName: 'x',
  type: 'multinode',
  nodeProperties: { numNodes: 4, mainNode: 0, nodeRangeProperties: ranges },
  ...more,
});

async function benchWith(...input: Parameters<typeof definition>): Promise<Bench> {
  const bench = await openBench();
  for (const consumableResourceName of ['licences', 'tokens'])
    await bench.call('CreateConsumableResource', { consumableResourceName, totalQuantity: 5 });
  await bench.call('RegisterJobDefinition', definition(...input));
  return bench;
}

/** What the whole job needs, by ARN. */
function wholeOf({ yard }: Bench, jobId: Awaited<ReturnType<typeof submit>>): Readonly<Record<string, number>> {
  const { consumables = [] } = yard.jobs.get(jobId)?.resources ?? {};
  return Object.fromEntries(consumables.map(({ resource, quantity }) => [resource, quantity]));
}

test('what ranges need counts once for each of their nodes, and is held by the job as a whole beside what it needs itself', async () => {
  const ranges = [range('0', { licences: 2 }), range('1:', { [arnOf('licences')]: 1, tokens: 3 })];
  const bench = await benchWith(ranges, { consumableResourceProperties: needs({ tokens: 10 }) });
  const jobId = await submit(bench);
  assert.deepEqual(wholeOf(bench, jobId), { [arnOf('licences')]: 2 + 3, [arnOf('tokens')]: 10 + 9 });
  const [shown] = await describeJobs(bench, jobId);
  assert.deepEqual(
    shown?.consumableResourceProperties,
    needs({ [arnOf('tokens')]: 19, [arnOf('licences')]: 5 }),
    'of the job, all of it',
  );
  assert.deepEqual(
    shown?.nodeProperties?.nodeRangeProperties?.map((each) => each.consumableResourceProperties),
    [needs({ [arnOf('licences')]: 2 }), needs({ [arnOf('licences')]: 1, [arnOf('tokens')]: 3 })],
    'of a range, what one node needs',
  );
});

test('an inner range has its own list in the place of the outer one’s, be it empty', async () => {
  const bench = await benchWith([range(':', { licences: 2 }), range('1', { tokens: 1 }), range('2', {}), range('3')]);
  const jobId = await submit(bench);
  assert.deepEqual(wholeOf(bench, jobId), { [arnOf('licences')]: 2 + 2, [arnOf('tokens')]: 1 });
});

test('a submission overrides what its ranges need, and how many nodes need it', async () => {
  const bench = await benchWith([range('0', { licences: 2 }), range('1:', { licences: 1 })]);
  const nodePropertyOverrides = [{ targetNodes: '1:', consumableResourcePropertiesOverride: needs({ tokens: 2 }) }];
  const changed = await submit(bench, { nodeOverrides: { numNodes: 3, nodePropertyOverrides } });
  assert.deepEqual(wholeOf(bench, changed), { [arnOf('licences')]: 2, [arnOf('tokens')]: 4 });
  const none = { targetNodes: '0', consumableResourcePropertiesOverride: needs({}) };
  const less = await submit(bench, { nodeOverrides: { nodePropertyOverrides: [none] } });
  assert.deepEqual(wholeOf(bench, less), { [arnOf('licences')]: 3 });
  const [shown] = await describeJobs(bench, changed);
  assert.deepEqual(
    shown?.nodeProperties?.nodeRangeProperties?.map((each) => each.consumableResourceProperties),
    [needs({ [arnOf('licences')]: 2 }), needs({ [arnOf('tokens')]: 2 })],
  );
});

test('nodes that need nothing have no list, and their job none', async () => {
  const bench = await benchWith([range(':')]);
  const jobId = await submit(bench);
  assert.equal(bench.yard.jobs.get(jobId)?.resources.consumables, undefined);
  const [shown] = await describeJobs(bench, jobId);
  assert.equal(shown?.consumableResourceProperties, undefined);
});

test('a range that needs what cannot be is refused with its definition, what is not there with its job', async () => {
  const bench = await benchWith([range(':', { unknown: 1 })]);
  const job = { jobName: 'j', jobQueue: 'default', jobDefinition: 'x' };
  assert.equal(await bench.refusal('SubmitJob', job), 'Consumable resource unknown does not exist.');
  const six = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, 1]));
  assert.equal(
    await bench.refusal('RegisterJobDefinition', definition([range(':', six)])),
    'Each ConsumableResourceProperty can have at most 5 consumableResources',
  );
  const override = (units: Readonly<Record<string, number>>) => ({
    ...job,
    nodeOverrides: {
      nodePropertyOverrides: [{ targetNodes: ':', consumableResourcePropertiesOverride: needs(units) }],
    },
  });
  assert.equal(
    await bench.refusal('SubmitJob', override({ licences: 0 })),
    'quantity of consumable resource licences must be at least 1, got 0.',
  );
  assert.equal(
    await bench.refusal('SubmitJob', override({ licences: 1, [arnOf('licences')]: 1 })),
    'Cannot have duplicate consumableResource in consumableResourceProperties',
  );
  assert.equal(
    await bench.refusal('SubmitJob', override({ licences: Number.MAX_SAFE_INTEGER })),
    `The nodes need too much of consumable resource ${arnOf('licences')}.`,
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateConsumableResourceCommand,
  type CreateConsumableResourceCommandInput,
  CreateJobQueueCommand,
  DeleteConsumableResourceCommand,
  DescribeConsumableResourceCommand,
  ListConsumableResourcesCommand,
  ListTagsForResourceCommand,
  paginateListConsumableResources,
  paginateListJobsByConsumableResource,
  RegisterJobDefinitionCommand,
  TagResourceCommand,
  TerminateJobCommand,
  UpdateConsumableResourceCommand,
  type UpdateConsumableResourceCommandInput,
} from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { arnPrefix, assertRefused, openYard, settledQueue } from './yard.ts';

const { batch } = await openYard(['--host-vcpus', '16']);
const quick = await registerShell(batch, { name: 'quick', script: 'true' });
const endless = await registerShell(batch, { name: 'endless', script: 'exec sleep 600' });
const arnOf = (name: string) => `${arnPrefix}:consumable-resource/${name}`;

async function create(
  consumableResourceName: string,
  totalQuantity: number,
  more: Partial<CreateConsumableResourceCommandInput> = {},
) {
  return batch.send(new CreateConsumableResourceCommand({ consumableResourceName, totalQuantity, ...more }));
}

function update(consumableResource: string, change: Partial<UpdateConsumableResourceCommandInput>) {
  return batch.send(new UpdateConsumableResourceCommand({ consumableResource, ...change }));
}

/** Total, in use, available. */
async function quantities(consumableResource: string) {
  const shown = await batch.send(new DescribeConsumableResourceCommand({ consumableResource }));
  return [shown.totalQuantity, shown.inUseQuantity, shown.availableQuantity];
}

const needs = (consumableResource: string, quantity: number) => ({
  consumableResourceList: [{ consumableResource, quantity }],
});

/** A queue of its own, so that nothing of another test stands before. */
async function queue(jobQueueName: string): Promise<string> {
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName, priority: 1, computeEnvironmentOrder }));
  await settledQueue(batch, jobQueueName);
  return jobQueueName;
}

const terminate = async (jobId: string) => {
  await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
  await waitForEnd(batch, jobId);
};

test('a consumable resource is created with tags and type, described, listed page by page and by name, and deleted', async () => {
  const tags = { team: 'render' };
  assert.partialDeepStrictEqual(await create('Shown-1', 7, { resourceType: 'NON_REPLENISHABLE', tags }), {
    consumableResourceName: 'Shown-1',
    consumableResourceArn: arnOf('Shown-1'),
  });
  await create('shown-2', 1);
  await batch.send(new TagResourceCommand({ resourceArn: arnOf('Shown-1'), tags: { more: 'x' } }));
  const { $metadata: _, ...shown } = await batch.send(
    new DescribeConsumableResourceCommand({ consumableResource: arnOf('Shown-1') }),
  );
  assert.deepEqual(shown, {
    consumableResourceName: 'Shown-1',
    consumableResourceArn: arnOf('Shown-1'),
    totalQuantity: 7,
    inUseQuantity: 0,
    availableQuantity: 7,
    resourceType: 'NON_REPLENISHABLE',
    createdAt: shown.createdAt,
    tags: { team: 'render', more: 'x' },
  });
  const listed = await batch.send(new ListTagsForResourceCommand({ resourceArn: arnOf('Shown-1') }));
  assert.deepEqual(listed.tags, shown.tags);
  const filters = [{ name: 'CONSUMABLE_RESOURCE_NAME', values: ['SHOWN*'] }];
  const pages = paginateListConsumableResources({ client: batch, pageSize: 1 }, { filters });
  const found = (await Array.fromAsync(pages)).flatMap((page) => page.consumableResources ?? []);
  assert.deepEqual(
    found.map(({ consumableResourceName, totalQuantity, inUseQuantity, resourceType }) => [
      consumableResourceName,
      totalQuantity,
      inUseQuantity,
      resourceType,
    ]),
    [
      ['Shown-1', 7, 0, 'NON_REPLENISHABLE'],
      ['shown-2', 1, 0, 'REPLENISHABLE'],
    ],
  );
  for (const consumableResource of ['Shown-1', arnOf('shown-2')])
    await batch.send(new DeleteConsumableResourceCommand({ consumableResource }));
  const { consumableResources } = await batch.send(new ListConsumableResourcesCommand({ filters }));
  assert.deepEqual(consumableResources, []);
  await assertRefused(quantities('Shown-1'), /consumable-resource\/Shown-1 does not exist/);
});

test('a job waits RUNNABLE until what it needs of a consumable resource is free, and says for what, how much and for whom', async () => {
  await create('seats', 3);
  const jobQueue = await queue('seats');
  const { jobDefinitionArn = '' } = await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: 'seated',
      type: 'container',
      containerProperties: {
        image: 'host',
        command: ['sleep', '600'],
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '32' },
        ],
      },
      consumableResourceProperties: needs('seats', 2),
    }),
  );
  const first = await submit(batch, jobDefinitionArn, { jobQueue });
  const running = await waitForStatus(batch, first, 'RUNNING');
  assert.deepEqual(running.consumableResourceProperties, needs(arnOf('seats'), 2));
  const second = await submit(batch, quick, {
    jobQueue,
    jobName: 'second',
    consumableResourcePropertiesOverride: needs(arnOf('seats'), 3),
  });
  const words = `Waiting for consumable resources: 3 of seats needed, 1 of 3 free (job ${first} holds 2).`;
  await until('the job to wait for seats', async () => (await describeJob(batch, second)).statusReason === words);
  assert.deepEqual(await quantities('seats'), [3, 2, 1]);
  const list = async (name: string, ...values: string[]) => {
    const input = { consumableResource: 'seats', filters: [{ name, values }] };
    const pages = paginateListJobsByConsumableResource({ client: batch, pageSize: 1 }, input);
    return (await Array.fromAsync(pages)).flatMap(({ jobs = [] }) => jobs);
  };
  assert.deepEqual(await list('JOB_STATUS', 'RUNNABLE'), [
    {
      jobArn: `${arnPrefix}:job/${second}`,
      jobQueueArn: `${arnPrefix}:job-queue/seats`,
      jobName: 'second',
      jobDefinitionArn: quick,
      jobStatus: 'RUNNABLE',
      quantity: 3,
      statusReason: words,
      createdAt: (await describeJob(batch, second)).createdAt,
      consumableResourceProperties: needs(arnOf('seats'), 3),
    },
  ]);
  await terminate(first);
  assert.equal((await waitForEnd(batch, second)).status, 'SUCCEEDED');
  assert.deepEqual(await quantities('seats'), [3, 0, 3]);
  const all = await list('JOB_NAME', 'second', 'TEST*');
  assert.deepEqual(
    all.map(({ jobStatus, quantity }) => [jobStatus, quantity]),
    [
      ['SUCCEEDED', 3],
      ['FAILED', 2],
    ],
  );
});

test('what does not replenish is gone with each attempt; an update brings more, once for a client token', async () => {
  await create('budget', 3, { resourceType: 'NON_REPLENISHABLE' });
  const jobQueue = await queue('budget');
  const override = { jobQueue, consumableResourcePropertiesOverride: needs('budget', 2) };
  await waitForEnd(batch, await submit(batch, quick, override));
  assert.deepEqual(await quantities('budget'), [1, 0, 1]);
  const waiting = await submit(batch, quick, override);
  await until('the job to say that there is too little', async () => {
    const { statusReason } = await describeJob(batch, waiting);
    return statusReason?.startsWith('Consumable resources do not suffice: 2 of budget needed, there are 1.');
  });
  const add = { operation: 'ADD', quantity: 4, clientToken: 'april' };
  assert.equal((await update('budget', add)).totalQuantity, 5);
  assert.equal((await update('budget', add)).totalQuantity, 5);
  assert.equal((await waitForEnd(batch, waiting)).status, 'SUCCEEDED');
  assert.deepEqual(await quantities('budget'), [3, 0, 3]);
  assert.equal((await update('budget', { operation: 'REMOVE', quantity: 1 })).totalQuantity, 2);
  assert.equal((await update('budget', { operation: 'SET', quantity: 9 })).totalQuantity, 9);
});

test('a total set below what jobs hold, and a deletion, take nothing from them; created again, it is the same resource', async () => {
  await create('desks', 4);
  const jobQueue = await queue('desks');
  const holder = await submit(batch, endless, { jobQueue, consumableResourcePropertiesOverride: needs('desks', 3) });
  await waitForStatus(batch, holder, 'RUNNING');
  assert.equal((await update('desks', { operation: 'SET', quantity: 1 })).totalQuantity, 3);
  assert.deepEqual(await quantities('desks'), [3, 3, 0]);
  const waiting = await submit(batch, quick, { jobQueue, consumableResourcePropertiesOverride: needs('desks', 1) });
  await batch.send(new DeleteConsumableResourceCommand({ consumableResource: 'desks' }));
  await until('the job to say that it is gone', async () => {
    return (await describeJob(batch, waiting)).statusReason?.includes('1 of desks needed, it does not exist');
  });
  assert.equal((await describeJob(batch, holder)).status, 'RUNNING');
  await create('desks', 4);
  assert.equal((await waitForEnd(batch, waiting)).status, 'SUCCEEDED');
  assert.deepEqual(await quantities('desks'), [4, 3, 1]);
  await terminate(holder);
  assert.deepEqual(await quantities('desks'), [4, 0, 4]);
});

test('each child of an array needs its own, and a job that needs what is not there is refused', async () => {
  await create('lanes', 2);
  const jobQueue = await queue('lanes');
  const override = { consumableResourcePropertiesOverride: needs('lanes', 1) };
  const array = await submit(batch, endless, { jobQueue, arrayProperties: { size: 3 }, ...override });
  await until('two children to run', async () => {
    const { arrayProperties } = await describeJob(batch, array);
    return arrayProperties?.statusSummary?.RUNNING === 2;
  });
  assert.deepEqual(await quantities('lanes'), [2, 2, 0]);
  assert.match(
    (await describeJob(batch, `${array}:2`)).statusReason ?? '',
    /1 of lanes needed, 0 of 2 free \(job .* holds 2\)/,
  );
  await terminate(array);
  assert.deepEqual(await quantities('lanes'), [2, 0, 2]);
  const unknown = { consumableResourcePropertiesOverride: needs('none', 1) };
  await assertRefused(submit(batch, quick, unknown), /Consumable resource none does not exist\./);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
} from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { assertRefused, openYard, settledEnvironment } from './yard.ts';

const { batch } = await openYard();
const quick = await registerShell(batch, { name: 'quick', script: 'true' });
const environment = { type: 'UNMANAGED' as const, serviceRole: 'AWSBatchServiceRole' };
const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];

test('a definition of 24 KiB is registered, a larger one refused', async () => {
  const register = (size: number) => {
    const containerProperties = { image: 'i', vcpus: 1, memory: 4, command: ['x'.repeat(size)] };
    return batch.send(
      new RegisterJobDefinitionCommand({ jobDefinitionName: 'large', type: 'container', containerProperties }),
    );
  };
  await register(24 * 1024 - 200);
  await assertRefused(register(24 * 1024 + 1), /JobDefinitionsize is above the limits 24 KB/);
});

test('a submission of 30 KiB is accepted, a larger one refused', async () => {
  const withValue = (size: number) => submit(batch, quick, { parameters: { p: 'x'.repeat(size) } });
  await withValue(30 * 1024 - 400);
  await assertRefused(withValue(30 * 1024 + 1), /Job size must be less than 30 KiB/);
});

test('sizes are counted in bytes of UTF-8', async () => {
  await assertRefused(
    submit(batch, quick, { parameters: { p: 'é'.repeat(16 * 1024) } }),
    /Job size must be less than 30 KiB/,
  );
});

test('a region has at most 50 compute environments, the default one included', async () => {
  const create = (name: string) =>
    batch.send(new CreateComputeEnvironmentCommand({ computeEnvironmentName: name, ...environment }));
  for (let count = 1; count < 50; count += 1) await create(`environment-${count}`);
  await assertRefused(create('one-too-many'), /Maximum number of compute environments \(50\)/);
});

test('a queue has at most 3 compute environments', async () => {
  const names = ['environment-1', 'environment-2', 'environment-3', 'environment-4'];
  for (const name of names) await settledEnvironment(batch, name);
  const order = names.map((computeEnvironment, index) => ({ order: index, computeEnvironment }));
  const input = { jobQueueName: 'wide', priority: 1, computeEnvironmentOrder: order };
  await assertRefused(
    batch.send(new CreateJobQueueCommand(input)),
    /Only 3 environments are allowed in job queue request/,
  );
});

test('a region has at most 50 job queues, the default one included', async () => {
  const create = (jobQueueName: string) =>
    batch.send(new CreateJobQueueCommand({ jobQueueName, priority: 1, computeEnvironmentOrder }));
  for (let count = 1; count < 50; count += 1) await create(`queue-${count}`);
  await assertRefused(create('one-too-many'), /50/);
});

test('names have at most 128 characters: letters, digits, - and _', async () => {
  const name = 'n'.repeat(128);
  await registerShell(batch, { name, script: 'true' });
  await submit(batch, quick, { jobName: name });
  for (const wrong of [`${name}n`, '', 'a.b', 'é']) {
    await assertRefused(submit(batch, quick, { jobName: wrong }), /name/i);
    await assertRefused(registerShell(batch, { name: wrong, script: 'true' }), /name/i);
  }
});

test('at most 100 things are described in one call', async () => {
  const many = Array.from({ length: 101 }, (_, index) => `n${index}`);
  await assertRefused(batch.send(new DescribeJobDefinitionsCommand({ jobDefinitions: many })), /100/);
  await assertRefused(batch.send(new DescribeJobQueuesCommand({ jobQueues: many })), /100/);
});

test('rates are not limited unless asked for', async () => {
  const answers = await Promise.all(Array.from({ length: 120 }, () => submit(batch, quick)));
  assert.equal(new Set(answers).size, 120);
});

test('with --quotas aws more than 50 submissions a second are throttled, with the error that SDKs know to try again', async (t) => {
  const limited = await ServerProcess.start(t, ['--quotas', 'aws', '--engine', 'mock']);
  const clients = clientsOf(limited, { maxAttempts: 1 });
  t.after(clients.close);
  const jobDefinition = await registerShell(clients.batch, { name: 'quick', script: 'true' });
  const input = { jobName: 'x', jobQueue: 'default', jobDefinition };
  const results = await Promise.allSettled(
    Array.from({ length: 150 }, () => clients.batch.send(new SubmitJobCommand(input))),
  );
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  assert.ok(refused.length > 0 && refused.length <= 100);
  for (const { name, $metadata } of refused) {
    assert.deepEqual([name, $metadata.httpStatusCode], ['TooManyRequestsException', 429]);
  }
});

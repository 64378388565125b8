import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Region } from '../../core/ids.ts';
import { openBench, scope, smallDefinition } from './batch.fixture.ts';
import { computeEnvironmentRecords, jobQueueRecords } from './records.ts';

test('a region comes to life with a default environment and queue, ready for a first job', async () => {
  const { call, ledger, yard } = await openBench();
  await call('RegisterJobDefinition', smallDefinition);
  await call('SubmitJob', { jobName: 'j', jobQueue: 'default', jobDefinition: 'x' });
  const environment = ledger.get(computeEnvironmentRecords, scope, 'default');
  assert.equal(environment?.status, 'VALID');
  assert.deepEqual(environment?.computeResources?.instanceTypes, ['optimal']);
  assert.equal(environment?.computeResources?.maxvCpus, 256);
  assert.equal(ledger.get(jobQueueRecords, scope, 'default')?.priority, 1);
  assert.equal(yard.jobs.size, 1);
});

test('every region has its own default queue', async () => {
  const { call, ledger } = await openBench();
  const region = 'eu-west-1' as Region;
  await call('DescribeJobQueues', {}, { region });
  const queue = ledger.get(jobQueueRecords, { ...scope, region }, 'default');
  assert.equal(queue?.arn, 'arn:aws:batch:eu-west-1:123456789012:job-queue/default');
  assert.equal(ledger.get(jobQueueRecords, scope, 'default'), undefined);
});

test('the default environment and queue stay deleted, after a restart too', async () => {
  const first = await openBench();
  await first.call('UpdateJobQueue', { jobQueue: 'default', state: 'DISABLED' });
  await first.call('DeleteJobQueue', { jobQueue: 'default' });
  await first.call('UpdateComputeEnvironment', { computeEnvironment: 'default', state: 'DISABLED' });
  await first.store.settled();
  await first.call('DeleteComputeEnvironment', { computeEnvironment: 'default' });
  await first.store.settled();
  const second = await openBench({ store: first.store });
  second.service.ensureRegion(scope);
  assert.deepEqual(await second.call('DescribeJobQueues', {}), { jobQueues: [], nextToken: undefined });
  assert.equal(second.ledger.count(computeEnvironmentRecords, scope), 0);
});

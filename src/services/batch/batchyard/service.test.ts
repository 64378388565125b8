import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { openBench, smallDefinition } from '../batch.fixture.ts';
import type { DescribeInstallationOutput, ExplainJobOutput } from '../index.ts';

test('explaining a job says why it is where it is, while it waits and after it has ended', async () => {
  const { call, yard, refusal } = await openBench();
  await call('RegisterJobDefinition', smallDefinition);
  const { jobId } = await call<{ jobId: JobId }>('SubmitJob', {
    jobName: 'j',
    jobQueue: 'default',
    jobDefinition: 'x',
  });
  const waiting = await call<ExplainJobOutput>('ExplainJob', { jobId });
  assert.equal(waiting.text, 'Waiting for the test.');
  assert.deepEqual([waiting.engineNotes, waiting.notes], [['a note'], ['a fact']]);
  assert.equal(waiting.job.jobId, jobId);
  yard.end(jobId, 'SUCCEEDED');
  const ended = await call<ExplainJobOutput>('ExplainJob', { jobId });
  assert.equal(ended.text, 'The job is SUCCEEDED.');
  assert.deepEqual([ended.engineNotes, ended.notes], [[], []]);
  assert.equal(await refusal('ExplainJob', { jobId: 'nobody' }), 'Job nobody not found.');
});

test('describing the installation counts what there is', async () => {
  const { call, store } = await openBench();
  await call('RegisterJobDefinition', smallDefinition);
  await call('SubmitJob', { jobName: 'j', jobQueue: 'default', jobDefinition: 'x' });
  const described = await call<DescribeInstallationOutput>('DescribeInstallation', {});
  assert.deepEqual(described, {
    version: '0.0.0-test',
    installationId: store.installationId,
    defaultEngine: 'process',
    engines: [],
    region: 'us-east-1',
    instances: { bootDelay: 90_000, interruptions: true },
    jobQueues: [{ name: 'default', state: 'ENABLED', status: 'VALID', priority: 1, activeJobs: 1 }],
    computeEnvironments: [{ name: 'default', engine: 'process', launches: false }],
    counts: { computeEnvironments: 1, jobQueues: 1, jobDefinitions: 1, waitingJobs: 0, activeJobs: 1, finishedJobs: 0 },
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { openBench, smallDefinition, smallEnvironment } from '../batch.fixture.ts';

test('a job that can never start is taken in to fail at once where its queue says so, and nowhere else', async () => {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  await bench.call('RegisterJobDefinition', smallDefinition);
  const queue = { priority: 1, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'm' }] };
  await bench.call('CreateJobQueue', { ...queue, jobQueueName: 'waits' });
  await bench.call('CreateJobQueue', { ...queue, jobQueueName: 'fails', tags: { 'batchyard:impossible': 'fail' } });
  const failure = async (jobQueue: string) => {
    const { jobId } = await bench.call<{ jobId: JobId }>('SubmitJob', { jobName: 'j', jobQueue, jobDefinition: 'x' });
    return bench.yard.jobs.get(jobId)?.failsAtOnce;
  };
  assert.equal(await failure('fails'), undefined);
  bench.yard.hopelessWords = 'It can never start.';
  assert.deepEqual([await failure('fails'), await failure('waits')], ['It can never start.', undefined]);
});

test('a value of the tag that means nothing is refused, when a queue is created and later', async () => {
  const { refusal, call } = await openBench();
  const queue = {
    jobQueueName: 'q',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'default' }],
  };
  const words = await refusal('CreateJobQueue', { ...queue, tags: { 'batchyard:impossible': 'wait' } });
  assert.equal(words, 'The tag batchyard:impossible may be fail, got wait.');
  const place = 'arn:aws:batch:us-east-1:123456789012';
  const tags = { 'batchyard:impossible': 'wait' };
  assert.equal(await refusal('TagResource', { resourceArn: `${place}:job-queue/default`, tags }), words);
  await call('TagResource', { resourceArn: `${place}:compute-environment/default`, tags });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { openBench } from '../batch.fixture.ts';
import type { ListQueuesOutput } from '../index.ts';
import { environmentArn, openServiceBench, submitService } from '../operations/service-jobs.fixture.ts';
import { noTrainingEngine } from '../service-jobs/waiting-reason.ts';

const arn = 'arn:aws:batch:us-east-1:123456789012';

test('queues are shown by name, page by page, with their environments, counts and what their heads wait for', async () => {
  const bench = await openBench();
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  await bench.call('CreateJobQueue', { jobQueueName: 'Zoo', priority: 9, state: 'DISABLED', computeEnvironmentOrder });
  await bench.call('HoldJobQueue', { jobQueue: 'Zoo' });
  const jobs = { PENDING: 1, RUNNABLE: 2, STARTING: 3, RUNNING: 4 };
  const blocked = { jobId: 'j' as JobId, since: 5, reason: 'Why.' };
  const shares = { active: 1, most: [{ share: 'a', usedVcpuSeconds: 1, heldVcpus: 7, weight: 1 }] };
  bench.yard.queueStates.set(`${arn}:job-queue/default`, { jobs, heldVcpus: 7, blocked, shares });
  const first = await bench.call<ListQueuesOutput>('ListQueues', { maxResults: 1 });
  const second = await bench.call<ListQueuesOutput>('ListQueues', { maxResults: 1, nextToken: first.nextToken });
  const name = 'default';
  const environment = { name, arn: `${arn}:compute-environment/default`, state: 'ENABLED', status: 'VALID' };
  const common = { status: 'VALID', statusReason: 'JobQueue Healthy', computeEnvironments: [environment] };
  const none = { PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0 };
  assert.deepEqual(first.queues, [
    {
      ...{ jobQueueName: 'Zoo', jobQueueArn: `${arn}:job-queue/Zoo`, state: 'DISABLED', priority: 9, ...common },
      ...{ hold: { since: bench.clock.now(), by: 'arn:aws:iam::123456789012:root' }, jobs: none, heldVcpus: 0 },
    },
  ]);
  assert.deepEqual(second, {
    queues: [
      {
        ...{ jobQueueName: name, jobQueueArn: `${arn}:job-queue/default`, state: 'ENABLED', priority: 1, ...common },
        ...{ jobs, heldVcpus: 7, blocked, shares },
      },
    ],
  });
  assert.equal(await bench.refusal('ListQueues', { nextToken: 'x' }), 'Invalid nextToken');
  assert.deepEqual(await bench.access('ListQueues', {}), [{ action: 'batchyard:ListQueues', resource: '*' }]);
});

test('a queue of service jobs is shown with its service environment, how many wait, and what its first waits for', async () => {
  const bench = await openServiceBench();
  const [jobId] = [await submitService(bench), await submitService(bench)];
  const [since, told] = [bench.clock.now(), { toldAt: bench.clock.now() }];
  bench.clock.advance(1_000);
  const listed = async () => {
    const { queues } = await bench.call<ListQueuesOutput>('ListQueues', {});
    return queues.find(({ jobQueueName }) => jobQueueName === 'train');
  };
  let shown = await listed();
  for (let round = 0; !shown?.blocked && round < 1_000; round += 1) shown = await listed();
  assert.ok(shown);
  assert.deepEqual(
    [shown.serviceEnvironments, shown.computeEnvironments, shown.jobs.RUNNABLE, shown.heldVcpus, shown.blocked],
    [
      [{ name: 'se', arn: environmentArn, state: 'ENABLED' }],
      ...[[], 2, 0],
      { jobId, since, reason: noTrainingEngine, ...told },
    ],
  );
});

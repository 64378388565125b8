import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { openBench } from '../batch.fixture.ts';
import type { GetOverviewOutput } from './get-overview.ts';

const arn = 'arn:aws:batch:us-east-1:123456789012';

test('an overview shows queues that are stuck first, environments by name with what they run, and since when it counts', async () => {
  const bench = await openBench();
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  for (const jobQueueName of ['busy', 'stuck'])
    await bench.call('CreateJobQueue', { jobQueueName, priority: 1, computeEnvironmentOrder });
  const none = { PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0 };
  bench.yard.queueStates.set(`${arn}:job-queue/busy`, { jobs: { ...none, RUNNING: 9 }, heldVcpus: 9 });
  const blocked = { jobId: 'j' as JobId, since: 5, reason: 'Why.' };
  bench.yard.queueStates.set(`${arn}:job-queue/stuck`, { jobs: { ...none, RUNNABLE: 1 }, blocked });
  bench.yard.vcpus.set(`${arn}:compute-environment/default`, 9);
  const found = await bench.call<GetOverviewOutput>('GetOverview', {});
  assert.deepEqual(
    found.queues.map(({ name, heldVcpus, blocked: head }) => [name, heldVcpus, head?.reason]),
    [
      ['stuck', 0, 'Why.'],
      ['busy', 9, undefined],
      ['default', 0, undefined],
    ],
  );
  assert.equal(found.queues[0]?.lastHour.started.length, 60);
  const [environment] = found.environments;
  assert.deepEqual([environment?.name, environment?.status, environment?.used], ['default', 'VALID', 9]);
  assert.deepEqual(
    [found.failures, found.moreFailures, found.moreQueues, found.moreEnvironments, found.asOf],
    [[], 0, 0, 0, bench.clock.now()],
  );
  assert.deepEqual(await bench.access('GetOverview', {}), [{ action: 'batchyard:GetOverview', resource: '*' }]);
});

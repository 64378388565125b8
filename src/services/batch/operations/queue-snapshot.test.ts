import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { openBench } from '../batch.fixture.ts';

const queueArn = 'arn:aws:batch:us-east-1:123456789012:job-queue/default';

test('a snapshot shows at most a hundred jobs by ARN, and the vCPUs in use', async () => {
  const { call, yard, clock } = await openBench();
  yard.front = { front: Array.from({ length: 101 }, (_, at) => ({ jobId: `j${at}` as JobId, at })), vcpus: 2.5 };
  for (const jobQueue of ['default', queueArn]) {
    const { frontOfQueue, queueUtilization } = await call<{
      frontOfQueue: { jobs: readonly object[]; lastUpdatedAt: number };
      queueUtilization: object;
    }>('GetJobQueueSnapshot', { jobQueue });
    const jobArn = 'arn:aws:batch:us-east-1:123456789012:job/j1';
    assert.deepEqual([frontOfQueue.jobs.length, frontOfQueue.jobs[1]], [100, { jobArn, earliestTimeAtPosition: 1 }]);
    const totalCapacityUsage = [{ capacityUnit: 'VCPU', quantity: 2.5 }];
    assert.deepEqual(queueUtilization, { totalCapacityUsage, lastUpdatedAt: clock.now() });
    assert.equal(frontOfQueue.lastUpdatedAt, clock.now());
  }
});

test('a queue that is not there is refused, and the queue itself is what access is asked for', async () => {
  const { access, refusal } = await openBench();
  const gone = queueArn.replace('default', 'gone');
  assert.equal(await refusal('GetJobQueueSnapshot', { jobQueue: 'gone' }), `${gone} does not exist`);
  const asked = [{ action: 'batch:GetJobQueueSnapshot', resource: queueArn, conditions: {} }];
  assert.deepEqual(await access('GetJobQueueSnapshot', { jobQueue: 'default' }), asked);
});

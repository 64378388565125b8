import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskId } from '../../../core/ids.ts';
import { taskId } from '../batch.fixture.ts';
import { arn, benchWithDefinition, submit } from '../operations/jobs.fixture.ts';
import type { ListTaskUsageOutput } from './list-task-usage.ts';

test('what runs is told with the names of its job and queue; a page has a token that leads on', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench);
  const asked = { vcpus: 1, memoryMiB: 4, gpus: 0 };
  const containers = [{ name: 'default', at: 5, cpuSeconds: 2, memoryBytes: 3, peakMemoryBytes: 4 }];
  bench.yard.usagePage = {
    tasks: [{ id: jobId, taskId, attempt: 1, asked, containers }],
    next: taskId,
    silent: [{ engine: 'mock', reason: 'why' }],
  };
  const { nextToken, ...page } = await bench.call<ListTaskUsageOutput>('ListTaskUsage', {});
  assert.deepEqual(page, {
    tasks: [{ jobId, jobName: 'j', jobQueue: `${arn}:job-queue/default`, taskId, attempt: 1, asked, containers }],
    silent: [{ engine: 'mock', reason: 'why' }],
  });
  await bench.call('ListTaskUsage', { nextToken });
  assert.deepEqual(bench.yard.usageAsked, [undefined, taskId] satisfies (TaskId | undefined)[]);
  assert.equal(await bench.refusal('ListTaskUsage', { nextToken: 'x' }), 'Invalid nextToken');
});

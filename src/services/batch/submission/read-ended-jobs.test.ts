import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatArn } from '../../../core/arn.ts';
import type { AccountId, JobId, Region } from '../../../core/ids.ts';
import type { JobRecord } from '../../../core/job-record.ts';
import { SystemRandom } from '../../../core/random.ts';
import { openMemoryStore, withLead } from '../../../store/index.ts';
import { readEndedJobs } from './dependencies.ts';

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const specification = { request: {}, nodes: [] };

type ArrayRecord = Extract<JobRecord, { readonly kind: 'array' }>;

function arrayRecord(number: number, state: ArrayRecord['state']): ArrayRecord {
  return {
    ...scope,
    number,
    order: number,
    jobId: `00000000-0000-7000-8000-00000000000${number}` as JobId,
    jobName: 'job',
    jobQueueArn: formatArn('batch', scope, 'job-queue/main'),
    jobDefinitionArn: formatArn('batch', scope, 'job-definition/definition:1'),
    createdAt: 1,
    schedulingPriority: 0,
    dependsOn: [],
    retryStrategy: { attempts: 1, evaluateOnExit: [] },
    resources: { vcpus: 1, memoryMiB: 16, gpus: 0 },
    tags: {},
    kind: 'array',
    size: 2,
    state,
  };
}

test('of an array that has ended it is read what became of each child, for whoever waits for one', async () => {
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const ended = arrayRecord(1, { status: 'FAILED', stoppedAt: 5, failed: 1, statusReason: 'Array Child Job failed' });
  const living = arrayRecord(2, { status: 'PENDING' });
  const bits = Uint8Array.of(1, 2, 3);
  await store.commit([
    ...[ended, living].map((each) => ({ kind: 'job.insert' as const, record: each, specification })),
    ...[1, 2].map((number) => ({ kind: 'arrayBits.put' as const, number, encode: () => bits })),
  ]);
  const found = await readEndedJobs(store.reads, scope, [ended.jobId, living.jobId]);
  assert.deepEqual([...found.values()], [{ jobId: ended.jobId, kind: 'array', status: 'FAILED', size: 2, bits }]);
});

test('an array that is deleted while it is read is not known any more', async () => {
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const ended = arrayRecord(1, { status: 'SUCCEEDED', stoppedAt: 5, failed: 0 });
  await store.commit([{ kind: 'job.insert', record: ended, specification }]);
  assert.deepEqual([...(await readEndedJobs(store.reads, scope, [ended.jobId])).keys()], []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromJobRow, sharedParts, toJobRow } from './rows.ts';
import { job, jobId, multiNodeJob } from './suite/samples.ts';

const retried = {
  retryStrategy: { attempts: 1, evaluateOnExit: [{ action: 'EXIT', onExitCode: '1' }] },
} as const;
const submittedBy = { principal: 'arn:session', role: 'arn:role', requestId: 'r' };
const samples = [
  job(1),
  job(2, { dependsOn: [{ on: jobId(1) }] }),
  job(3, retried),
  job(4, { timeoutSeconds: 60 }),
  job(5, { submittedBy }),
  multiNodeJob(6),
];

test('a job comes back from its row as it was, whether or not its parts are shared', () => {
  const shared = sharedParts();
  for (const record of samples) {
    assert.deepEqual(fromJobRow(toJobRow(record)), record);
    assert.deepEqual(fromJobRow(toJobRow(record), shared), record);
  }
});

test('what most jobs have is not in their rows', () => {
  const { resources } = job(1);
  assert.deepEqual(JSON.parse(toJobRow(job(1)).detail).value, { resources });
  assert.deepEqual(JSON.parse(toJobRow(job(3, retried)).detail).value, { ...retried, resources });
});

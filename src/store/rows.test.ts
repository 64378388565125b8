import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unfinishedOf } from '../core/job-record.ts';
import { fromJobRow, jobsAlike, toJobRow } from './rows.ts';
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

test('a job comes back from its row as it was, whole or as memory takes it in', () => {
  for (const record of samples) {
    const row = toJobRow(record);
    assert.deepEqual(fromJobRow(row), record);
    assert.deepEqual(jobsAlike(row)(row), unfinishedOf(record));
  }
});

test('jobs that are alike share what they have in common', () => {
  const rows = [toJobRow(job(1)), toJobRow(job(2))] as const;
  const make = jobsAlike(rows[0]);
  assert.equal(make(rows[0]).traits, make(rows[1]).traits);
});

test('what most jobs have is not in their rows', () => {
  const { resources } = job(1);
  assert.deepEqual(JSON.parse(toJobRow(job(1)).detail).value, { resources });
  assert.deepEqual(JSON.parse(toJobRow(job(3, retried)).detail).value, { ...retried, resources });
});

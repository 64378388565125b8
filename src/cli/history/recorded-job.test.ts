import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobDetail } from '@aws-sdk/client-batch';
import { recordedLine } from './recorded-job.ts';

const lost = 'Host EC2 (instance i-0123456789abcdef0) terminated.';
const attempt = (seconds: number, statusReason: string, exitCode?: number) => ({
  ...{ startedAt: 1_000, stoppedAt: 1_000 + seconds * 1_000, statusReason },
  container: exitCode === undefined ? {} : { exitCode },
});

function lineOf(job: Partial<JobDetail>) {
  const resourceRequirements = [
    { type: 'VCPU', value: '1' },
    { type: 'MEMORY', value: '64' },
  ] as const;
  const common = {
    ...{ jobArn: 'arn', jobId: 'j', jobName: 'j', jobDefinition: 'd', createdAt: 0, startedAt: 0 },
    jobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/q',
    container: { resourceRequirements: [...resourceRequirements] },
  };
  return recordedLine({ job: { ...common, status: 'SUCCEEDED', ...job }, children: [] }, 0, new Set());
}

test('of attempts that ended with their instances nothing is replayed but the last, and a job may have all that it was allowed', () => {
  const attempts = [attempt(5, lost), attempt(30, 'Essential container in task exited', 0)];
  const line = lineOf({ attempts, retryStrategy: { attempts: 5 } });
  assert.deepEqual(line, { ...(line as object), attempts: 5, runs: { 0: [{ runSeconds: 30, exitCode: 0 }] } });
  const failed = lineOf({ attempts: [attempt(5, lost), attempt(7, lost)], status: 'FAILED' });
  assert.deepEqual(failed, { ...(failed as object), attempts: 1, runs: { 0: [{ runSeconds: 7, exitCode: 1 }] } });
});

test('a job that failed has no more attempts than it had: a rule of its own may have ended it', () => {
  const attempts = [attempt(5, 'Essential container in task exited', 3)];
  const line = lineOf({ attempts, status: 'FAILED', retryStrategy: { attempts: 5 } });
  assert.deepEqual(line, { ...(line as object), attempts: 1, runs: { 0: [{ runSeconds: 5, exitCode: 3 }] } });
});

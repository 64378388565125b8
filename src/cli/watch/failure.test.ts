import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobDetail } from '@aws-sdk/client-batch';
import { failureOfAttempt } from './failure.ts';

const container = (name: string, exitCode: number) => ({ name, exitCode });
const statusReason = 'Essential container in task exited';
const attempt = (...containers: readonly ReturnType<typeof container>[]) => ({
  statusReason,
  taskProperties: [{ containers: [...containers] }],
});

test('how a job of several containers succeeded is not told by one that was stopped with it, its earlier failure is', () => {
  const helper = { name: 'helper', image: 'i', essential: false };
  const attempts = [
    attempt(container('helper', 143), container('main', 3)),
    attempt(container('helper', 143), container('main', 0)),
  ];
  const ecsProperties = { taskProperties: [{ containers: [helper, { name: 'main', image: 'i' }] }] };
  const job = { status: 'SUCCEEDED', attempts, ecsProperties } as unknown as JobDetail;
  const told = (job.attempts ?? []).map((each) => failureOfAttempt(each, job));
  assert.deepEqual(told[0], { exitCode: 3, reason: undefined, statusReason, container: 'main' });
  assert.deepEqual(told[1], { exitCode: 0, reason: undefined, statusReason });
});

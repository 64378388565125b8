import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateJobQueueCommand,
  type JobDetail,
  type JobStateTimeLimitAction,
  UpdateJobQueueCommand,
} from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { startInProcess } from '../support/server-in-process.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { assertRefused, settledQueue, wholeFile } from './yard.ts';

// A server of this process, whose clock is turned by hand: ten minutes take no time. Nobody signs, or every signature would be old.
const server = await startInProcess(wholeFile, {
  options: { auth: 'none' },
  script: () => ({ runFor: 'until-stopped' }),
});
const { batch, close } = clientsOf(server);
after(close);
await registerShell(batch, { name: 'idle', script: 'sleep 1000' });

const reason = 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE';
const action: JobStateTimeLimitAction = { reason, state: 'RUNNABLE', maxTimeSeconds: 600, action: 'CANCEL' };
const order = [{ order: 1, computeEnvironment: 'default' }];
const tooLarge = { containerOverrides: { resourceRequirements: [{ type: 'VCPU' as const, value: '9999' }] } };

async function queue(jobQueueName: string, jobStateTimeLimitActions: JobStateTimeLimitAction[]): Promise<string> {
  const input = { jobQueueName, priority: 1, computeEnvironmentOrder: order, jobStateTimeLimitActions };
  await batch.send(new CreateJobQueueCommand(input));
  await settledQueue(batch, jobQueueName);
  return jobQueueName;
}

/** Waits until the job says why it blocks its queue. */
async function blocked(jobId: string): Promise<JobDetail> {
  await until('the job to block its queue', async () =>
    (await describeJob(batch, jobId)).statusReason?.startsWith(reason),
  );
  return waitForStatus(batch, jobId, 'RUNNABLE');
}

test('a job that stays at the head of its queue for the reason of an action is cancelled when its time is over', async () => {
  const jobQueue = await queue('limited', [action]);
  const jobId = await submit(batch, 'idle', { jobQueue, ...tooLarge });
  const words = 'CE(s) associated with the job queue cannot meet the CPU requirement of the job.';
  assert.equal((await blocked(jobId)).statusReason, `${reason} - ${words}`);
  server.clock.advance(599_000);
  assert.equal((await describeJob(batch, jobId)).status, 'RUNNABLE');
  server.clock.advance(1_000);
  const { status, statusReason, attempts } = await waitForEnd(batch, jobId);
  assert.deepEqual(
    [status, statusReason, attempts],
    ['FAILED', `Canceled by JobStateTimeLimit action due to reason: ${reason}`, []],
  );
});

test('an action that a queue gets later counts from when its head was blocked', async () => {
  const jobQueue = await queue('unlimited', []);
  const jobId = await submit(batch, 'idle', { jobQueue, ...tooLarge });
  await blocked(jobId);
  server.clock.advance(700_000);
  assert.equal((await describeJob(batch, jobId)).status, 'RUNNABLE');
  await batch.send(new UpdateJobQueueCommand({ jobQueue, jobStateTimeLimitActions: [action] }));
  await settledQueue(batch, jobQueue);
  server.clock.advance(0);
  assert.match((await waitForEnd(batch, jobId)).statusReason ?? '', /^Canceled by JobStateTimeLimit action/);
});

test('in a queue with the tag batchyard:impossible a job that can never start fails at once', async () => {
  const input = { jobQueueName: 'impatient', priority: 1, computeEnvironmentOrder: order };
  await batch.send(new CreateJobQueueCommand({ ...input, tags: { 'batchyard:impossible': 'fail' } }));
  await settledQueue(batch, 'impatient');
  const jobId = await submit(batch, 'idle', { jobQueue: 'impatient', ...tooLarge });
  const { status, statusReason } = await waitForEnd(batch, jobId);
  assert.equal(status, 'FAILED');
  assert.match(statusReason ?? '', /^MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - /);
});

test('actions are refused that a queue cannot have', async () => {
  const create = (change: Partial<JobStateTimeLimitAction>) =>
    queue('refused', [{ ...action, ...change } as JobStateTimeLimitAction]);
  await assertRefused(create({ action: 'TERMINATE' }), /Invalid job action\. Valid job actions: \[CANCEL\]/);
  await assertRefused(create({ reason: 'UNDETERMINED' }), /Invalid reason\. Valid reasons: \[CAPACITY:/);
  await assertRefused(create({ maxTimeSeconds: 86_401 }), /between 600 and 86400, got 86401/);
});

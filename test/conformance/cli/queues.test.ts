import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  SubmitJobCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { registerShell, submit } from '../../support/jobs.ts';
import { clientsOf } from '../../support/sdk.ts';
import { startInProcess } from '../../support/server-in-process.ts';
import { describeJob, until } from '../../support/wait.ts';
import { settledQueue, wholeFile } from '../yard.ts';
import { commandOf } from './in-process.ts';

// A server of this process, whose clock is turned by hand, with an engine of 4 vCPUs on which jobs run until they are stopped.
let server = await startInProcess(wholeFile, {
  options: { auth: 'none' },
  script: () => ({ runFor: 'until-stopped' }),
});
let clients = clientsOf(server);
after(() => clients.close());
const batchyard = (...words: string[]) => commandOf(server)(...words);
const json = async (...words: string[]) => JSON.parse((await batchyard(...words, '--json')).stdout);
const order = [{ order: 1, computeEnvironment: 'default' }];
await registerShell(clients.batch, { name: 'idle', script: 'sleep 1000' });

/** The words of each row of `batchyard queues`, by the queue's name. */
async function rows(): Promise<Map<string, readonly string[]>> {
  const { stdout, exitCode } = await batchyard('queues');
  assert.equal(exitCode, 0);
  const lines = stdout.trimEnd().split('\n').slice(1);
  return new Map(lines.map((line) => line.split(/ {2,}/)).map((cells) => [cells[0] ?? '', cells]));
}

/** Waits until a job is there; the engine's work is done when the clock moves. */
async function reached(jobId: string, status: 'RUNNING' | 'FAILED'): Promise<void> {
  await until(`job ${jobId} to be ${status}`, async () => {
    server.clock.advance(0);
    return (await describeJob(clients.batch, jobId)).status === status;
  });
}

const running = (jobId: string) => reached(jobId, 'RUNNING');

test('queues shows what each queue holds and what its head waits for; a hold keeps jobs back, over a restart, until it is released', async () => {
  const first = await submit(clients.batch, 'idle');
  await running(first);
  const held = await batchyard('hold', 'default');
  assert.match(
    held.stdout,
    /^default is held since \S+Z, by arn:\S+\. It takes jobs and starts none: batchyard release default\n$/,
  );
  const waiting = await submit(clients.batch, 'idle', { arrayProperties: { size: 3 } });
  const after = await submit(clients.batch, 'idle', { dependsOn: [{ jobId: first }] });
  const words = 'Job queue default is held: it starts no job until it is released.';
  assert.equal((await describeJob(clients.batch, `${waiting}:0`)).statusReason, words);
  const expected = ['default', 'ENABLED, held', '1', '1', '3', '0', '1', '1', 'default', '-'];
  assert.deepEqual((await rows()).get('default')?.slice(0, 10), expected);
  assert.ok((await rows()).get('default')?.at(-1)?.endsWith(`: ${words}`));
  const explained = await batchyard('explain', `${waiting}:0`);
  assert.match(explained.stdout, new RegExp(`^why +${words}`, 'm'));

  clients.close();
  server = await server.restart();
  clients = clientsOf(server);
  assert.deepEqual((await rows()).get('default')?.slice(0, 10), expected);
  const [shown] = await json('queues');
  assert.deepEqual([shown.jobQueueName, typeof shown.hold.since], ['default', 'number']);
  assert.deepEqual(shown.jobs, { PENDING: 1, RUNNABLE: 3, STARTING: 0, RUNNING: 1 });
  assert.deepEqual(shown.computeEnvironments[0].name, 'default');

  assert.equal((await batchyard('release', 'default')).stdout, 'default is not held.\n');
  await running(`${waiting}:0`);
  await until('all to run that fit', async () => (await json('queues'))[0].jobs.RUNNING === 4);
  assert.equal((await rows()).get('default')?.[1], 'ENABLED');
  for (const jobId of [first, waiting, after])
    await clients.batch.send(new TerminateJobCommand({ jobId, reason: 'seen' }));
  await until('the queue to be empty', async () => {
    server.clock.advance(1_000);
    const { jobs } = (await json('queues'))[0];
    return Object.values(jobs).every((count) => count === 0);
  });
});

test('a queue that is disabled and one that is held are told apart, and shares that hold vCPUs are named', async () => {
  await clients.batch.send(new CreateSchedulingPolicyCommand({ name: 'fair', fairsharePolicy: {} }));
  const schedulingPolicyArn = 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair';
  const create = (jobQueueName: string, more: object) =>
    clients.batch.send(
      new CreateJobQueueCommand({ jobQueueName, priority: 3, computeEnvironmentOrder: order, ...more }),
    );
  await create('fair', { schedulingPolicyArn });
  await create('off', { state: 'DISABLED' });
  for (const name of ['fair', 'off']) await settledQueue(clients.batch, name);
  const common = { jobName: 'x', jobQueue: 'fair', jobDefinition: 'idle', schedulingPriorityOverride: 1 };
  const ids: string[] = [];
  for (const shareIdentifier of ['film', 'film', 'render']) {
    const { jobId = '' } = await clients.batch.send(new SubmitJobCommand({ ...common, shareIdentifier }));
    ids.push(jobId);
  }
  for (const jobId of ids) await running(jobId);
  const shown = await rows();
  assert.equal(shown.get('off')?.[1], 'DISABLED');
  assert.deepEqual(shown.get('fair')?.slice(7, 10), ['3', 'default', '2 active: film 2, render 1']);
  assert.equal((await batchyard('hold', 'nobody')).exitCode, 1);
  assert.match((await batchyard('hold', 'nobody')).stderr, /job-queue\/nobody does not exist/);

  server.clock.advance(3_600_000);
  const byShare = await batchyard('usage', '--by', 'share');
  const lines = byShare.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  assert.deepEqual(lines[0], ['SHARE', 'QUEUE', 'VCPU HOURS', 'GIB HOURS', 'CPU HOURS', 'PEAK', 'ATTEMPTS', 'RUNNING']);
  assert.deepEqual(lines.slice(1, 3), [
    ['film', 'fair', '2.000', '0.063', '0.000', '-', '0', '2'],
    ['render', 'fair', '1.000', '0.031', '0.000', '-', '0', '1'],
  ]);
  for (const jobId of ids) await clients.batch.send(new TerminateJobCommand({ jobId, reason: 'seen' }));
  for (const jobId of ids) await reached(jobId, 'FAILED');
  const { by, groups } = await json('usage', '--since', '0s');
  assert.equal(by, 'queue', 'unless it is said');
  const fair = groups.find(({ jobQueueArn }: { jobQueueArn: string }) => jobQueueArn.endsWith('/fair'));
  assert.deepEqual([fair.ended.attempts, fair.ended.vcpuSeconds, fair.running.attempts], [3, 10_800, 0]);
  const sums: readonly number[] = Object.values(fair.ended);
  assert.deepEqual(
    sums.map((sum) => Math.round(sum * 1_000) / 1_000),
    sums,
    'without the noise of sums',
  );
  const byDefinition = await batchyard('usage', '--by', 'definition');
  assert.match(byDefinition.stdout, /^idle:1 +3\.\d{3} /m);
  assert.match(byDefinition.stderr, /^What ended since \S+:00:00\.000Z, or runs:\n$/);
  const refused = await batchyard('usage', '--by', 'colour');
  assert.deepEqual(
    [refused.exitCode, refused.stderr],
    [2, 'batchyard: --by must be one of share, queue, user, definition, not colour\n'],
  );
});

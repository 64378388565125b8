import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import { type EvaluateOnExit, type JobDetail, SubmitJobCommand } from '@aws-sdk/client-batch';
import type { MockBehaviour } from '../../src/engines/index.ts';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { startInProcess } from '../support/server-in-process.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { assertRefused, linesOf, openYard, runToEnd, wholeFile } from './yard.ts';

const { batch, logs, server } = await openYard(['--host-vcpus', '4']);

/** Fails until its attempt number is `lucky`. */
const failsUntil = (name: string, lucky: number) =>
  registerShell(batch, {
    name,
    script: `echo attempt $AWS_BATCH_JOB_ATTEMPT; [ $AWS_BATCH_JOB_ATTEMPT -ge ${lucky} ] || exit 3`,
  });

function codesOf({ attempts = [] }: JobDetail) {
  return attempts.map(({ container }) => container?.exitCode);
}

test('a failed attempt is retried while attempts remain, and every attempt stays with its own stream', async () => {
  const job = await runToEnd(batch, await failsUntil('third-time', 3), { retryStrategy: { attempts: 5 } });
  assert.deepEqual([job.status, codesOf(job)], ['SUCCEEDED', [3, 3, 0]]);
  const streams = (job.attempts ?? []).map(({ container }) => container?.logStreamName);
  assert.deepEqual(await Promise.all(streams.map((stream) => linesOf(logs, stream))), [
    ['attempt 1'],
    ['attempt 2'],
    ['attempt 3'],
  ]);
  assert.equal(job.container?.logStreamName, streams[2]);
  assert.equal(job.startedAt, job.attempts?.[2]?.startedAt);
  const times = (job.attempts ?? []).flatMap(({ startedAt = 0, stoppedAt = 0 }) => [startedAt, stoppedAt]);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test('a job without a retry strategy has one attempt, and one with n attempts has no more than n', async () => {
  const never = await failsUntil('never', 99);
  assert.deepEqual(codesOf(await runToEnd(batch, never)), [3]);
  const job = await runToEnd(batch, never, { retryStrategy: { attempts: 2 } });
  assert.deepEqual([job.status, codesOf(job)], ['FAILED', [3, 3]]);
});

test('the retry strategy of a submission replaces that of the definition', async () => {
  const definition = await registerShell(batch, { name: 'replaced', script: 'exit 4', retryStrategy: { attempts: 3 } });
  assert.equal((await runToEnd(batch, definition)).attempts?.length, 3);
  assert.equal((await runToEnd(batch, definition, { retryStrategy: { attempts: 1 } })).attempts?.length, 1);
});

test('the first rule of evaluateOnExit whose conditions all hold decides; when none does, the job is retried', async () => {
  const exits3 = await registerShell(batch, { name: 'exits-3', script: 'exit 3' });
  const attemptsWith = async (...evaluateOnExit: readonly EvaluateOnExit[]) => {
    const job = await runToEnd(batch, exits3, { retryStrategy: { attempts: 2, evaluateOnExit: [...evaluateOnExit] } });
    return job.attempts?.length;
  };
  const attempts = await Promise.all([
    attemptsWith({ onExitCode: '3', action: 'EXIT' }),
    attemptsWith({ onExitCode: '3*', action: 'exit' as never }),
    attemptsWith({ onExitCode: '4', action: 'EXIT' }),
    attemptsWith({ onExitCode: '3', action: 'RETRY' }, { onReason: '*', action: 'EXIT' }),
    attemptsWith({ onReason: '*', action: 'EXIT' }),
    attemptsWith({ onStatusReason: 'Essential container*', onExitCode: '3', action: 'EXIT' }),
    attemptsWith({ onStatusReason: 'Essential container*', onExitCode: '5', action: 'EXIT' }),
    attemptsWith({ onStatusReason: 'essential container*', action: 'EXIT' }),
    attemptsWith({ onStatusReason: 'Host EC2*', action: 'RETRY' }, { onReason: '*', action: 'EXIT' }),
  ]);
  assert.deepEqual(attempts, [1, 1, 2, 2, 1, 1, 2, 2, 1]);
});

test('a job that failed to start can be retried by its status reason', async () => {
  const definition = await registerShell(batch, { name: 'unstartable', script: 'true' });
  const job = await runToEnd(batch, definition, {
    containerOverrides: { command: ['/no/such'] },
    retryStrategy: {
      attempts: 2,
      evaluateOnExit: [
        { onStatusReason: 'Task failed to start', action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
    },
  });
  assert.equal(job.attempts?.length, 2);
});

test('an attempt whose runner is killed ends with its host, in words that Host EC2* matches, and is retried', async () => {
  const mark = `${server.shared}/second`;
  const definition = await registerShell(batch, {
    name: 'survivor',
    directory: server.shared,
    script: `echo up; [ $AWS_BATCH_JOB_ATTEMPT = 2 ] && exec touch ${mark}; exec sleep 600`,
  });
  const evaluateOnExit: EvaluateOnExit[] = [
    { onStatusReason: 'Host EC2*', action: 'RETRY' },
    { onReason: '*', action: 'EXIT' },
  ];
  const jobId = await submit(batch, definition, { retryStrategy: { attempts: 2, evaluateOnExit } });
  await waitForStatus(batch, jobId, 'RUNNING');
  await server.killRunners();
  const job = await waitForEnd(batch, jobId);
  assert.equal(job.status, 'SUCCEEDED');
  assert.match(job.attempts?.[0]?.statusReason ?? '', /^Host EC2 \(instance i-[0-9a-f]+\) terminated\.$/);
  assert.ok(existsSync(mark));
});

test('attempts outside 1 to 10, short timeouts and long or wrong rules are refused at submission', async () => {
  const jobDefinition = await registerShell(batch, { name: 'plain', script: 'true' });
  const common = { jobName: 'x', jobQueue: 'default', jobDefinition };
  const withRules = (...evaluateOnExit: EvaluateOnExit[]) => ({ retryStrategy: { attempts: 2, evaluateOnExit } });
  const rule: EvaluateOnExit = { action: 'EXIT', onReason: '*' };
  const refused: readonly (readonly [object, RegExp])[] = [
    [{ retryStrategy: { attempts: 0 } }, /between 1 and 10/],
    [{ retryStrategy: { attempts: 11 } }, /between 1 and 10/],
    [{ timeout: { attemptDurationSeconds: 59 } }, /60/],
    [withRules(rule, rule, rule, rule, rule, rule), /5/],
    [withRules({ action: 'EXIT', onExitCode: '1x' }), /restricted characters/],
    [withRules({ action: 'EXIT', onReason: 'a'.repeat(513) }), /512/],
    [withRules({ action: 'MAYBE' as never }), /RETRY or EXIT|action/],
  ];
  const submissions = refused.map(([more, words]) =>
    assertRefused(batch.send(new SubmitJobCommand({ ...common, ...more })), words),
  );
  await Promise.all(submissions);
});

/** Timeouts in a server of this process, whose clock is turned by hand: a minute takes no time. */
async function timed(script: () => MockBehaviour) {
  const inProcess = await startInProcess(wholeFile, { script });
  const clients = clientsOf(inProcess);
  after(clients.close);
  await registerShell(clients.batch, { name: 'timed', script: 'sleep 1000', timeout: { attemptDurationSeconds: 60 } });
  const running = async (jobId: string) => {
    await waitForStatus(clients.batch, jobId, ['STARTING', 'RUNNING']);
    await until('the task to have started', () => inProcess.world.starts.length > 0);
    inProcess.clock.advance(1);
    return waitForStatus(clients.batch, jobId, 'RUNNING');
  };
  return { ...inProcess, batch: clients.batch, running };
}

test("an attempt that outlives its timeout gets SIGTERM and ends FAILED with AWS's words, without a retry", async () => {
  const { batch, clock, running } = await timed(() => ({ runFor: 'until-stopped' }));
  const jobId = await submit(batch, 'timed', { retryStrategy: { attempts: 3 } });
  await running(jobId);
  clock.advance(59_000);
  assert.equal((await describeJob(batch, jobId)).status, 'RUNNING');
  clock.advance(1_001);
  const job = await waitForEnd(batch, jobId);
  assert.deepEqual(
    [job.status, job.statusReason, codesOf(job)],
    ['FAILED', 'Job attempt duration exceeded timeout', [143]],
  );
});

test("30 seconds after the timeout's SIGTERM comes SIGKILL", async () => {
  const { batch, clock, running } = await timed(() => ({ runFor: 'until-stopped', onTerminate: 'ignore' }));
  const jobId = await submit(batch, 'timed');
  await running(jobId);
  clock.advance(61_000);
  // The stop is asked for once the timeout is durable: it may reach the engine a moment later than the clock was turned.
  const job = await until('the kill', async () => {
    clock.advance(1_000);
    const now = await describeJob(batch, jobId);
    return now.status === 'FAILED' && now;
  });
  assert.deepEqual(codesOf(job), [137]);
  assert.ok((job.stoppedAt ?? 0) - (job.startedAt ?? 0) >= 90_000);
});

test("each attempt has the whole timeout again, and a submission's timeout replaces the definition's", async () => {
  let starts = 0;
  const { batch, clock, running, world } = await timed(() => {
    starts += 1;
    return starts === 1 ? { runFor: 90_000, exitCode: 1 } : { runFor: 'until-stopped' };
  });
  const jobId = await submit(batch, 'timed', {
    retryStrategy: { attempts: 2 },
    timeout: { attemptDurationSeconds: 100 },
  });
  await running(jobId);
  clock.advance(90_000);
  await until('the second start', () => world.starts.length === 2);
  clock.advance(1);
  await waitForStatus(batch, jobId, 'RUNNING');
  clock.advance(99_000);
  assert.equal((await describeJob(batch, jobId)).status, 'RUNNING');
  clock.advance(2_000);
  const job = await waitForEnd(batch, jobId);
  assert.deepEqual([job.statusReason, codesOf(job)], ['Job attempt duration exceeded timeout', [1, 143]]);
});

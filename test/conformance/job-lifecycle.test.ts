import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  CancelJobCommand,
  CancelJobsCommand,
  DescribeJobsCommand,
  type JobDetail,
  TerminateJobCommand,
  TerminateJobsCommand,
} from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { processesWith } from '../support/processes.ts';
import { describeJob, until, waitForEnd, waitForEnds, waitForStatus } from '../support/wait.ts';
import { abilitiesOf } from './host-abilities.ts';
import { account, arnPrefix, assertRefused, linesOf, linesOfJob, openYard, region, runToEnd } from './yard.ts';

const { batch, logs, server } = await openYard(['--host-vcpus', '16', '--host-memory-mib', '2048']);
const { memoryLimits } = await abilitiesOf(server);
const script = (name: string, text: string) => registerShell(batch, { name, script: text, directory: server.shared });

/** Runs until it is ended. */
const endless = await script('endless', 'echo ready; exec sleep 600');
const quick = await script('quick', 'true');
/** No environment is large enough for it. */
const tooWide = await registerShell(batch, { name: 'too-wide', script: 'true', vcpus: 300 });
const stubborn = await submit(
  batch,
  await script('stubborn', 'trap "echo asked" TERM; echo ready; while :; do sleep 0.1; done'),
);

/** Waits until a job has written `line`. */
async function waitForLine(jobId: string, line: string): Promise<JobDetail> {
  const job = await waitForStatus(batch, jobId, 'RUNNING');
  const stream = job.container?.logStreamName;
  await until(`the line ${line}`, async () => (await linesOf(logs, stream)).includes(line));
  return job;
}

const terminate = (jobId: string, reason: string) => batch.send(new TerminateJobCommand({ jobId, reason }));
const cancel = (jobId: string, reason: string) => batch.send(new CancelJobCommand({ jobId, reason }));

/** Ended in the last test: SIGKILL comes 30 seconds after SIGTERM. */
await waitForLine(stubborn, 'ready');
await terminate(stubborn, 'enough');

test('a job shows its task, its instance and its log stream while it runs', async () => {
  const gate = `${server.shared}/gate`;
  const definition = await script('gated', `echo begun; until [ -e ${gate} ]; do sleep 0.02; done; echo done`);
  const jobId = await submit(batch, definition, { jobName: 'gated_job-1' });
  const job = await waitForLine(jobId, 'begun');
  assert.equal(job.jobArn, `${arnPrefix}:job/${jobId}`);
  assert.match(jobId, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  assert.match(job.container?.taskArn ?? '', new RegExp(`^arn:aws:ecs:${region}:${account}:task/[^/]+/[0-9a-f]{32}$`));
  assert.match(
    job.container?.containerInstanceArn ?? '',
    new RegExp(`^arn:aws:ecs:${region}:${account}:container-instance/`),
  );
  const taskId = job.container?.taskArn?.split('/').at(-1);
  assert.equal(job.container?.logStreamName, `gated/default/${taskId}`);
  assert.ok(job.createdAt !== undefined && job.startedAt !== undefined && job.startedAt >= job.createdAt);
  assert.deepEqual([job.stoppedAt, job.attempts, job.container.exitCode], [undefined, [], undefined]);
  writeFileSync(gate, '');
  const ended = await waitForEnd(batch, jobId);
  assert.equal(ended.container?.taskArn, job.container.taskArn);
  assert.deepEqual(await linesOfJob(logs, ended), ['begun', 'done']);
});

test('a job that succeeded is described whole, like its definition, with one attempt', async () => {
  const jobId = await submit(batch, 'quick', {
    jobName: 'whole',
    parameters: { a: 'b' },
    tags: { team: 'render' },
    propagateTags: true,
    timeout: { attemptDurationSeconds: 100 },
  });
  const job = await waitForEnd(batch, jobId);
  const { taskArn, containerInstanceArn, logStreamName } = job.container ?? {};
  const { createdAt = 0, startedAt = 0, stoppedAt = 0 } = job;
  assert.ok(createdAt > 1_600_000_000_000 && createdAt <= startedAt && startedAt <= stoppedAt);
  const ran = { taskArn, containerInstanceArn, logStreamName, exitCode: 0 };
  assert.deepEqual(job, {
    jobArn: `${arnPrefix}:job/${jobId}`,
    jobName: 'whole',
    jobId,
    jobQueue: `${arnPrefix}:job-queue/default`,
    status: 'SUCCEEDED',
    attempts: [
      {
        container: { ...ran, networkInterfaces: [] },
        startedAt,
        stoppedAt,
        statusReason: 'Essential container in task exited',
        taskProperties: [],
      },
    ],
    statusReason: 'Essential container in task exited',
    createdAt,
    startedAt,
    stoppedAt,
    retryStrategy: { attempts: 1, evaluateOnExit: [] },
    dependsOn: [],
    jobDefinition: quick,
    parameters: { a: 'b' },
    timeout: { attemptDurationSeconds: 100 },
    container: {
      image: 'host',
      command: ['/bin/sh', '-c', 'true'],
      volumes: [{ name: 'shared', host: { sourcePath: server.shared } }],
      environment: [],
      mountPoints: [{ sourceVolume: 'shared', containerPath: server.shared }],
      ulimits: [],
      ...ran,
      networkInterfaces: [],
      resourceRequirements: [
        { type: 'VCPU', value: '1' },
        { type: 'MEMORY', value: '32' },
      ],
      secrets: [],
    },
    tags: { team: 'render' },
    propagateTags: true,
    platformCapabilities: [],
    isCancelled: false,
    isTerminated: false,
  });
});

test('the exit code of the command decides: 0 is SUCCEEDED, any other FAILED with that code', async () => {
  const definition = await registerShell(batch, { name: 'exits', script: 'exit 1' });
  const job = await runToEnd(batch, definition);
  assert.deepEqual(
    [job.status, job.container?.exitCode, job.statusReason, job.container?.reason, job.attempts?.length],
    ['FAILED', 1, 'Essential container in task exited', undefined, 1],
  );
});

test('a command that a signal kills ends with 128 plus its number', async () => {
  const job = await runToEnd(batch, await registerShell(batch, { name: 'signalled', script: 'kill -SEGV $$' }));
  assert.deepEqual([job.status, job.container?.exitCode], ['FAILED', 139]);
});

test('a command that does not exist fails to start, and the reason says so', async () => {
  const containerOverrides = { command: ['/no/such/program'] };
  const job = await runToEnd(batch, quick, { containerOverrides });
  assert.deepEqual([job.status, job.statusReason], ['FAILED', 'Task failed to start']);
  assert.match(job.container?.reason ?? '', /^CannotStartContainerError: .*\/no\/such\/program/);
});

test("a job over its memory limit is killed, with exit code 137 and AWS's reason", memoryLimits, async () => {
  const definition = await script('greedy', 'x=$(head -c 200000000 /dev/zero | tr "\\0" x); echo survived');
  const job = await runToEnd(batch, definition);
  assert.deepEqual(
    [job.status, job.container?.exitCode, job.container?.reason],
    ['FAILED', 137, 'OutOfMemoryError: Container killed due to memory usage'],
  );
  assert.deepEqual(job.attempts?.[0]?.container?.reason, job.container?.reason);
});

test('TerminateJob sends SIGTERM to the command itself, whose own exit code is kept', async () => {
  const definition = await script('polite', 'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.05; done');
  const jobId = await submit(batch, definition);
  await waitForLine(jobId, 'ready');
  await terminate(jobId, 'Terminated by hand');
  const job = await waitForEnd(batch, jobId);
  assert.deepEqual(
    [job.status, job.statusReason, job.container?.exitCode, job.isTerminated, job.attempts?.[0]?.statusReason],
    ['FAILED', 'Terminated by hand', 7, true, 'Terminated by hand'],
  );
  assert.deepEqual(await linesOfJob(logs, job), ['ready', 'bye']);
});

test('a terminated job ends FAILED even if its command ends with 0, and is not retried', async () => {
  const definition = await script('obedient', 'trap "exit 0" TERM; echo ready; while :; do sleep 0.05; done');
  const jobId = await submit(batch, definition, { retryStrategy: { attempts: 3 } });
  await waitForLine(jobId, 'ready');
  await terminate(jobId, 'stop');
  const job = await waitForEnd(batch, jobId);
  assert.deepEqual([job.status, job.attempts?.length, job.container?.exitCode], ['FAILED', 1, 0]);
});

test('CancelJob ends a job that waits for room, with the reason given, and no attempt is recorded', async () => {
  const jobId = await submit(batch, tooWide);
  await waitForStatus(batch, jobId, 'RUNNABLE');
  await cancel(jobId, 'Changed my mind');
  const job = await waitForEnd(batch, jobId);
  assert.deepEqual(
    [job.status, job.statusReason, job.attempts, job.isCancelled, job.startedAt],
    ['FAILED', 'Changed my mind', [], true, undefined],
  );
});

test('a job that waits for others is cancelled or terminated once they have ended, as on AWS', async () => {
  const other = await submit(batch, endless);
  const waiting = await Promise.all([1, 2].map(() => submit(batch, quick, { dependsOn: [{ jobId: other }] })));
  const [cancelled = '', terminated = ''] = waiting;
  await cancel(cancelled, 'cancelled early');
  await terminate(terminated, 'terminated early');
  assert.deepEqual(
    [(await describeJob(batch, cancelled)).status, (await describeJob(batch, cancelled)).isCancelled],
    ['PENDING', true],
  );
  await terminate(other, 'done');
  const ended = await waitForEnds(batch, waiting);
  assert.deepEqual(
    ended.map(({ status, statusReason, attempts, isTerminated }) => [status, statusReason, attempts, isTerminated]),
    [
      ['FAILED', 'cancelled early', [], false],
      ['FAILED', 'terminated early', [], true],
    ],
  );
});

test('CancelJob leaves a running job alone', async () => {
  const gate = `${server.shared}/cancelled`;
  const jobId = await submit(batch, await script('immune', `echo ready; until [ -e ${gate} ]; do sleep 0.02; done`));
  await waitForLine(jobId, 'ready');
  await cancel(jobId, 'too late');
  writeFileSync(gate, '');
  assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
});

test('a job that waits RUNNABLE for room is terminated without ever running', async () => {
  const jobId = await submit(batch, tooWide);
  await waitForStatus(batch, jobId, 'RUNNABLE');
  await terminate(jobId, 'will never run');
  const job = await waitForEnd(batch, jobId);
  assert.deepEqual([job.status, job.statusReason, job.attempts], ['FAILED', 'will never run', []]);
});

test('cancelling and terminating need a reason, and succeed for jobs that have ended or that nobody knows', async () => {
  const { jobId = '' } = await runToEnd(batch, quick);
  const unknown = '00000000-0000-4000-8000-000000000000';
  for (const each of [jobId, unknown, 'Whatever-string']) {
    await cancel(each, 'again');
    await terminate(each, 'again');
  }
  const job = await describeJob(batch, jobId);
  assert.deepEqual([job.status, job.isTerminated], ['SUCCEEDED', false]);
  await assertRefused(cancel(jobId, ''), /reason/);
  await assertRefused(terminate('', 'x'), /jobId is required/);
});

test('CancelJobs and TerminateJobs take many at once and tell of each', async () => {
  const ids = await Promise.all([1, 2].map(() => submit(batch, endless)));
  await Promise.all(ids.map((jobId) => waitForStatus(batch, jobId, 'RUNNING')));
  const cancelled = await batch.send(new CancelJobsCommand({ jobs: ids, reason: 'both' }));
  assert.deepEqual(cancelled.successful, ids);
  const ended = await batch.send(new TerminateJobsCommand({ jobs: [...ids, 'nonsense'], reason: 'both' }));
  // What is no job counts as stopped, as one that is not there.
  assert.deepEqual([ended.successful, ended.errors], [[...ids, 'nonsense'], []]);
  for (const jobId of ids) assert.equal((await waitForEnd(batch, jobId)).statusReason, 'both');
});

test('everything that a job started ends with it: daemons and whoever holds its output too', async () => {
  const mark = `${server.shared}/daemon`;
  // Of this run alone: other tests of the machine have processes that sleep.
  const duration = `666.${process.pid}`;
  const text = `setsid sh -c 'echo up; touch ${mark}; exec sleep ${duration}' & until [ -e ${mark} ]; do sleep 0.01; done; echo main`;
  const job = await runToEnd(batch, await script('leaver', text));
  assert.equal(job.status, 'SUCCEEDED');
  assert.ok(existsSync(mark));
  assert.deepEqual([...(await linesOfJob(logs, job))].sort(), ['main', 'up']);
  assert.deepEqual(processesWith(`sleep\0${duration}`), []);
});

test('jobs are described up to 100 at a time, in the order asked, without the unknown ones', async () => {
  const ids = await Promise.all([1, 2, 3].map(() => submit(batch, quick)));
  const unknown = '00000000-0000-4000-8000-000000000000';
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [...ids, unknown, 'x'] }));
  assert.deepEqual(
    jobs.map(({ jobId }) => jobId),
    ids,
  );
  const tooMany = Array.from({ length: 101 }, () => unknown);
  await assertRefused(batch.send(new DescribeJobsCommand({ jobs: tooMany })), /100/);
});

test('a command that ignores SIGTERM is killed 30 seconds after it', async () => {
  const job = await waitForEnd(batch, stubborn);
  assert.deepEqual([job.status, job.statusReason, job.container?.exitCode], ['FAILED', 'enough', 137]);
  assert.ok((await linesOfJob(logs, job)).includes('asked'));
  assert.ok((job.stoppedAt ?? 0) - (job.startedAt ?? 0) >= 30_000);
});

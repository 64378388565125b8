import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DescribeJobsCommand } from '@aws-sdk/client-batch';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { fillDisk, smallDisk } from '../../src/core/small-disk.fixture.ts';
import { registerShell, submit } from '../support/jobs.ts';
import { type Clients, clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeJob, until, waitForEnd, waitForEnds, waitForStatus } from '../support/wait.ts';

const lines = 60;
const jobCount = 8;

async function linesOf({ batch, logs }: Clients, jobId: string): Promise<string[]> {
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  const logStreamName = jobs[0]?.container?.logStreamName ?? '';
  const input = { logGroupName: '/aws/batch/job', logStreamName, startFromHead: true };
  const { events = [] } = await logs.send(new GetLogEventsCommand(input));
  return events.map(({ message = '' }) => message);
}

/** Starts an execution that waits for longer than any test. */
async function startWaiting({ states }: Clients): Promise<string> {
  const definition = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 86_400, End: true } } };
  const roleArn = 'arn:aws:iam::123456789012:role/workflows';
  const machine = { name: 'waits', definition: JSON.stringify(definition), roleArn };
  const { stateMachineArn } = await states.send(new CreateStateMachineCommand(machine));
  const { executionArn = '' } = await states.send(new StartExecutionCommand({ stateMachineArn }));
  await until('the execution to wait', async () => {
    const { events = [] } = await states.send(new GetExecutionHistoryCommand({ executionArn }));
    return events.at(-1)?.type === 'WaitStateEntered';
  });
  return executionArn;
}

test('a server that starts on a full disk reads, refuses changes with words, and goes on by itself when there is room', async (t) => {
  const disk = smallDisk(t, 48);
  if (disk === undefined) {
    t.skip('this user may not mount a small disk');
    return;
  }
  mkdirSync(join(disk, 'data'), { mode: 0o711 });
  const server = await ServerProcess.start(t, ['--host-vcpus', '1', '--disk-reserve', '0'], {
    prepare: (dataDirectory) => symlinkSync(join(disk, 'data'), dataDirectory),
  });
  const clients = clientsOf(server, { maxAttempts: 1 });
  t.after(clients.close);
  const { batch } = clients;
  const { shared } = server;
  await registerShell(batch, { name: 'speaks', script: 'echo a line' });
  const script = `echo ran >> ${shared}/marks; until [ -e ${shared}/go ]; do sleep 0.05; done; echo a line`;
  await registerShell(batch, { name: 'held', script, directory: shared });
  const ended = await submit(batch, 'speaks');
  await waitForEnd(batch, ended);
  const running = await submit(batch, 'held');
  await waitForStatus(batch, running, 'RUNNING');
  const waiting = await submit(batch, 'speaks');
  const executionArn = await startWaiting(clients);
  await server.stop();
  // With it no file of a server can be written: not even one that only takes the place of another.
  const release = fillDisk(disk);

  await server.restart();
  assert.match(server.log, /no space left for the database in .*: writes are refused; this server only reads for now/);
  assert.equal((await describeJob(batch, ended)).status, 'SUCCEEDED');
  assert.deepEqual(await linesOf(clients, ended), ['a line']);
  assert.equal((await describeJob(batch, running)).status, 'RUNNING');
  const { status, statusReason } = await describeJob(batch, waiting);
  assert.deepEqual([status, /no space left/.test(statusReason ?? '')], ['RUNNABLE', true]);
  await assert.rejects(
    submit(batch, 'speaks'),
    /The disk of the server is full: nothing can be changed until there is room/,
  );
  const { states } = clients;
  assert.equal((await states.send(new DescribeExecutionCommand({ executionArn }))).status, 'RUNNING');
  const { events = [] } = await states.send(new GetExecutionHistoryCommand({ executionArn }));
  assert.equal(events.at(-1)?.type, 'WaitStateEntered');
  writeFileSync(join(shared, 'go'), '');
  await until('the job to have ended', () => server.jobProcesses.length === 0);
  assert.equal((await describeJob(batch, running)).status, 'RUNNING', 'nobody hears of it yet');

  release();
  for (const jobId of [running, waiting]) {
    const { status, attempts = [] } = await waitForEnd(batch, jobId);
    assert.deepEqual([status, attempts.length], ['SUCCEEDED', 1]);
    assert.deepEqual(await linesOf(clients, jobId), ['a line']);
  }
  await waitForEnd(batch, await submit(batch, 'speaks'));
  await states.send(new StopExecutionCommand({ executionArn }));
  assert.equal((await states.send(new DescribeExecutionCommand({ executionArn }))).status, 'ABORTED');
  assert.equal(readFileSync(join(shared, 'marks'), 'utf8'), 'ran\n');
});

test('a disk that is full while jobs write and end costs no line, no job and no second run', async (t) => {
  const disk = smallDisk(t, 48);
  if (disk === undefined) {
    t.skip('this user may not mount a small disk');
    return;
  }
  mkdirSync(join(disk, 'data'), { mode: 0o711 });
  const server = await ServerProcess.start(t, ['--host-vcpus', String(jobCount), '--disk-reserve', '0'], {
    prepare: (dataDirectory) => symlinkSync(join(disk, 'data'), dataDirectory),
  });
  const clients = clientsOf(server);
  t.after(clients.close);
  const { batch } = clients;
  const { shared } = server;
  const script = `echo $AWS_BATCH_JOB_ID >> ${shared}/marks; i=0
    while [ $i -lt ${lines} ]; do i=$((i+1)); echo line $i; [ $i -eq 30 ] && until [ -e ${shared}/full ]; do sleep 0.02; done; done; true`;
  await registerShell(batch, { name: 'writer', script, directory: shared });
  const ids = await Promise.all(Array.from({ length: jobCount }, () => submit(batch, 'writer')));
  await Promise.all(ids.map((jobId) => waitForStatus(batch, jobId, 'RUNNING')));
  const release = fillDisk(disk);
  execFileSync('touch', [join(shared, 'full')]);
  await until('the jobs to have ended', () => server.jobProcesses.length === 0);
  const asked = await batch.send(new DescribeJobsCommand({ jobs: ids }));
  assert.equal(asked.jobs?.length, jobCount, 'reads go on');
  release();
  const ends = await waitForEnds(batch, ids);
  assert.deepEqual(
    ends.map(({ status, attempts = [] }) => `${status} ${attempts.length}`),
    ids.map(() => 'SUCCEEDED 1'),
  );
  const expected = Array.from({ length: lines }, (_, index) => `line ${index + 1}`);
  for (const jobId of ids) assert.deepEqual(await linesOf(clients, jobId), expected);
  const marks = execFileSync('cat', [join(shared, 'marks')], { encoding: 'utf8' })
    .trim()
    .split('\n');
  assert.deepEqual(marks.toSorted(), ids.toSorted());
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { DescribeJobQueuesCommand, DescribeJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { registerShell, submit } from '../support/jobs.ts';
import { type Clients, clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { linesOf, runToEnd } from './yard.ts';

const group = { logGroupName: 'files' };
const roleArn = 'arn:aws:iam::123456789012:role/files';
/** Evaluated in a thread of its own. */
const costly = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'Count',
  States: {
    Count: { Type: 'Pass', Output: '{% $count($map([1..500], function($i) { $uppercase("x") })) %}', End: true },
  },
});

async function writeLog({ logs }: Clients, logStreamName: string): Promise<void> {
  await logs.send(new CreateLogStreamCommand({ ...group, logStreamName }));
  const logEvents = [{ timestamp: Date.now(), message: 'hello' }];
  await logs.send(new PutLogEventsCommand({ ...group, logStreamName, logEvents }));
}

/** Opens `count` connections that say nothing. Answers those that the server has let live. */
async function idle(test: TestContext, url: string, count: number): Promise<Set<Socket>> {
  const alive = new Set<Socket>();
  test.after(() => {
    for (const socket of alive) socket.destroy();
  });
  for (let opened = 0; opened < count; opened++) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    alive.add(socket);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => alive.delete(socket));
    await once(socket, 'connect').catch(() => {}); // The server may close it first.
  }
  return alive;
}

for (const files of [64, 128, 1_024]) {
  test(`with ${files} open files, more idle connections than that take nothing from requests and jobs`, async (t) => {
    const server = await ServerProcess.start(t, [], { files });
    const alive = await idle(t, server.url, files + 100);
    const clients = clientsOf(server);
    t.after(() => clients.close());
    const { jobQueues } = await clients.batch.send(new DescribeJobQueuesCommand({}));
    assert.equal(jobQueues?.length, 1);
    const definition = await registerShell(clients.batch, { name: 'files', script: 'echo hello' });
    const streams = ['a', 'b', 'c', 'd'];
    await clients.logs.send(new CreateLogGroupCommand(group));
    await Promise.all(streams.map((stream) => writeLog(clients, stream)));
    for (const stream of streams) assert.deepEqual(await linesOf(clients.logs, stream, 'files'), ['hello']);
    const ends = await Promise.all(Array.from({ length: 4 }, () => runToEnd(clients.batch, definition)));
    assert.deepEqual(
      ends.map(({ status }) => status),
      Array(4).fill('SUCCEEDED'),
    );
    // With 64 there are eight places, and the clients of this test take them all.
    assert.ok(alive.size <= files / 2 && (alive.size > 0 || files === 64), `${alive.size} idle connections`);
    assert.ok(server.isRunning);
    assert.match(server.log, /idle connections were closed to make room/);
    assert.doesNotMatch(server.log, /EMFILE|unforeseen/);
  });
}

test('with 64 open files jobs wait RUNNABLE for the place of the one that runs, and say so', async (t) => {
  const server = await ServerProcess.start(t, ['--host-vcpus', '4'], { files: 64 });
  const clients = clientsOf(server);
  t.after(() => clients.close());
  const { batch } = clients;
  const first = await submit(batch, await registerShell(batch, { name: 'long', script: 'sleep 600' }));
  await waitForStatus(batch, first, 'RUNNING');
  const definition = await registerShell(batch, { name: 'short', script: ':' });
  const second = await submit(batch, definition);
  const reason = await until<string>('the second job to say why it waits', async () => {
    const [job] = (await batch.send(new DescribeJobsCommand({ jobs: [second] }))).jobs ?? [];
    assert.ok(job?.status === 'SUBMITTED' || job?.status === 'RUNNABLE', `it is ${job?.status}`);
    return job.statusReason;
  });
  assert.match(reason, /the limit of open files \(64\) has room for 1; jobs start as others end/);
  await batch.send(new TerminateJobCommand({ jobId: first, reason: 'enough' }));
  assert.equal((await waitForEnd(batch, second)).status, 'SUCCEEDED');
  assert.doesNotMatch(server.log, /cannot run tasks/);
});

test('a server that may open too few files says so, and does not start', async (t) => {
  await assert.rejects(ServerProcess.start(t, [], { files: 48 }), /limit of 64 open files at least, and it is 48 here/);
});

/** Lets `pid` open nothing more: no number below the limit is free. Answers how to undo it. */
function useUp(pid: number, limit: number): () => void {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (open.has(free)) free++;
  const set = (soft: number) => execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${soft}:${limit}`]);
  set(free);
  return () => set(limit);
}

test('while no file is left requests are answered, jobs and executions wait, and nothing fails of it', async (t) => {
  const server = await ServerProcess.start(t, [], { files: 128 });
  const clients = clientsOf(server);
  t.after(() => clients.close());
  const definition = await registerShell(clients.batch, { name: 'files', script: 'echo hello' });
  await clients.logs.send(new CreateLogGroupCommand(group));
  const { stateMachineArn } = await clients.states.send(
    new CreateStateMachineCommand({ name: 'files', definition: costly, roleArn }),
  );
  await idle(t, server.url, 4);
  const relent = useUp(server.pid, 128);
  const { executionArn } = await clients.states.send(new StartExecutionCommand({ stateMachineArn }));
  const jobId = await submit(clients.batch, definition);
  await writeLog(clients, 'a');
  assert.deepEqual(await linesOf(clients.logs, 'a', 'files'), ['hello']);
  await until('the server to say that it is short of files', () => /no more files may be opened/.test(server.log));
  await until('the engine to say so', () => /engine cannot run tasks now; its jobs wait/.test(server.log));
  const { jobQueues } = await clients.batch.send(new DescribeJobQueuesCommand({}));
  assert.equal(jobQueues?.length, 1);
  relent();
  const { status, attempts = [] } = await waitForEnd(clients.batch, jobId);
  assert.deepEqual([status, attempts.length], ['SUCCEEDED', 1]);
  const ended = await until('the execution to end', async () => {
    const execution = await clients.states.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status !== 'RUNNING' && execution;
  });
  assert.equal(ended.output, '500');
  assert.ok(server.isRunning);
  assert.doesNotMatch(server.log, /unforeseen|memory is rebuilt/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerShell, submit } from './jobs.ts';
import { clientsOf } from './sdk.ts';
import { startInProcess } from './server-in-process.ts';
import { ServerProcess } from './server-process.ts';
import { until, waitForEnd, waitForStatus } from './wait.ts';

test('a server process runs a job, is killed, comes back at the same address, and leaves nothing behind', async (t) => {
  const server = await ServerProcess.start(t);
  const { batch, close } = clientsOf(server);
  t.after(close);
  const script = `echo $AWS_BATCH_JOB_ID >>${server.shared}/ran; read line <${server.shared}/gate`;
  const definition = await registerShell(batch, {
    name: 'gated',
    directory: server.shared,
    script: `exec 2>&1; mkfifo ${server.shared}/gate; chmod 666 ${server.shared}/gate; ${script}`,
  });
  const jobId = await submit(batch, definition);
  await waitForStatus(batch, jobId, 'RUNNING');
  const before = server.url;
  await server.kill();
  assert.notEqual(server.jobProcesses.length, 0);
  await server.restart();
  assert.equal(server.url, before);
  await import('node:fs/promises').then(({ writeFile }) => writeFile(`${server.shared}/gate`, 'go\n'));
  assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
  await until('the groups to be gone', () => server.jobGroups.length === 0);
  await server.dispose();
  assert.deepEqual(server.runners, []);
});

test('a wait whose deadline passes in the midst of a question ends all the same, with words that may be asked for', async () => {
  const deadline = new AbortController();
  const waiting = until(
    async () => `what ${await Promise.resolve('never')} comes`,
    () => new Promise<never>(() => undefined),
    { signal: deadline.signal },
  );
  deadline.abort();
  await assert.rejects(waiting, /^Error: waited in vain for what never comes$/);
});

test('a wait for a state that cannot come any more fails at once and says where the job ended', async (t) => {
  const server = await startInProcess(t, { script: () => ({ exitCode: 3 }) });
  const { batch, close } = clientsOf(server);
  t.after(close);
  const jobId = await submit(batch, await registerShell(batch, { name: 'fails', script: 'exit 3' }));
  const ended = waitForStatus(batch, jobId, 'SUCCEEDED');
  await waitForStatus(batch, jobId, 'STARTING');
  server.clock.advance(1);
  await assert.rejects(ended, /ended FAILED: Essential container in task exited/);
});

test('a server in this process can be restarted in the midst of a job', async (t) => {
  const first = await startInProcess(t, { script: () => ({ runFor: 1_000 }) });
  const clients = clientsOf(first);
  t.after(clients.close);
  const jobId = await submit(clients.batch, await registerShell(clients.batch, { name: 'long', script: 'sleep 1' }));
  await waitForStatus(clients.batch, jobId, 'STARTING');
  const second = await first.restart();
  const { batch, close } = clientsOf(second);
  t.after(close);
  second.clock.advance(0);
  await waitForStatus(batch, jobId, 'RUNNING');
  second.clock.advance(1_000);
  assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
  assert.equal(second.world.starts.length, 1);
});

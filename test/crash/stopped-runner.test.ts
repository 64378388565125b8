import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TerminateJobCommand } from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { signal } from '../support/processes.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';

test('a new server listens though the runner is stopped, says so, and has its jobs back when it goes on', async (t) => {
  const server = await ServerProcess.start(t, ['--host-vcpus', '1']);
  const { batch, close } = clientsOf(server);
  t.after(close);
  await registerShell(batch, { name: 'held', script: 'sleep 1000 & wait' });
  await registerShell(batch, { name: 'next', script: 'true' });
  const held = await submit(batch, 'held');
  await waitForStatus(batch, held, 'RUNNING');
  const [runner] = server.runners;
  assert.ok(runner);
  await server.kill();
  signal(runner, 'SIGSTOP');
  t.after(() => signal(runner, 'SIGCONT'));
  await server.restart();
  const again = clientsOf(server);
  t.after(again.close);
  const next = await submit(again.batch, 'next');
  await until('the reason of the waiting job', async () => {
    const { statusReason = '' } = await waitForStatus(again.batch, next, 'RUNNABLE');
    return /cannot run jobs: the runner of version \S+ does not answer/.test(statusReason);
  });
  assert.equal((await waitForStatus(again.batch, held, 'RUNNING')).status, 'RUNNING');
  signal(runner, 'SIGCONT');
  await again.batch.send(new TerminateJobCommand({ jobId: held, reason: 'enough' }));
  const { status, statusReason, attempts = [] } = await waitForEnd(again.batch, held);
  assert.deepEqual([status, statusReason, attempts.length], ['FAILED', 'enough', 1]);
  assert.equal((await waitForEnd(again.batch, next)).status, 'SUCCEEDED');
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd, waitForEnds } from '../support/wait.ts';

test('a runner that may open few files starts as many jobs as it can, and no job fails of it', async (t) => {
  const server = await ServerProcess.start(t, ['--host-vcpus', '1000', '--host-memory-mib', '1024']);
  const { batch, close } = clientsOf(server);
  t.after(close);
  const { shared } = server;
  await registerShell(batch, { name: 'first', script: 'true' });
  await waitForEnd(batch, await submit(batch, 'first'));
  const [runner] = server.runners;
  execFileSync('prlimit', [`--pid=${runner}`, '--nofile=128:128']);
  // Each says by a file of its own that it runs: processes of the runner may be others than jobs for a moment.
  const script = `>${shared}/$AWS_BATCH_JOB_ID.runs; until [ -e ${shared}/go ]; do sleep 0.05; done`;
  await registerShell(batch, { name: 'held', script, directory: shared, memoryMiB: 4 });
  const ids = await Promise.all(Array.from({ length: 40 }, () => submit(batch, 'held')));
  const running = () => readdirSync(shared).filter((name) => name.endsWith('.runs')).length;
  await until(
    () => `some jobs to run: ${running()} do`,
    () => running() >= 8,
  );
  assert.equal(running(), 8);
  writeFileSync(join(shared, 'go'), '');
  const ends = await waitForEnds(batch, ids);
  assert.deepEqual(new Set(ends.map(({ status }) => status)), new Set(['SUCCEEDED']));
  assert.ok(ends.every(({ attempts = [] }) => attempts.length === 1));
});

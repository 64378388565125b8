import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLogger } from '../../src/core/logger.ts';
import { compileOptions, thisMachine } from '../../src/main/index.ts';
import { startServer } from '../../src/main/server.ts';
import { submit } from '../support/jobs.ts';
import { isRunning, runnersOf, signal } from '../support/processes.ts';
import { clientsOf } from '../support/sdk.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { python } from './command.ts';
import { copyBoto3, pythonProgram, registerProgram } from './inside-job.ts';
import { linesOf, linesOfJob } from './yard.ts';

const project = join(import.meta.dirname, '../..');

test('boto3 in a job goes over from one set of credentials to the next, and each is good', python.needed, async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'server-'));
  chmodSync(root, 0o711);
  const [data, shared] = [join(root, 'data'), join(root, 'shared')];
  mkdirSync(shared, { mode: 0o777 });
  const fatal: unknown[] = [];
  const options = compileOptions({ port: 0, engine: 'process', data, hostPaths: [project, shared] }, thisMachine());
  const server = await startServer(options, {
    version: '0.0.0-test',
    logger: silentLogger,
    // A new set each second; less than 15 minutes are left, so boto3 asks before each use.
    jobSessionTimes: { life: 10_000, renewal: 9_000 },
    onFatal: (error) => fatal.push(error),
  });
  const clients = clientsOf(server);
  t.after(async () => {
    clients.close();
    await server.close({ stopJobs: true });
    const runners = runnersOf(data);
    for (const pid of runners) signal(pid, 'SIGKILL');
    await until('the runner to be dead', () => !runners.some(isRunning));
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    assert.deepEqual(fatal, []);
  });
  const { batch, logs } = clients;
  copyBoto3(shared);
  const stop = join(shared, 'stop');
  const definition = await registerProgram(batch, { name: 'asks', ...pythonProgram(shared, ['many', stop]) });
  const jobId = await submit(batch, definition);
  const running = await waitForStatus(batch, jobId, 'RUNNING');
  await until(
    'three sets of credentials',
    async () => (await linesOf(logs, running.container?.logStreamName)).length >= 3,
  );
  writeFileSync(stop, '');
  const job = await waitForEnd(batch, jobId);
  const lines = await linesOfJob(logs, job);
  assert.equal(job.status, 'SUCCEEDED', lines.join('\n'));
  const said = lines.map((line) => JSON.parse(line));
  assert.equal(new Set(said.map(({ key }) => key)).size, said.length);
  assert.equal(new Set(said.map(({ arn }) => arn)).size, 1);
});

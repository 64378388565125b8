import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { batchyard, runCommand } from '../conformance/command.ts';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { linesOf } from './lines.ts';

/** A server that died with its runner while a job ran, one that had written a line; another job had ended. */
async function deadServer(t: TestContext) {
  const server = await ServerProcess.start(t);
  const clients = clientsOf(server);
  t.after(clients.close);
  const { batch } = clients;
  await registerShell(batch, { name: 'said', script: 'for i in 1 2 3; do echo line $i; done' });
  const ended = await submit(batch, 'said');
  const { status } = await waitForEnd(batch, ended);
  assert.equal(status, 'SUCCEEDED');
  await registerShell(batch, { name: 'held', script: 'echo ran; sleep 1000' });
  const running = await submit(batch, 'held');
  await waitForStatus(batch, running, 'RUNNING');
  await server.kill();
  await server.killRunners();
  return { server, clients, ended, running };
}

/** Every file below a directory. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const go = (data: string) => filesBelow(join(data, 'process/tasks')).filter((path) => path.endsWith('/go'));
const runner = (data: string) =>
  readdirSync(join(data, 'process/runners')).map((name) => join(data, 'process/runners', name));

const runnerLogs = (data: string) =>
  runner(data)
    .filter((path) => statSync(path).isDirectory())
    .map((path) => readFileSync(join(path, 'log'), 'utf8'))
    .join('');

const damages: Record<string, (data: string) => void> = {
  'the record of a running task cut': (data) => {
    for (const path of go(data)) truncateSync(path, 20);
  },
  'the record of a running task null': (data) => {
    for (const path of go(data)) writeFileSync(path, 'null');
  },
  'the record of a running task empty': (data) => {
    for (const path of go(data)) truncateSync(path, 0);
  },
  'the epoch null': (data) => writeFileSync(join(data, 'process/epoch.json'), 'null'),
  'the epoch of another version': (data) => writeFileSync(join(data, 'process/epoch.json'), '{"formatVersion":99}'),
  'the identity empty': (data) => writeFileSync(join(data, 'identity.json'), ''),
  'the witness garbage': (data) => writeFileSync(join(data, 'store.witness'), 'x'.repeat(128)),
  'the lock of the runner garbage': (data) => {
    for (const path of runner(data)) writeFileSync(join(path, 'lock'), 'garbage '.repeat(40));
  },
  'the directory of the runner a file': (data) => {
    for (const path of runner(data)) {
      rmSync(path, { recursive: true });
      writeFileSync(path, 'a file');
    }
  },
  'the directory of tasks a file': (data) => {
    renameSync(join(data, 'process/tasks'), join(data, 'process/elsewhere'));
    writeFileSync(join(data, 'process/tasks'), '');
  },
};

for (const [what, damage] of Object.entries(damages)) {
  test(`a server starts and runs jobs with ${what}, and says so`, async (t) => {
    const { server, clients, running, ended } = await deadServer(t);
    const saidBefore = server.log.length;
    damage(server.dataDirectory);
    await server.restart();
    const { status, statusReason } = await waitForEnd(clients.batch, running);
    assert.deepEqual([status, statusReason?.replace(/i-\w+/, 'i')], ['FAILED', 'Host EC2 (instance i) terminated.']);
    assert.equal((await waitForEnd(clients.batch, await submit(clients.batch, 'said'))).status, 'SUCCEEDED');
    assert.deepEqual(await linesOf(clients, ended), ['line 1', 'line 2', 'line 3']);
    assert.match(server.log.slice(saidBefore) + runnerLogs(server.dataDirectory), /\.damaged-1/);
  });
}

/** Flips one byte at a place of a file. */
function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
  writeFileSync(path, bytes);
}

for (const [where, place] of [
  ['its header', () => 2],
  ['its version', () => 6],
  ['its first frame', () => 20],
  ['its last frame', (size: number) => size - 3],
] as const) {
  test(`a log segment with a flipped byte in ${where} costs its own lines at most`, async (t) => {
    const { server, clients, running, ended } = await deadServer(t);
    const saidBefore = server.log.length;
    const segments = filesBelow(join(server.dataDirectory, 'logs'));
    for (const path of segments) flip(path, place(statSync(path).size));
    await server.restart();
    assert.equal((await waitForEnd(clients.batch, running)).status, 'FAILED');
    assert.ok((await linesOf(clients, ended)).length < 3);
    assert.ok((await linesOf(clients, running)).length <= 1);
    const next = await submit(clients.batch, 'said');
    assert.equal((await waitForEnd(clients.batch, next)).status, 'SUCCEEDED');
    assert.deepEqual(await linesOf(clients, next), ['line 1', 'line 2', 'line 3']);
    for (const path of segments) {
      const said = () => server.log.slice(saidBefore).split(`lines of a log are lost: ${path} `).length - 1;
      await until(`the loss in ${path} to be said`, () => said() > 0);
      assert.equal(said(), 1, 'it is said once');
    }
    for (const jobId of [ended, running]) {
      const { stdout } = await runCommand(batchyard, ['explain', jobId, '--data', server.dataDirectory]);
      assert.match(stdout, /lines of the log are lost: .*\.seg /);
    }
  });
}

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BatchClient } from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { startHeldJob, statusOf } from './held-job.ts';

test('a backup of a running server restores to what it had, under an identity of its own', async (t) => {
  const original = await ServerProcess.start(t);
  const job = await startHeldJob(t, original);
  const backup = join(original.root, 'backup');
  const batchyard = (...words: string[]) =>
    execFileSync(join(import.meta.dirname, '../../bin/batchyard'), words, {
      cwd: original.root,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  batchyard('backup', backup, '--data', original.dataDirectory, '--port', new URL(original.url).port);
  const restored = await ServerProcess.start(t, [], {
    prepare: (data) => void batchyard('restore', backup, '--data', data),
  });
  assert.deepEqual(restored.credentials, original.credentials);
  const { batch, close } = clientsOf(restored);
  t.after(close);
  assert.match((await waitForEnd(batch, job.jobId)).statusReason ?? '', /^Host EC2 .* terminated/);
  await job.endWell();
  assert.equal(job.marks(), 1);
  await original.stop();
  rmSync(backup, { recursive: true });
  batchyard('backup', backup, '--data', original.dataDirectory);
  assert.ok(existsSync(join(backup, 'store.sqlite')), 'also without a server');
});

/** A job that marks its start under `name`, and ends well when it is told to. */
async function submitHeld({ shared }: ServerProcess, batch: BatchClient, name: string) {
  const script = `echo ${name} >> ${shared}/marks; until [ -e ${shared}/go-${name} ]; do sleep 0.05; done`;
  await registerShell(batch, { name, script, directory: shared });
  return submit(batch, name);
}

const marksIn = ({ shared }: ServerProcess) => readFileSync(join(shared, 'marks'), 'utf8').trim().split('\n');

test('after a loss of commits nothing is changed, placed or ended until it is accepted, and then what runs is adopted, never run again', async (t) => {
  const server = await ServerProcess.start(t, ['--host-vcpus', '2']);
  const { batch, close } = clientsOf(server);
  t.after(close);
  const once = clientsOf(server, { maxAttempts: 1 });
  t.after(once.close);
  const [first, second] = [await submitHeld(server, batch, 'first'), await submitHeld(server, batch, 'second')];
  for (const jobId of [first, second]) await waitForStatus(batch, jobId, 'RUNNING');
  const waiting = await submitHeld(server, batch, 'waiting');
  await server.stop();
  // From here on all commits are in the write-ahead log alone.
  await server.restart();
  writeFileSync(join(server.shared, 'go-first'), '');
  await waitForEnd(batch, first);
  await waitForStatus(batch, waiting, 'RUNNING');
  writeFileSync(join(server.shared, 'go-second'), '');
  await waitForEnd(batch, second);
  const unknown = await submitHeld(server, batch, 'unknown');
  await waitForStatus(batch, unknown, 'RUNNING');
  await server.kill();
  rmSync(join(server.dataDirectory, 'store.sqlite-wal'));

  await server.restart();
  assert.match(server.log, /had \d+ commits and now has \d+: what happened since is lost/);
  const { status: before, statusReason } = await describeJob(batch, waiting);
  assert.equal(before, 'RUNNABLE');
  assert.match(statusReason ?? '', /nothing is changed and no job is placed.*--accept-lost-commits/);
  assert.equal(await statusOf(server, unknown), undefined);
  assert.equal(await statusOf(server, first), 'RUNNING', 'nobody knows yet');
  await assert.rejects(submit(once.batch, 'second'), /older than it was: nothing can be changed until the operator/);
  writeFileSync(join(server.shared, 'go-waiting'), '');
  await until('the ended one to be gone', () => server.runningContainers < 2);
  assert.equal(server.runningContainers, 1, 'the task that no job has goes on');

  await server.stop();
  await server.restart(['--accept-lost-commits']);
  const { status, attempts = [] } = await waitForEnd(batch, waiting);
  assert.deepEqual([status, attempts.length], ['SUCCEEDED', 1]);
  const later = await submitHeld(server, batch, 'later');
  await waitForStatus(batch, later, 'RUNNING');
  await until('the task that no job has to be ended', () => server.runningContainers === 1);
  assert.match((await waitForEnd(batch, first)).statusReason ?? '', /^Host EC2 .* terminated/);
  await until('its mark', () => marksIn(server).includes('later'));
  assert.deepEqual(marksIn(server).toSorted(), ['first', 'later', 'second', 'unknown', 'waiting']);
  writeFileSync(join(server.shared, 'go-later'), '');
  await waitForEnd(batch, later);
});

test('what runs and ends on an older database, known to it or not, is as it was when the whole one is put back', async (t) => {
  const server = await ServerProcess.start(t, ['--host-vcpus', '3']);
  const database = (name: string) => join(server.dataDirectory, name);
  const { batch, close } = clientsOf(server);
  t.after(close);
  const known = await submitHeld(server, batch, 'known');
  await waitForStatus(batch, known, 'RUNNING');
  await server.stop();
  copyFileSync(database('store.sqlite'), join(server.root, 'older.sqlite'));
  await server.restart();
  const job = await startHeldJob(t, server);
  const ends = await submitHeld(server, batch, 'ends');
  await waitForStatus(batch, ends, 'RUNNING');
  await server.stop();
  for (const name of ['store.sqlite', 'store.witness']) renameSync(database(name), join(server.root, name));
  copyFileSync(join(server.root, 'older.sqlite'), database('store.sqlite'));
  copyFileSync(join(server.root, 'store.witness'), database('store.witness'));

  await server.restart();
  assert.match(server.log, /what happened since is lost/);
  assert.equal(await statusOf(server, job.jobId), undefined);
  // Two of three end meanwhile: neither is that forgotten, nor does the older database hear of it.
  for (const name of ['known', 'ends']) writeFileSync(join(server.shared, `go-${name}`), '');
  await until('two jobs to end', () => server.runningContainers < 2);
  assert.equal(server.runningContainers, 1);
  assert.equal(await statusOf(server, known), 'RUNNING');
  await server.stop();
  for (const name of ['store.sqlite', 'store.witness']) renameSync(join(server.root, name), database(name));

  await server.restart();
  for (const jobId of [known, ends]) {
    const { status, attempts = [] } = await waitForEnd(batch, jobId);
    assert.deepEqual([status, attempts.length], ['SUCCEEDED', 1]);
  }
  await job.endWell();
  assert.deepEqual(marksIn(server), ['known', 'ran', 'ends']);
});

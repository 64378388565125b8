import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { waitForEnd } from '../support/wait.ts';
import { startHeldJob, statusOf } from './held-job.ts';

const identityOf = (data: string) => join(data, 'identity.json');

/** What a copy of the whole file system holds: the inodes are those on record. Changed in place, which keeps the file's own. */
function recordInodes(data: string, more: Record<string, string> = {}): void {
  const path = identityOf(data);
  const inode = (of: string) => String(statSync(of, { bigint: true }).ino);
  const recorded = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...recorded, directoryInode: inode(data), fileInode: inode(path), ...more }));
}

const copies: Record<string, { readonly afterwards: (data: string) => void; readonly said: RegExp }> = {
  'as it is': { afterwards: () => {}, said: /is a copy of another data directory/ },
  'with an empty identity.json': {
    afterwards: (data) => writeFileSync(identityOf(data), ''),
    said: /has lost its identity, so it may be a copy/,
  },
  'without identity.json': {
    afterwards: (data) => rmSync(identityOf(data)),
    said: /has no identity\.json, so it may be a copy/,
  },
  'with its whole file system, and so with the same inodes': {
    afterwards: (data) => recordInodes(data, { device: '1' }),
    said: /is a copy of another data directory/,
  },
};

for (const [how, { afterwards, said }] of Object.entries(copies)) {
  test(`a copy made ${how} adopts nothing: the first one’s job goes on, and runs once`, async (t) => {
    const original = await ServerProcess.start(t);
    const job = await startHeldJob(t, original);
    await original.stop();
    const prepare = (data: string) => {
      execFileSync('cp', ['-a', original.dataDirectory, data]);
      afterwards(data);
    };
    const copy = await ServerProcess.start(t, [], { prepare });
    assert.match(copy.log, said);
    await original.restart();
    const { batch, close } = clientsOf(copy);
    t.after(close);
    const ofCopy = await waitForEnd(batch, job.jobId);
    assert.match(ofCopy.statusReason ?? '', /^Host EC2 .* terminated/);
    assert.equal(await statusOf(original, job.jobId), 'RUNNING');
    await job.endWell();
    assert.equal(job.marks(), 1);
    await copy.stop();
    await copy.restart();
    assert.equal(copy.log.match(/an installation of its own now/g)?.length, 1, 'it is said once');
  });
}

test('two directories of one installation are not served at once: the second is refused, and the first one’s job goes on', async (t) => {
  const original = await ServerProcess.start(t);
  const job = await startHeldJob(t, original);
  const prepare = (data: string) => {
    execFileSync('cp', ['-a', original.dataDirectory, data]);
    recordInodes(data, { bootId: 'the boot before' });
  };
  await assert.rejects(
    ServerProcess.start(t, [], { prepare }),
    /holds the same installation as another directory.*Remove identity\.json/s,
  );
  await job.endWell();
  assert.equal(job.marks(), 1);
});

test('a directory where a runner works is the original, also without identity.json: its job goes on', async (t) => {
  const server = await ServerProcess.start(t);
  const job = await startHeldJob(t, server);
  await server.stop();
  rmSync(identityOf(server.dataDirectory));
  await server.restart();
  assert.equal(await statusOf(server, job.jobId), 'RUNNING');
  await job.endWell();
  assert.equal(job.marks(), 1);
  assert.doesNotMatch(server.log, /an installation of its own now/);
});

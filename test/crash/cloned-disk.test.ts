import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { waitForEnd } from '../support/wait.ts';
import { startHeldJob, statusOf } from './held-job.ts';

/** Whether this machine mounts a file system that lies in a file. */
function whyNoLoops(): string | undefined {
  const root = mkdtempSync(join(tmpdir(), 'loops-'));
  const script = `truncate -s 8M image && mkfs.ext4 -q image && mkdir at && mount -o loop image at && umount at`;
  const { status } = spawnSync('sh', ['-c', script], { cwd: root, stdio: 'ignore' });
  rmSync(root, { recursive: true });
  return status === 0 ? undefined : 'needs root, mkfs.ext4 and loop devices';
}

const skip = whyNoLoops() ?? false;
const flags = ['--disk-reserve', '1MiB'];

test('a clone of the disk under a running server becomes an installation of its own, and ends no job of the first', {
  skip,
}, async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'disks-'));
  const run = (program: string, ...words: string[]) => void execFileSync(program, words, { cwd: root, stdio: 'pipe' });
  const mounted: string[] = [];
  // Before the servers' own after hooks, which remove the directories.
  t.after(() => {
    for (const place of mounted) run('umount', '-l', place);
    rmSync(root, { recursive: true });
  });
  const mount = (image: string) => (data: string) => {
    mkdirSync(data, { recursive: true });
    run('mount', '-o', 'loop', image, data);
    mounted.push(data);
  };
  run('truncate', '-s', '200M', 'disk');
  run('mkfs.ext4', '-q', 'disk');
  const original = await ServerProcess.start(t, flags, { prepare: mount('disk') });
  const job = await startHeldJob(t, original);
  run('sync');
  run('fsfreeze', '-f', original.dataDirectory);
  try {
    run('cp', 'disk', 'clone');
  } finally {
    run('fsfreeze', '-u', original.dataDirectory);
  }
  const clone = await ServerProcess.start(t, flags, { prepare: mount('clone') });
  assert.match(clone.log, /is a copy of another data directory/);
  const { batch, close } = clientsOf(clone);
  t.after(close);
  assert.match((await waitForEnd(batch, job.jobId)).statusReason ?? '', /^Host EC2 .* terminated/);
  assert.equal(await statusOf(original, job.jobId), 'RUNNING');
  await job.endWell();
  assert.equal(job.marks(), 1);
});

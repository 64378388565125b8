import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DescribeJobsCommand } from '@aws-sdk/client-batch';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { registerShell, submit } from '../support/jobs.ts';
import { type Clients, clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';

const lines = 60;
const jobCount = 8;

/** A small disk of its own; undefined where this user may mount none. */
function smallDisk(t: TestContext): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m,mode=0711', 'tmpfs', place]).status === 0;
  t.after(() => {
    if (mounted) execFileSync('umount', ['-l', place]);
    rmSync(place, { recursive: true });
  });
  return mounted ? place : undefined;
}

/** Takes all that is left of the disk; answers what gives it back. */
function fill(disk: string): () => void {
  const path = join(disk, 'filling');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(64 * 1024);
  try {
    for (let size = block.length; size >= 1; ) {
      try {
        writeSync(file, block, 0, size);
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
  return () => rmSync(path);
}

async function linesOf({ batch, logs }: Clients, jobId: string): Promise<string[]> {
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  const logStreamName = jobs[0]?.container?.logStreamName ?? '';
  const input = { logGroupName: '/aws/batch/job', logStreamName, startFromHead: true };
  const { events = [] } = await logs.send(new GetLogEventsCommand(input));
  return events.map(({ message = '' }) => message);
}

test('a disk that is full while jobs write and end costs no line, no job and no second run', async (t) => {
  const disk = smallDisk(t);
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
  const release = fill(disk);
  execFileSync('touch', [join(shared, 'full')]);
  await until('the jobs to have ended', () => server.jobProcesses.length === 0);
  const asked = await batch.send(new DescribeJobsCommand({ jobs: ids }));
  assert.equal(asked.jobs?.length, jobCount, 'reads go on');
  release();
  const ends = await Promise.all(ids.map((jobId) => waitForEnd(batch, jobId)));
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

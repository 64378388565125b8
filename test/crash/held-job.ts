import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { DescribeJobsCommand } from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { waitForEnd, waitForStatus } from '../support/wait.ts';

export async function statusOf(server: ServerProcess, jobId: string): Promise<string | undefined> {
  const { batch, close } = clientsOf(server);
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] })).finally(close);
  return jobs[0]?.status;
}

/** A job that marks its start, and ends when it is told to. */
export async function startHeldJob(t: TestContext, server: ServerProcess) {
  const { batch, close } = clientsOf(server);
  t.after(close);
  const { shared } = server;
  const script = `echo ran >> ${shared}/marks; until [ -e ${shared}/go ]; do sleep 0.05; done`;
  await registerShell(batch, { name: 'held', script, directory: shared });
  const jobId = await submit(batch, 'held');
  await waitForStatus(batch, jobId, 'RUNNING');
  return {
    jobId,
    marks: () => readFileSync(join(shared, 'marks'), 'utf8').trim().split('\n').length,
    endWell: async () => {
      writeFileSync(join(shared, 'go'), '');
      const { status } = await waitForEnd(batch, jobId);
      assert.equal(status, 'SUCCEEDED');
    },
  };
}

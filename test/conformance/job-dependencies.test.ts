import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { registerShell, submit } from '../support/jobs.ts';
import { describeJob, waitForEnd, waitForEnds, waitForStatus } from '../support/wait.ts';
import { assertRefused, openYard, runToEnd } from './yard.ts';

const { batch, server } = await openYard(['--host-vcpus', '16']);
const quick = await registerShell(batch, { name: 'quick', script: 'true' });
const fails = await registerShell(batch, { name: 'fails', script: 'exit 1' });
let gates = 0;

/** A job that runs until `open` is called. */
async function gated(status = 0) {
  gates += 1;
  const gate = `${server.shared}/gate-${gates}`;
  const script = `until [ -e ${gate} ]; do sleep 0.02; done; exit ${status}`;
  const jobId = await submit(
    batch,
    await registerShell(batch, { name: `gated-${gates}`, script, directory: server.shared }),
  );
  return { jobId, open: () => writeFileSync(gate, '') };
}

test('a job waits PENDING until all that it depends on have succeeded, then runs', async () => {
  const [first, second] = [await gated(), await gated()];
  const dependsOn = [{ jobId: first.jobId }, { jobId: second.jobId }];
  const jobId = await submit(batch, quick, { dependsOn });
  const pending = await waitForStatus(batch, jobId, 'PENDING');
  assert.deepEqual(pending.dependsOn, dependsOn);
  assert.ok(pending.statusReason, 'the reason why it waits is shown');
  first.open();
  await waitForEnd(batch, first.jobId);
  assert.equal((await describeJob(batch, jobId)).status, 'PENDING');
  second.open();
  const [last, job] = [await waitForEnd(batch, second.jobId), await waitForEnd(batch, jobId)];
  assert.equal(job.status, 'SUCCEEDED');
  assert.ok((job.startedAt ?? 0) >= (last.stoppedAt ?? Infinity));
});

test('when one dependency fails the dependent fails without running, and so does the whole chain', async () => {
  const root = await gated(1);
  const middle = await submit(batch, quick, { dependsOn: [{ jobId: root.jobId }], retryStrategy: { attempts: 3 } });
  const leaf = await submit(batch, quick, { dependsOn: [{ jobId: middle }] });
  root.open();
  for (const jobId of [middle, leaf]) {
    const job = await waitForEnd(batch, jobId);
    assert.deepEqual([job.status, job.statusReason, job.attempts], ['FAILED', 'Dependent Job failed', []]);
  }
});

test('jobs that have ended already count: a success holds nothing up, a failure fails the dependent', async () => {
  const succeeded = await runToEnd(batch, quick);
  const failed = await runToEnd(batch, fails);
  const after = (jobId = '') => runToEnd(batch, quick, { dependsOn: [{ jobId }] });
  assert.equal((await after(succeeded.jobId)).status, 'SUCCEEDED');
  const dependent = await after(failed.jobId);
  assert.deepEqual([dependent.status, dependent.statusReason], ['FAILED', 'Dependent Job failed']);
});

test('a dependency that is retried holds its dependent until it has succeeded', async () => {
  const flaky = await registerShell(batch, { name: 'flaky', script: '[ $AWS_BATCH_JOB_ATTEMPT = 2 ]' });
  const dependency = await submit(batch, flaky, { retryStrategy: { attempts: 2 } });
  const job = await runToEnd(batch, quick, { dependsOn: [{ jobId: dependency }] });
  assert.equal(job.status, 'SUCCEEDED');
});

test("the guide's pipeline of single jobs runs in the order of its dependencies", async () => {
  const ids: string[] = [];
  for (const name of ['JobA', 'JobB', 'JobC', 'JobD', 'JobE']) {
    const dependsOn = ids.slice(-1).map((jobId) => ({ jobId }));
    ids.push(await submit(batch, quick, { jobName: name, dependsOn }));
  }
  const jobs = await waitForEnds(batch, ids);
  jobs.slice(1).forEach((job, index) => {
    assert.ok((job.startedAt ?? 0) >= (jobs[index]?.stoppedAt ?? Infinity));
  });
});

test('a job may depend on 20 jobs, not on 21, not on one that nobody knows, and by type only as an array', async () => {
  const ids = await Promise.all(Array.from({ length: 21 }, () => submit(batch, quick)));
  const dependsOn = ids.map((jobId) => ({ jobId }));
  await submit(batch, quick, { dependsOn: dependsOn.slice(0, 20) });
  await assertRefused(submit(batch, quick, { dependsOn }), /20/);
  const jobId = '00000000-0000-4000-8000-000000000000';
  await assertRefused(submit(batch, quick, { dependsOn: [{ jobId }] }), /not found/);
  await assertRefused(submit(batch, quick, { dependsOn: [{ type: 'SEQUENTIAL' }] }), /array/);
  await assertRefused(submit(batch, quick, { dependsOn: [{ jobId: '' }] }), /jobId/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arn, benchWithDefinition, job, submit } from '../operations/jobs.fixture.ts';
import { jobDefinitionRecords } from '../records.ts';
import type { ExplainSubmissionOutput } from './explain-submission.ts';

const container = { image: 'busybox', vcpus: 3, memory: 7 };

test('a submission is checked as SubmitJob checks it, in the same words, and nothing is kept of it', async () => {
  const bench = await benchWithDefinition();
  const explained = await bench.call<ExplainSubmissionOutput>('ExplainSubmission', { submission: job });
  assert.deepEqual(explained, {
    jobName: 'j',
    jobQueue: `${arn}:job-queue/default`,
    jobDefinition: `${arn}:job-definition/x:1`,
    asked: { vcpus: 1, memoryMiB: 4, gpus: 0 },
    status: 'RUNNABLE',
    text: 'Tried j.',
    failsAtStart: false,
    environments: [],
    notes: [],
  });
  assert.equal(bench.yard.jobs.size, 0);
  for (const change of [
    { jobQueue: 'nobody' },
    { jobDefinition: 'nobody' },
    { jobName: '-' },
    { dependsOn: [{ jobId: '00000000-0000-7000-8000-000000000000' }] },
    { arrayProperties: { size: 1 } },
    { shareIdentifier: 'a' },
  ]) {
    const submission = { ...job, ...change };
    assert.equal(
      await bench.refusal('ExplainSubmission', { submission }),
      await bench.refusal('SubmitJob', submission),
    );
  }
});

test('the quota of waiting jobs refuses it too, and asking takes nothing of the rate of submissions', async () => {
  const bench = await benchWithDefinition({ quotas: { submitJobPerSecond: 1, waitingJobs: 2 } });
  for (let asked = 0; asked < 5; asked += 1) await bench.call('ExplainSubmission', { submission: job });
  await submit(bench);
  bench.yard.waiting = 2;
  const refused = await bench.refusal('ExplainSubmission', { submission: job });
  assert.equal(refused, 'Maximum number of submitted jobs (2) reached.');
});

test('of a definition that is not registered it is told as of one that is, and none is registered', async () => {
  const bench = await benchWithDefinition();
  const submission = { ...job, jobDefinition: 'inline', arrayProperties: { size: 5 } };
  const ask = (containerProperties: object) => ({ submission, containerProperties });
  const told = await bench.call<ExplainSubmissionOutput>('ExplainSubmission', ask(container));
  assert.deepEqual([told.asked, told.size], [{ vcpus: 3, memoryMiB: 7, gpus: 0 }, 5]);
  assert.deepEqual(
    bench.ledger.all(jobDefinitionRecords).map(({ name }) => name),
    ['x'],
  );
  const bad = { ...container, memory: 1 };
  const registration = { jobDefinitionName: 'inline', type: 'container', containerProperties: bad };
  assert.equal(
    await bench.refusal('ExplainSubmission', ask(bad)),
    await bench.refusal('RegisterJobDefinition', registration),
  );
});

test('who may not submit the job may not ask either', async () => {
  const bench = await benchWithDefinition();
  const asked = await bench.access('ExplainSubmission', { submission: job });
  assert.deepEqual(
    asked.map(({ action, resource }) => [action, resource]),
    [
      ['batchyard:ExplainSubmission', '*'],
      ['batch:SubmitJob', `${arn}:job-definition/x`],
      ['batch:SubmitJob', `${arn}:job-queue/default`],
      ['batch:SubmitJob', `${arn}:job/*`],
    ],
  );
});

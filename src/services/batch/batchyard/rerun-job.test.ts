import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arn, benchWithDefinition, describe, submit } from '../operations/jobs.fixture.ts';
import { rerunTag } from '../submission/rerun.ts';
import type { RerunJobOutput } from './rerun-job.ts';

test('whoever reruns a job must be allowed that, and to submit with its definition to its queue', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench, { tags: { team: 'red' } });
  const asked = await bench.access('RerunJob', { jobId });
  assert.deepEqual(
    asked.map(({ action, resource }) => [action, resource]),
    [
      ['batchyard:RerunJob', `${arn}:job/${jobId}`],
      ['batch:SubmitJob', `${arn}:job-definition/x:1`],
      ['batch:SubmitJob', `${arn}:job-queue/default`],
      ['batch:SubmitJob', `${arn}:job/*`],
      ['batch:TagResource', `${arn}:job/*`],
    ],
  );
  assert.equal(asked[1]?.conditions?.['aws:RequestTag/team'], 'red');
  const other = await bench.access('RerunJob', { jobId, jobDefinition: 'y' });
  assert.equal(other[1]?.resource, `${arn}:job-definition/y`);
  const unknown = await bench.access('RerunJob', { jobId: 'nobody' });
  assert.deepEqual(unknown, [{ action: 'batchyard:RerunJob', resource: `${arn}:job/nobody`, conditions: {} }]);
});

test('a rerun repeated with its key is one job', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench);
  const again = () => bench.call<RerunJobOutput>('RerunJob', { jobId }, { idempotencyKey: 'k' });
  const first = await again();
  assert.deepEqual(await again(), first);
  assert.equal(bench.yard.jobs.size, 2);
});

test('where a job has all the tags that it may have, the mark gives way and explain still tells', async () => {
  const bench = await benchWithDefinition({ quotas: { tagsPerResource: 2 } });
  for (const [tags, isMarked] of [
    [{ a: '1', b: '2' }, false],
    [{ a: '1' }, true],
  ] as const) {
    const jobId = await submit(bench, { tags });
    const { jobId: again } = await bench.call<RerunJobOutput>('RerunJob', { jobId });
    const [job] = await describe(bench, again);
    assert.deepEqual(job?.tags, isMarked ? { ...tags, [rerunTag]: jobId } : tags);
    const { notes } = await bench.call<{ notes: readonly string[] }>('ExplainJob', { jobId: again });
    assert.ok(notes.includes(`runs ${jobId} again`));
  }
});

test('a definition that is gone refuses the rerun in AWS’s words, and another may be named', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench);
  await bench.call('DeregisterJobDefinition', { jobDefinition: 'x:1' });
  assert.equal(
    await bench.refusal('RerunJob', { jobId }),
    `JobDefinition ${arn}:job-definition/x:1 is not in ACTIVE status`,
  );
  await bench.call('RegisterJobDefinition', {
    jobDefinitionName: 'x',
    type: 'container',
    containerProperties: { image: 'busybox', vcpus: 1, memory: 4 },
  });
  const { jobId: again } = await bench.call<RerunJobOutput>('RerunJob', { jobId, jobDefinition: 'x' });
  assert.match(bench.yard.jobs.get(again)?.jobDefinitionArn ?? '', /x:2$/);
});

test('requirements replace older integers of the same kind, and leave the other as it was', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench, { containerOverrides: { vcpus: 2, memory: 8 } });
  const changed = { jobId, resourceRequirements: [{ type: 'MEMORY', value: '16' }] };
  const { jobId: again } = await bench.call<RerunJobOutput>('RerunJob', changed);
  assert.deepEqual(bench.yard.jobs.get(again)?.resources, { vcpus: 2, memoryMiB: 16, gpus: 0 });
});

test('what breaks a rule of SubmitJob is refused in its words', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench);
  assert.equal(await bench.refusal('RerunJob', { jobId, attempts: 11 }), 'RetryAttempts must be between 1 and 10.');
});

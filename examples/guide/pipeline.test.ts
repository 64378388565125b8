import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DescribeJobsCommand, type JobDetail } from '@aws-sdk/client-batch';
import { linesOfJob } from '../../test/conformance/yard.ts';
import { describeJob, until, waitForEnd } from '../../test/support/wait.ts';
import { type Body, changed, type Edition, editions, openGuide } from './guide.fixture.ts';

/** The guide's five jobs, with arrays of 5 in the place of 10,000. */
const guide = await openGuide();
const { batch, logs, accept, scratch } = guide;
const size = 5;

interface Pipeline {
  readonly a: string;
  readonly b: string;
  readonly c: string;
  readonly d: string;
  readonly e: string;
}

/** Integers of an override count where the definition has such; so does a list. */
const requirements: Readonly<Record<Edition, object>> = {
  '': {
    resourceRequirements: [
      { type: 'MEMORY', value: '32' },
      { type: 'VCPU', value: '1' },
    ],
  },
  '2020/': { memory: 32, vcpus: 1 },
};

interface Scripts {
  readonly b?: string;
  readonly c?: string;
}

/** Registers what the guide's jobs run, and submits them as they are printed but for ids, sizes, and the memory of most machines. */
async function submitAll(edition: Edition, { b: ofB = 'true', c: ofC = 'true' }: Scripts): Promise<Pipeline> {
  const define = async (name: string, script: string) => {
    const volumes = [{ name: 'scratch', host: { sourcePath: scratch } }];
    const mountPoints = [{ sourceVolume: 'scratch', containerPath: scratch }];
    const command = ['/bin/sh', '-c', script];
    const containerProperties = { image: 'busybox', command, volumes, mountPoints, ...requirements[edition] };
    const body = { jobDefinitionName: name, type: 'container', containerProperties };
    const { revision } = await accept('registerjobdefinition', JSON.stringify(body));
    return `${name}:${revision}`;
  };
  const send = async (file: string, jobDefinition: string, on?: string) => {
    const body = changed(file, (given) => shrink({ ...given, jobDefinition }, on));
    return String((await accept('submitjob', body)).jobId);
  };
  const a = await send('job-a.json', await define('JobA-list-and-validate', 'true'));
  const b = await send(`${edition}job-b.json`, await define('JobB-CPU-Intensive-Processing', ofB), a);
  const c = await send(`${edition}job-c.json`, await define('JobC-Memory-Intensive-Processing', ofC), b);
  const script = 'echo checks $AWS_BATCH_JOB_ARRAY_INDEX';
  const d = await send(`${edition}job-d.json`, await define('JobD-Sequential-Validation', script), c);
  await accept(
    'registerjobdefinition',
    JSON.stringify({
      jobDefinitionName: 'JobE-Cleanup-and-Notification',
      type: 'container',
      containerProperties: {
        image: 'busybox',
        vcpus: 1,
        memory: 16,
        command: ['echo', 'Ref::SourceBucket', 'Ref::Recipient'],
      },
    }),
  );
  return { a, b, c, d, e: await send('job-e.json', 'JobE-Cleanup-and-Notification:1', d) };
}

function shrink(body: Body, on: string | undefined): Body {
  const text = JSON.stringify(body).replaceAll('32768', '64').replaceAll('4096', '48');
  const small = JSON.parse(on === undefined ? text : text.replace(/Job[A-D]_job_ID/, on)) as Body;
  if (small.arrayProperties) small.arrayProperties.size = Math.min(small.arrayProperties.size, size);
  return small;
}

async function childrenOf(jobId: string): Promise<readonly JobDetail[]> {
  const ids = Array.from({ length: size }, (_none, index) => `${jobId}:${index}`);
  return (await batch.send(new DescribeJobsCommand({ jobs: ids }))).jobs ?? [];
}

const has = (jobs: readonly JobDetail[], member: 'startedAt' | 'stoppedAt') =>
  jobs.map((job) => job[member] ?? Number.NaN);

for (const edition of editions) {
  const name = edition === '' ? 'the newer edition' : 'the edition of 2020';
  test(`the pipeline of ${name}: each child of JobC goes on by itself, those of JobD one by one`, async () => {
    const mark = join(scratch, `go-${edition.length}`);
    // JobB's last child ends only when it is told to, which is when JobC's first has ended.
    const b = `[ $AWS_BATCH_JOB_ARRAY_INDEX != 4 ] || while [ ! -e ${mark} ]; do sleep 0.05; done`;
    const jobs = await submitAll(edition, { b });
    await until(
      "JobC's first child to end",
      async () => (await describeJob(batch, `${jobs.c}:0`)).status === 'SUCCEEDED',
    );
    const waiting = await Promise.all([jobs.b, `${jobs.c}:4`, jobs.d, jobs.e].map((id) => describeJob(batch, id)));
    assert.deepEqual(
      waiting.map(({ status }) => status),
      ['PENDING', 'PENDING', 'PENDING', 'PENDING'],
    );
    assert.equal(existsSync(mark), false);
    writeFileSync(mark, '');
    const e = await waitForEnd(batch, jobs.e);
    const whole = await Promise.all([jobs.a, jobs.b, jobs.c, jobs.d].map((id) => describeJob(batch, id)));
    assert.deepEqual(
      [...whole, e].map(({ status }) => status),
      Array.from({ length: 5 }, () => 'SUCCEEDED'),
    );
    assert.deepEqual(await linesOfJob(logs, e), ['s3://JobD-Output-Bucket pipeline-notifications@mycompany.com']);
    const [ofB, ofC, ofD] = await Promise.all([jobs.b, jobs.c, jobs.d].map(childrenOf));
    assert.ok(ofB && ofC && ofD);
    for (const child of ofB) {
      const listed = child.container?.resourceRequirements?.find(({ type }) => type === 'VCPU')?.value;
      assert.equal(child.container?.vcpus ?? Number(listed), 32);
    }
    const [endsOfB, startsOfC] = [has(ofB, 'stoppedAt'), has(ofC, 'startedAt')];
    assert.ok(startsOfC.every((start, index) => start >= (endsOfB[index] ?? Number.NaN)));
    const [starts, ends] = [has(ofD, 'startedAt'), has(ofD, 'stoppedAt')];
    assert.ok(starts.every((start, index) => start >= Math.max(...has(ofC, 'stoppedAt'), ends[index - 1] ?? 0)));
    assert.ok((e.startedAt ?? 0) >= Math.max(...ends));
    const lines = await Promise.all(ofD.map((child) => linesOfJob(logs, child)));
    assert.deepEqual(
      lines,
      ofD.map((_child, index) => [`checks ${index}`]),
    );
  });

  test(`the pipeline of ${name}: a child of JobB that fails takes its fellow of JobC, JobD and JobE with it`, async () => {
    const jobs = await submitAll(edition, { b: '[ $AWS_BATCH_JOB_ARRAY_INDEX != 2 ]' });
    const e = await waitForEnd(batch, jobs.e);
    const [a, b, c, d] = await Promise.all([jobs.a, jobs.b, jobs.c, jobs.d].map((id) => describeJob(batch, id)));
    assert.deepEqual(
      [a, b, c, d, e].map((job) => job?.status),
      ['SUCCEEDED', 'FAILED', 'FAILED', 'FAILED', 'FAILED'],
    );
    for (const [array, count] of [
      [b, 1],
      [c, 1],
      [d, size],
    ] as const) {
      assert.equal(array?.arrayProperties?.statusSummary?.FAILED, count);
    }
    const [ofB = [], ofC = []] = await Promise.all([jobs.b, jobs.c].map(childrenOf));
    const fates = (children: readonly JobDetail[]) => children.map(({ status }) => status);
    assert.deepEqual(fates(ofC), fates(ofB));
    assert.deepEqual([ofC[2]?.status, ofC[2]?.startedAt, ofC[2]?.attempts], ['FAILED', undefined, []]);
    assert.deepEqual([e.statusReason, e.startedAt, e.attempts], ['Dependent Job failed', undefined, []]);
  });
}

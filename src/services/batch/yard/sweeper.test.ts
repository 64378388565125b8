import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import type { JobRecord } from '../../../core/job-record.ts';
import type { ServiceJobRecord } from '../../../store/index.ts';
import { scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;
const minute = 60_000;

test('finished jobs are kept for their time, and then go in slices', async () => {
  const rig = await Rig.open({ host: { vcpus: 1_000, memoryMiB: 1_000_000 }, retention: { minimumAge: 60 * minute } });
  for (let index = 0; index < 450; index += 1) rig.submit();
  await rig.settle();
  await rig.pass(0);
  await rig.pass(59 * minute);
  assert.equal(await rig.store.reads.countFinishedJobs(), 450);
  const { commits } = rig.store;
  await rig.pass(20 * minute);
  assert.equal(await rig.store.reads.countFinishedJobs(), 0);
  assert.equal(rig.store.commits - commits, 3);
});

test('no job goes before every consumer has heard what became of it', async () => {
  let isDown = true;
  const deliver = () => {
    if (isDown) throw new Error('the consumer is down');
  };
  const consumers = [{ name: 'slow', deliver }];
  const rig = await Rig.open({ retention: { minimumAge: 60 * minute }, consumers });
  rig.submit();
  await rig.settle();
  await rig.pass(0);
  await rig.pass(50 * minute);
  await rig.pass(30 * minute);
  assert.equal(await rig.store.reads.countFinishedJobs(), 1);
  isDown = false;
  await rig.pass(1_000);
  await rig.settle();
  assert.equal(await rig.store.reads.countFinishedJobs(), 0);
});

test('with a count, finished jobs beyond it go, but none before its time', async () => {
  const rig = await Rig.open({ host: { vcpus: 100 }, retention: { minimumAge: 60 * minute, maximumCount: 3 } });
  for (let index = 0; index < 8; index += 1) rig.submit();
  await rig.settle();
  await rig.pass(0);
  await rig.pass(30 * minute);
  assert.equal(await rig.store.reads.countFinishedJobs(), 8);
  await rig.pass(40 * minute);
  assert.equal(await rig.store.reads.countFinishedJobs(), 3);
});

test('a job that another waits for is not forgotten before that has ended', async () => {
  const rig = await Rig.open({ retention: { minimumAge: minute } });
  const [done, running] = [rig.submit({ behaviour: { runFor: 1 } }), rig.submit({ behaviour: forEver })];
  const waits = rig.submit({ dependsOn: [done, running] });
  await rig.settle();
  await rig.pass(0);
  await rig.pass(1);
  await rig.pass(60 * minute);
  assert.equal(await rig.status(done), 'SUCCEEDED');
  await rig.restart();
  rig.yard.terminate(running, 'enough');
  await rig.settle();
  await rig.pass(0);
  assert.equal(await rig.status(waits), 'FAILED');
  await rig.pass(60 * minute);
  assert.equal(await rig.store.reads.countFinishedJobs(), 0);
});

test('jobs that others still name do not hold up the rest, and are looked at once a sweep', async () => {
  const rig = await Rig.open({ host: { vcpus: 2_000, memoryMiB: 1_000_000 }, retention: { minimumAge: minute } });
  const running = rig.submit({ behaviour: forEver });
  const named = Array.from({ length: 450 }, () => rig.submit());
  const waits = rig.submit({ dependsOn: [...named, running] });
  await rig.settle();
  await rig.pass(0);
  for (let index = 0; index < 250; index += 1) rig.submit();
  await rig.settle();
  await rig.pass(1);
  assert.equal(await rig.store.reads.countFinishedJobs(), 700);
  let looked = 0;
  rig.store.onFinishedJobs = (found) => {
    looked += found;
  };
  await rig.pass(60 * minute);
  assert.equal(await rig.store.reads.countFinishedJobs(), 450, 'one sweep was enough');
  assert.equal(looked, 700);
  rig.yard.terminate(running, 'enough');
  await rig.settle();
  assert.equal(await rig.status(waits), 'FAILED');
  await rig.pass(60 * minute);
  assert.equal(await rig.store.reads.countFinishedJobs(), 0);
});

/** Service job `number`, which ended then or still waits. */
function serviceJob(number: number, stoppedAt?: number): ServiceJobRecord {
  const jobId = `00000000-0000-7000-8000-${String(number).padStart(12, '0')}` as JobId;
  const state = stoppedAt === undefined ? waiting : { status: 'FAILED' as const, statusReason: 'enough', stoppedAt };
  const fixed = {
    jobQueueArn: 'q',
    serviceJobType: 'SAGEMAKER_TRAINING',
    createdAt: 0,
    rank: 0,
    capacity: [],
    tags: {},
  };
  return { ...scope, ...fixed, jobId, jobName: 'j', state };
}

const waiting = { status: 'RUNNABLE' } as const;

test('service jobs that have ended go like jobs, in slices, and those that wait stay', async () => {
  const rig = await Rig.open({ retention: { minimumAge: 60 * minute } });
  const numbers = Array.from({ length: 450 }, (_, number) => number);
  const records = [...numbers.map((number) => serviceJob(number, rig.clock.now())), serviceJob(1_000)];
  await rig.store.commit(records.map((record) => ({ kind: 'serviceJob.insert', record, payload: '{}' }) as const));
  await rig.pass(59 * minute);
  assert.deepEqual(await rig.store.reads.serviceJobTotals(), { waiting: 1, finished: 450 });
  const { commits } = rig.store;
  await rig.pass(20 * minute);
  assert.deepEqual(await rig.store.reads.serviceJobTotals(), { waiting: 1, finished: 0 });
  assert.equal(rig.store.commits - commits, 3);
});

test('a job goes only when nobody is about to change its tags', async () => {
  const rig = await Rig.open({ retention: { minimumAge: minute } });
  const ended = serviceJob(1, rig.clock.now());
  await rig.store.commit([{ kind: 'serviceJob.insert', record: ended, payload: '{}' }]);
  const jobId = rig.submit();
  await rig.settle();
  await rig.pass(0);
  const retagged = Promise.withResolvers<void>();
  void rig.jobTurns.takeAll([ended.jobId, jobId], () => retagged.promise);
  await rig.pass(20 * minute);
  const left = async () => [
    (await rig.store.reads.jobs(scope, [jobId])).length,
    (await rig.store.reads.serviceJobs(scope, [ended.jobId])).length,
  ];
  assert.deepEqual(await left(), [1, 1]);
  retagged.resolve();
  await rig.settle();
  await rig.pass(20 * minute);
  assert.deepEqual(await left(), [0, 0]);
});

test('what comes to name a job while that waits to be forgotten keeps it, and a stop keeps all', async () => {
  const rig = await Rig.open({ retention: { minimumAge: minute } });
  const [running, done, other] = [rig.submit({ behaviour: forEver }), rig.submit(), rig.submit()];
  await rig.settle();
  await rig.pass(0);
  const left = async () => (await rig.store.reads.jobs(scope, [done, other])).map(({ record }) => record.jobId);
  const hold = async (meanwhile: () => void) => {
    const retagged = Promise.withResolvers<void>();
    const held = rig.jobTurns.takeAll([done, other], () => retagged.promise);
    await rig.pass(20 * minute);
    meanwhile();
    retagged.resolve();
    await held;
    await rig.settle();
  };
  await hold(() => rig.yard.pause());
  assert.deepEqual(await left(), [done, other]);
  await rig.restart();
  const ended = new Map([[done, { jobId: done, kind: 'single', status: 'SUCCEEDED' } as const]]);
  await hold(() => void rig.submit({ dependsOn: [done, running], ended }));
  assert.deepEqual(await left(), [done]);
});

test('with a count, ended service jobs beyond it go, the longest ended first', async () => {
  const rig = await Rig.open({ retention: { minimumAge: minute, maximumCount: 3 } });
  const records = [1, 2, 3, 4, 5].map((number) => serviceJob(number, rig.clock.now() + number));
  await rig.store.commit(records.map((record) => ({ kind: 'serviceJob.insert', record, payload: '{}' }) as const));
  await rig.pass(20 * minute);
  const left = await rig.store.reads.finishedServiceJobs({ stoppedBefore: Number.MAX_SAFE_INTEGER, limit: 10 });
  assert.deepEqual(left, records.slice(2));
});

test('children of deleted jobs go in slices, and usage after its time', async () => {
  const day = 24 * 60 * minute;
  const rig = await Rig.open({ retention: { minimumAge: day, usage: 10 * day } });
  const first = rig.submit({ behaviour: { runFor: minute } });
  await rig.settle();
  await rig.pass(minute);
  const usage = async () => {
    const rows = await rig.store.reads.usage({ scope, from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10 });
    return rows.map(({ attempts, seconds }) => [attempts, seconds]);
  };
  assert.deepEqual(await usage(), [[1, 60]]);
  const { record, specification } = await rig.stored(first);
  const array = {
    ...record,
    kind: 'array',
    jobId: '00000000-0000-7000-8000-000000001000' as JobId,
    number: 1_000,
    size: 2_500,
  } as const;
  const state = { status: 'SUCCEEDED', stoppedAt: rig.clock.now() } as const;
  const children = Array.from({ length: 2_500 }, (_, index) => {
    return { kind: 'arrayChild.put', record: { number: 1_000, index, state: { attempts: [], ...state } } } as const;
  });
  await rig.store.commit([
    { kind: 'job.insert', record: { ...array, state } as JobRecord, specification },
    ...children,
  ]);
  await rig.store.commit([{ kind: 'job.delete', scope, jobId: array.jobId }]);
  assert.equal(await rig.store.reads.hasForgottenJobs(), true);
  await rig.pass(20 * minute);
  await rig.settle();
  assert.equal(await rig.store.reads.hasForgottenJobs(), false);
  await rig.pass(9 * day);
  await rig.settle();
  assert.deepEqual(await usage(), [[1, 60]]);
  await rig.pass(day);
  await rig.settle();
  assert.deepEqual(await usage(), []);
});

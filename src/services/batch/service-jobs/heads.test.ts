import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fact } from '../../../store/index.ts';
import { type Bench, openBench, scope } from '../batch.fixture.ts';
import {
  describeService,
  openQuotaBench,
  openServiceBench,
  payload,
  policyArn,
  queueArn,
  quotaShare,
  quotaShareArn,
  serviceQueue,
  submitService,
} from '../operations/service-jobs.fixture.ts';
import { noTrainingEngine } from './waiting-reason.ts';

const minute = 60_000;
const maximum = 'MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE';
const quota = 'MISCONFIGURATION:QUOTA_MANAGEMENT_LIMIT_EXCEEDED';
const terminated = (reason: string) => `Terminated by JobStateTimeLimit action due to reason: ${reason}`;
const tooMuch = { serviceRequestPayload: payload(5) };
const words = `${maximum} - Service environment(s) associated with the job queue cannot meet the capacity requirement of the job.`;

function limit(reason: string, maxTimeSeconds = 600) {
  return { jobStateTimeLimitActions: [{ reason, state: 'RUNNABLE', maxTimeSeconds, action: 'TERMINATE' }] };
}

async function openWith(reason: string): Promise<Bench> {
  const bench = await openServiceBench();
  await bench.call('UpdateJobQueue', { jobQueue: 'train', ...limit(reason) });
  return bench;
}

/** Lets what goes on behind the calls come to rest: each of its steps is a read of the store. */
async function rest({ store }: Bench): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    await store.reads.serviceJobTotals();
    await store.settled();
  }
}

async function pass(bench: Bench, time: number): Promise<void> {
  await rest(bench);
  bench.clock.advance(time);
  await rest(bench);
}

async function factsOf<Kind extends Fact['kind']>({ store }: Bench, kind: Kind) {
  const facts = (await store.reads.facts({ from: 0, limit: 1_000 })).map(({ fact }) => fact);
  return facts.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
}

async function told(bench: Bench) {
  await rest(bench);
  return (await factsOf(bench, 'serviceJobQueueBlocked')).map(({ jobId, reason }) => [jobId, reason]);
}

async function end(bench: Bench, jobId: string) {
  const { status, statusReason } = await describeService(bench, jobId);
  return [status, statusReason];
}

test('the first that asks for too much is terminated after its time in the words of AWS, and the next has the same time', async () => {
  const bench = await openWith(maximum);
  const [first, second] = [await submitService(bench, tooMuch), await submitService(bench, tooMuch)];
  await pass(bench, 10 * minute - 1);
  assert.deepEqual(await end(bench, first), ['RUNNABLE', words]);
  await pass(bench, 1);
  assert.deepEqual(
    [await end(bench, first), await end(bench, second)],
    [
      ['FAILED', terminated(maximum)],
      ['RUNNABLE', words],
    ],
  );
  await pass(bench, 10 * minute - 1);
  assert.deepEqual(await end(bench, second), ['RUNNABLE', words]);
  await pass(bench, 1);
  assert.deepEqual(await end(bench, second), ['FAILED', terminated(maximum)]);
});

test('one that could not be read in front is looked at again, and is ended', async (t) => {
  const bench = await openWith(maximum);
  t.mock.method(bench.store.reads, 'waitingServiceJobs', () => Promise.reject(new Error('unreadable')), { times: 1 });
  const jobId = await submitService(bench, tooMuch);
  assert.deepEqual(await told(bench), []);
  await pass(bench, minute);
  assert.deepEqual(await told(bench), [[jobId, words]]);
  await pass(bench, 10 * minute);
  assert.deepEqual(await end(bench, jobId), ['FAILED', terminated(maximum)]);
});

test('no action comes to one that waits for another reason, or behind another', async () => {
  const bench = await openWith(maximum);
  const [first, behind] = [await submitService(bench), await submitService(bench, tooMuch)];
  await pass(bench, 24 * 60 * minute);
  assert.deepEqual(
    [await end(bench, first), await end(bench, behind)],
    [
      ['RUNNABLE', noTrainingEngine],
      ['RUNNABLE', words],
    ],
  );
});

test('what blocks a queue is told once, when it comes to the front, and each service job when it comes and ends', async () => {
  const bench = await openServiceBench();
  const [first, second] = [await submitService(bench), await submitService(bench, tooMuch)];
  assert.deepEqual(await told(bench), [[first, noTrainingEngine]]);
  await bench.call('TagResource', {
    resourceArn: `arn:aws:batch:us-east-1:123456789012:service-job/${first}`,
    tags: { a: 'b' },
  });
  bench.clock.advance(5);
  await bench.call('TerminateServiceJob', { jobId: first, reason: 'enough' });
  assert.deepEqual(await told(bench), [
    [first, noTrainingEngine],
    [second, words],
  ]);
  const at = bench.clock.now();
  const common = { ...scope, kind: 'serviceJob' };
  assert.deepEqual(await factsOf(bench, 'serviceJob'), [
    { ...common, jobId: first, to: 'RUNNABLE', at: at - 5 },
    { ...common, jobId: second, to: 'RUNNABLE', at: at - 5 },
    { ...common, jobId: first, from: 'RUNNABLE', to: 'FAILED', reason: 'enough', at },
  ]);
  const [, blocked] = await factsOf(bench, 'serviceJobQueueBlocked');
  const line = { ...scope, kind: 'serviceJobQueueBlocked', jobQueueArn: queueArn('train') };
  assert.deepEqual(blocked, { ...line, jobId: second, reason: words, at });
});

test('one that is more urgent stands in front at once, and the one behind it begins its time anew when it has gone', async () => {
  const bench = await openServiceBench();
  await bench.call('CreateSchedulingPolicy', { name: 'fair', fairsharePolicy: {} });
  const more = { schedulingPolicyArn: policyArn('fair'), ...limit(maximum) };
  await bench.call('CreateJobQueue', { ...serviceQueue, jobQueueName: 'fair', ...more });
  const submit = (schedulingPriority: number) =>
    submitService(bench, { jobQueue: 'fair', shareIdentifier: 'a', schedulingPriority, ...tooMuch });
  const [first, equal] = [await submit(1), await submit(1)];
  await pass(bench, 9 * minute);
  const urgent = await submit(2);
  await pass(bench, 9 * minute);
  await bench.call('TerminateServiceJob', { jobId: urgent, reason: 'enough' });
  await pass(bench, 9 * minute);
  assert.deepEqual(await told(bench), [
    [first, words],
    [urgent, words],
    [first, words],
  ]);
  assert.deepEqual(await end(bench, first), ['RUNNABLE', words]);
  await bench.call('UpdateServiceJob', { jobId: equal, schedulingPriority: 5 });
  await pass(bench, minute);
  assert.equal((await told(bench)).at(-1)?.[0], equal);
  assert.deepEqual(await end(bench, first), ['RUNNABLE', words]);
});

test('one that comes in the moment in which the first ends is seen', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const bench = await openServiceBench();
    const first = await submitService(bench);
    await rest(bench);
    const ends = bench.call('TerminateServiceJob', { jobId: first, reason: 'enough' });
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    const next = await submitService(bench);
    await ends;
    assert.deepEqual(
      (await told(bench)).map(([jobId]) => jobId),
      [first, next],
      `after ${turns} turns`,
    );
  }
});

test('another reason is told anew and begins the time anew', async () => {
  const bench = await openWith(maximum);
  const jobId = await submitService(bench, tooMuch);
  await pass(bench, 9 * minute);
  const capacity = (maxCapacity: number) => ({ capacityLimits: [{ maxCapacity, capacityUnit: 'NUM_INSTANCES' }] });
  await bench.call('UpdateServiceEnvironment', { serviceEnvironment: 'se', ...capacity(5) });
  await rest(bench);
  await bench.call('UpdateServiceEnvironment', { serviceEnvironment: 'se', ...capacity(4) });
  await pass(bench, 9 * minute);
  assert.deepEqual(await end(bench, jobId), ['RUNNABLE', words]);
  assert.deepEqual(await told(bench), [
    [jobId, words],
    [jobId, noTrainingEngine],
    [jobId, words],
  ]);
  await pass(bench, minute);
  assert.deepEqual(await end(bench, jobId), ['FAILED', terminated(maximum)]);
});

test('an action counts at once for the time that has passed, and what it will do is explained', async () => {
  const bench = await openServiceBench();
  const jobId = await submitService(bench, tooMuch);
  await pass(bench, 15 * minute);
  await bench.call('UpdateJobQueue', { jobQueue: 'train', ...limit(maximum, 1_200) });
  await rest(bench);
  const { notes } = await bench.call<{ notes: readonly string[] }>('ExplainJob', { jobId });
  const note = `jobStateTimeLimitActions of the job queue: TERMINATE in 300 s if it still waits for ${maximum}`;
  assert.deepEqual(notes, [noTrainingEngine, note]);
  await bench.call('UpdateJobQueue', { jobQueue: 'train', ...limit(maximum) });
  await rest(bench);
  assert.deepEqual(await end(bench, jobId), ['FAILED', terminated(maximum)]);
});

test('a queue that is held is not blocked and ends nothing; released, its first has its whole time', async () => {
  const bench = await openWith(maximum);
  const jobId = await submitService(bench, tooMuch);
  await pass(bench, 9 * minute);
  await bench.call('HoldJobQueue', { jobQueue: 'train' });
  await pass(bench, 60 * minute);
  await bench.call('ReleaseJobQueue', { jobQueue: 'train' });
  await pass(bench, 10 * minute - 1);
  assert.deepEqual(await end(bench, jobId), ['RUNNABLE', words]);
  assert.equal((await told(bench)).length, 2);
  await pass(bench, 1);
  assert.deepEqual(await end(bench, jobId), ['FAILED', terminated(maximum)]);
});

test('each quota share has its own front and time, and one that goes leaves nothing behind', async () => {
  const bench = await openQuotaBench();
  await bench.call('UpdateJobQueue', { jobQueue: 'quota', ...limit(quota) });
  for (const quotaShareName of ['a', 'b']) await bench.call('CreateQuotaShare', { ...quotaShare, quotaShareName });
  const submit = (quotaShareName: string) =>
    submitService(bench, { jobQueue: 'quota', quotaShareName, serviceRequestPayload: payload(3) });
  const a = await submit('a');
  await pass(bench, 5 * minute);
  const b = await submit('b');
  await pass(bench, 5 * minute);
  const text = `${quota} - Job requirements exceed quota share capacity limits.`;
  assert.deepEqual(
    [await end(bench, a), await end(bench, b)],
    [
      ['FAILED', terminated(quota)],
      ['RUNNABLE', text],
    ],
  );
  assert.deepEqual(
    (await factsOf(bench, 'serviceJobQueueBlocked')).map(({ quotaShareName, jobId }) => [quotaShareName, jobId]),
    [
      ['a', a],
      ['b', b],
    ],
  );
  const quotaShareArnOfB = { quotaShareArn: quotaShareArn('b') };
  await bench.call('UpdateQuotaShare', { ...quotaShareArnOfB, state: 'DISABLED' });
  await bench.call('DeleteQuotaShare', quotaShareArnOfB);
  await pass(bench, 5 * minute);
  assert.deepEqual(await end(bench, b), ['FAILED', 'Quota share b was deleted.']);
  assert.equal((await told(bench)).length, 2);
});

test('what was told, and since when, outlives the server: the next one tells nothing twice and ends in time', async () => {
  const bench = await openWith(maximum);
  const [first, second] = [await submitService(bench, tooMuch), await submitService(bench, tooMuch)];
  await pass(bench, 4 * minute);
  bench.service.pause();
  const next = await openBench({ store: bench.store });
  next.clock.advance(bench.clock.now() - next.clock.now());
  await pass(next, 6 * minute);
  assert.deepEqual(await end(next, first), ['FAILED', terminated(maximum)]);
  assert.deepEqual(await told(next), [
    [first, words],
    [second, words],
  ]);
});

test('nothing is told or ended while memory is rebuilt, and all goes on after it', async () => {
  const bench = await openWith(maximum);
  const jobId = await submitService(bench, tooMuch);
  await rest(bench);
  bench.service.pause();
  await pass(bench, 20 * minute);
  assert.deepEqual(await end(bench, jobId), ['RUNNABLE', words]);
  bench.service.resume();
  await rest(bench);
  assert.deepEqual(await end(bench, jobId), ['FAILED', terminated(maximum)]);
  assert.equal((await told(bench)).length, 1);
});

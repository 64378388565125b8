import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { childId } from '../../../core/job.ts';
import { environment, queue } from '../yard/resources.fixture.ts';
import { EstimatedRig, second } from './estimated-rig.fixture.ts';

const forEver = { behaviour: { runFor: 'until-stopped' } } as const;
const oneAtOnce = { host: { vcpus: 1 } };

test('a job starts when those before it have run as long as finished runs of their definitions did', async () => {
  const at = await EstimatedRig.open(oneAtOnce);
  await at.learn([10, 30]);
  const [, , last] = [at.submit(10), at.submit(30), at.submit(10)];
  await at.settle();
  await at.pass(4);
  assert.deepEqual(await at.of(last), {
    kind: 'estimated',
    at: at.rig.clock.now() + 36 * second,
    assumed: { history: 2, timeout: 0, nowhere: 0 },
    text: 'attempts before it: 2 as long as finished ones were; nothing new comes, and none fails',
  });
  assert.equal(await at.waitsFor(last, 60), 36);
});

test('without a finished run the timeout counts; without both nobody knows, and it says of which definition', async () => {
  const at = await EstimatedRig.open(oneAtOnce);
  at.submit(50, { timeoutSeconds: 20, ...forEver });
  const behind = at.submit(7);
  await at.settle();
  const estimate = await at.of(behind);
  assert.ok(estimate.kind === 'estimated');
  assert.deepEqual([estimate.at - at.rig.clock.now(), estimate.assumed.timeout], [20 * second, 1]);
  assert.equal(await at.waitsFor(behind, 60), 20);

  const last = at.submit(8);
  await at.settle();
  assert.deepEqual(await at.of(last), {
    kind: 'unknown',
    reason: { kind: 'no-run-time', jobDefinitions: ['arn:aws:batch:us-east-1:123456789012:job-definition/s7:1'] },
    text: 'no finished run of s7:1 tells how long it takes, and it has no timeout',
  });
});

test('what runs longer than any finished run may run for ever', async () => {
  const at = await EstimatedRig.open(oneAtOnce);
  await at.learn([5]);
  at.submit(5, forEver);
  const behind = at.submit(5);
  await at.settle();
  await at.pass(5);
  assert.equal(await at.secondsUntil(behind), 0);
  await at.pass(1);
  const estimate = await at.of(behind);
  assert.ok(estimate.kind === 'unknown');
  assert.equal(estimate.reason.kind, 'no-run-time');
});

test('what nothing lets start is told with the reason that it would have then', async () => {
  const at = await EstimatedRig.open();
  const [huge, behind] = [at.submit(1, { vcpus: 2_000 }), at.submit(1)];
  const pending = at.submit(1, { dependsOn: [behind] });
  await at.settle();
  for (const jobId of [huge, behind, pending]) {
    const estimate = await at.of(jobId);
    assert.ok(estimate.kind === 'unknown');
    assert.deepEqual(estimate.reason, { kind: 'never-by-itself' });
  }
  const { text } = await at.of(huge);
  assert.match(text, /^nothing that is expected to happen lets it start: .*cannot meet the CPU requirement/);
});

test('what runs for ever is not blamed where its end would change nothing, and what a job waits for is looked at first', async () => {
  const at = await EstimatedRig.open({ host: { vcpus: 2 } });
  await at.learn([5]);
  const endless = at.submit(6, forEver);
  const [behind, pending] = [at.submit(5, { vcpus: 2, dependsOn: [endless] }), at.submit(5, { dependsOn: [endless] })];
  const huge = at.submit(5, { vcpus: 2_000 });
  const afterHuge = at.submit(5, { dependsOn: [huge] });
  await at.settle();
  const kindOf = async (jobId: JobId) => {
    const estimate = await at.of(jobId);
    return estimate.kind === 'unknown' ? estimate.reason.kind : estimate.kind;
  };
  assert.deepEqual(
    [await kindOf(behind), await kindOf(pending), await kindOf(huge), await kindOf(afterHuge)],
    ['no-run-time', 'no-run-time', 'never-by-itself', 'never-by-itself'],
  );
});

test('where an instance must be registered no end of another job helps, and where one is full it does', async () => {
  const { computeResources: _, ...plain } = environment;
  const unmanaged = { ...plain, kind: 'UNMANAGED' } as const;
  const at = await EstimatedRig.open({ environments: [unmanaged] });
  at.rig.yard.instances.register(unmanaged, { capacity: { vcpus: 1, memoryMiB: 1_024, gpus: 0 }, tags: {}, by: 'me' });
  at.submit(6, forEver);
  const [large, small] = [at.submit(5, { vcpus: 2 }), at.submit(5)];
  await at.settle();
  const lacking = await at.of(large);
  assert.ok(lacking.kind === 'unknown');
  assert.deepEqual(lacking.reason, { kind: 'never-by-itself' });
  assert.match(lacking.text, /its registered instance is too small: batchyard instance register --environment main/);
  at.rig.yard.terminate(large, 'too large');
  await at.settle();
  const full = await at.of(small);
  assert.equal(full.kind === 'unknown' && full.reason.kind, 'no-run-time');
});

test('children, arrays, nodes and dependencies start as the server starts them', async () => {
  const at = await EstimatedRig.open({ host: { vcpus: 3 } });
  await at.learn([4, 6, 9]);
  at.submit(9);
  const array = at.submit(4, { size: 5 });
  const pairs = at.submit(6, { size: 5, dependsOn: [{ on: array, type: 'N_TO_N' }] });
  const sequence = at.submit(4, { size: 3, dependsOn: [{ on: array, index: 4 }, { type: 'SEQUENTIAL' }] });
  const gang = at.submit(9, { nodes: 2, dependsOn: [{ on: pairs, index: 0 }] });
  const after = at.submit(4, { dependsOn: [gang, sequence] });
  await at.settle();
  await at.pass(1);
  const asked = [childId(array, 4), pairs, childId(pairs, 3), sequence, childId(sequence, 2), gang, after];
  const expected = new Map<string, number>();
  for (const jobId of asked) expected.set(jobId, await at.secondsUntil(jobId));
  const found = new Map<string, number>();
  for (let seconds = 0; seconds < 100 && found.size < asked.length; seconds += 1) {
    for (const jobId of asked) if (!found.has(jobId) && at.hasBegun(jobId)) found.set(jobId, seconds);
    await at.pass(1);
  }
  assert.deepEqual(
    asked.map((jobId) => found.get(jobId)),
    asked.map((jobId) => expected.get(jobId)),
  );
  assert.ok((expected.get(after) ?? 0) > 20);
});

test('children of an array that have ended tell how long the others take, before any job of the definition has', async () => {
  const at = await EstimatedRig.open(oneAtOnce);
  const array = at.submit(5, { size: 4 });
  await at.settle();
  const third = await at.of(childId(array, 3));
  assert.ok(third.kind === 'unknown');
  await at.pass(7);
  assert.equal(await at.secondsUntil(childId(array, 3)), 8);
});

test('instances boot first: as long as the server lets them, from their launch', async () => {
  const computeResources = { type: 'EC2', maxvCpus: 2, subnets: [], instanceTypes: ['c5.large'] };
  const at = await EstimatedRig.open({
    environments: [{ ...environment, fleet: true, computeResources }],
    instanceTiming: { bootDelay: 30 * second },
  });
  await at.learn([10]);
  await at.pass(120);
  const [first, , third] = [at.submit(10, { vcpus: 2 }), at.submit(10, { vcpus: 2 }), at.submit(10, { vcpus: 2 })];
  await at.settle();
  await at.pass(4);
  assert.deepEqual([await at.secondsUntil(first), await at.secondsUntil(third)], [26, 46]);
  assert.deepEqual([await at.waitsFor(first, 100), await at.waitsFor(third, 100)], [26, 20]);
});

test('who asks for the same job is told the same, others wait their turn, and too many are refused', async () => {
  const at = await EstimatedRig.open(oneAtOnce);
  await at.learn([5]);
  const jobs = Array.from({ length: 20 }, () => at.submit(5));
  await at.settle();
  const [, second = jobs[0]] = jobs;
  assert.ok(second);
  const [first, same, ...others] = await Promise.all([second, second, ...jobs.slice(2)].map((jobId) => at.of(jobId)));
  assert.equal(first, same);
  const unknown = others.flatMap((each) => (each.kind === 'unknown' ? [each.reason.kind] : []));
  assert.deepEqual([others.length, unknown], [18, ['busy', 'busy']]);
});

test('a job behind more than is looked at is not guessed at, and what may be spent on one estimate is all', async () => {
  const at = await EstimatedRig.open(oneAtOnce, { pieces: 60, time: second, slice: { pieces: 10, time: second } });
  await at.learn([5]);
  const jobs = Array.from({ length: 2_100 }, () => at.submit(5));
  await at.settle();
  const [near, far, last] = [jobs[1], jobs[100], jobs.at(-1)];
  assert.ok(near && far && last);
  const [soon, later, never] = [await at.of(near), await at.of(far), await at.of(last)];
  assert.equal(soon.kind, 'estimated');
  assert.ok(later.kind === 'unknown' && later.reason.kind === 'budget-spent');
  assert.ok((later.notBefore ?? 0) > at.rig.clock.now());
  assert.ok(never.kind === 'unknown' && never.reason.kind === 'too-many-jobs');
});

test('where only the first of a share are looked at, nothing is said of what comes once they have started', async () => {
  const schedulingPolicyArn = 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair';
  const fair = { ...queue, schedulingPolicyArn, decays: [{ since: 0, seconds: 600 }] };
  const at = await EstimatedRig.open({ ...oneAtOnce, queues: [fair] });
  await at.learn([5], { share: 'a' });
  const [few, many] = ['few', 'many'].map((share, index) =>
    Array.from({ length: index === 0 ? 1_500 : 1_200 }, () => at.submit(5, { share })),
  );
  await at.settle();
  const [near, far] = [few?.[800], few?.[1_300]];
  assert.ok(near && far && many);
  assert.ok(Math.abs((await at.secondsUntil(near)) - 2 * 800 * 5) <= 10);
  const estimate = await at.of(far);
  assert.ok(estimate.kind === 'unknown' && estimate.reason.kind === 'too-many-jobs');
  assert.ok((estimate.notBefore ?? 0) > at.rig.clock.now() + 2 * 950 * 5 * second);
});

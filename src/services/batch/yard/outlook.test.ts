import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../../../core/ids.ts';
import { childId } from '../../../core/job.ts';
import type { EndedJob } from '../../../jobs/index.ts';
import { scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

async function rigWith(host: { readonly vcpus: number }) {
  const rig = await Rig.open({ host });
  await rig.settle();
  await rig.pass(0);
  return rig;
}

test('a submission that is only asked about starts nothing, and is told where it would start', async () => {
  const rig = await rigWith({ vcpus: 4 });
  const before = rig.store.commits;
  const { status, text, environments, notes } = rig.outlook({ vcpus: 2 });
  await rig.settle();
  assert.deepEqual([status, notes], ['RUNNABLE', []]);
  assert.match(text, /^About to start in compute environment \S+\.$/);
  assert.deepEqual(
    environments.map(({ fits, text: words }) => [fits, words.replace(/^\S+/, 'NAME:')]),
    [[true, 'NAME: has room']],
  );
  assert.equal(rig.store.commits, before);
  assert.equal(rig.yard.waitingCount(scope), 0);
});

test('behind other jobs it is told its position and what the first waits for; an array counts as one', async () => {
  const rig = await rigWith({ vcpus: 2 });
  rig.submit({ vcpus: 2, behaviour: forEver });
  await rig.settle();
  const head = rig.submit({ vcpus: 2 });
  await rig.settle();
  for (const size of [{}, { size: 10_000 }]) {
    const { status, waiting } = rig.outlook({ ...size });
    assert.equal(status, 'RUNNABLE');
    assert.ok(waiting?.kind === 'waiting-for-head');
    assert.deepEqual([waiting.position, waiting.waiting, waiting.headJobId], [2, 2, head]);
  }
  assert.equal(rig.yard.waitingCount(scope), 1);
});

test('one that can never start is told to ask for less, and one that its host cuts down is told so', async () => {
  const rig = await rigWith({ vcpus: 2 });
  assert.match(
    rig.outlook({ vcpus: 9_999 }).remedy ?? '',
    /^It never starts \(\S+: maxvCpus 1000, 9999 needed\): ask for less, or raise maxvCpus\.$/,
  );
  const { remedy, notes } = rig.outlook({ vcpus: 8 });
  assert.deepEqual([remedy, notes], [undefined, ['asked 8 vCPUs, limited to 2']]);
  const head = rig.submit({ vcpus: 9_999 });
  await rig.settle();
  assert.match(
    rig.outlook().remedy ?? '',
    new RegExp(`^The job at the head of the queue never starts .*: cancel ${head}, or`),
  );
});

test('what it depends on decides whether it would wait or fail at once', async () => {
  const rig = await rigWith({ vcpus: 4 });
  const running = rig.submit({ behaviour: forEver });
  await rig.settle();
  const { status, text } = rig.outlook({ dependsOn: [running] });
  assert.deepEqual([status, text], ['PENDING', `Waiting for 1 job(s) to succeed: ${running}`]);
  const gone = '00000000-0000-7000-8000-000000000001' as JobId;
  const outlookAfter = (ended: EndedJob) => rig.outlook({ dependsOn: [gone], ended: new Map([[gone, ended]]) }).status;
  assert.equal(outlookAfter({ jobId: gone, kind: 'single', status: 'FAILED' }), 'FAILED');
  assert.equal(outlookAfter({ jobId: gone, kind: 'single', status: 'SUCCEEDED' }), 'RUNNABLE');
  const failing = rig.outlook({ failsAtOnce: 'the image has no name' });
  assert.deepEqual([failing.status, failing.text], ['FAILED', 'the image has no name']);
});

/** An array of four of which child 0 has succeeded, 1 has failed, and the others run. */
async function halfEnded(): Promise<{ readonly rig: Rig; readonly jobId: JobId }> {
  const rig = await rigWith({ vcpus: 8 });
  const jobId = rig.submit({ size: 4, behaviour: forEver });
  rig.plan(childId(jobId, 0), { runFor: 5 });
  rig.plan(childId(jobId, 1), { runFor: 5, exitCode: 1 });
  await rig.settle();
  await rig.pass(0);
  await rig.pass(5);
  const { FAILED, RUNNING, SUCCEEDED } = rig.yard.childCounts(jobId)?.counts ?? {};
  assert.deepEqual([SUCCEEDED, FAILED, RUNNING], [1, 1, 2]);
  return { rig, jobId };
}

test('of a child that has ended while its array lives, what became of it decides', async () => {
  const { rig, jobId } = await halfEnded();
  const after = (...indexes: number[]) => {
    const { status, text } = rig.outlook({ dependsOn: indexes.map((index) => ({ on: jobId, index })) });
    return status === 'RUNNABLE' ? status : `${status}: ${text}`;
  };
  assert.equal(after(0), 'RUNNABLE');
  assert.equal(after(1), 'FAILED: Dependent Job failed');
  assert.equal(after(1, 2), 'FAILED: Dependent Job failed');
  assert.equal(after(0, 2), `PENDING: Waiting for 1 job(s) to succeed: ${jobId}:2`);
});

test('an array that waits child by child may start where one child may, and fails where all would', async () => {
  const { rig, jobId } = await halfEnded();
  const pairs = { on: jobId, type: 'N_TO_N' } as const;
  const some = rig.outlook({ size: 4, dependsOn: [pairs] });
  assert.deepEqual(
    [some.status, some.notes],
    ['RUNNABLE', ['1 of 4 children would end at once: Dependent Job failed']],
  );
  const sequence = rig.outlook({ size: 4, dependsOn: [pairs, { type: 'SEQUENTIAL' }] });
  assert.deepEqual(
    [sequence.status, sequence.notes],
    ['RUNNABLE', ['3 of 4 children would end at once: Dependent Job failed']],
  );
  const running = rig.submit({ behaviour: forEver });
  await rig.settle();
  const both = rig.outlook({ size: 4, dependsOn: [pairs, running] });
  assert.deepEqual([both.status, both.text], ['PENDING', `Waiting for 1 job(s) to succeed: ${running}`]);
  const single = rig.outlook({ size: 4, dependsOn: [{ on: running, type: 'N_TO_N' }] });
  assert.deepEqual([single.status, single.text], ['PENDING', `Waiting for 1 job(s) to succeed: ${running}`]);
  const gone = '00000000-0000-7000-8000-000000000001' as JobId;
  const ended = new Map<JobId, EndedJob>([[gone, { jobId: gone, kind: 'single', status: 'FAILED' }]]);
  const failed = rig.outlook({ size: 4, ended, dependsOn: [{ on: gone, type: 'N_TO_N' }] });
  assert.deepEqual([failed.status, failed.text, failed.notes], ['FAILED', 'Dependent Job failed', []]);
});

test('whatever it depends on, what is foreseen is what becomes of it', async () => {
  const { rig, jobId } = await halfEnded();
  const running = rig.submit({ behaviour: forEver });
  await rig.settle();
  const child = (index: number) => ({ on: jobId, index }) as const;
  const all = [
    ...[jobId, running, child(0), child(1), child(2)],
    ...[{ on: jobId, type: 'N_TO_N' }, { on: running, type: 'N_TO_N' }, { type: 'SEQUENTIAL' }],
  ] as const;
  const size = fc.constantFrom(undefined, 4);
  await fc.assert(
    fc.asyncProperty(fc.subarray([...all], { maxLength: 4 }), size, async (dependsOn, ofArray) => {
      const isOfArray = dependsOn.some((each) => typeof each === 'object' && 'type' in each);
      const plan = { dependsOn, behaviour: forEver, ...((ofArray || isOfArray) && { size: 4 }) };
      const { status, notes } = rig.outlook(plan);
      const id = rig.submit(plan);
      await rig.settle();
      const { FAILED = 0, PENDING = 0 } = rig.yard.childCounts(id)?.counts ?? {};
      const now = await rig.status(id);
      const isWaiting = now === 'PENDING' && (plan.size === undefined || FAILED + PENDING === 4);
      assert.equal(status, now === 'FAILED' ? now : isWaiting ? 'PENDING' : 'RUNNABLE');
      const fallen =
        now === 'PENDING' && FAILED > 0 ? [`${FAILED} of 4 children would end at once: Dependent Job failed`] : [];
      assert.deepEqual(notes, fallen);
    }),
    { numRuns: 100 },
  );
});

test('what its engine would refuse at each start is said before', async () => {
  const rig = await rigWith({ vcpus: 4 });
  const { notes, failsAtStart } = rig.outlook({ logDriver: 'splunk' });
  assert.deepEqual([failsAtStart, rig.outlook().failsAtStart], [true, false]);
  assert.match(
    notes.join(),
    /^its attempts would fail at start on engine mock: log driver splunk is not available here/,
  );
});

test('of a multi-node job it is said which of its nodes the engine would refuse', async () => {
  const rig = await Rig.open({ capabilities: { nodes: false } });
  await rig.settle();
  const words =
    /^its attempts would fail at start on engine mock: nodes of multi-node parallel jobs cannot reach each other/;
  const fatal = rig.outlook({ nodes: 3 });
  assert.match(fatal.notes.join(), words);
  const { notes, failsAtStart } = (await rigWith({ vcpus: 8 })).outlook({
    nodes: 3,
    logDriver: 'splunk',
    node: { range: { first: 0, last: 1 } },
  });
  assert.equal(notes.length, 1);
  // Without other nodes than the main one an attempt goes on.
  assert.deepEqual([fatal.failsAtStart, failsAtStart], [true, false]);
  assert.match(
    notes.join(),
    /^its nodes 0:1 would fail at start on engine mock: log driver splunk is not available here/,
  );
});

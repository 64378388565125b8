import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { childId, type Dependency } from '../../../core/job.ts';
import { Scheduler } from '../../../scheduler/index.ts';
import { environment, queue } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

test('where a job is, is said in words: its environment, and what it waits for', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  const running = rig.submit({ behaviour: forEver });
  const waiting = rig.submit({ vcpus: 2 });
  const pending = rig.submit({ dependsOn: [running] });
  await rig.settle();
  await rig.pass(0);
  assert.equal(rig.yard.explain(running)?.text, 'Running');
  assert.match(rig.yard.explain(pending)?.text ?? '', new RegExp(`Waiting for 1 job.*${running}`));
  assert.deepEqual(rig.yard.explain(waiting)?.notes, [
    'asked 2 vCPUs, limited to 1',
    `blocked at the head of its queue since ${new Date(rig.clock.now()).toISOString()}`,
  ]);
  assert.equal(rig.yard.active(waiting)?.state.status, 'RUNNABLE');
});

test('what a job is not given in full is said while it runs too, apart from what its engine says', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  const running = rig.submit({ vcpus: 2, behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  const { text, notes, engineNotes } = rig.yard.explain(running) ?? {};
  assert.deepEqual([text, notes, engineNotes?.length], ['Running', ['asked 2 vCPUs, limited to 1'], 1]);
});

test('what the queue does to a job that stays at its head for too long, and when, is said of that job', async () => {
  const reason = 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY';
  const action = { reason, state: 'RUNNABLE', maxTimeSeconds: 600, action: 'CANCEL' };
  const rig = await Rig.open({ host: { vcpus: 1 }, queues: [{ ...queue, jobStateTimeLimitActions: [action] }] });
  const [running, waiting, behind] = [rig.submit({ behaviour: forEver }), rig.submit(), rig.submit()];
  await rig.settle();
  await rig.pass(0);
  const notes = (jobId: JobId) => rig.yard.explain(jobId)?.notes.filter((note) => /jobStateTimeLimit/.test(note));
  const words = (seconds: number) =>
    `jobStateTimeLimitActions of the job queue: CANCEL in ${seconds} s if it still waits for ${reason}`;
  assert.deepEqual(notes(waiting), [words(600)]);
  await rig.pass(90_000);
  assert.deepEqual(notes(waiting), [words(510)]);
  assert.deepEqual([notes(running), notes(behind)], [[], []]);
});

test('a job that waits for an INVALID environment is told why that is INVALID', async () => {
  const invalid = { ...environment, status: 'INVALID', statusReason: 'CLIENT_ERROR - a cause' } as const;
  const rig = await Rig.open({ environments: [invalid] });
  const waiting = rig.submit();
  await rig.settle();
  await rig.pass(0);
  const { text, notes } = rig.yard.explain(waiting) ?? {};
  assert.match(text ?? '', /^ACTION_REQUIRED - CE\(s\) associated with the job queue are invalid\./);
  assert.deepEqual(
    notes?.filter((note) => /INVALID/.test(note)),
    [`compute environment ${environment.name} is INVALID: CLIENT_ERROR - a cause`],
  );
});

test('a placement says which of its containers are side-cars', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ sideCars: ['proxy'], behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  const { state } = rig.yard.active(jobId) ?? {};
  assert.ok(state?.status === 'RUNNING' && 'placement' in state);
  const { containers } = state.placement;
  assert.deepEqual(
    containers.map(({ name, essential }) => [name, essential]),
    [
      ['default', undefined],
      ['proxy', false],
    ],
  );
  const streams = containers.map(({ logStreamName }) => logStreamName?.replace(/[^/]*$/, ''));
  assert.deepEqual(streams, ['definition/default/', 'definition/proxy/']);
});

test('of a job that can never start is said what to do, and to all behind it; nothing says that it would be held to less', async () => {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  const [huge, behind, hugeToo] = [rig.submit({ vcpus: 9_999 }), rig.submit(), rig.submit({ vcpus: 5_000 })];
  await rig.settle();
  await rig.pass(0);
  const remedy = (jobId: JobId) => rig.yard.explain(jobId)?.remedy;
  assert.match(
    remedy(huge) ?? '',
    /^It never starts \(\S+: maxvCpus 1000, 9999 needed\): cancel it, or raise maxvCpus\.$/,
  );
  assert.ok(!rig.yard.explain(huge)?.notes.some((note) => /limited to/.test(note)));
  const ahead = new RegExp(`^That job never starts \\(.*9999 needed\\): cancel ${huge}, or raise maxvCpus\\.$`);
  assert.match(remedy(behind) ?? '', ahead);
  assert.match(
    remedy(hugeToo) ?? '',
    /cancel .* This one too never starts \(.*5000 needed\): cancel it, or raise maxvCpus\.$/,
  );
  rig.yard.cancel(huge, 'a typing error');
  await rig.settle();
  assert.equal(remedy(behind), undefined);
});

test('a PENDING job that is cancelled says that it is, and what it still waits for', async () => {
  const rig = await Rig.open();
  const running = rig.submit({ behaviour: forEver });
  const pending = rig.submit({ dependsOn: [running] });
  await rig.settle();
  rig.yard.cancel(pending, 'not needed');
  await rig.settle();
  const expected = `Waiting for 1 job(s) to succeed: ${running}. Cancelled: it ends when the jobs it waits for have ended.`;
  assert.equal(rig.yard.explain(pending)?.text, expected);
});

test('each child says why it is where it is, in every state that it passes', async () => {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  const jobId = rig.submit({ size: 4, behaviour: { startDelay: 5, ...forEver } });
  const text = (index: number) => rig.yard.explain(childId(jobId, index))?.text;
  await rig.settle();
  assert.deepEqual([text(0), text(4)], ['Starting', undefined]);
  await rig.pass(5);
  assert.equal(text(0), 'Running');
  assert.equal(text(2), text(3), 'what waits waits for the same');
  assert.equal(rig.yard.explain(childId(jobId, 2))?.status, 'RUNNABLE');
  assert.match(rig.yard.explain(jobId)?.text ?? '', /^2 RUNNING, 2 RUNNABLE of 4 children\. /);
  rig.yard.terminate(childId(jobId, 0), 'too slow');
  assert.equal(text(0), 'Stopping: too slow');
  rig.yard.cancel(childId(jobId, 3), 'not this one');
  await rig.settle();
  assert.equal(text(3), undefined, 'an ended child is for the store to tell of');
});

test('a PENDING child says for which child it waits, and for nothing that has ended', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  const first = rig.submit({ size: 2, behaviour: { runFor: 5 } });
  const pairs = [{ on: first, type: 'N_TO_N' }] as const;
  const second = rig.submit({ size: 2, dependsOn: pairs });
  const onChild = rig.submit({ dependsOn: [{ on: first, index: 1 }] });
  const sequence = rig.submit({ size: 3, dependsOn: [{ on: first, index: 0 }, { type: 'SEQUENTIAL' }] });
  await rig.settle();
  const said = (id: JobId, dependsOn: readonly Dependency[]) => rig.yard.explain(id, dependsOn)?.text;
  assert.equal(said(childId(second, 1), pairs), `Waiting for 1 job(s) to succeed: ${first}:1`);
  assert.equal(said(second, pairs), `2 PENDING of 2 children. Waiting for 1 job(s) to succeed: ${first}`);
  assert.equal(said(onChild, [{ on: first, index: 1 }]), `Waiting for 1 job(s) to succeed: ${first}:1`);
  const ordered = [{ on: first, index: 0 }, { type: 'SEQUENTIAL' }] as const;
  assert.equal(said(childId(sequence, 2), ordered), `Waiting for 1 job(s) to succeed: ${first}:0`);
  await rig.pass(5);
  assert.equal(said(childId(sequence, 2), ordered), 'Waiting for the child before it to succeed');
  assert.equal(rig.yard.explain(childId(second, 0))?.status, 'RUNNABLE', 'its own child of the first has succeeded');
  rig.yard.cancel(second, 'not needed');
  await rig.settle();
  const cancelled = `Waiting for 1 job(s) to succeed: ${first}:1. Cancelled: it ends when the jobs it waits for have ended.`;
  assert.equal(said(childId(second, 1), pairs), cancelled);
});

test('the jobs of a page are explained as of one time, in which their order is found once, however long that takes', async (context) => {
  const schedulingPolicyArn = 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair';
  const rig = await Rig.open({ queues: [{ ...queue, schedulingPolicyArn, decays: [{ since: 0, seconds: 600 }] }] });
  rig.submit({ share: 'first', vcpus: 1_000, behaviour: forEver });
  await rig.pass(0);
  const page = Array.from({ length: 30 }, (_, index) => rig.submit({ share: `s${index}` }));
  await rig.settle();
  const asked = mock.method(Scheduler.prototype, 'explain');
  context.after(() => asked.mock.restore());
  const at = rig.yard.schedulingTime();
  const texts = page.map((jobId) => {
    rig.clock.advance(5);
    return rig.yard.explain(jobId, undefined, at)?.text ?? '';
  });
  for (const [index, text] of texts.entries())
    if (index > 0) assert.match(text, new RegExp(`^Waiting in position ${index + 1} of 30 `));
  assert.deepEqual(new Set(asked.mock.calls.map(({ arguments: [, time] }) => time)), new Set([at]));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { queue, Rig } from './yard.fixture.ts';

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

test('what the queue would do to a job that waits too long, and this version does not, is said', async () => {
  const action = { reason: 'CAPACITY', state: 'RUNNABLE', maxTimeSeconds: 600, action: 'CANCEL' };
  const rig = await Rig.open({ host: { vcpus: 1 }, queues: [{ ...queue, jobStateTimeLimitActions: [action] }] });
  const [running, waiting] = [rig.submit({ behaviour: forEver }), rig.submit()];
  await rig.settle();
  await rig.pass(0);
  const notes = (jobId: JobId) => rig.yard.explain(jobId)?.notes.filter((note) => /jobStateTimeLimit/.test(note));
  assert.deepEqual(notes(waiting), [
    'jobStateTimeLimitActions of the job queue has no effect in this version: the job waits on',
  ]);
  assert.deepEqual(notes(running), []);
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

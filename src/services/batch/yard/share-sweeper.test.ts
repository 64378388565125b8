import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatArn } from '../../../core/arn.ts';
import { shareRecords } from '../records.ts';
import { queue, scope } from './resources.fixture.ts';
import { Rig, type RigOptions } from './yard.fixture.ts';

const second = 1_000;
const minute = 60 * second;
const meanLife = 60;
const forEver = { runFor: 'until-stopped' } as const;
const fair = {
  ...queue,
  schedulingPolicyArn: formatArn('batch', scope, 'scheduling-policy/fair'),
  decays: [{ since: 0, seconds: meanLife }],
};

async function open(host: RigOptions['host']): Promise<Rig> {
  return Rig.open({ host: { memoryMiB: 1_000_000, ...host }, queues: [fair] });
}

/** Runs a job of a share for so long, to its end. */
async function run(rig: Rig, share: string, milliseconds: number): Promise<void> {
  const jobId = rig.submit({ share, behaviour: { runFor: milliseconds } });
  await rig.settle();
  await rig.pass(0);
  await rig.pass(milliseconds);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
}

function stored(rig: Rig): readonly string[] {
  return rig.ledger
    .all(shareRecords)
    .map(({ share }) => share)
    .sort();
}

test('a share is forgotten once its usage has faded, with a restart between or none; one with a job stays', async () => {
  const rig = await open({ vcpus: 4 });
  rig.submit({ share: 'busy', behaviour: forEver });
  await run(rig, 'gone', 100 * second);
  await rig.pass(9 * minute);
  assert.deepEqual(stored(rig), ['busy', 'gone']);
  // A start sweeps at once: what is left of it is more than nothing.
  await rig.restart();
  await rig.pass(0);
  assert.deepEqual(stored(rig), ['busy', 'gone']);
  for (let passed = 0; passed < 10; passed += 1) await rig.pass(minute);
  assert.deepEqual(stored(rig), ['busy']);
  await rig.restart();
  assert.deepEqual(stored(rig), ['busy']);
});

test('what shares have used is not lost at a restart: who has used less goes first, though it came later', async () => {
  const rig = await open({ vcpus: 1 });
  await run(rig, 'much', 50 * second);
  await run(rig, 'little', 5 * second);
  const running = rig.submit({ share: 'other', behaviour: { runFor: second } });
  await rig.settle();
  await rig.pass(0);
  const [later, sooner] = ['much', 'little'].map((share) => rig.submit({ share, behaviour: forEver }));
  assert.ok(later && sooner);
  await rig.settle();
  await rig.restart();
  await rig.pass(second);
  await rig.pass(0);
  assert.deepEqual(await Promise.all([running, sooner, later].map((jobId) => rig.status(jobId))), [
    'SUCCEEDED',
    'RUNNING',
    'RUNNABLE',
  ]);
});

test('many go in slices; a commit that fails loses none, and the next sweep forgets them', async () => {
  const rig = await open({ vcpus: 1_000 });
  for (let share = 0; share < 250; share += 1) rig.submit({ share: `share-${share}` });
  await rig.settle();
  await rig.pass(0);
  assert.equal(stored(rig).length, 250);
  rig.store.failNext();
  const { rebuilds } = rig;
  await rig.pass(20 * minute);
  assert.ok(rig.rebuilds > rebuilds, 'no commit failed');
  assert.equal(stored(rig).length, 250);
  const { commits } = rig.store;
  await rig.pass(0);
  assert.deepEqual(stored(rig), []);
  assert.equal(rig.store.commits - commits, 2);
  await rig.restart();
  assert.deepEqual(stored(rig), []);
});

test('shares of which nothing is left are forgotten within a minute, slice by slice, and come again as new ones', async () => {
  const rig = await Rig.open({ queues: [{ ...fair, decays: [{ since: 0, seconds: 0 }] }] });
  // A server sweeps when it starts.
  await rig.pass(0);
  for (let index = 0; index < 450; index += 1) rig.submit({ share: `s${index}`, failsAtOnce: 'it must' });
  const running = rig.submit({ share: 'runs', behaviour: { runFor: 'until-stopped' } });
  await rig.settle();
  assert.equal(rig.ledger.count(shareRecords, scope), 451);
  const { commits } = rig.store;
  await rig.pass(minute);
  assert.deepEqual(
    [...rig.ledger.list(shareRecords, scope)].map(({ share }) => share),
    ['runs'],
  );
  assert.ok(rig.store.commits - commits >= 3, 'one transaction took them all');
  rig.submit({ share: 's7', failsAtOnce: 'it must' });
  await rig.settle();
  assert.equal(rig.ledger.count(shareRecords, scope), 2);
  await rig.restart();
  assert.equal(await rig.status(running), 'RUNNING');
  await rig.pass(0);
  assert.equal(rig.ledger.count(shareRecords, scope), 1);
  assert.deepEqual(rig.errors, []);
});

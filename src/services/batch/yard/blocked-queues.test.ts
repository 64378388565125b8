import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { blockedHeadRecords, computeEnvironmentRecords } from '../records.ts';
import { environment, queue, queueArn, scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

/** Facts are kept for ten of them. */
const minute = 60_000;
const hour = 60 * minute;

async function told(rig: Rig) {
  const facts = (await rig.store.reads.facts({ from: 0, limit: 1_000 })).map(({ fact }) => fact);
  return facts.flatMap((fact) =>
    fact.kind === 'jobQueueBlocked' ? [[fact.jobQueueArn, fact.jobId, fact.reason]] : [],
  );
}

function blockedSince(rig: Rig, jobId: JobId): string | undefined {
  return rig.yard.explain(jobId)?.notes.find((note) => note.startsWith('blocked at the head'));
}

/** A job behind one that has the whole machine. */
async function blockedByAnother(rig: Rig) {
  const first = rig.submit({ vcpus: 4, behaviour: { runFor: 10 * hour } });
  const head = rig.submit({ behaviour: { runFor: hour } });
  await rig.settle();
  return { first, head };
}

test('a head that waits for what only the owner of its queue can change is a fact, in the words of AWS', async () => {
  const rig = await Rig.open();
  rig.submit({ vcpus: 4, behaviour: { runFor: 'until-stopped' } });
  const waits = rig.submit({ vcpus: 1 });
  await rig.settle();
  // The machine is full: that passes.
  assert.deepEqual(await told(rig), []);
  rig.yard.cancel(waits, 'enough');
  const tooLarge = rig.submit({ vcpus: 2_000 });
  await rig.settle();
  const words =
    'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.';
  assert.deepEqual(await told(rig), [[queueArn, tooLarge, words]]);
});

test('what blocks a queue is told once, though memory is rebuilt and the server starts again', async () => {
  const rig = await Rig.open();
  const tooLarge = rig.submit({ vcpus: 2_000 });
  await rig.settle();
  const since = blockedSince(rig, tooLarge);
  rig.clock.advance(minute);
  rig.rebuild();
  await rig.settle();
  assert.deepEqual([(await told(rig)).length, blockedSince(rig, tooLarge)], [1, since]);
  await rig.restart(() => rig.clock.advance(minute));
  assert.deepEqual([(await told(rig)).length, blockedSince(rig, tooLarge)], [1, since]);
});

test('since when a head is blocked is known after a restart, whatever blocks it', async () => {
  const rig = await Rig.open();
  const { head } = await blockedByAnother(rig);
  const since = blockedSince(rig, head);
  assert.equal(since, `blocked at the head of its queue since ${new Date(rig.clock.now()).toISOString()}`);
  await rig.pass(1_000);
  await rig.restart(() => rig.clock.advance(hour));
  assert.equal(blockedSince(rig, head), since);
  rig.rebuild();
  await rig.settle();
  assert.equal(blockedSince(rig, head), since);
});

test('a server that is closed stores what it has found last', async () => {
  const rig = await Rig.open();
  const { head } = await blockedByAnother(rig);
  const since = blockedSince(rig, head);
  await rig.restart(() => rig.clock.advance(hour));
  assert.equal(blockedSince(rig, head), since);
});

test('a head that is blocked for another kind of reason is blocked from then on, and so is another head', async () => {
  const rig = await Rig.open();
  const { head } = await blockedByAnother(rig);
  const now = () => `blocked at the head of its queue since ${new Date(rig.clock.now()).toISOString()}`;
  await rig.pass(hour);
  rig.ledger.transact((transaction) => {
    transaction.put(computeEnvironmentRecords, { ...environment, state: 'DISABLED' });
    rig.yard.resourcesChanged(transaction);
  });
  await rig.settle();
  assert.deepEqual([blockedSince(rig, head), (await told(rig)).map(([, jobId]) => jobId)], [now(), [head]]);
  await rig.pass(hour);
  const next = rig.submit();
  rig.yard.cancel(head, 'enough');
  await rig.settle();
  assert.deepEqual([blockedSince(rig, next), (await told(rig)).at(-1)?.[1]], [now(), next]);
});

test('heads that move on soon are not stored, and what blocks no more is not kept', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  for (let index = 0; index < 20; index += 1) rig.submit({ behaviour: { runFor: 40 } });
  await rig.settle();
  const stored = () => rig.ledger.all(blockedHeadRecords).length;
  await rig.pass(0);
  for (let round = 0; round < 20; round += 1) {
    assert.equal(stored(), 0);
    await rig.pass(40);
    await rig.pass(0);
  }
  const { first } = await blockedByAnother(rig);
  await rig.pass(1_000);
  assert.equal(stored(), 1);
  rig.yard.terminate(first, 'enough');
  await rig.settle();
  await rig.pass(1_000);
  assert.equal(stored(), 0);
});

test('what was stored of a queue that a new server finds free is deleted', async () => {
  const rig = await Rig.open();
  const stale = {
    ...scope,
    queue: queue.name,
    jobId: 'gone' as JobId,
    reason: 'pool-capacity',
    since: 1,
    steady: { process: 'gone', since: 1 },
  };
  rig.ledger.transact((transaction) => transaction.put(blockedHeadRecords, stale));
  await rig.restart();
  await rig.pass(1_000);
  assert.deepEqual(rig.ledger.all(blockedHeadRecords), []);
});

test('since when is a time of the wall clock, however that was set since the server began', async () => {
  const rig = await Rig.open();
  rig.clock.jumpWall(-hour);
  const { head } = await blockedByAnother(rig);
  assert.equal(
    blockedSince(rig, head),
    `blocked at the head of its queue since ${new Date(rig.clock.now()).toISOString()}`,
  );
});

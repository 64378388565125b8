import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { childId } from '../../../core/job.ts';
import { consumableResourceRecords } from '../records.ts';
import { consumable, scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;
const licences = consumable('licences', 3);
const budget = consumable('budget', 10, 'NON_REPLENISHABLE');

async function open(): Promise<Rig> {
  return Rig.open({ consumables: [licences, budget] });
}

/** Lets so much time pass, and what follows from it happen. */
async function pass(rig: Rig, milliseconds: number): Promise<void> {
  await rig.settle();
  for (const each of [milliseconds, 0, 0]) await rig.pass(each);
}

function left(rig: Rig): number | undefined {
  return rig.ledger.get(consumableResourceRecords, scope, 'budget')?.total;
}

/** Puts a new total, as UpdateConsumableResource does. */
function setTotal(rig: Rig, record: typeof licences): void {
  rig.ledger.transact((transaction) => {
    transaction.put(consumableResourceRecords, record);
    rig.yard.consumableChanged(transaction, record);
  });
}

test('a job waits for units of a consumable resource, says who holds them, and starts at the end of the one that does', async () => {
  const rig = await open();
  const first = rig.submit({ needs: { licences: 2 }, behaviour: { runFor: 10 } });
  const second = rig.submit({ needs: { licences: 2 }, behaviour: { runFor: 10 } });
  await pass(rig, 0);
  assert.equal(await rig.status(second), 'RUNNABLE');
  assert.equal(
    rig.yard.explain(second)?.text,
    `Waiting for consumable resources: 2 of licences needed, 1 of 3 free (job ${first} holds 2).`,
  );
  assert.equal(rig.yard.heldOf(licences.arn), 2);
  await rig.check();
  await pass(rig, 10);
  assert.deepEqual([await rig.status(first), await rig.status(second)], ['SUCCEEDED', 'RUNNING']);
  await pass(rig, 10);
  assert.equal(rig.yard.heldOf(licences.arn), 0);
});

test('a job that is retried gives back what replenishes, and each of its attempts consumes what does not', async () => {
  const rig = await open();
  const retryStrategy = { attempts: 3, evaluateOnExit: [] };
  const jobId = rig.submit({ needs: { licences: 3, budget: 2 }, behaviour: { exitCode: 1, runFor: 5 }, retryStrategy });
  await pass(rig, 0);
  assert.equal(left(rig), 10);
  await pass(rig, 5);
  assert.deepEqual([left(rig), rig.yard.heldOf(licences.arn)], [8, 3]);
  await pass(rig, 5);
  await pass(rig, 5);
  assert.deepEqual([left(rig), rig.yard.heldOf(licences.arn), await rig.status(jobId)], [4, 0, 'FAILED']);
});

test('a start that its engine refused consumes nothing and gives all back; one that failed consumes', async () => {
  const rig = await open();
  let refusals = 1;
  rig.answering = async (call, answer) => (call === 'start' && refusals-- > 0 ? 'tombstone' : answer());
  const jobId = rig.submit({ needs: { licences: 3, budget: 2 }, behaviour: forEver });
  await pass(rig, 0);
  assert.deepEqual([left(rig), rig.yard.heldOf(licences.arn), await rig.status(jobId)], [10, 3, 'RUNNING']);
  assert.ok(refusals < 0);
  await rig.check();
  const failing = rig.submit({ needs: { budget: 2 }, behaviour: { startError: 'CannotStartContainerError: no' } });
  await pass(rig, 0);
  assert.deepEqual([left(rig), await rig.status(failing)], [8, 'FAILED']);
});

test('what jobs hold, and what is left, is the same after the server died', async () => {
  const rig = await open();
  rig.submit({ needs: { licences: 1, budget: 3 }, behaviour: { runFor: 5 } });
  rig.submit({ needs: { licences: 1, budget: 3 }, behaviour: forEver });
  await pass(rig, 5);
  await rig.restart();
  assert.deepEqual([left(rig), rig.yard.heldOf(licences.arn), rig.yard.heldOf(budget.arn)], [7, 1, 3]);
  await rig.check();
});

test('each child of an array needs its own', async () => {
  const rig = await open();
  const jobId = rig.submit({ size: 5, needs: { licences: 1, budget: 1 }, behaviour: { runFor: 5 } });
  await pass(rig, 0);
  assert.deepEqual([rig.yard.heldOf(licences.arn), rig.yard.childCounts(jobId)?.counts.RUNNING], [3, 3]);
  assert.match(rig.yard.explain(childId(jobId, 4))?.text ?? '', /1 of licences needed, 0 of 3 free/);
  await pass(rig, 5);
  assert.deepEqual([rig.yard.heldOf(licences.arn), left(rig)], [2, 7]);
  await pass(rig, 5);
  assert.deepEqual([rig.yard.heldOf(licences.arn), left(rig)], [0, 5]);
});

test('more units start who waits for them; a deleted resource takes nothing from who holds it, and consumes nothing', async () => {
  const rig = await open();
  const started: JobId[] = [];
  for (let index = 0; index < 2; index += 1) started.push(rig.submit({ needs: { licences: 2 }, behaviour: forEver }));
  const paying = rig.submit({ needs: { budget: 1 }, behaviour: { runFor: 5 } });
  await pass(rig, 0);
  setTotal(rig, consumable('licences', 4));
  await pass(rig, 0);
  assert.deepEqual(await Promise.all([...started, paying].map((id) => rig.status(id))), Array(3).fill('RUNNING'));
  rig.ledger.transact((transaction) => {
    for (const { name } of [licences, budget]) {
      transaction.delete(consumableResourceRecords, scope, name);
      rig.yard.consumableChanged(transaction, { ...scope, name });
    }
  });
  const waiting = rig.submit({ needs: { licences: 1 } });
  await pass(rig, 5);
  assert.equal(await rig.status(paying), 'SUCCEEDED');
  assert.match(rig.yard.explain(waiting)?.text ?? '', /1 of licences needed, it does not exist/);
  assert.equal(rig.yard.heldOf(licences.arn), 4);
  setTotal(rig, consumable('licences', 5));
  await pass(rig, 0);
  await pass(rig, 0);
  assert.equal(await rig.status(waiting), 'SUCCEEDED');
});

test('what an attempt consumes is not consumed if its end is lost with the commit, and is when the end is told again', async () => {
  const rig = await open();
  const jobId = rig.submit({ needs: { budget: 4 }, behaviour: { runFor: 5 } });
  await pass(rig, 0);
  rig.store.failNext();
  await pass(rig, 5);
  await pass(rig, 0);
  assert.deepEqual([await rig.status(jobId), left(rig)], ['SUCCEEDED', 6]);
  await rig.check();
});

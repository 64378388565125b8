import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareRecords } from '../records.ts';
import { queue, scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const minute = 60_000;

test('shares of which nothing is left are forgotten within a minute, slice by slice, and come again as new ones', async () => {
  const schedulingPolicyArn = 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair';
  const rig = await Rig.open({ queues: [{ ...queue, schedulingPolicyArn, decays: [{ since: 0, seconds: 0 }] }] });
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

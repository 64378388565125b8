import assert from 'node:assert/strict';
import { test } from 'node:test';

import { jobQueueRecords, schedulingPolicyRecords, shareRecords } from '../records.ts';
import { queue, scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const hour = 3_600_000;
const arn = 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair';
const policy = { ...scope, name: 'fair', arn, fairsharePolicy: { shareDecaySeconds: 60 }, tags: {}, createdAt: 0 };
const fair = { ...queue, schedulingPolicyArn: arn, decays: [{ since: 0, seconds: 600 }] };

async function fairRig(): Promise<Rig> {
  const rig = await Rig.open({ queues: [fair] });
  rig.ledger.transact((transaction) => transaction.put(schedulingPolicyRecords, policy));
  return rig;
}

/** The next server starts while the wall clock is an hour behind. */
async function timeAfterRestart(rig: Rig): Promise<number> {
  await rig.settle();
  await rig.restart(() => rig.clock.jumpWall(-hour));
  return rig.yard.schedulingTime();
}

test('the time of the scheduler never goes back behind what a share has used', async () => {
  const rig = await fairRig();
  const at = rig.yard.schedulingTime();
  const used = { ...scope, queue: 'main', share: 'a', usage: 5, at };
  rig.ledger.transact((transaction) => transaction.put(shareRecords, used));
  assert.ok((await timeAfterRestart(rig)) >= at);
});

test('nor behind the end of its last job', async () => {
  const rig = await fairRig();
  const idleSince = rig.yard.schedulingTime();
  const idle = { ...scope, queue: 'main', share: 'a', usage: 5, at: idleSince - hour, idleSince };
  rig.ledger.transact((transaction) => transaction.put(shareRecords, idle));
  assert.ok((await timeAfterRestart(rig)) >= idleSince);
});

test('nor behind the change of a policy, which then counts at once in every server', async () => {
  const rig = await fairRig();
  const since = rig.yard.schedulingTime();
  const decays = [...fair.decays, { since, seconds: 60 }];
  rig.ledger.transact((transaction) => transaction.put(jobQueueRecords, { ...fair, decays }));
  assert.ok((await timeAfterRestart(rig)) >= since);
});

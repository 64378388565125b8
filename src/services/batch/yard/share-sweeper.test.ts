import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { SystemRandom } from '../../../core/random.ts';
import type { SchedulerEvent } from '../../../scheduler/index.ts';
import { Ledger, openMemoryStore, withLead } from '../../../store/index.ts';
import { shareRecords } from '../records.ts';
import { shareSweep } from './share-sweeper.ts';
import { putShares } from './stored-shares.ts';

const queueArn = 'arn:aws:batch:us-east-1:123456789012:job-queue/q';

test('shares of which nothing is left are forgotten in memory and in the store, however many, and the others stay', async () => {
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const ledger = new Ledger({ store, types: [shareRecords], onFailed: ({ error }) => assert.ifError(error) });
  const shares = Array.from({ length: 451 }, (_, index) => `s${index}`);
  ledger.transact((transaction) =>
    putShares(
      transaction,
      shares.map((share) => ({ queueArn, share, usage: 0, at: 1 })),
    ),
  );
  const known = new Set(shares);
  const forget = (event: SchedulerEvent) => {
    if (event.kind === 'share-removed') known.delete(event.share);
  };
  const fadedShares = () => [...known].filter((share) => share !== 's7').map((share) => ({ queueArn, share }));
  const clock = new ManualClock();
  const sweep = shareSweep({ ledger, queues: { fadedShares, apply: forget }, clock, onError: assert.ifError });
  sweep.start();
  clock.advance(0);
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  sweep.stop();
  assert.deepEqual([...known], ['s7']);
  assert.deepEqual(
    ledger.all(shareRecords).map(({ share }) => share),
    ['s7'],
  );
  await store.close();
});

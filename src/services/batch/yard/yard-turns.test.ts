import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTurns } from '../../../core/count-turns.fixture.ts';
import type { JobId } from '../../../core/ids.ts';
import { shareRecords } from '../records.ts';
import { endQueueJobs } from '../resources/settling.ts';
import { queue, scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

test('memory is filled a slice in a turn, however fast slices come', async () => {
  const rig = await Rig.open();
  const loaded = await rig.store.load();
  async function* slices() {
    for (let at = 0; at < 20; at += 1) yield { jobs: [], bits: [] };
  }
  const turns = await countTurns(() => rig.yard.fill({ ...loaded, jobs: slices() }));
  assert.ok(turns >= 20, `${turns} turns`);
});

test('100 waiting arrays of 10,000 are loaded in as many turns as their children demand, and wait as they did', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  rig.submit({ vcpus: 1, behaviour: { runFor: 'until-stopped' } });
  const arrays = Array.from({ length: 100 }, () => rig.submit({ size: 10_000 }));
  await rig.settle();
  const loaded = await rig.store.load();
  const turns = await countTurns(() => rig.yard.fill(loaded));
  // 40 units each, to read the bits and again to take the array in, and 500 in a turn.
  assert.ok(turns >= 16, `${turns} turns`);
  assert.ok(arrays.every((jobId) => rig.yard.active(jobId)?.state.status === 'PENDING'));
});

test('3,000 shares are read in as many turns as they demand', async () => {
  const rig = await Rig.open();
  rig.ledger.transact((transaction) => {
    for (let at = 0; at < 3_000; at += 1)
      transaction.put(shareRecords, { ...scope, queue: queue.name, share: `s${at}`, usage: 1, at: 1 });
  });
  await rig.settle();
  const loaded = await rig.store.load();
  const turns = await countTurns(() => rig.yard.fill(loaded));
  // One unit each for its time, and one to take it in, and 500 in a turn.
  assert.ok(turns >= 12, `${turns} turns`);
});

test('the arrays of a queue that is deleted are told to end in as many turns as their children demand', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  rig.submit({ vcpus: 1, behaviour: forEver });
  const arrays = Array.from({ length: 60 }, () => rig.submit({ size: 10_000 }));
  await rig.settle();
  const inTurn: number[] = [];
  let isOver = true;
  const terminate = (jobId: JobId, reason: string) => {
    if (isOver) {
      inTurn.push(0);
      setImmediate(() => {
        isOver = true;
      });
    }
    isOver = false;
    inTurn.push((inTurn.pop() ?? 0) + 1);
    rig.yard.terminate(jobId, reason);
  };
  await endQueueJobs(rig.store, { terminate }, queue);
  // 41 units each, and 500 in a turn.
  assert.ok(Math.max(...inTurn) <= 13, `${inTurn} arrays in one turn after the other`);
  await rig.settle();
  assert.ok(arrays.every((jobId) => rig.yard.active(jobId) === undefined));
});

test('a stop of the server tells its jobs in as many turns as they demand', async () => {
  const rig = await Rig.open({ host: { vcpus: 600 } });
  for (let at = 0; at < 600; at += 1) rig.submit({ memoryMiB: 4, behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  assert.equal(rig.yard.runningCount, 600);
  const turns = await countTurns(() => rig.yard.terminateRunning('the server stops'));
  // Two units each, and 500 in a turn.
  assert.ok(turns >= 2, `${turns} turns`);
});

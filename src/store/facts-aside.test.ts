import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../core/clock.ts';
import { silentLogger } from '../core/logger.ts';
import { DueWork } from './due-work.ts';
import type { FactConsumer } from './fact-pump.ts';
import type { OnAside } from './facts-aside.ts';
import { Ledger } from './ledger.ts';
import { openMemoryStore } from './memory/store.ts';
import { Outbox } from './outbox.ts';
import { jobFact, seededRandom } from './suite/samples.ts';
import { withLead } from './with-lead.ts';

const hour = 3_600_000;

/** A log with twenty facts and one consumer, which cannot take those that a test says. */
async function openLog() {
  const store = await withLead(openMemoryStore({ random: seededRandom() }));
  const clock = new ManualClock();
  const ledger = new Ledger({ store, types: [], onFailed: ({ error }) => assert.ifError(error) });
  const due = new DueWork({ ledger, clock, logger: silentLogger });
  const heard: number[] = [];
  const poisoned = new Set<number>();
  const consumer: FactConsumer = {
    name: 'listener',
    deliver: (facts) => {
      if (facts.some(({ sequence }) => poisoned.has(sequence))) throw new Error('cannot be read');
      heard.push(...facts.map(({ sequence }) => sequence));
    },
  };
  const counted: Record<string, number> = {};
  const onAside: OnAside = (name, event, count) => {
    counted[`${name} ${event}`] = (counted[`${name} ${event}`] ?? 0) + count;
  };
  const consumers = [consumer];
  const outbox = new Outbox({ ledger, consumers, due, onAside, clock, logger: silentLogger });
  outbox.open(await store.load());
  due.open();
  const tell = () => {
    for (let at = 0; at < 20; at += 1) {
      ledger.transact((transaction) => outbox.append(transaction, jobFact(at, { at: clock.now() })));
    }
  };
  const turns = async () => {
    for (let turn = 0; turn < 12; turn += 1) await nextTurn();
  };
  /** What fails is tried again each second: it sees every one of them. */
  const pass = async (seconds: number) => {
    await turns();
    for (let at = 0; at < seconds; at += 1) {
      clock.advance(1_000);
      await turns();
    }
  };
  const passHour = async () => {
    clock.advance(hour);
    await pass(1);
  };
  return { outbox, consumers, counted, heard, poisoned, tell, pass, passHour };
}

const upTo20 = Array.from({ length: 20 }, (_, at) => at + 1);

test('a fact that a consumer cannot take holds up those behind it for minutes, not for ever', async () => {
  const { outbox, heard, poisoned, tell, pass } = await openLog();
  poisoned.add(7);
  tell();
  let isHeard = false;
  void outbox.whenHeard().then(() => {
    isHeard = true;
  });
  await pass(10);
  assert.deepEqual([heard, isHeard], [[1, 2, 3, 4, 5, 6], false]);
  await pass(300);
  assert.deepEqual([heard, isHeard], [upTo20.filter((sequence) => sequence !== 7), true]);
});

test('what was set aside is told again each hour, until its consumer takes it', async () => {
  const { heard, counted, poisoned, tell, pass, passHour } = await openLog();
  poisoned.add(7);
  tell();
  await pass(310);
  await passHour();
  await passHour();
  assert.deepEqual(counted, { 'listener set_aside': 1 });
  assert.deepEqual([heard.length, heard.includes(7)], [19, false]);
  poisoned.clear();
  await passHour();
  assert.deepEqual([heard.length, heard.at(-1)], [20, 7]);
  await passHour();
  assert.equal(heard.length, 20);
  assert.deepEqual(counted, { 'listener set_aside': 1, 'listener taken': 1 });
});

test('what waits for a consumer that there is no more is dropped, and counted so', async () => {
  const { consumers, counted, heard, poisoned, tell, pass, passHour } = await openLog();
  poisoned.add(7);
  tell();
  await pass(310);
  consumers.pop();
  await passHour();
  assert.deepEqual(counted, { 'listener set_aside': 1, 'listener dropped': 1 });
  assert.equal(heard.includes(7), false);
});

test('what nobody takes for a day is given up, and counted', async () => {
  const { counted, poisoned, tell, pass, passHour } = await openLog();
  poisoned.add(7);
  poisoned.add(9);
  tell();
  await pass(620);
  for (let hours = 0; hours < 24; hours += 1) await passHour();
  assert.deepEqual(counted, { 'listener set_aside': 2, 'listener given_up': 2 });
});

test('a consumer that fails for a while hears everything, in order', async () => {
  const { heard, poisoned, tell, pass } = await openLog();
  for (const sequence of upTo20) poisoned.add(sequence);
  tell();
  await pass(20);
  poisoned.clear();
  await pass(2);
  assert.deepEqual(heard, upTo20);
});

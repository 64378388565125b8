import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../core/clock.ts';
import type { AccountId, JobId, Region } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { SystemRandom } from '../core/random.ts';
import { Ledger } from './ledger.ts';
import { openMemoryStore } from './memory/store.ts';
import { Outbox, type TransitionConsumer } from './outbox.ts';
import type { TransitionRecord } from './records.ts';

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

function transition(sequence: number): TransitionRecord {
  return { formatVersion: 1, ...scope, sequence, jobId: `job-${sequence}` as JobId, to: 'RUNNABLE', at: sequence };
}

/** Remembers what it heard, and lets a test wait until it has heard a sequence. */
class Listener implements TransitionConsumer {
  readonly name: string;
  readonly heard: number[] = [];
  #waiting: { readonly sequence: number; readonly tell: () => void } | undefined;
  failures = 0;

  constructor(name: string) {
    this.name = name;
  }

  deliver(transitions: readonly TransitionRecord[]): void {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error(`${this.name} failed`);
    }
    this.heard.push(...transitions.map(({ sequence }) => sequence));
    if (this.#waiting && (this.heard.at(-1) ?? 0) >= this.#waiting.sequence) this.#waiting.tell();
  }

  until(sequence: number): Promise<void> {
    if ((this.heard.at(-1) ?? 0) >= sequence) return Promise.resolve();
    return new Promise((tell) => {
      this.#waiting = { sequence, tell };
    });
  }
}

async function newLedger(): Promise<Ledger> {
  const store = await openMemoryStore({ random: new SystemRandom() });
  return new Ledger({ store, types: [], onFailed: ({ error }) => assert.ifError(error) });
}

function openOutbox(ledger: Ledger, consumers: readonly TransitionConsumer[], clock = new ManualClock()): Outbox {
  return new Outbox({ ledger, consumers, clock, logger: silentLogger });
}

function append(ledger: Ledger, outbox: Outbox, from: number, through: number): void {
  for (let sequence = from; sequence <= through; sequence += 1) {
    ledger.transact((transaction) => outbox.append(transaction, transition(sequence)));
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test('every consumer hears every transition once and in order, and its cursor follows', async () => {
  const ledger = await newLedger();
  const [a, b] = [new Listener('a'), new Listener('b')];
  const outbox = openOutbox(ledger, [a, b]);
  outbox.open({}, 0);
  append(ledger, outbox, 1, 1_200);
  await Promise.all([a.until(1_200), b.until(1_200)]);
  assert.deepEqual(a.heard, upTo(1_200));
  assert.deepEqual(b.heard, upTo(1_200));
  await ledger.store.settled();
  assert.deepEqual((await ledger.store.load()).cursors, { a: 1_200, b: 1_200 });
});

test('what was committed while no outbox listened is delivered by the next one, from the stored cursor on', async () => {
  const ledger = await newLedger();
  const outbox = openOutbox(ledger, []);
  append(ledger, outbox, 1, 700);
  await ledger.store.settled();
  const listener = new Listener('late');
  const next = openOutbox(ledger, [listener]);
  next.open({ late: 650 }, 700);
  append(ledger, next, 701, 705);
  await listener.until(705);
  assert.deepEqual(listener.heard, upTo(705).slice(650));
});

test('a consumer that fails is told again a second later, and the others do not wait for it', async () => {
  const ledger = await newLedger();
  const clock = new ManualClock();
  const [good, bad] = [new Listener('good'), new Listener('bad')];
  const outbox = openOutbox(ledger, [good, bad], clock);
  outbox.open({}, 0);
  bad.failures = 1;
  append(ledger, outbox, 1, 2);
  await good.until(2);
  while (clock.pending === 0) await new Promise(setImmediate);
  assert.deepEqual(bad.heard, []);
  clock.advance(1_000);
  await bad.until(2);
  assert.deepEqual(bad.heard, [1, 2]);
});

test('rows behind all cursors go in slices, and those that somebody has not heard stay', async () => {
  const ledger = await newLedger();
  const clock = new ManualClock();
  const [quick, stuck] = [new Listener('quick'), new Listener('stuck')];
  const outbox = openOutbox(ledger, [quick, stuck], clock);
  outbox.open({}, 0);
  stuck.failures = 1;
  append(ledger, outbox, 1, 1_500);
  await quick.until(1_500);
  while (clock.pending === 0) await new Promise(setImmediate);
  await ledger.store.settled();
  const kept = await ledger.store.reads.transitions({ after: 0, limit: 10 });
  assert.equal(kept[0]?.sequence, 1);
  clock.advance(1_000);
  await stuck.until(1_500);
  append(ledger, outbox, 1_501, 1_501);
  await stuck.until(1_501);
  await ledger.store.settled();
  const left = await ledger.store.reads.transitions({ after: 0, limit: 10 });
  assert.ok((left[0]?.sequence ?? 0) > 500, `first kept is ${left[0]?.sequence}`);
});

test('without consumers the log does not grow without end', async () => {
  const ledger = await newLedger();
  const outbox = openOutbox(ledger, []);
  outbox.open({}, 0);
  append(ledger, outbox, 1, 5_000);
  await ledger.store.settled();
  await new Promise(setImmediate);
  await ledger.store.settled();
  const left = await ledger.store.reads.transitions({ after: 0, limit: 5_000 });
  assert.ok(left.length < 1_000, `${left.length} rows are left`);
});

test('restarts at any point repeat at most the deliveries whose cursor was lost, and skip none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 800 }), { minLength: 1, maxLength: 4 }), async (batches) => {
      const ledger = await newLedger();
      const listener = new Listener('x');
      let last = 0;
      for (const size of batches) {
        await ledger.store.settled();
        const { cursors, lastTransition } = await ledger.store.load();
        const outbox = openOutbox(ledger, [listener]);
        // The first opening of a consumer begins at the end of the log: here the log is empty then.
        outbox.open(cursors, lastTransition);
        append(ledger, outbox, last + 1, last + size);
        last += size;
        await ledger.store.settled();
        outbox.pause();
      }
      const { cursors, lastTransition } = await ledger.store.load();
      const outbox = openOutbox(ledger, [listener]);
      outbox.open(cursors.x === undefined ? { x: 0 } : cursors, lastTransition);
      append(ledger, outbox, last + 1, last + 1);
      await listener.until(last + 1);
      assert.deepEqual([...new Set(listener.heard)], upTo(last + 1));
    }),
    { numRuns: 15 },
  );
});

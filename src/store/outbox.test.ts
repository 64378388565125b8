import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import { silentLogger } from '../core/logger.ts';
import type { Store } from './contract.ts';
import type { Consequence, FactConsumer } from './fact-pump.ts';
import type { DeliveredFact } from './fact-slice.ts';
import type { FactCursor, JobFact } from './facts.ts';
import { Ledger } from './ledger.ts';
import { openMemoryStore } from './memory/store.ts';
import { Outbox } from './outbox.ts';
import { append, jobFact, note, seededRandom, trim } from './suite/samples.ts';
import { withLead } from './with-lead.ts';

const minute = 60_000;

/** Remembers what it heard, and lets a test wait until it has heard a sequence. */
class Listener implements FactConsumer {
  readonly name: string;
  readonly heard: number[] = [];
  readonly children: string[] = [];
  #waiting: { readonly sequence: number; readonly tell: () => void } | undefined;
  /** Deliveries that fail from now on. */
  failures = 0;
  consequence: Consequence | undefined;

  constructor(name: string) {
    this.name = name;
  }

  deliver(facts: readonly DeliveredFact[]): Consequence | undefined {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error(`${this.name} failed`);
    }
    for (const { sequence, children } of facts) {
      this.heard.push(sequence);
      if (children) this.children.push(`${children.offset}+${children.count}`);
    }
    if (this.#waiting && (this.heard.at(-1) ?? 0) >= this.#waiting.sequence) this.#waiting.tell();
    return this.consequence;
  }

  until(sequence: number): Promise<void> {
    if ((this.heard.at(-1) ?? 0) >= sequence) return Promise.resolve();
    return new Promise((tell) => {
      this.#waiting = { sequence, tell };
    });
  }
}

/** A server as far as facts go: its own ledger and outbox over a store that outlives it. */
interface Server {
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly clock: ManualClock;
}

async function start(store: Store, consumers: readonly FactConsumer[]): Promise<Server> {
  const ledger = new Ledger({ store, types: [], onFailed: ({ error }) => assert.ifError(error) });
  const clock = new ManualClock();
  const outbox = new Outbox({ ledger, consumers, clock, logger: silentLogger });
  outbox.open(await store.load());
  return { ledger, outbox, clock };
}

const newStore = () => withLead(openMemoryStore({ random: seededRandom() }));

function tell({ ledger, outbox, clock }: Server, count: number, given: Partial<JobFact> = {}): void {
  for (let at = 0; at < count; at += 1) {
    ledger.transact((transaction) => outbox.append(transaction, jobFact(at, { at: clock.now(), ...given })));
  }
}

async function cursorOf(store: Store, consumer: string): Promise<FactCursor | undefined> {
  await store.settled();
  return (await store.load()).cursors[consumer];
}

async function kept(store: Store): Promise<number[]> {
  return (await store.reads.facts({ from: 0, limit: 1_000_000 })).map(({ sequence }) => sequence);
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

test('every consumer hears every fact once and in order, and its cursor follows', async () => {
  const store = await newStore();
  const [a, b] = [new Listener('a'), new Listener('b')];
  const server = await start(store, [a, b]);
  tell(server, 1_200);
  await Promise.all([a.until(1_200), b.until(1_200)]);
  assert.deepEqual(a.heard, upTo(1_200));
  assert.deepEqual(b.heard, upTo(1_200));
  assert.deepEqual(await cursorOf(store, 'a'), { sequence: 1_200 });
});

test('a new consumer begins at the end of the log', async () => {
  const store = await newStore();
  tell(await start(store, []), 3);
  await store.settled();
  const late = new Listener('late');
  tell(await start(store, [late]), 1);
  await late.until(4);
  assert.deepEqual(late.heard, [4]);
});

test('what a new consumer has not heard when the server dies, the next server tells it', async () => {
  const store = await newStore();
  const listener = new Listener('new');
  listener.failures = Number.POSITIVE_INFINITY;
  const first = await start(store, [listener]);
  tell(first, 3);
  await turns();
  await store.settled();
  first.outbox.pause();
  listener.failures = 0;
  tell(await start(store, [listener]), 1);
  await listener.until(4);
  assert.deepEqual(listener.heard, [1, 2, 3, 4]);
});

test('the first cursor of a consumer is stored with the first fact, since changes may be refused when it opens', async () => {
  const store = await newStore();
  const listener = new Listener('new');
  listener.failures = Number.POSITIVE_INFINITY;
  const ledger = new Ledger({ store, types: [], onFailed: ({ error }) => assert.ifError(error) });
  const clock = new ManualClock();
  const outbox = new Outbox({ ledger, consumers: [listener], clock, logger: silentLogger });
  ledger.refuseChanges(new CommitFailed('failed', 'memory is rebuilt'));
  outbox.open(await store.load());
  assert.equal(await cursorOf(store, 'new'), undefined);
  ledger.refuseChanges(undefined);
  tell({ ledger, outbox, clock }, 1);
  assert.deepEqual(await cursorOf(store, 'new'), { sequence: 0 });
});

test('a fact that becomes durable while a consumer finds that there is none is heard without another one', async () => {
  const store = await newStore();
  const listener = new Listener('x');
  // A cursor behind what has been trimmed makes it look in the store, which takes a while.
  await store.commit([append(1), trim(1, 1), { kind: 'cursor.put', consumer: 'x', cursor: { sequence: 0 } }]);
  const { facts } = store.reads;
  const server = await start({ ...store, reads: { ...store.reads, facts: (query) => look(query) } }, [listener]);
  let looks = 0;
  async function look(query: Parameters<typeof facts>[0]) {
    const found = await facts(query);
    looks += 1;
    if (looks > 1) return found;
    assert.deepEqual(found, []);
    tell(server, 1);
    await turns(2);
    return found;
  }
  await turns();
  assert.deepEqual(listener.heard, [2]);
});

test('a consumer that waits for the store hears what is appended while it is told something', async () => {
  const store = await newStore();
  const listener = new Listener('x');
  const server = await start(store, [
    {
      name: 'x',
      deliver: async (facts) => {
        if (listener.heard.length === 0) tell(server, 1);
        listener.deliver(facts);
        await store.settled();
      },
    },
  ]);
  tell(server, 1);
  await turns();
  assert.deepEqual(listener.heard, [1, 2]);
});

test('sequences may be missing: what follows a gap is heard', async () => {
  const store = await newStore();
  const [live, reading] = [new Listener('live'), new Listener('reading')];
  await store.commit([append(1), append(2), append(5), append(9)]);
  await store.commit(
    ['live', 'reading'].map((consumer) => ({ kind: 'cursor.put', consumer, cursor: { sequence: 0 } })),
  );
  tell(await start(store, [live, reading]), 2);
  await Promise.all([live.until(11), reading.until(11)]);
  assert.deepEqual(live.heard, [1, 2, 5, 9, 10, 11]);
});

test('a transaction within a transaction commits first, and its facts come first', async () => {
  const store = await newStore();
  const listener = new Listener('x');
  const { ledger, outbox } = await start(store, [listener]);
  ledger.transact((transaction) => {
    outbox.append(transaction, jobFact(1, { reason: 'outer' }));
    ledger.transact((inner) => outbox.append(inner, jobFact(2, { reason: 'inner' })));
  });
  await listener.until(2);
  const reasons = (await store.reads.facts({ from: 0, limit: 9 })).map(({ fact }) => (fact as JobFact).reason);
  assert.deepEqual(reasons, ['inner', 'outer']);
  assert.deepEqual(listener.heard, [1, 2]);
});

test('a transaction that throws tells nothing', async () => {
  const store = await newStore();
  const listener = new Listener('x');
  const server = await start(store, [listener]);
  assert.throws(() =>
    server.ledger.transact((transaction) => {
      server.outbox.append(transaction, jobFact(1));
      throw new Error('refused');
    }),
  );
  tell(server, 1);
  await listener.until(1);
  assert.deepEqual(await kept(store), [1]);
});

test('what a delivery causes is committed together with the cursor', async () => {
  const store = await newStore();
  const listener = new Listener('x');
  listener.consequence = (transaction) => transaction.add({ kind: 'record.put', record: note('caused') });
  const server = await start(store, [listener]);
  const together: string[][] = [];
  const { commit } = store;
  store.commit = (changes) => {
    together.push(changes.map(({ kind }) => kind));
    return commit(changes);
  };
  tell(server, 1);
  await listener.until(1);
  await turns();
  assert.deepEqual(together, [
    ['cursor.put', 'fact'],
    ['record.put', 'cursor.put'],
  ]);
});

test('a fact about many children comes in parts, and a restart goes on within it', async () => {
  const store = await newStore();
  const listener = new Listener('x');
  const first = await start(store, [listener]);
  const runs = [[0, 699] as const, [1_000, 1_599] as const];
  const { deliver } = listener;
  listener.deliver = (facts) => {
    const consequence = deliver.call(listener, facts);
    // The server dies in its second delivery.
    if (listener.children.length === 2) first.outbox.pause();
    return consequence;
  };
  tell(first, 1, { runs });
  while (listener.children.length < 2) await turns(1);
  assert.deepEqual(listener.children, ['0+500', '500+500']);
  assert.deepEqual(await cursorOf(store, 'x'), { sequence: 1, part: 500 });
  listener.deliver = deliver;
  tell(await start(store, [listener]), 1);
  await listener.until(2);
  assert.deepEqual(listener.children, ['0+500', '500+500', '500+500', '1000+300']);
  assert.deepEqual(await cursorOf(store, 'x'), { sequence: 2 });
});

test('a consumer that fails is told again a second later, and the others do not wait for it', async () => {
  const store = await newStore();
  const [good, bad] = [new Listener('good'), new Listener('bad')];
  const server = await start(store, [good, bad]);
  bad.failures = 1;
  tell(server, 2);
  await good.until(2);
  await turns();
  assert.deepEqual(bad.heard, []);
  server.clock.advance(1_000);
  await bad.until(2);
  assert.deepEqual(bad.heard, [1, 2]);
});

test('facts that everybody has heard are kept for ten minutes, then go in slices; what somebody has not heard stays', async () => {
  const store = await newStore();
  const [quick, stuck] = [new Listener('quick'), new Listener('stuck')];
  const server = await start(store, [quick, stuck]);
  stuck.failures = Number.POSITIVE_INFINITY;
  tell(server, 2_500);
  await quick.until(2_500);
  server.clock.advance(9 * minute);
  tell(server, 1);
  await quick.until(2_501);
  await turns();
  assert.equal((await kept(store)).length, 2_501, 'nothing is old');
  server.clock.advance(2 * minute);
  await turns();
  assert.equal((await kept(store)).length, 2_501, 'one has not heard');
  stuck.failures = 0;
  server.clock.advance(1_000);
  await stuck.until(2_501);
  server.clock.advance(minute);
  await turns();
  assert.deepEqual(await kept(store), [2_501]);
  server.clock.advance(10 * minute);
  await turns();
  assert.deepEqual(await kept(store), []);
});

test('no more than 100,000 heard facts are kept, however new; without consumers too', async () => {
  const store = await newStore();
  const server = await start(store, []);
  server.ledger.transact((transaction) => {
    for (let at = 0; at < 101_500; at += 1) server.outbox.append(transaction, jobFact(at, { at: server.clock.now() }));
  });
  await turns(50);
  const left = await kept(store);
  assert.deepEqual([left.length, left[0]], [100_000, 1_501]);
});

test('whoever deletes what facts refer to can wait until all of them are heard', async () => {
  const store = await newStore();
  const listener = new Listener('x');
  const server = await start(store, [listener]);
  await server.outbox.whenHeard();
  listener.failures = 1;
  tell(server, 700);
  let isHeard = false;
  const waiting = server.outbox.whenHeard().then(() => {
    isHeard = true;
  });
  await turns();
  assert.equal(isHeard, false);
  server.clock.advance(1_000);
  await waiting;
  assert.equal(listener.heard.length, 700);
});

test('whoever waits for facts that never became durable is told when memory has been rebuilt', async () => {
  const store = await newStore();
  const server = await start({ ...store, commit: () => new Promise(() => {}) }, [new Listener('x')]);
  tell(server, 3);
  let isTold = false;
  void server.outbox.whenHeard().then(() => {
    isTold = true;
  });
  await turns();
  assert.equal(isTold, false);
  server.outbox.pause();
  server.outbox.open(await store.load());
  await turns();
  assert.equal(isTold, true);
});

/** What may happen to a server whose consumers are sometimes down. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('facts' as const), count: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ kind: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('down' as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('crash' as const) }),
);

test('crashes at any point repeat at most what followed the stored cursor, and skip nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 12 }), async (happenings) => {
      const store = await newStore();
      const listener = new Listener('x');
      let server = await start(store, [listener]);
      let last = 0;
      const crash = async () => {
        server.outbox.pause();
        const cursor = await cursorOf(store, 'x');
        const before = listener.heard.length;
        server = await start(store, [listener]);
        return () => {
          const [first] = listener.heard.slice(before);
          if (first !== undefined) assert.equal(first, (cursor?.sequence ?? 0) + 1, 'it goes on behind the cursor');
        };
      };
      let check = () => {};
      for (const each of happenings) {
        if (each.kind === 'facts') {
          tell(server, each.count);
          last += each.count;
        } else if (each.kind === 'turns') await turns(each.count);
        else if (each.kind === 'down') listener.failures = each.count;
        else {
          check();
          check = await crash();
        }
      }
      listener.failures = 0;
      check();
      check = await crash();
      tell(server, 1);
      await listener.until(last + 1);
      check();
      assert.deepEqual([...new Set(listener.heard)], upTo(last + 1));
    }),
    { numRuns: 60 },
  );
});

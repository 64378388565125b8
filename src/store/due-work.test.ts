import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { silentLogger } from '../core/logger.ts';
import type { Store } from './contract.ts';
import type { DueItem, DueKind, DueOutcome } from './due-kind.ts';
import { DueWork } from './due-work.ts';
import { Ledger } from './ledger.ts';
import { openMemoryStore } from './memory/store.ts';
import { note, seededRandom } from './suite/samples.ts';
import { withLead } from './with-lead.ts';

/** Work that a test ends when it likes; by itself it is done at once. */
class Bench implements DueKind<string> {
  readonly kind = 'work';
  readonly atOnce: number;
  readonly begun: string[] = [];
  readonly underWay = new Map<string, PromiseWithResolvers<DueOutcome<string>>>();
  waits = false;
  most = 0;

  constructor(atOnce = 3) {
    this.atOnce = atOnce;
  }

  async perform({ key, body }: DueItem<string>): Promise<DueOutcome<string>> {
    this.begun.push(`${key} ${body}`);
    if (!this.waits) return { kind: 'done' };
    const ending = Promise.withResolvers<DueOutcome<string>>();
    this.underWay.set(key, ending);
    this.most = Math.max(this.most, this.underWay.size);
    return ending.promise.finally(() => this.underWay.delete(key));
  }
}

interface Server {
  readonly ledger: Ledger;
  readonly work: DueWork;
}

function start(store: Store, clock: ManualClock, kind: DueKind<string>): Server {
  const ledger = new Ledger({ store, types: [], onFailed: ({ error }) => assert.ifError(error) });
  const work = new DueWork({ ledger, clock, logger: silentLogger });
  work.register(kind);
  work.open();
  return { ledger, work };
}

function put({ ledger, work }: Server, kind: DueKind<string>, key: string, dueAt: number, body = ''): void {
  ledger.transact((transaction) => work.put(transaction, kind, { key, dueAt, body }));
}

function spoiled(): never {
  throw new Error('broken');
}

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

async function left(store: Store): Promise<string[]> {
  await store.settled();
  return (await store.reads.due({ of: 'work', limit: 10_000 })).map(({ key, dueAt }) => `${key} ${dueAt}`);
}

const newStore = () => withLead(openMemoryStore({ random: seededRandom() }));

/** A server whose work goes on until the test ends it. */
async function holding(atOnce?: number) {
  const [store, clock, kind] = [await newStore(), new ManualClock(), new Bench(atOnce)];
  kind.waits = true;
  return { store, clock, kind, server: start(store, clock, kind) };
}

test('work is done when its time comes, the earliest first, and then it is gone', async () => {
  const [store, clock, kind] = [await newStore(), new ManualClock(), new Bench(1)];
  const server = start(store, clock, kind);
  const now = clock.now();
  put(server, kind, 'late', now + 500);
  put(server, kind, 'early', now + 100);
  put(server, kind, 'past', now - 5, 'body');
  await turns();
  assert.deepEqual(kind.begun, ['past body']);
  clock.advance(100);
  await turns();
  assert.deepEqual(kind.begun, ['past body', 'early ']);
  clock.advance(400);
  await turns();
  assert.deepEqual(kind.begun, ['past body', 'early ', 'late ']);
  assert.deepEqual(await left(store), []);
});

test('work that is hastened while it is being done is done once more', async () => {
  const { store, clock, kind, server } = await holding();
  put(server, kind, 'a', 1, 'first');
  await turns();
  server.ledger.transact((transaction) =>
    server.work.hasten(transaction, kind, { key: 'a', dueAt: clock.now(), body: 'later' }),
  );
  await turns();
  kind.underWay.get('a')?.resolve({ kind: 'done' });
  await turns();
  kind.underWay.get('a')?.resolve({ kind: 'done' });
  await turns();
  assert.deepEqual(kind.begun, ['a first', 'a first']);
  assert.deepEqual(await left(store), []);
});

test('work that is hastened again and again comes after what has waited for longer', async () => {
  const { store, clock, kind, server } = await holding(1);
  put(server, kind, 'a', 1);
  put(server, kind, 'b', 2);
  await turns();
  server.ledger.transact((transaction) =>
    server.work.hasten(transaction, kind, { key: 'a', dueAt: clock.now(), body: '' }),
  );
  clock.advance(2);
  kind.underWay.get('a')?.resolve({ kind: 'again', at: clock.now() + 5 });
  await turns();
  assert.deepEqual(await left(store), ['b 2', `a ${clock.now()}`]);
  kind.underWay.get('b')?.resolve({ kind: 'done' });
  await turns();
  assert.deepEqual(kind.begun, ['a ', 'b ', 'a ']);
});

test('work may come again, later and as something else', async () => {
  const { store, clock, kind, server } = await holding();
  const now = clock.now();
  put(server, kind, 'a', now, 'first');
  await turns();
  kind.underWay.get('a')?.resolve({ kind: 'again', at: now + 1_000, body: 'second' });
  await turns();
  assert.deepEqual(await left(store), [`a ${now + 1_000}`]);
  clock.advance(1_000);
  await turns();
  assert.deepEqual(kind.begun, ['a first', 'a second']);
});

test('what work causes is committed together with the end of its row', async () => {
  const { store, kind, server } = await holding();
  put(server, kind, 'a', 0);
  await turns();
  const together: string[][] = [];
  const { commit } = store;
  store.commit = (changes) => {
    together.push(changes.map((change) => change.kind));
    return commit(changes);
  };
  kind.underWay.get('a')?.resolve({
    kind: 'done',
    consequence: (transaction) => transaction.add({ kind: 'record.put', record: note('caused') }),
  });
  await turns();
  assert.deepEqual(together, [['record.put', 'due.delete']]);
});

test('the next server does what the last one had not ended, from the rows alone', async () => {
  const [store, clock, kind] = [await newStore(), new ManualClock(), new Bench()];
  kind.waits = true;
  const first = start(store, clock, kind);
  put(first, kind, 'ended', 0);
  put(first, kind, 'begun', 1);
  put(first, kind, 'later', clock.now() + 1_000);
  await turns();
  kind.underWay.get('ended')?.resolve({ kind: 'done' });
  await turns();
  first.work.pause();
  kind.underWay.get('begun')?.resolve({ kind: 'done' });
  await turns();
  assert.deepEqual(await left(store), ['begun 1', `later ${clock.now() + 1_000}`]);
  const next = new Bench();
  start(store, clock, next);
  await turns();
  assert.deepEqual(next.begun, ['begun ']);
  clock.advance(1_000);
  await turns();
  assert.deepEqual(next.begun, ['begun ', 'later ']);
});

test('of any number of due rows only what may be done at once is read and in memory', async () => {
  const [store, clock, kind] = [await newStore(), new ManualClock(), new Bench(3)];
  kind.waits = true;
  const many = Array.from({ length: 5_000 }, (_, at) => ({
    key: `k${at}`,
    dueAt: at,
    text: '{"formatVersion":1,"value":{"body":""}}',
  }));
  await store.commit(many.map((row) => ({ kind: 'due.put', of: 'work', ...row }) as const));
  let most = 0;
  const due: Store['reads']['due'] = async (query) => {
    const rows = await store.reads.due(query);
    most = Math.max(most, rows.length);
    return rows;
  };
  start({ ...store, reads: { ...store.reads, due } }, clock, kind);
  for (let round = 0; round < 50; round += 1) {
    await turns(4);
    for (const ending of kind.underWay.values()) ending.resolve({ kind: 'done' });
  }
  assert.ok(kind.begun.length > 30, `${kind.begun.length} done`);
  assert.equal(kind.most, 3);
  assert.ok(most <= 6, `${most} rows were read at once`);
});

test('work that fails is done again a second later, and other work goes on', async () => {
  const { store, clock, kind, server } = await holding();
  put(server, kind, 'bad', 0);
  put(server, kind, 'good', 1);
  await turns();
  kind.underWay.get('bad')?.reject(new Error('broken'));
  kind.underWay.get('good')?.resolve({ kind: 'done' });
  await turns();
  assert.deepEqual(await left(store), [`bad ${clock.now() + 1_000}`]);
  clock.advance(1_000);
  await turns();
  assert.deepEqual(kind.begun, ['bad ', 'good ', 'bad ']);
});

test("a consequence that throws is nobody else's: the others are stored, and its work is done again a second later", async () => {
  const { store, clock, kind, server } = await holding();
  put(server, kind, 'bad', 0);
  put(server, kind, 'good', 1);
  await turns();
  kind.underWay.get('bad')?.resolve({ kind: 'done', consequence: spoiled });
  kind.underWay.get('good')?.resolve({ kind: 'done' });
  await turns();
  assert.deepEqual(await left(store), [`bad ${clock.now() + 1_000}`]);
  assert.deepEqual(kind.begun, ['bad ', 'good ']);
  clock.advance(1_000);
  await turns();
  assert.deepEqual(kind.begun, ['bad ', 'good ', 'bad ']);
});

test('work whose consequence throws again and again keeps none from being done that waits behind it', async () => {
  const { store, clock, kind, server } = await holding(1);
  put(server, kind, 'bad', 0);
  put(server, kind, 'good', 1);
  await turns();
  kind.underWay.get('bad')?.resolve({ kind: 'done', consequence: spoiled });
  await turns();
  kind.underWay.get('good')?.resolve({ kind: 'done' });
  await turns();
  assert.deepEqual(await left(store), [`bad ${clock.now() + 1_000}`]);
});

test('what is put or taken back while it is being done is not undone by its end', async () => {
  const { store, clock, kind, server } = await holding();
  put(server, kind, 'put', 0);
  put(server, kind, 'taken', 1);
  await turns();
  put(server, kind, 'put', clock.now() + 50, 'anew');
  server.ledger.transact((transaction) => server.work.delete(transaction, kind, 'taken'));
  kind.underWay.get('put')?.resolve({ kind: 'done' });
  kind.underWay.get('taken')?.resolve({ kind: 'again', at: 0 });
  await turns();
  assert.deepEqual(await left(store), [`put ${clock.now() + 50}`]);
  clock.advance(50);
  await turns();
  assert.deepEqual(kind.begun, ['put ', 'taken ', 'put anew']);
});

test('what ends in a session after a pause is not taken for what the next session does', async () => {
  const { store, kind, server } = await holding();
  put(server, kind, 'a', 0);
  await turns();
  const old = kind.underWay.get('a');
  server.work.pause();
  server.work.open();
  await turns();
  const renewed = kind.underWay.get('a');
  assert.notEqual(renewed, old);
  old?.resolve({ kind: 'done' });
  await turns();
  assert.deepEqual(await left(store), ['a 0']);
  server.work.pause();
  server.work.open();
  await turns();
  // Both in one turn: the older one says nothing, and takes nothing along.
  renewed?.resolve({ kind: 'done' });
  kind.underWay.get('a')?.resolve({ kind: 'done' });
  await turns();
  assert.deepEqual(await left(store), []);
});

test('a wall clock that is set back puts off no work beyond what its kind ever waits, and all else to its time', async () => {
  for (const longestWait of [60_000, undefined]) {
    const [store, clock] = [await newStore(), new ManualClock()];
    const kind = Object.assign(new Bench(), longestWait === undefined ? {} : { longestWait });
    const server = start(store, clock, kind);
    put(server, kind, 'retry', clock.now() + 30_000);
    await turns();
    clock.jumpWall(-3_600_000);
    clock.advance(29_000);
    await turns();
    assert.deepEqual(kind.begun, []);
    clock.advance(1_000);
    await turns();
    assert.deepEqual(kind.begun, longestWait === undefined ? [] : ['retry ']);
    clock.advance(3_600_000);
    await turns();
    assert.deepEqual(kind.begun, ['retry ']);
  }
});

test('work that is put just as none was found is done without more being put', async () => {
  const [store, clock, kind] = [await newStore(), new ManualClock(), new Bench()];
  let looks = 0;
  const due: Store['reads']['due'] = async (query) => {
    const rows = await store.reads.due(query);
    looks += 1;
    if (looks === 1) {
      put(server, kind, 'a', 0);
      await turns(2);
    }
    return rows;
  };
  const server = start({ ...store, reads: { ...store.reads, due } }, clock, kind);
  await turns();
  assert.deepEqual(kind.begun, ['a ']);
});

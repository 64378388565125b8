import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scope } from '../core/arn.ts';
import { countTurns } from '../core/count-turns.fixture.ts';
import { CommitFailed } from '../core/errors.ts';
import type { AccountId, Region } from '../core/ids.ts';
import { SystemRandom } from '../core/random.ts';
import { Ledger } from './ledger.ts';
import { openMemoryStore } from './memory/store.ts';
import { defineRecord } from './record-type.ts';
import type { LedgerFailure } from './transaction.ts';
import { withLead } from './with-lead.ts';

interface Ship extends Scope {
  readonly name: string;
  readonly port?: string;
  readonly tons: number;
}

const ships = defineRecord({
  type: 'ship',
  key: ({ name }: Ship) => name,
  indexes: {
    port: { value: ({ port }) => port },
    tons: { order: ({ tons }) => String(tons).padStart(9, '0') },
    portByTons: { value: ({ port }) => port, order: ({ tons }) => String(tons).padStart(9, '0') },
  },
});

const scope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

function ship(name: string, tons = 1, port?: string): Ship {
  return { ...scope, name, tons, ...(port === undefined ? {} : { port }) };
}

async function newLedger(onFailed: (failure: LedgerFailure) => void = ({ error }) => assert.ifError(error)) {
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  return new Ledger({ store, types: [ships], onFailed });
}

/** What anybody can see of the ships of the scope, orders included. */
function shown(ledger: Ledger) {
  const names = (found: Iterable<Ship>) => Array.from(found, ({ name, tons }) => `${name} ${tons}`);
  return {
    created: names(ledger.list(ships, scope)),
    byTons: names(ledger.by(ships, scope, 'tons')),
    inOslo: names(ledger.by(ships, scope, 'port', { value: 'oslo' })),
    inOsloByTons: names(ledger.by(ships, scope, 'portByTons', { value: 'oslo' })),
    count: ledger.count(ships, scope),
  };
}

test('what a transaction puts is in memory at once, in the store once settled, and the same again after a rebuild', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => {
    for (const each of [ship('b', 3, 'oslo'), ship('a', 9), ship('c', 2, 'oslo')]) transaction.put(ships, each);
  });
  const before = shown(ledger);
  assert.equal(ledger.get(ships, scope, 'a')?.tons, 9);
  await ledger.store.settled();
  await ledger.fill((await ledger.store.load()).records);
  assert.deepEqual(shown(ledger), before);
  assert.deepEqual(ledger.get(ships, scope, 'b'), ship('b', 3, 'oslo'));
});

test('account and region are columns of a stored record, not part of its JSON', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => transaction.put(ships, ship('a')));
  await ledger.store.settled();
  const text = '{"formatVersion":1,"value":{"name":"a","tons":1}}';
  assert.deepEqual((await ledger.store.load()).records, [{ ...scope, type: 'ship', key: 'a', text }]);
});

test('indexes follow what is put, replaced and deleted; a page begins behind where the last one ended', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => {
    for (const each of [ship('b', 3, 'oslo'), ship('a', 9), ship('c', 2, 'oslo'), ship('d', 5, 'kiel')]) {
      transaction.put(ships, each);
    }
    transaction.put(ships, ship('b', 7, 'oslo'));
    transaction.delete(ships, scope, 'd');
  });
  assert.deepEqual(shown(ledger), {
    created: ['b 7', 'a 9', 'c 2'],
    byTons: ['c 2', 'b 7', 'a 9'],
    inOslo: ['b 7', 'c 2'],
    inOsloByTons: ['c 2', 'b 7'],
    count: 3,
  });
  const rest = Array.from(ledger.by(ships, scope, 'tons', { after: '000000002' }), ({ name }) => name);
  assert.deepEqual(rest, ['b', 'a']);
  const back = (after?: string) =>
    Array.from(ledger.by(ships, scope, 'tons', { after, descending: true }), ({ name }) => name).join('');
  assert.deepEqual([back(), back('000000009'), back('000000007'), back('000000002')], ['abc', 'bc', 'c', '']);
  assert.deepEqual([...ledger.by(ships, scope, 'port', { value: 'nowhere' })], []);
});

test('a page of an index costs a page, however many records there are', async () => {
  let asked = 0;
  const counted = defineRecord({
    type: 'counted',
    key: ({ name }: Ship) => name,
    indexes: {
      tons: {
        order: ({ tons }) => {
          asked += 1;
          return String(tons).padStart(9, '0');
        },
      },
    },
  });
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const ledger = new Ledger({ store, types: [counted], onFailed: ({ error }) => assert.ifError(error) });
  ledger.transact((transaction) => {
    for (let at = 0; at < 20_000; at += 1) transaction.put(counted, ship(`s${at}`, at));
  });
  asked = 0;
  const page = ledger.by(counted, scope, 'tons', { after: '000012344' });
  assert.equal(page.next().value?.name, 's12345');
  assert.ok(asked < 100, `${asked} places were looked at`);
});

test('a transaction that throws leaves memory and store as they were, orders too', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => {
    for (const each of [ship('kept', 1, 'oslo'), ship('other', 5, 'oslo')]) transaction.put(ships, each);
  });
  const before = shown(ledger);
  const undone: string[] = [];
  assert.throws(() =>
    ledger.transact((transaction) => {
      transaction.put(ships, ship('kept', 2, 'kiel'));
      transaction.put(ships, ship('new'));
      transaction.delete(ships, scope, 'kept');
      transaction.put(ships, ship('kept', 3, 'oslo'));
      transaction.onRollback(() => undone.push('caller'));
      transaction.onAccepted(() => assert.fail('accepted'));
      throw new Error('no');
    }),
  );
  assert.deepEqual(shown(ledger), before);
  assert.deepEqual(undone, ['caller']);
  await ledger.store.settled();
  assert.equal((await ledger.store.load()).records.length, 2);
});

test('what memory is to take in waits until the work has returned, and goes before its changes to the store', async () => {
  const ledger = await newLedger();
  const order: string[] = [];
  const { commit } = ledger.store;
  ledger.store.commit = (changes) => {
    order.push(`commit of ${changes.length}`);
    return commit(changes);
  };
  ledger.transact((transaction) => {
    transaction.onAccepted(() => {
      order.push('first');
      transaction.put(ships, ship('b'));
    });
    transaction.onAccepted(() => order.push('second'));
    transaction.put(ships, ship('a'));
    order.push('work');
  });
  assert.deepEqual(order, ['work', 'first', 'second', 'commit of 2']);
});

test('when memory takes in half of a change, nothing is stored and memory is to be rebuilt', async () => {
  const failures: LedgerFailure[] = [];
  const ledger = await newLedger((failure) => failures.push(failure));
  const broken = new Error('broken');
  const work = () =>
    ledger.transact((transaction) => {
      transaction.put(ships, ship('a'));
      transaction.onAccepted(() => {
        throw broken;
      });
      transaction.onCommitted(() => assert.fail('committed'));
    });
  assert.throws(work, broken);
  assert.deepEqual(failures, [{ kind: 'damaged', error: broken }]);
  await ledger.store.settled();
  assert.deepEqual((await ledger.store.load()).records, []);
});

test('effects run after the commit, and wait for earlier changes even when the transaction has none of its own', async () => {
  const ledger = await newLedger();
  const order: string[] = [];
  ledger.transact((transaction) => {
    transaction.put(ships, ship('a'));
    transaction.onCommitted(() => order.push('first'));
  });
  const later = new Promise<void>((resolve) => {
    ledger.transact((transaction) =>
      transaction.onCommitted(() => {
        order.push('second');
        resolve();
      }),
    );
  });
  assert.deepEqual(order, []);
  await later;
  assert.deepEqual(order, ['first', 'second']);
});

test('an effect that throws is told, and those after it run', async () => {
  const failures: LedgerFailure[] = [];
  const ledger = await newLedger((failure) => failures.push(failure));
  const broken = new Error('broken');
  await new Promise<void>((resolve) => {
    ledger.transact((transaction) => {
      transaction.put(ships, ship('a'));
      transaction.onCommitted(() => {
        throw broken;
      });
      transaction.onCommitted(resolve);
    });
  });
  assert.deepEqual(failures, [{ kind: 'effect', error: broken }]);
});

test('while changes are refused a transaction throws the refusal and runs nothing', async () => {
  const ledger = await newLedger();
  const refusal = new CommitFailed('disk-full', 'the disk is full');
  ledger.refuseChanges(refusal);
  assert.throws(() => ledger.transact(() => assert.fail('ran')), refusal);
  ledger.refuseChanges(undefined);
  ledger.transact((transaction) => transaction.put(ships, ship('a')));
  assert.equal(ledger.count(ships, scope), 1);
});

test('lists keep the order of creation, by type and scope', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => {
    transaction.put(ships, ship('b'));
    transaction.put(ships, ship('a'));
    transaction.put(ships, { ...ship('elsewhere'), region: 'eu-west-1' as Region });
  });
  const names = ledger.list(ships, scope).map(({ name }) => name);
  assert.deepEqual(names, ['b', 'a']);
  assert.equal(ledger.all(ships).length, 3);
});

test('the scopes of a type are those in which it has records', async () => {
  const ledger = await newLedger();
  const other = { ...scope, region: 'eu-west-1' as Region };
  ledger.transact((transaction) => {
    transaction.put(ships, ship('a'));
    transaction.put(ships, { ...ship('b'), ...other });
  });
  assert.deepEqual(ledger.scopes(ships), [scope, other]);
  ledger.transact((transaction) => transaction.delete(ships, scope, 'a'));
  assert.deepEqual(ledger.scopes(ships), [other]);
});

test('a type has one record a scope when it has no key', async () => {
  interface Flag extends Scope {
    readonly colour: string;
  }
  const flags = defineRecord<Flag>({ type: 'flag' });
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const ledger = new Ledger({ store, types: [flags], onFailed: ({ error }) => assert.ifError(error) });
  ledger.transact((transaction) => transaction.put(flags, { ...scope, colour: 'red' }));
  ledger.transact((transaction) => transaction.put(flags, { ...scope, colour: 'blue' }));
  assert.equal(ledger.get(flags, scope)?.colour, 'blue');
  assert.equal(ledger.count(flags, scope), 1);
  ledger.transact((transaction) => transaction.delete(flags, scope));
  assert.equal(ledger.get(flags, scope), undefined);
});

test('a record of an older version is read by what the type says of that version; an unknown one is refused in words', () => {
  const newer = defineRecord({
    type: 'ship',
    version: 2,
    older: { 1: (stored) => ({ name: (stored as Ship).name, tons: (stored as Ship).tons * 1000 }) },
    key: ({ name }: Ship) => name,
  });
  const first = ships.toStored(ship('a', 2));
  assert.deepEqual(newer.fromStored(first), ship('a', 2_000));
  assert.deepEqual(newer.fromStored(newer.toStored(ship('b', 5))), ship('b', 5));
  const words = /stored record of type ship has version 2; this release reads 1/;
  assert.throws(() => ships.fromStored(newer.toStored(ship('b', 5))), words);
});

test('3,000 records are filled in many turns of the event loop, in none of which some of them are there and others not', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => transaction.put(ships, ship('old')));
  const records = Array.from({ length: 3_000 }, (_, at) => ships.toStored(ship(String(at))));
  const counts: number[] = [];
  let isOver = false;
  const look = () => {
    counts.push(ledger.count(ships, scope));
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await ledger.fill(records);
  isOver = true;
  assert.ok(counts.length >= 29, `${counts.length} turns`);
  assert.deepEqual(new Set(counts), new Set([1]));
  assert.equal(ledger.count(ships, scope), 3_000);
});

test('long records take turns by their length', async () => {
  const ledger = await newLedger();
  const records = Array.from({ length: 20 }, (_, at) => ships.toStored(ship(String(at), 1, 'x'.repeat(100_000))));
  const turns = await countTurns(() => ledger.fill(records));
  assert.ok(turns >= 6, `${turns} turns`);
});

test('what cannot be read leaves what was there', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => transaction.put(ships, ship('old')));
  const unreadable = { ...ships.toStored(ship('b')), text: 'nonsense' };
  await assert.rejects(ledger.fill([ships.toStored(ship('a')), unreadable]));
  assert.deepEqual(
    ledger.list(ships, scope).map(({ name }) => name),
    ['old'],
  );
});

test('records of a type that nobody declares are refused in words', async () => {
  const ledger = await newLedger();
  const stored = { ...ships.toStored(ship('a')), type: 'submarine' };
  await assert.rejects(ledger.fill([stored]), /holds records of type submarine/);
});

test('whoever follows hears what is durable, until it no longer wants to', async () => {
  const ledger = await newLedger();
  const heard: string[] = [];
  const stop = ledger.follow((changes) => heard.push(...changes.map(({ kind }) => kind)));
  ledger.transact((transaction) => transaction.put(ships, ship('a')));
  assert.deepEqual(heard, [], 'it is not durable yet');
  await ledger.store.settled();
  ledger.transact((transaction) => transaction.delete(ships, scope, 'a'));
  await ledger.store.settled();
  stop();
  ledger.transact((transaction) => transaction.put(ships, ship('b')));
  await ledger.store.settled();
  assert.deepEqual(heard, ['record.put', 'record.delete']);
});

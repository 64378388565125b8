import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitFailed } from '../core/errors.ts';
import type { AccountId, Region } from '../core/ids.ts';
import { SystemRandom } from '../core/random.ts';
import { Ledger } from './ledger.ts';
import { openMemoryStore } from './memory/store.ts';
import type { SettingRecord } from './records.ts';

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

function setting(name: string, value: unknown): SettingRecord {
  return { type: 'setting', formatVersion: 1, ...scope, name, value };
}

async function newLedger(onFailed: (error: CommitFailed) => void = assert.ifError) {
  return new Ledger(await openMemoryStore({ random: new SystemRandom() }), onFailed);
}

test('what a transaction puts is in memory at once and in the store once settled', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => transaction.put(setting('a', 1)));
  assert.equal(ledger.get('setting', scope, 'a')?.value, 1);
  await ledger.store.settled();
  const loaded = await ledger.store.load();
  assert.deepEqual(
    loaded.resources.map((record) => record.type === 'setting' && record.name),
    ['a'],
  );
});

test('a transaction that throws leaves memory and store as they were', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => transaction.put(setting('kept', 1)));
  const undone: string[] = [];
  assert.throws(() =>
    ledger.transact((transaction) => {
      transaction.put(setting('kept', 2));
      transaction.put(setting('new', 1));
      transaction.delete('setting', scope, 'kept');
      transaction.onRollback(() => undone.push('caller'));
      throw new Error('no');
    }),
  );
  assert.equal(ledger.get('setting', scope, 'kept')?.value, 1);
  assert.equal(ledger.get('setting', scope, 'new'), undefined);
  assert.deepEqual(undone, ['caller']);
  await ledger.store.settled();
  assert.equal((await ledger.store.load()).resources.length, 1);
});

test('effects run after the commit, and wait for earlier changes even when the transaction has none of its own', async () => {
  const ledger = await newLedger();
  const order: string[] = [];
  ledger.transact((transaction) => {
    transaction.put(setting('a', 1));
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

test('while changes are refused a transaction throws the refusal and runs nothing', async () => {
  const ledger = await newLedger();
  const refusal = new CommitFailed('disk-full', 'the disk is full');
  ledger.refuseChanges(refusal);
  assert.throws(() => ledger.transact(() => assert.fail('ran')), refusal);
  ledger.refuseChanges(undefined);
  ledger.transact((transaction) => transaction.put(setting('a', 1)));
  assert.equal(ledger.count('setting', scope), 1);
});

test('lists keep the order of creation, by type and scope', async () => {
  const ledger = await newLedger();
  ledger.transact((transaction) => {
    transaction.put(setting('b', 1));
    transaction.put(setting('a', 1));
    transaction.put({ ...setting('elsewhere', 1), region: 'eu-west-1' as Region });
  });
  const names = ledger.list('setting', scope).map(({ name }) => name);
  assert.deepEqual(names, ['b', 'a']);
  assert.equal(ledger.all('setting').length, 3);
});

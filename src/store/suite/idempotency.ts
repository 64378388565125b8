import assert from 'node:assert/strict';
import type { IdempotencyRecord } from '../records.ts';
import { type StoreHome, storeTest } from './home.ts';
import { ireland, virginia } from './samples.ts';

function outcome(key: string, given: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return { ...virginia, key, fingerprint: 'f', result: { jobId: 'x', list: [1, null] }, expiresAt: 100, ...given };
}

export function idempotencyTests(home: () => Promise<StoreHome>): void {
  storeTest('an outcome comes back by its key, in its own account and region', home, async (store) => {
    await store.commit([{ kind: 'idempotency.put', record: outcome('a') }]);
    assert.deepEqual(await store.reads.idempotency(virginia, 'a'), outcome('a'));
    assert.equal(await store.reads.idempotency(virginia, 'b'), undefined);
    assert.equal(await store.reads.idempotency(ireland, 'a'), undefined);
    await store.commit([{ kind: 'idempotency.put', record: outcome('a', { fingerprint: 'g' }) }]);
    assert.equal((await store.reads.idempotency(virginia, 'a'))?.fingerprint, 'g');
  });

  storeTest('trimming deletes the longest expired of all regions, at most so many at a time', home, async (store) => {
    const records = [
      outcome('a', { expiresAt: 30 }),
      outcome('b', { expiresAt: 10 }),
      outcome('c', { expiresAt: 20, ...ireland }),
      outcome('d', { expiresAt: 31 }),
    ];
    await store.commit(records.map((record) => ({ kind: 'idempotency.put', record }) as const));
    const left = async () => {
      const found = await Promise.all(records.map((record) => store.reads.idempotency(record, record.key)));
      return found.flatMap((record) => record?.key ?? []);
    };
    await store.commit([{ kind: 'idempotency.trim', before: 30, limit: 2 }]);
    assert.deepEqual(await left(), ['a', 'd']);
    await store.commit([{ kind: 'idempotency.trim', before: 30, limit: 2 }]);
    assert.deepEqual(await left(), ['d']);
  });
}

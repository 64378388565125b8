import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { silentLogger } from '../core/logger.ts';
import { DueWork } from './due-work.ts';
import { idempotencyTrim } from './idempotency-trim.ts';
import { Ledger } from './ledger.ts';
import { openMemoryStore } from './memory/store.ts';
import { seededRandom, virginia } from './suite/samples.ts';
import { withLead } from './with-lead.ts';

async function turns(count = 40): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

test('however many idempotency records have expired, all of them go at once, in slices; those that have not stay', async () => {
  const store = await withLead(openMemoryStore({ random: seededRandom() }));
  const clock = new ManualClock();
  const ledger = new Ledger({ store, types: [], onFailed: ({ error }) => assert.ifError(error) });
  const work = new DueWork({ ledger, clock, logger: silentLogger });
  const remember = (key: string, expiresAt: number) => {
    const record = { ...virginia, key, fingerprint: '', result: 1, expiresAt };
    return { kind: 'idempotency.put', record } as const;
  };
  const day = 24 * 3_600_000;
  await store.commit(Array.from({ length: 2_300 }, (_, at) => remember(`k${at}`, clock.now() - 1)));
  await store.commit([remember('kept', clock.now() + day)]);
  const slices: number[] = [];
  const { commit } = store;
  store.commit = (changes) => {
    for (const change of changes) if (change.kind === 'idempotency.trim') slices.push(change.limit);
    return commit(changes);
  };
  const trim = idempotencyTrim(ledger, clock);
  work.register(trim);
  work.open();
  trim.begin(work);
  await turns();
  assert.deepEqual(slices, Array(5).fill(500));
  assert.equal(await store.reads.firstIdempotencyExpiry(), clock.now() + day);
  clock.advance(day + 3_600_000);
  await turns();
  assert.equal(await store.reads.firstIdempotencyExpiry(), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTurns } from '../../../core/count-turns.fixture.ts';
import type { JobId } from '../../../core/ids.ts';
import type { JobTransaction } from '../../../jobs/index.ts';
import type { StoredJob, StoreReads } from '../../../store/index.ts';
import { Recovery, type RecoveryOptions } from './recovery.ts';

const scope = { account: '123456789012', region: 'us-east-1' } as StoredJob['record'];

/** What a memory is told that waits for `count` ended arrays, and for so many children of each. */
function waitingFor(count: number, size: number, children = 0) {
  const ids = Array.from({ length: count }, (_, number) => `job-${number}` as JobId);
  const told: JobId[] = [];
  const stored = ids.map((jobId, number) => {
    const record = { ...scope, jobId, number, kind: 'array', size, state: { status: 'FAILED' } };
    return { record } as unknown as StoredJob;
  });
  const reads = {
    jobs: async () => stored,
    arrayBits: async (numbers: readonly number[]) => numbers.map((number) => ({ number, bits: new Uint8Array(1) })),
  } as unknown as StoreReads;
  const jobs = {
    recheck: () => {},
    absent: function* () {
      yield ids.map((jobId) => ({ jobId, scope }));
    },
    tellOfEnded: (_transaction: JobTransaction, jobId: JobId) => {
      told.push(jobId);
      return children;
    },
  };
  const journal = { transact: (work: (transaction: JobTransaction) => void) => work({} as JobTransaction) };
  const timeouts = { release: () => {} };
  const options = { jobs, journal, reads, timeouts } as unknown as RecoveryOptions;
  return { ids, told, recovery: new Recovery(options) };
}

test('jobs that wait for ended arrays are told of them in as many turns as the children of those demand', async () => {
  const { ids, told, recovery } = waitingFor(100, 10_000);
  const turns = await countTurns(() => recovery.takeUp());
  assert.deepEqual(told, ids);
  // 100 arrays of 41 units, 500 a turn.
  assert.ok(turns >= 7, `${turns} turns`);
});

test('each child that is waited for is charged too, and thousands of small arrays are not told of in one turn', async () => {
  const many = waitingFor(3_000, 2);
  assert.ok((await countTurns(() => many.recovery.takeUp())) >= 12, 'two units each, and 500 in a turn');
  const deep = waitingFor(20, 250, 250);
  assert.ok((await countTurns(() => deep.recovery.takeUp())) >= 10, 'of 20 arrays 250 children each');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { countTurns } from '../../../core/count-turns.fixture.ts';
import type { JobId } from '../../../core/ids.ts';
import type { JobTransaction } from '../../../jobs/index.ts';
import type { Ledger, LoadedState, StoredJob, StoreReads } from '../../../store/index.ts';
import { type JobQueueRecord, jobQueueRecords, type ShareRecord, shareRecords } from '../records.ts';
import { Recovery, type RecoveryOptions } from './recovery.ts';
import { SchedulingTime } from './scheduling-time.ts';

const scope = { account: '123456789012', region: 'us-east-1' } as StoredJob['record'];

/** What a memory is told that waits for `count` ended arrays of 10,000. */
function waitingFor(count: number) {
  const ids = Array.from({ length: count }, (_, number) => `job-${number}` as JobId);
  const told: JobId[] = [];
  const stored = ids.map((jobId, number) => {
    const record = { ...scope, jobId, number, kind: 'array', size: 10_000, state: { status: 'FAILED' } };
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
    tellOfEnded: (_transaction: JobTransaction, jobId: JobId) => void told.push(jobId),
  };
  const journal = { transact: (work: (transaction: JobTransaction) => void) => work({} as JobTransaction) };
  const timeouts = { release: () => {} };
  const options = { jobs, journal, reads, timeouts } as unknown as RecoveryOptions;
  return { ids, told, recovery: new Recovery(options) };
}

test('jobs that wait for ended arrays are told of them in as many turns as the children of those demand', async () => {
  const { ids, told, recovery } = waitingFor(100);
  const turns = await countTurns(() => recovery.takeUp());
  assert.deepEqual(told, ids);
  // 100 arrays of 41 units, 500 a turn.
  assert.ok(turns >= 7, `${turns} turns`);
});

/** What the scheduler's time is once memory was filled with these, while the wall clock shows 1,000. */
async function timeAfter(shares: readonly Partial<ShareRecord>[], queues: readonly Partial<JobQueueRecord>[]) {
  const time = new SchedulingTime(new ManualClock(1_000));
  const all = (type: unknown) => (type === shareRecords ? shares : type === jobQueueRecords ? queues : []);
  const nothing = () => {};
  const options = {
    time,
    ledger: { all } as unknown as Ledger,
    jobs: { reset: nothing, loaded: () => [] },
    queues: { reset: nothing, refresh: nothing, refreshConsumables: nothing, refreshShares: nothing },
    instances: { fill: nothing },
    timeouts: { hold: nothing },
    logs: { clear: nothing },
  } as unknown as RecoveryOptions;
  await new Recovery(options).fill({ jobs: [], sequences: {} } as unknown as LoadedState);
  return time.now();
}

test('the time of shares is never before what is stored of it, though the wall clock was set back', async () => {
  assert.equal(await timeAfter([{ at: 500 }], [{}]), 1_000);
  assert.equal(await timeAfter([{ at: 5_000 }, { at: 4_000 }], []), 5_000);
  assert.equal(await timeAfter([{ at: 5_000, idleSince: 6_000 }], []), 6_000, 'a share that has become idle since');
  const decays = [
    { since: 0, seconds: 60 },
    { since: 7_000, seconds: 600 },
  ];
  assert.equal(await timeAfter([], [{ decays }]), 7_000, 'since when it fades otherwise');
});

import assert from 'node:assert/strict';
import type { Store } from '../contract.ts';
import type { Fact } from '../facts.ts';
import { type StoreHome, storeTest } from './home.ts';
import { append, ireland, jobFact, jobId, stateOf, trim, virginia } from './samples.ts';

async function sequences(store: Store, from = 0, limit = 100): Promise<number[]> {
  return (await store.reads.facts({ from, limit })).map(({ sequence }) => sequence);
}

const running = stateOf('RUNNING');

/** One of each kind, and one of a job with everything that it may have. */
const facts: readonly Fact[] = [
  jobFact(1),
  { ...virginia, kind: 'job', jobId: jobId(2), to: 'SUBMITTED', at: 5 },
  jobFact(3, {
    reason: 'é "',
    ...('placement' in running ? { placement: running.placement } : {}),
    attempts: 2,
    startedAt: 1,
    stoppedAt: 2,
    runs: [
      [0, 9],
      [20, 20],
    ],
  }),
  { ...ireland, kind: 'jobQueueBlocked', jobQueueArn: 'arn:q', jobId: jobId(4), reason: 'MISCONFIGURATION', at: 1 },
  { ...virginia, kind: 'computeEnvironment', computeEnvironmentArn: 'arn:e', from: 'VALID', at: 1 },
  { ...virginia, kind: 'execution', executionArn: 'arn:x', from: 'RUNNING', to: 'FAILED', at: 1 },
];

export function outboxTests(home: () => Promise<StoreHome>): void {
  storeTest('facts of every kind come back whole', home, async (store) => {
    await store.commit(facts.map((fact, at) => ({ kind: 'fact', sequence: at + 1, fact }) as const));
    const found = await store.reads.facts({ from: 0, limit: 100 });
    assert.deepEqual(
      found.map(({ fact }) => fact),
      facts,
    );
  });

  storeTest('facts come in order, from a sequence on and up to a limit', home, async (store) => {
    await store.commit([append(2), append(5)]);
    await store.commit([append(1)]);
    assert.deepEqual(await sequences(store), [1, 2, 5]);
    assert.deepEqual(await sequences(store, 2), [2, 5]);
    assert.deepEqual(await sequences(store, 3), [5]);
    assert.deepEqual(await sequences(store, 1, 2), [1, 2]);
    assert.deepEqual(await sequences(store, 6), []);
  });

  storeTest('a sequence is taken once', home, async (store) => {
    await store.commit([append(1)]);
    await assert.rejects(store.commit([append(1)]));
  });

  storeTest('trimming deletes the oldest up to a sequence, at most so many at a time', home, async (store) => {
    await store.commit([1, 2, 3, 4, 5].map((sequence) => append(sequence)));
    await store.commit([trim(4, 3)]);
    assert.deepEqual(await sequences(store), [4, 5]);
    await store.commit([trim(4, 3)]);
    assert.deepEqual(await sequences(store), [5]);
    await store.commit([trim(4, 3)]);
    assert.deepEqual(await sequences(store), [5]);
  });

  storeTest('trimming keeps what is new, unless enough facts have followed it', home, async (store) => {
    await store.commit([1, 2, 3, 4, 5, 6].map((sequence) => append(sequence)));
    await store.commit([{ ...trim(6, 100), before: 20, keep: 100 }]);
    assert.deepEqual(await sequences(store), [3, 4, 5, 6]);
    await store.commit([{ ...trim(6, 100), before: 20, keep: 2 }]);
    assert.deepEqual(await sequences(store), [5, 6]);
  });
}

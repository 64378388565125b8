import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { CommitFailed } from '../../core/errors.ts';
import type { Change } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { append, insert, job, jobId, move, queueArn, specification, transition, virginia } from './samples.ts';

const failed = (error: unknown) => error instanceof CommitFailed && error.reason === 'failed';

/** No store has this job, so that updating it fails the batch. */
const impossible: Change = move(job(404), 'RUNNING');

export function commitTests(home: () => Promise<StoreHome>): void {
  storeTest(
    'settled resolves at once when nothing was committed, and an empty commit waits for nothing',
    home,
    async (store) => {
      await store.settled();
      await store.commit([]);
      await store.settled();
    },
  );

  storeTest('settled resolves after everything committed so far', home, async (store) => {
    const order: string[] = [];
    const first = store.commit([insert(job(1))]).then(() => order.push('first'));
    const second = store.commit([insert(job(2))]).then(() => order.push('second'));
    await store.settled().then(() => order.push('settled'));
    await Promise.all([first, second]);
    assert.deepEqual(order, ['first', 'second', 'settled']);
  });

  storeTest('a read sees every change committed before it was asked, awaited or not', home, async (store) => {
    const seen: Promise<number>[] = [];
    for (let number = 1; number <= 20; number += 1) {
      void store.commit([insert(job(number))]);
      seen.push(store.reads.jobs(virginia, [jobId(number)]).then((found) => found.length));
      if (number % 5 === 0) await setImmediate();
    }
    assert.deepEqual(await Promise.all(seen), Array(20).fill(1));
  });

  storeTest('an impossible change rolls back all of its commit', home, async (store) => {
    await assert.rejects(store.commit([insert(job(1)), append(1), impossible]), failed);
    assert.deepEqual(await store.reads.jobs(virginia, [jobId(1)]), []);
    assert.deepEqual(await store.reads.transitions({ after: 0, limit: 10 }), []);
  });

  storeTest('a rolled back commit leaves rows that it replaced, moved or deleted as they were', home, async (store) => {
    await store.commit([insert(job(1)), insert(job(2)), append(1), append(2)]);
    const before = await everything(store);
    await assert.rejects(
      store.commit([
        move(job(1), 'SUCCEEDED'),
        { kind: 'job.delete', scope: virginia, jobId: jobId(2) },
        { kind: 'transition.trim', through: 2, limit: 10 },
        impossible,
      ]),
      failed,
    );
    assert.deepEqual(await everything(store), before);
  });
}

export function refusalTests(home: () => Promise<StoreHome>): void {
  storeTest(
    'after a failure every commit and settled reject until resume, and then commits go on',
    home,
    async (store) => {
      await assert.rejects(store.commit([impossible]), failed);
      await assert.rejects(store.commit([insert(job(1))]), failed);
      await assert.rejects(store.settled(), failed);
      store.resume();
      await store.settled();
      await store.commit([insert(job(2))]);
      const found = await store.reads.jobs(virginia, [jobId(1), jobId(2)]);
      assert.deepEqual(
        found.map(({ record }) => record.jobId),
        [jobId(2)],
      );
    },
  );

  storeTest('commits that were waiting behind a failing one fail with it', home, async (store) => {
    const doomed = store.commit([impossible]);
    await setImmediate();
    const behind = store.commit([insert(job(1))]);
    await assert.rejects(doomed, failed);
    await assert.rejects(behind, failed);
    assert.deepEqual(await store.reads.jobs(virginia, [jobId(1)]), []);
  });

  storeTest('reads that wait behind a failing commit are answered', home, async (store) => {
    await store.commit([insert(job(1))]);
    void store.commit([impossible]);
    await setImmediate();
    void store.commit([insert(job(2))]);
    assert.equal((await store.reads.jobs(virginia, [jobId(1), jobId(2)])).length, 1);
  });

  storeTest('a failure that nobody awaits is no unhandled rejection', home, async (store) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    void store.commit([impossible]);
    void store.commit([insert(job(1))]);
    await store.settled().catch(() => undefined);
    void store.commit([insert(job(2))]);
    await setImmediate();
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });
}

export function isolationTests(home: () => Promise<StoreHome>): void {
  storeTest('a value that JSON cannot hold fails the commit like any other failure', home, async (store) => {
    const record = transition(1, { reason: 1n as unknown as string });
    await assert.rejects(store.commit([{ kind: 'transition', record }]), failed);
    await assert.rejects(store.settled(), failed);
    store.resume();
    await store.commit([insert(job(1))]);
  });

  storeTest('changing a record after its commit changes nothing in the store', home, async (store) => {
    const record = { ...job(1), tags: { owner: 'me' } };
    const mine = specification(1);
    const committed = store.commit([{ kind: 'job.insert', record, specification: mine }]);
    record.tags.owner = 'you';
    await committed;
    const [found] = await store.reads.jobs(virginia, [jobId(1)]);
    assert.deepEqual(found?.record.tags, { owner: 'me' });
  });

  storeTest('changing what a read answered changes nothing in the store', home, async (store) => {
    await store.commit([insert(job(1, { tags: { owner: 'me' } }))]);
    const [found] = await store.reads.jobs(virginia, [jobId(1)]);
    Object.assign(found?.record.tags ?? {}, { owner: 'you' });
    Object.assign(found?.specification.parameters ?? {}, { frame: 'other' });
    const [again] = await store.reads.jobs(virginia, [jobId(1)]);
    assert.deepEqual(again, { record: job(1, { tags: { owner: 'me' } }), specification: specification(1) });
  });

  storeTest(
    'after close commits are refused with words, and what was committed before has become durable',
    home,
    async (store) => {
      const last = store.commit([insert(job(1))]);
      await Promise.all([store.close(), last]);
      await assert.rejects(store.commit([insert(job(2))]), /closed/);
      store.resume();
      await assert.rejects(store.commit([insert(job(2))]), /closed/);
    },
  );
}

async function everything(store: Parameters<Parameters<typeof storeTest>[2]>[0]) {
  return {
    jobs: await store.reads.jobs(virginia, [jobId(1), jobId(2)]),
    list: await store.reads.listJobs({ jobQueueArn: queueArn('q'), limit: 10 }),
    finished: await store.reads.finishedJobs({ stoppedBefore: 1e12, limit: 10 }),
    transitions: await store.reads.transitions({ after: 0, limit: 10 }),
  };
}

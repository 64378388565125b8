import assert from 'node:assert/strict';
import { CommitFailed } from '../../core/errors.ts';
import { homeTest, type StoreHome } from './home.ts';
import { append, insert, job, jobId, virginia } from './samples.ts';

function isNotLeading(error: unknown): error is CommitFailed {
  return error instanceof CommitFailed && error.reason === 'not-leading';
}

export function leadTests(home: () => Promise<StoreHome>): void {
  homeTest(
    'a store that does not lead is read, and refuses every commit; then it leads, and takes them',
    home,
    async (place) => {
      const store = await place.open();
      try {
        assert.deepEqual((await store.load()).records, []);
        await assert.rejects(store.commit([insert(job(1))]), isNotLeading);
        store.resume();
        await assert.rejects(store.commit([insert(job(1))]), isNotLeading);
        // What was refused leaves nothing that anybody would wait for.
        await store.settled();
        assert.deepEqual(await store.reads.jobs(virginia, [jobId(1)]), []);
        await store.takeLead();
        await store.commit([insert(job(1))]);
        assert.equal((await store.reads.jobs(virginia, [jobId(1)])).length, 1);
      } finally {
        await store.close();
      }
    },
  );

  homeTest('whoever leads is answered with the lead that it has, asked at once or later', home, async (place) => {
    const store = await place.open();
    try {
      const [first, same] = await Promise.all([store.takeLead(), store.takeLead()]);
      assert.equal(first, same);
      assert.equal(first, await store.takeLead());
      assert.equal(first.epoch, 1);
    } finally {
      await store.close();
    }
  });

  homeTest('who leads no more is told, commits nothing for good, and reads on', home, async (place) => {
    const { store, usurp } = await place.openBesideAnother();
    try {
      const { lost } = await store.takeLead();
      await store.commit([insert(job(1))]);
      assert.equal(await Promise.race([lost, store.settled().then(() => 'held')]), 'held');
      await usurp();
      await assert.rejects(store.commit([insert(job(2)), append(1)]), isNotLeading);
      assert.match((await lost).message, /another server has taken over this store \(its epoch \d+, ours \d+\)/);
      store.resume();
      await store.settled();
      await assert.rejects(store.commit([insert(job(2))]), isNotLeading);
      await store.settled();
      await assert.rejects(store.takeLead(), isNotLeading);
      const found = await store.reads.jobs(virginia, [jobId(1), jobId(2)]);
      assert.deepEqual(
        found.map(({ record }) => record.jobId),
        [jobId(1)],
      );
    } finally {
      await store.close();
    }
  });
}

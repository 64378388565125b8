import assert from 'node:assert/strict';
import { CommitFailed } from '../../core/errors.ts';
import { storedStatuses } from '../../core/job.ts';
import type { Change } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { insert, ireland, job, jobId, move, queueArn, specification, stateOf, virginia } from './samples.ts';

export function jobTests(home: () => Promise<StoreHome>): void {
  storeTest(
    'jobs are answered in the order asked, with their specifications, less those unknown',
    home,
    async (store) => {
      const second = job(2, { shareIdentifier: 'blue', dependsOn: [{ on: jobId(1) }], tags: { team: 'ä"\\' } });
      await store.commit([insert(job(1)), insert(second)]);
      assert.deepEqual(await store.reads.jobs(virginia, [jobId(2), jobId(9), jobId(1)]), [
        { record: second, specification: specification(2) },
        { record: job(1), specification: specification(1) },
      ]);
    },
  );

  storeTest('a job is found in its own account and region only', home, async (store) => {
    await store.commit([insert(job(1))]);
    assert.deepEqual(await store.reads.jobs(ireland, [jobId(1)]), []);
  });

  storeTest('the state of every status comes back as it was given', home, async (store) => {
    await store.commit([insert(job(1))]);
    for (const status of storedStatuses) {
      await store.commit([move(job(1), status)]);
      const [found] = await store.reads.jobs(virginia, [jobId(1)]);
      assert.deepEqual(found, {
        record: job(1, { state: stateOf(status) }),
        specification: specification(1),
      });
    }
  });

  storeTest('a job that exists cannot be inserted again', home, async (store) => {
    await store.commit([insert(job(1))]);
    await assert.rejects(store.commit([insert(job(1, { jobName: 'other' }))]));
    assert.equal((await store.reads.jobs(virginia, [jobId(1)]))[0]?.record.jobName, 'job-1');
  });

  storeTest('tags are replaced whole; a commit that tags a job that is gone is none', home, async (store) => {
    const tagged = (number: number, value: string): Change => {
      return { kind: 'job.tag', scope: virginia, jobId: jobId(number), tags: { b: value } };
    };
    await store.commit([insert(job(1, { tags: { a: '1', b: '2' } }))]);
    await store.commit([tagged(1, '3')]);
    await assert.rejects(store.commit([tagged(1, '4'), tagged(2, '4')]), CommitFailed);
    store.resume();
    assert.deepEqual(
      (await store.reads.jobs(virginia, [jobId(1), jobId(2)])).map(({ record }) => record.tags),
      [{ b: '3' }],
    );
  });

  storeTest('a deleted job is gone with its specification, and its id may be used again', home, async (store) => {
    await store.commit([insert(job(1))]);
    await store.commit([{ kind: 'job.delete', scope: virginia, jobId: jobId(1) }]);
    assert.deepEqual(await store.reads.jobs(virginia, [jobId(1)]), []);
    assert.deepEqual(await store.reads.listJobs({ jobQueueArn: queueArn('q'), limit: 10 }), { jobs: [] });
    await store.commit([insert(job(1)), { kind: 'job.delete', scope: virginia, jobId: jobId(7) }]);
    assert.equal((await store.reads.jobs(virginia, [jobId(1)])).length, 1);
  });

  storeTest('finished jobs come longest finished first, up to a time and a limit', home, async (store) => {
    const stops = [500, 100, 300, 300, 200];
    await store.commit(stops.flatMap((stop, at) => [insert(job(at)), move(job(at), 'FAILED', stop)]));
    await store.commit([
      insert(job(7, { ...ireland })),
      move(job(7, { ...ireland }), 'SUCCEEDED', 250),
      insert(job(8)),
    ]);
    const finished = async (stoppedBefore: number, limit: number) =>
      (await store.reads.finishedJobs({ stoppedBefore, limit })).map((record) => record.order);
    assert.deepEqual(await finished(500, 10), [1, 4, 7, 2, 3]);
    assert.deepEqual(await finished(501, 10), [1, 4, 7, 2, 3, 0]);
    assert.deepEqual(await finished(501, 3), [1, 4, 7]);
    const [, , third, fourth] = await store.reads.finishedJobs({ stoppedBefore: 501, limit: 4 });
    const rest = async (stoppedAt: number, { number = 0 } = {}) => {
      const after = { stoppedAt, number };
      return (await store.reads.finishedJobs({ stoppedBefore: 500, after, limit: 10 })).map(({ order }) => order);
    };
    assert.deepEqual(await rest(250, third), [2, 3]);
    assert.deepEqual(await rest(300, fourth), [3]);
    assert.equal(await store.reads.countFinishedJobs(), 6);
    await store.commit([{ kind: 'job.delete', scope: virginia, jobId: jobId(1) }]);
    assert.equal(await store.reads.countFinishedJobs(), 5);
  });
}

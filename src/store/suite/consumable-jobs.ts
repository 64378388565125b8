import assert from 'node:assert/strict';
import type { ConsumableJobsQuery, Store } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { arrayJob, consumableArn, insert, ireland, job, jobId, move, needing, virginia } from './samples.ts';

/** The numbers of the jobs of a page. */
async function page(store: Store, query: Partial<ConsumableJobsQuery> = {}) {
  const { jobs, next } = await store.reads.consumableJobs({
    consumableArn: consumableArn('licences'),
    limit: 100,
    ...query,
  });
  return { numbers: jobs.map(({ number }) => number), next };
}

async function list(store: Store, query: Partial<ConsumableJobsQuery> = {}): Promise<number[]> {
  return (await page(store, query)).numbers;
}

export function consumableJobTests(home: () => Promise<StoreHome>): void {
  storeTest(
    'jobs that need a consumable resource are listed newest first, and as they were given',
    home,
    async (store) => {
      const resources = needing('tokens', 'licences');
      const other = { ...ireland, resources: needing('licences') };
      await store.commit([
        insert(job(1, { resources })),
        insert(job(2)),
        insert(arrayJob(3, { resources: needing('licences') })),
        insert(job(4, { resources: needing('tokens') })),
        insert(job(5, other)),
      ]);
      assert.deepEqual(await list(store), [5, 3, 1]);
      assert.deepEqual(await list(store, { consumableArn: consumableArn('tokens') }), [4, 1]);
      assert.deepEqual(await list(store, { consumableArn: consumableArn('none') }), []);
      const { jobs } = await store.reads.consumableJobs({ consumableArn: consumableArn('tokens'), limit: 100 });
      assert.deepEqual(jobs[1], job(1, { resources }));
    },
  );

  storeTest('they are found in every status until they are deleted', home, async (store) => {
    const resources = needing('licences', 'tokens');
    await store.commit([1, 2, 3].map((number) => insert(job(number, { resources }))));
    await store.commit([move(job(1), 'SUCCEEDED'), move(job(2), 'RUNNING')]);
    assert.deepEqual(await list(store, { statuses: ['SUCCEEDED', 'RUNNABLE'] }), [3, 1]);
    await store.commit([{ kind: 'job.delete', scope: virginia, jobId: jobId(1) }]);
    assert.deepEqual(await list(store), [3, 2]);
    assert.deepEqual(await list(store, { consumableArn: consumableArn('tokens') }), [3, 2]);
  });

  storeTest('names are compared whatever their case, with a star for any rest', home, async (store) => {
    const resources = needing('licences');
    const names = ['Render-A', 'render-b', 'encode'];
    await store.commit(names.map((jobName, at) => insert(job(at + 1, { jobName, resources }))));
    assert.deepEqual(await list(store, { jobNames: ['RENDER*'] }), [2, 1]);
    assert.deepEqual(await list(store, { jobNames: ['encode', 'render-a'] }), [3, 1]);
    assert.deepEqual(await list(store, { jobNames: ['render'] }), []);
  });

  storeTest('a page goes on behind the one before, and a filter looks at 500 jobs at most', home, async (store) => {
    const resources = needing('licences');
    const numbers = Array.from({ length: 1_100 }, (_, at) => at + 1);
    const nameOf = (number: number) => (number % 400 === 0 ? 'rare' : 'common');
    await store.commit(numbers.map((number) => insert(job(number, { jobName: nameOf(number), resources }))));
    const first = await page(store, { limit: 3 });
    assert.deepEqual(first, { numbers: [1_100, 1_099, 1_098], next: { createdAt: 1_098_000, number: 1_098 } });
    assert.deepEqual(await list(store, { limit: 2, ...(first.next && { after: first.next }) }), [1_097, 1_096]);
    const rare = await page(store, { jobNames: ['rare'] });
    assert.deepEqual(rare, { numbers: [800], next: { createdAt: 601_000, number: 601 } });
    const last = await page(store, { jobNames: ['rare'], ...(rare.next && { after: rare.next }) });
    assert.deepEqual(last.numbers, [400]);
    assert.deepEqual(await page(store, { limit: 3, after: { createdAt: 3_000, number: 3 } }), {
      numbers: [2, 1],
      next: undefined,
    });
  });
}

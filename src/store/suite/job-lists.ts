import assert from 'node:assert/strict';
import type { JobListQuery, Store } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { definitionArn, insert, ireland, job, move, queueArn } from './samples.ts';

/** The sequences of a list: the numbers by which the tests know their jobs. */
async function list(store: Store, query: Partial<JobListQuery> = {}): Promise<number[]> {
  const found = await store.reads.listJobs({ jobQueueArn: queueArn('q'), limit: 100, ...query });
  return found.jobs.map((record) => record.order);
}

export function jobListTests(home: () => Promise<StoreHome>): void {
  storeTest(
    'jobs are listed newest first, those of one millisecond by number, whatever their status',
    home,
    async (store) => {
      await store.commit([insert(job(1)), insert(job(3)), insert(job(2)), insert(job(4, { createdAt: 2_000 }))]);
      await store.commit([move(job(3), 'RUNNING'), move(job(1), 'FAILED')]);
      assert.deepEqual(await list(store, { jobQueueArn: queueArn('q') }), [3, 4, 2, 1]);
    },
  );

  storeTest('a list is of one queue, whose ARN says account and region', home, async (store) => {
    await store.commit([
      insert(job(1)),
      insert(job(2, { jobQueueArn: queueArn('p') })),
      insert(job(3, { ...ireland, jobQueueArn: queueArn('q', ireland) })),
    ]);
    assert.deepEqual(await list(store), [1]);
    assert.deepEqual(await list(store, { jobQueueArn: queueArn('p') }), [2]);
    assert.deepEqual(await list(store, { jobQueueArn: queueArn('q', ireland) }), [3]);
    assert.deepEqual(await list(store, { jobQueueArn: queueArn('none') }), []);
  });

  storeTest('statuses narrow a list and follow each move of a job', home, async (store) => {
    await store.commit([1, 2, 3, 4].map((number) => insert(job(number))));
    await store.commit([move(job(2), 'RUNNING'), move(job(3), 'SUCCEEDED'), move(job(4), 'RUNNING')]);
    assert.deepEqual(await list(store, { statuses: ['RUNNING'], jobQueueArn: queueArn('q') }), [4, 2]);
    assert.deepEqual(await list(store, { statuses: ['RUNNABLE', 'SUCCEEDED'] }), [3, 1]);
    assert.deepEqual(await list(store, { statuses: ['FAILED'] }), []);
    assert.deepEqual(await list(store, { statuses: [] }), []);
  });
}

export function jobFilterTests(home: () => Promise<StoreHome>): void {
  storeTest('names are compared without regard to case, a trailing star matching any rest', home, async (store) => {
    const names = ['Render-A', 'render-b', 'encode', 'render', 're*der'];
    await store.commit(names.map((jobName, at) => insert(job(at, { jobName }))));
    assert.deepEqual(await list(store, { jobName: 'RENDER-a' }), [0]);
    assert.deepEqual(await list(store, { jobName: 'Render*' }), [3, 1, 0]);
    assert.deepEqual(await list(store, { jobName: 're*der' }), [4]);
    assert.deepEqual(await list(store, { jobName: '*' }), [4, 3, 2, 1, 0]);
    assert.deepEqual(await list(store, { jobName: 'rende' }), []);
  });

  storeTest('definitions are found by ARN or name, with or without revision, and case matters', home, async (store) => {
    const definitions = ['render:1', 'render:12', 'render-fast:1', 'Render:1'];
    await store.commit(definitions.map((name, at) => insert(job(at, { jobDefinitionArn: definitionArn(name) }))));
    assert.deepEqual(await list(store, { jobDefinition: 'render' }), [1, 0]);
    assert.deepEqual(await list(store, { jobDefinition: 'render:1' }), [0]);
    assert.deepEqual(await list(store, { jobDefinition: definitionArn('render:12') }), [1]);
    assert.deepEqual(await list(store, { jobDefinition: definitionArn('render') }), [1, 0]);
    assert.deepEqual(await list(store, { jobDefinition: 'render*' }), [2, 1, 0]);
    assert.deepEqual(await list(store, { jobDefinition: `${definitionArn('render-f')}*` }), [2]);
    assert.deepEqual(await list(store, { jobDefinition: 'rend' }), []);
  });

  storeTest('a share identifier must be the same to the letter', home, async (store) => {
    await store.commit([
      insert(job(1, { shareIdentifier: 'blue' })),
      insert(job(2, { shareIdentifier: 'bluer' })),
      insert(job(3)),
    ]);
    assert.deepEqual(await list(store, { shareIdentifier: 'blue' }), [1]);
    assert.deepEqual(await list(store, { shareIdentifier: 'Blue' }), []);
  });
}

export function jobPageTests(home: () => Promise<StoreHome>): void {
  storeTest('bounds on the time of creation exclude that time', home, async (store) => {
    await store.commit([1, 2, 3, 4].map((number) => insert(job(number))));
    assert.deepEqual(await list(store, { createdAfter: 2_000 }), [4, 3]);
    assert.deepEqual(await list(store, { createdBefore: 2_000 }), [1]);
    assert.deepEqual(await list(store, { createdAfter: 1_000, createdBefore: 4_000 }), [3, 2]);
  });

  storeTest(
    'pages continue after the last job of the page before, also within one millisecond',
    home,
    async (store) => {
      const numbers = Array.from({ length: 25 }, (_, at) => at + 1);
      await store.commit(numbers.map((number) => insert(job(number, { createdAt: 1_000 * Math.ceil(number / 9) }))));
      assert.deepEqual(await pages(store, { limit: 4 }), numbers.toReversed());
      assert.deepEqual(
        await pages(store, { limit: 4, jobName: 'job-1*' }),
        [19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 1],
      );
      assert.deepEqual(
        await list(store, { after: { createdAt: 2_000, number: 15 }, createdBefore: 2_000 }),
        [9, 8, 7, 6, 5, 4, 3, 2, 1],
      );
    },
  );

  storeTest(
    'a filter that few of many jobs pass finds them all, in every status, in short pages',
    home,
    async (store) => {
      const numbers = Array.from({ length: 1_600 }, (_, at) => at + 1);
      await store.commit(
        numbers.map((number) => insert(job(number, { jobName: number % 400 === 0 ? 'rare' : 'common' }))),
      );
      await store.commit(numbers.slice(0, 800).map((number) => move(job(number), 'SUCCEEDED')));
      assert.deepEqual(await pages(store, { jobName: 'rare', limit: 100 }), [1_600, 1_200, 800, 400]);
      assert.deepEqual(await pages(store, { jobName: 'rare', limit: 1 }), [1_600, 1_200, 800, 400]);
      assert.deepEqual(await pages(store, { jobName: 'rare', statuses: ['SUCCEEDED'], limit: 100 }), [800, 400]);
      assert.equal((await pages(store, { limit: 1_300 })).length, 1_600);
      // One page looks at 500 jobs, whatever it finds: the newest of them here are 1,600 and what is above 1,100.
      assert.deepEqual(await list(store, { jobName: 'rare' }), [1_600, 1_200]);
      assert.deepEqual(await list(store, { jobName: 'none' }), []);
    },
  );

  storeTest('a page that ends with the last job has no next one', home, async (store) => {
    await store.commit([1, 2, 3, 4].map((number) => insert(job(number))));
    const next = async (limit: number) => (await store.reads.listJobs({ jobQueueArn: queueArn('q'), limit })).next;
    assert.deepEqual([await next(5), await next(4)], [undefined, undefined]);
    assert.deepEqual(await next(3), { createdAt: 2_000, number: 2 });
  });
}

async function pages(store: Store, query: Partial<JobListQuery> & { limit: number }): Promise<number[]> {
  const found: number[] = [];
  for (let after: JobListQuery['after']; ; ) {
    const page = await store.reads.listJobs({ jobQueueArn: queueArn('q'), ...query, ...(after ? { after } : {}) });
    found.push(...page.jobs.map((record) => record.order));
    if (!page.next) return found;
    after = page.next;
  }
}

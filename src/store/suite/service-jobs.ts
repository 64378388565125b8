import assert from 'node:assert/strict';
import { CommitFailed } from '../../core/errors.ts';
import type { Change, Store } from '../contract.ts';
import type { ServiceJobListQuery } from '../service-jobs.ts';
import { type StoreHome, storeTest } from './home.ts';
import {
  endedServiceJob,
  insertServiceJob,
  ireland,
  jobId,
  queueArn,
  serviceJob,
  updateServiceJob,
  virginia,
} from './samples.ts';

type Query = Partial<ServiceJobListQuery>;

/** The ids of the service jobs of a page, as numbers. */
async function page(store: Store, query: Query = {}) {
  const { jobs, next } = await store.reads.listServiceJobs({ jobQueueArn: queueArn('q'), limit: 100, ...query });
  return { numbers: jobs.map(({ jobId: id }) => Number(id.slice(-12))), next };
}

async function list(store: Store, query?: Query): Promise<number[]> {
  return (await page(store, query)).numbers;
}

async function waiting(store: Store, quotaShareName?: string, limit = 100): Promise<number[]> {
  const share = quotaShareName === undefined ? {} : { quotaShareName };
  const found = await store.reads.waitingServiceJobs({ jobQueueArn: queueArn('q'), ...share, limit });
  return found.map(({ jobId: id }) => Number(id.slice(-12)));
}

const remove = (number: number, scope = virginia): Change => ({
  kind: 'serviceJob.delete',
  scope,
  jobId: jobId(number),
});

export function serviceJobTests(home: () => Promise<StoreHome>): void {
  storeTest(
    'service jobs are read as they were given, with their requests, in the order asked',
    home,
    async (store) => {
      const whole = serviceJob(1, {
        shareIdentifier: 'a',
        schedulingPriority: 7,
        retryStrategy: { attempts: 2, evaluateOnExit: [{ action: 'RETRY', onStatusReason: 'é \u0000*' }] },
        capacity: [{ unit: 'ml.c5.large', quantity: 2 }],
        submittedBy: { principal: 'arn:aws:iam::123456789012:root', requestId: 'r' },
        tags: { team: 'a' },
      });
      await store.commit([insertServiceJob(whole, '{"ä":1}'), insertServiceJob(serviceJob(2, ireland))]);
      const found = await store.reads.serviceJobs(virginia, [jobId(3), jobId(2), jobId(1)]);
      assert.deepEqual(found, [whole]);
      assert.deepEqual(await store.reads.serviceJob(virginia, jobId(1)), { record: whole, payload: '{"ä":1}' });
      assert.deepEqual(
        [await store.reads.serviceJob(virginia, jobId(2)), await store.reads.serviceJob(ireland, jobId(1))],
        [undefined, undefined],
      );
      assert.deepEqual(await store.reads.serviceJobs(virginia, ['no id' as ReturnType<typeof jobId>]), []);
      await assert.rejects(store.commit([insertServiceJob(whole)]));
      store.resume();
    },
  );

  storeTest(
    'an update replaces all but the request, and of one that is gone or elsewhere it is no commit',
    home,
    async (store) => {
      const kept = () => store.reads.serviceJob(virginia, jobId(1));
      await store.commit([insertServiceJob(serviceJob(1), 'request')]);
      const ended = endedServiceJob(1, 50);
      for (const missing of [{ ...ended, ...ireland }, endedServiceJob(2, 1)]) {
        await assert.rejects(store.commit([updateServiceJob(ended), updateServiceJob(missing)]), CommitFailed);
        store.resume();
      }
      await store.commit([remove(1, ireland)]);
      assert.deepEqual(await kept(), { record: serviceJob(1), payload: 'request' });
      await store.commit([updateServiceJob(ended)]);
      assert.deepEqual(await kept(), { record: ended, payload: 'request' });
    },
  );

  storeTest('those that wait stand by rank, then as they came, and leave when they end', home, async (store) => {
    const quotaShareName = 'x';
    const given = [
      serviceJob(1),
      serviceJob(2, { rank: 5 }),
      serviceJob(3),
      serviceJob(4, { rank: 5, quotaShareName }),
    ];
    await store.commit([
      ...given.map((record) => insertServiceJob(record)),
      insertServiceJob(serviceJob(5, { jobQueueArn: queueArn('p'), rank: 9 })),
      insertServiceJob(serviceJob(6, { quotaShareName, rank: -1 })),
    ]);
    assert.deepEqual(await waiting(store), [2, 4, 1, 3, 6]);
    assert.deepEqual(await waiting(store, undefined, 2), [2, 4]);
    assert.deepEqual(await waiting(store, 'x'), [4, 6]);
    assert.deepEqual(await waiting(store, 'y'), []);
    const count = (queue: string) => store.reads.waitingServiceJobCount(queueArn(queue));
    assert.deepEqual([await count('q'), await count('p'), await count('other')], [5, 1, 0]);
    await store.commit([
      updateServiceJob(serviceJob(1, { rank: 6 })),
      updateServiceJob(endedServiceJob(4, 1, { quotaShareName })),
      remove(5),
    ]);
    assert.deepEqual([await count('q'), await count('p')], [4, 0]);
    assert.deepEqual(await waiting(store), [1, 2, 3, 6]);
    assert.deepEqual(await waiting(store, 'x'), [6]);
  });
}

export function serviceJobListTests(home: () => Promise<StoreHome>): void {
  storeTest('they are listed newest first, by status and filter, a page after the other', home, async (store) => {
    const quotaShareName = 'x';
    const given = [
      serviceJob(1, { jobName: 'Train-A', shareIdentifier: 'a' }),
      serviceJob(2, { jobName: 'train-b', quotaShareName }),
      serviceJob(3, { createdAt: 1_000 }),
      serviceJob(4, { jobQueueArn: queueArn('p') }),
    ];
    await store.commit([...given.map((record) => insertServiceJob(record)), insertServiceJob(endedServiceJob(5, 9))]);
    assert.deepEqual(await list(store), [5, 2, 3, 1]);
    assert.deepEqual(await list(store, { statuses: ['RUNNABLE'] }), [2, 3, 1]);
    assert.deepEqual(await list(store, { statuses: ['FAILED'] }), [5]);
    assert.deepEqual(await list(store, { statuses: [] }), []);
    assert.deepEqual(await list(store, { jobName: 'TRAIN*' }), [2, 1]);
    assert.deepEqual(await list(store, { shareIdentifier: 'a' }), [1]);
    assert.deepEqual(await list(store, { quotaShareName }), [2]);
    assert.deepEqual(await list(store, { createdBefore: 5_000, createdAfter: 1_000 }), [2]);
    const first = await page(store, { limit: 2 });
    assert.deepEqual(first, { numbers: [5, 2], next: { createdAt: 2_000, number: 2 } });
    assert.deepEqual(await page(store, { limit: 2, ...(first.next && { after: first.next }) }), {
      numbers: [3, 1],
      next: undefined,
    });
  });

  storeTest('those that ended are found by when, counted, and deleted', home, async (store) => {
    assert.deepEqual(await store.reads.serviceJobTotals(), { waiting: 0, finished: 0 });
    await store.commit([1, 2, 3, 4].map((number) => insertServiceJob(serviceJob(number))));
    await store.commit([updateServiceJob(endedServiceJob(1, 30)), updateServiceJob(endedServiceJob(3, 20))]);
    await store.commit([insertServiceJob(endedServiceJob(5, 40))]);
    assert.deepEqual(await store.reads.serviceJobTotals(), { waiting: 2, finished: 3 });
    const found = await store.reads.finishedServiceJobs({ stoppedBefore: 40, limit: 10 });
    assert.deepEqual(found, [endedServiceJob(3, 20), endedServiceJob(1, 30)]);
    assert.equal((await store.reads.finishedServiceJobs({ stoppedBefore: 100, limit: 1 })).length, 1);
    await store.commit([remove(3), remove(2), remove(9)]);
    assert.deepEqual(await store.reads.serviceJobTotals(), { waiting: 1, finished: 2 });
    assert.deepEqual(await list(store), [5, 4, 1]);
    await store.commit([insertServiceJob(serviceJob(6, ireland))]);
    assert.deepEqual(await store.reads.serviceJobTotals(ireland), { waiting: 1, finished: 0 });
    assert.deepEqual(await store.reads.serviceJobTotals(virginia), { waiting: 1, finished: 2 });
    assert.deepEqual(await store.reads.serviceJobTotals(), { waiting: 2, finished: 2 });
  });
}

import assert from 'node:assert/strict';
import { type ArrayChildRecord, type NodeRecord, unfinishedOf } from '../../core/job-record.ts';
import type { Change, Store } from '../contract.ts';
import { type StoreHome, storeTest } from './home.ts';
import { arrayJob, child, insert, job, jobId, multiNodeJob, nodeOf, putBits, queueArn, virginia } from './samples.ts';

const putChild = (record: ArrayChildRecord): Change => ({ kind: 'arrayChild.put', record });
const putNode = (record: NodeRecord): Change => ({ kind: 'node.put', record });
const drop = (number: number): Change => ({ kind: 'job.delete', scope: virginia, jobId: jobId(number) });

async function bitsOf(store: Store, ...numbers: number[]) {
  return (await store.reads.arrayBits(numbers)).map(({ number, bits }) => [number, ...bits]);
}

export function childTests(home: () => Promise<StoreHome>): void {
  storeTest('jobs of every kind come back as they were given', home, async (store) => {
    const by = { principal: 'arn:aws:iam::123456789012:root', requestId: 'r' };
    const records = [
      job(1, { submittedBy: by, schedulingPriority: 7, timeoutSeconds: 60, dependsOn: [{ on: jobId(9), index: 3 }] }),
      arrayJob(2, { dependsOn: [{ type: 'SEQUENTIAL' }, { on: jobId(1), type: 'N_TO_N' }] }),
      arrayJob(3, { state: { status: 'FAILED', stoppedAt: 5, failed: 2, statusReason: 'why' } }),
      multiNodeJob(4, { mainNode: 2 }),
      job(5, { state: { status: 'PENDING', attempts: [], statusReason: '' } }),
    ];
    await store.commit(records.map(insert));
    const found = await store.reads.jobs(virginia, [1, 2, 3, 4, 5].map(jobId));
    assert.deepEqual(
      found.map(({ record }) => record),
      records,
    );
  });

  storeTest('a number is taken once, and known when its job is gone', home, async (store) => {
    await store.commit([insert(job(1)), insert(job(7))]);
    await assert.rejects(store.commit([insert({ ...job(2), number: 1 })]));
    store.resume();
    assert.equal((await store.load()).lastJobNumber, 7);
    await store.commit([drop(7)]);
    await store.commit([drop(1)]);
    assert.equal((await store.load()).lastJobNumber, 7);
  });

  storeTest('children and nodes come back by index, as they were last put', home, async (store) => {
    await store.commit([insert(arrayJob(1)), insert(multiNodeJob(2))]);
    await store.commit([putChild(child(1, 3)), putChild(child(1, 0)), putNode(nodeOf(2, 2)), putNode(nodeOf(2, 0))]);
    await store.commit([putChild(child(1, 3, 'RUNNABLE')), putNode(nodeOf(2, 0, 'RUNNING'))]);
    assert.deepEqual(await store.reads.arrayChildren([{ number: 1, indexes: [3, 5, 0] }]), [
      child(1, 3, 'RUNNABLE'),
      child(1, 0),
    ]);
    assert.deepEqual(await store.reads.nodes({ number: 2, limit: 10 }), [nodeOf(2, 0, 'RUNNING'), nodeOf(2, 2)]);
    assert.deepEqual(await store.reads.nodes({ number: 2, after: 0, limit: 1 }), [nodeOf(2, 2)]);
    assert.deepEqual(await store.reads.nodes({ number: 2, limit: 1 }), [nodeOf(2, 0, 'RUNNING')]);
  });

  storeTest('children of many arrays come in one answer, in the order asked', home, async (store) => {
    await store.commit([insert(arrayJob(1)), insert(arrayJob(2)), insert(arrayJob(3))]);
    await store.commit([putChild(child(1, 0)), putChild(child(1, 2)), putChild(child(2, 0)), putChild(child(3, 1))]);
    const arrays = [
      { number: 3, indexes: [0, 1] },
      { number: 4, indexes: [0] },
      { number: 1, indexes: [2, 0] },
    ];
    assert.deepEqual(await store.reads.arrayChildren(arrays), [child(3, 1), child(1, 2), child(1, 0)]);
  });

  storeTest('a child or node of no job fails its commit', home, async (store) => {
    await assert.rejects(store.commit([putChild(child(1, 0))]), /no job number 1/);
    store.resume();
    await assert.rejects(store.commit([putNode(nodeOf(1, 0))]), /no job number 1/);
  });
}

export function bitTests(home: () => Promise<StoreHome>): void {
  storeTest('bits are encoded once a batch, when it closes, whatever was committed in it', home, async (store) => {
    let encoded = 0;
    let value = 1;
    const put: Change = {
      kind: 'arrayBits.put',
      number: 1,
      encode: () => {
        encoded += 1;
        return Uint8Array.of(value);
      },
    };
    const commits = [store.commit([insert(arrayJob(1)), put]), store.commit([put]), store.commit([put])];
    value = 9;
    await Promise.all(commits);
    assert.equal(encoded, 1);
    assert.deepEqual(await bitsOf(store, 1), [[1, 9]]);
    value = 10;
    await store.commit([put]);
    assert.deepEqual([encoded, await bitsOf(store, 1)], [2, [[1, 10]]]);
  });

  storeTest('bits are of their array: in the order asked, gone with it, also within its batch', home, async (store) => {
    await store.commit([
      insert(arrayJob(1)),
      insert(arrayJob(2)),
      insert(arrayJob(3)),
      putBits(1, 1),
      putBits(2, 2, 0),
    ]);
    assert.deepEqual(await bitsOf(store, 2, 3, 1, 4), [
      [2, 2, 0],
      [1, 1],
    ]);
    await store.commit([putBits(1, 5), drop(1)]);
    assert.deepEqual(await bitsOf(store, 1), []);
  });

  storeTest('what an answer holds of bits can be changed without harm', home, async (store) => {
    await store.commit([insert(arrayJob(1)), putBits(1, 1, 2)]);
    (await store.reads.arrayBits([1]))[0]?.bits.fill(0);
    assert.deepEqual(await bitsOf(store, 1), [[1, 1, 2]]);
  });

  storeTest('load brings the bits of arrays that have not ended with their slice', home, async (store) => {
    const ended = { status: 'SUCCEEDED', stoppedAt: 1, failed: 0 } as const;
    await store.commit([insert(arrayJob(2)), insert(job(1)), insert(arrayJob(3, { state: ended }))]);
    await store.commit([putBits(2, 7), putBits(3, 8)]);
    const slices = await Array.fromAsync((await store.load()).jobs);
    const jobs = [job(1), arrayJob(2)].map(unfinishedOf);
    assert.deepEqual(slices, [{ jobs, bits: [{ number: 2, bits: Uint8Array.of(7) }] }]);
  });
}

export function forgottenTests(home: () => Promise<StoreHome>): void {
  storeTest('a deleted array shows nothing at once, and its children go slice by slice', home, async (store) => {
    const indexes = [0, 1, 2, 3, 4];
    await store.commit([insert(arrayJob(1)), insert(arrayJob(2)), insert(multiNodeJob(3)), putBits(1, 1)]);
    await store.commit([1, 2].flatMap((number) => indexes.map((index) => putChild(child(number, index)))));
    await store.commit([putNode(nodeOf(3, 0))]);
    assert.equal(await store.reads.hasForgottenJobs(), false);
    await store.commit([drop(1), drop(3)]);
    assert.deepEqual(await store.reads.jobs(virginia, [jobId(1)]), []);
    assert.deepEqual(await store.reads.listJobs({ jobQueueArn: queueArn('q'), limit: 9 }), { jobs: [arrayJob(2)] });
    assert.deepEqual(await bitsOf(store, 1), []);
    assert.deepEqual(await store.reads.arrayChildren([{ number: 1, indexes }]), []);
    assert.deepEqual(await store.reads.nodes({ number: 3, limit: 9 }), []);
    const trims: boolean[] = [];
    while (await store.reads.hasForgottenJobs()) {
      await store.commit([{ kind: 'forgotten.trim', limit: 3 }]);
      trims.push(await store.reads.hasForgottenJobs());
    }
    assert.deepEqual(trims, [true, true, false]);
    assert.equal((await store.reads.arrayChildren([{ number: 2, indexes }])).length, 5);
    // What is trimmed is gone: a job that took the number, which none does, would find nothing.
    await store.commit([insert(arrayJob(1)), insert(multiNodeJob(3))]);
    assert.deepEqual(await store.reads.arrayChildren([{ number: 1, indexes }]), []);
    assert.deepEqual(await store.reads.nodes({ number: 3, limit: 9 }), []);
  });

  storeTest('a single job leaves nothing to trim', home, async (store) => {
    await store.commit([insert(job(1))]);
    await store.commit([drop(1)]);
    assert.equal(await store.reads.hasForgottenJobs(), false);
  });
}

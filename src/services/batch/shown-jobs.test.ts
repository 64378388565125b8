import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../core/ids.ts';
import { childId, nodeId } from '../../core/job.ts';
import type { StoreReads } from '../../store/index.ts';
import { withCounts } from './child-counts.ts';
import { listChildren, readJobs, stopShown } from './shown-jobs.ts';
import { scope } from './yard/resources.fixture.ts';
import { Rig } from './yard/yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

/** Reads between which something happens: once, after the first of that name. */
function readsWith(rig: Rig, after: 'jobs' | 'arrayBits', happens: () => Promise<void>): StoreReads {
  const { reads } = rig.store;
  let next: (() => Promise<void>) | undefined = happens;
  const then = async <Found>(name: string, found: Promise<Found>): Promise<Found> => {
    const answer = await found;
    const work = name === after ? next : undefined;
    if (work) next = undefined;
    await work?.();
    return answer;
  };
  return {
    ...reads,
    jobs: (...input) => then('jobs', reads.jobs(...input)),
    arrayBits: (...input) => then('arrayBits', reads.arrayBits(...input)),
  };
}

async function runningArray(size = 4): Promise<{ readonly rig: Rig; readonly jobId: JobId }> {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  const jobId = rig.submit({ size, behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  return { rig, jobId };
}

const terminated = async (rig: Rig, jobId: JobId) => {
  rig.yard.terminate(jobId, 'enough');
  await rig.settle();
};

test('a child that falls with its array between two reads has the reason and the time of the stop', async () => {
  const { rig, jobId } = await runningArray();
  const reads = readsWith(rig, 'jobs', () => terminated(rig, jobId));
  const [child] = await readJobs(reads, scope, [childId(jobId, 3)]);
  const { state } = child ?? {};
  assert.ok(state?.status === 'FAILED' && 'statusReason' in state);
  assert.deepEqual([state.statusReason, state.stop?.kind, state.stoppedAt], ['enough', 'terminate', rig.clock.now()]);
});

test('a child whose row is newer than its bits is as its row says, and leaves the list of what it was', async () => {
  const { rig, jobId } = await runningArray();
  const between = () =>
    readsWith(rig, 'arrayBits', () => terminated(rig, childId(jobId, 0)).then(() => rig.pass(31_000)));
  const [child] = await readJobs(between(), scope, [childId(jobId, 0)]);
  assert.equal(child?.state.status, 'FAILED');
  const second = await runningArray();
  const ends = () => terminated(second.rig, childId(second.jobId, 0)).then(() => second.rig.pass(31_000));
  const query = { arrayJobId: second.jobId, status: 'RUNNING', limit: 10 } as const;
  const { children } = await listChildren(readsWith(second.rig, 'arrayBits', ends), scope, query);
  assert.deepEqual(
    children.map(({ part }) => part?.index),
    [1],
  );
});

test('children of an array that is deleted between two reads are not there', async () => {
  for (const after of ['jobs', 'arrayBits'] as const) {
    const { rig, jobId } = await runningArray();
    await terminated(rig, jobId);
    await rig.pass(31_000);
    const reads = readsWith(rig, after, () =>
      rig.store.commit([
        { kind: 'job.delete', scope, jobId },
        { kind: 'forgotten.trim', limit: 100 },
      ]),
    );
    // The first ran and has a row.
    const found = await readJobs(reads, scope, [childId(jobId, 0)]);
    assert.deepEqual(found, [], `deleted after ${after}`);
  }
});

test('a summary is never that of no child: of an array that ended meanwhile it is that of its end', async () => {
  const { rig, jobId } = await runningArray();
  const shown = await readJobs(rig.store.reads, scope, [jobId]);
  await terminated(rig, jobId);
  await rig.pass(31_000);
  const [job] = await withCounts(rig.store.reads, rig.yard, scope, shown);
  assert.deepEqual([shown[0]?.state.status, job?.state.status], ['PENDING', 'FAILED']);
  assert.deepEqual(job?.counts?.counts, {
    PENDING: 0,
    RUNNABLE: 0,
    STARTING: 0,
    RUNNING: 0,
    SUCCEEDED: 0,
    FAILED: 4,
  });
});

test('a summary is that of the store while memory is being filled, of every one of many arrays', async () => {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  const ids = Array.from({ length: 250 }, () => rig.submit({ size: 2, vcpus: 1, behaviour: forEver }));
  await rig.settle();
  const shown = await readJobs(rig.store.reads, scope, ids);
  const expected = ids.map((id) => rig.yard.childCounts(id)?.counts);
  const empty = { childCounts: () => undefined };
  const counted = await withCounts(rig.store.reads, empty, scope, shown);
  assert.deepEqual(
    counted.map(({ counts }) => counts?.counts),
    expected,
  );
  assert.deepEqual(await withCounts(rig.store.reads, empty, scope, shown.slice(0, 0)), []);
  const gone = readsWith(rig, 'arrayBits', () =>
    rig.store.commit([{ kind: 'job.delete', scope, jobId: ids[0] as JobId }]),
  );
  assert.equal((await withCounts(gone, empty, scope, shown.slice(0, 2))).length, 1, 'one that was deleted is left out');
});

test('children of many arrays are read at once, and none is taken for another', async () => {
  const rig = await Rig.open({ host: { vcpus: 100 } });
  const arrays = Array.from({ length: 5 }, () => rig.submit({ size: 2, behaviour: { runFor: 5 } }));
  await rig.settle();
  rig.yard.terminate(childId(arrays[3] as JobId, 1), 'not this one');
  await rig.pass(5);
  const { reads } = rig.store;
  let asked = 0;
  const arrayChildren: typeof reads.arrayChildren = (...input) => {
    asked += 1;
    return reads.arrayChildren(...input);
  };
  const ids = arrays.map((jobId) => childId(jobId, 1));
  const shown = await readJobs({ ...reads, arrayChildren }, scope, ids);
  assert.equal(asked, 1);
  assert.deepEqual(
    shown.map(({ id, state }) => [id, state.status]),
    ids.map((id, at) => [id, at === 3 ? 'FAILED' : 'SUCCEEDED']),
  );
});

test('each id is shown once, in the order asked; what is no child of that array is left out', async () => {
  const { rig, jobId } = await runningArray();
  const single = rig.submit({ behaviour: forEver });
  await rig.settle();
  const asked = [
    childId(jobId, 2),
    jobId,
    childId(jobId, 2),
    childId(jobId, 4),
    childId(single, 0),
    `${jobId}#0` as JobId,
  ];
  const shown = await readJobs(rig.store.reads, scope, asked);
  assert.deepEqual(
    shown.map(({ id }) => id),
    [childId(jobId, 2), jobId],
  );
});

test('a child that ended with its array, or a node with its job, shows that stop, whether it ran or waited; one that ended before shows its own', async () => {
  const { rig, jobId } = await runningArray();
  await terminated(rig, childId(jobId, 1));
  await rig.pass(31_000);
  const gang = rig.submit({ nodes: 2, behaviour: forEver });
  await terminated(rig, jobId);
  await rig.pass(31_000);
  await rig.pass(0);
  await rig.pass(0);
  rig.yard.terminate(gang, 'all nodes');
  await rig.settle();
  await rig.pass(31_000);
  const ids = [childId(jobId, 0), childId(jobId, 1), childId(jobId, 3), nodeId(gang, 0), nodeId(gang, 1), gang];
  const shown = await readJobs(rig.store.reads, scope, ids);
  assert.deepEqual(
    shown.map((job) => [job.id, job.state.status, stopShown(job)?.kind]),
    ids.map((id) => [id, 'FAILED', 'terminate']),
  );
});

test('a child of a cancelled array that had started, and ended by itself, shows no stop', async () => {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  const jobId = rig.submit({ size: 3, behaviour: { runFor: 50, exitCode: 1 } });
  await rig.settle();
  await rig.pass(0);
  rig.yard.cancel(jobId, 'no more');
  await rig.settle();
  await rig.pass(50);
  const shown = await readJobs(rig.store.reads, scope, [childId(jobId, 0), childId(jobId, 2)]);
  assert.deepEqual(
    shown.map((job) => [job.state.status, stopShown(job)?.kind]),
    [
      ['FAILED', undefined],
      ['FAILED', 'cancel'],
    ],
  );
});

import assert from 'node:assert/strict';
import type { JobId } from '../core/ids.ts';
import { childId, isTerminal, nodeId, type StoredStatus } from '../core/job.ts';
import { heldTask } from './held-task.ts';
import { expanded, lastOf, statusesOf } from './seen.fixture.ts';
import type { TwinLeaf } from './twin.fixture.ts';
import type { World } from './world.fixture.ts';

/** Nothing is still to be done: every state is the twin's. */
export function checkTwin({ ids, twin: twins, store, hasRacedReasons }: World): void {
  const compare = comparison(hasRacedReasons);
  for (const id of ids) {
    const twin = twins.jobs.get(id) ?? assert.fail(`no twin of ${id}`);
    const facts = lastOf(store.allFacts());
    compare(id, twin.own, facts.get(id));
    twin.children.forEach((child, index) => {
      compare(childId(id, index), child, facts.get(childId(id, index)));
    });
    for (const [index, node] of twin.nodes) {
      assert.equal(facts.get(nodeId(id, index))?.to, node.status, nodeId(id, index));
    }
  }
}

/** Asserts what was told last of a job or child. Where stops have raced work, either reason is as good. */
function comparison(hasRacedReasons: boolean) {
  return (id: JobId, twin: TwinLeaf, fact: { readonly to: string; readonly reason?: string } | undefined): void => {
    assert.equal(fact?.to, twin.status, `${id} is ${fact?.to} and its twin ${twin.status}`);
    if (!isTerminal(twin.status) || hasRacedReasons) return;
    assert.equal(fact?.reason, twin.reason, `the reason of ${id}`);
  };
}

/** The facts of each form one unbroken chain with one end, which is what memory holds. */
export function checkFacts({ store, jobs }: World): void {
  const last = new Map<JobId, string>();
  for (const [id, { from, to }] of expanded(store.allFacts())) {
    const known = last.get(id);
    const begins = known === undefined && (from === undefined || from === 'SUBMITTED');
    // A node that has ended is started again in the next attempt of its job.
    const isNode = id.includes('#');
    assert.ok(begins || known === from || (isNode && from === known), `${id} goes from ${from}, was ${known}`);
    assert.ok(isNode || !isTerminal(known as StoredStatus), `${id} has ended twice`);
    last.set(id, to);
  }
  for (const job of jobs.all()) {
    for (const [id, status] of statusesOf(job)) assert.equal(last.get(id), status, `the facts of ${id}`);
  }
}

/** How many jobs of the queue have each status is what a look at all of them finds. */
export function checkQueueCounts({ jobs }: World): void {
  const counted = { PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0 };
  for (const job of jobs.all()) {
    for (const status of ['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'] as const) {
      if (job.kind === 'array') counted[status] += job.children.countOf(status);
      else if (job.state.status === status) counted[status] += 1;
    }
  }
  assert.deepEqual(jobs.statusCounts('q'), counted);
}

/** Counts of an array's children add up. */
export function checkSums({ jobs }: World): void {
  for (const job of jobs.all()) {
    if (job.kind !== 'array') continue;
    const { children } = job;
    const statuses = ['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;
    assert.equal(
      statuses.reduce((sum, status) => sum + children.countOf(status), 0),
      children.size,
    );
  }
  for (const [taskId, holder] of jobs.tasks()) assert.equal(heldTask(holder)?.placement.taskId, taskId);
}

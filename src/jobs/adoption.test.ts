import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId, TaskId } from '../core/ids.ts';
import type { LostTask } from './adoption.ts';
import { Crowd } from './crowd.fixture.ts';
import { heldTask } from './held-task.ts';

/** What an engine keeps of a task that is held now. */
function onRecord(crowd: Crowd, taskId: TaskId): LostTask {
  const holder = crowd.jobs.byTask(taskId) ?? assert.fail(`nobody holds ${taskId}`);
  const { job, index } = holder;
  const { attempt, placement } = heldTask(holder) ?? assert.fail(`${taskId} is not held`);
  const isMain = job.kind === 'multiNode' && index === job.mainNode && 'gang' in job.state;
  const gang = isMain && 'gang' in job.state ? { gang: job.state.gang } : {};
  return { jobId: job.jobId, ...(index === undefined ? {} : { index }), attempt, placement, ...gang };
}

function adopt(crowd: Crowd, task: LostTask): boolean {
  let isAdopted = false;
  crowd.store.transact((transaction) => {
    isAdopted = crowd.jobs.adopt(transaction, task);
  });
  return isAdopted;
}

/** What memory and scheduler say of who runs, and where. */
function seen(crowd: Crowd) {
  const tasks = [...crowd.jobs.tasks()].map(([taskId, holder]) => [
    taskId,
    heldTask(holder)?.id,
    heldTask(holder)?.status,
  ]);
  const { waiting, placed } = crowd.scheduler;
  return { tasks: tasks.sort(), waiting: [...waiting].sort(), placed: [...placed].sort() };
}

/** Places, loses the commit of that, and finds the task on the engine's record. */
function losingPlacement(kind: 'single' | 'array' | 'multiNode', size: number) {
  const before = new Crowd();
  before.submit(kind, size);
  before.store.settle();
  const old = before.store.copy();
  const tasks = [before.place()];
  if (kind === 'array') tasks.push(before.place());
  return { before, tasks, after: before.reloaded(old) };
}

for (const kind of ['single', 'array', 'multiNode'] as const) {
  test(`a task of a ${kind} job whose placement the store has lost goes on: memory and scheduler are as they were`, () => {
    const { before, tasks, after } = losingPlacement(kind, 3);
    const lost = tasks.map((taskId) => onRecord(before, taskId));
    for (const task of lost) assert.equal(adopt(after, task), true);
    assert.deepEqual(seen(after), seen(before));
    for (const task of lost) assert.equal(adopt(after, task), false, 'a task is taken once');
    assert.deepEqual(seen(after.reloaded()), seen(before));
  });
}

test('a retried child gets its task back at its own place in the queue', () => {
  const before = new Crowd();
  before.submit('array', 2, [], 2);
  const first = before.place();
  before.start(first);
  before.end(first, 1);
  before.store.settle();
  const old = before.store.copy();
  const again = before.placeOf('job-1:0' as JobId);
  const after = before.reloaded(old);
  assert.equal(adopt(after, onRecord(before, again)), true);
  assert.deepEqual(seen(after), seen(before));
});

test('the other nodes of a gang get their tasks back after the main node, of this attempt only', () => {
  const before = new Crowd();
  before.submit('multiNode', 3);
  before.store.settle();
  const old = before.store.copy();
  before.start(before.place());
  before.drain();
  const [main, ...others] = [...before.jobs.tasks().keys()].map((taskId) => onRecord(before, taskId));
  assert.ok(main && others.length === 2);
  const after = before.reloaded(old);
  assert.equal(adopt(after, others[0] ?? assert.fail()), false, 'its gang has no places yet');
  assert.equal(adopt(after, main), true);
  for (const node of others) {
    assert.equal(adopt(after, { ...node, attempt: 2 }), false, 'of another attempt');
    assert.equal(adopt(after, node), true);
  }
  after.start(main.placement.taskId);
  after.drain();
  assert.deepEqual(seen(after), seen(before));
});

test('where decisions have taken all that wait, the one that finds nobody frees its place', () => {
  const { before, tasks, after } = losingPlacement('array', 2);
  const decisions = [after.scheduler.decide(0), after.scheduler.decide(0)].map((one) => one ?? assert.fail());
  after.jobs.decided(decisions);
  for (const taskId of tasks) assert.equal(adopt(after, onRecord(before, taskId)), true);
  for (const decision of decisions)
    after.store.transact((transaction) => {
      const place = after.jobs.place(transaction, decision, () => assert.fail('nobody waits'));
      assert.equal(place, undefined);
    });
  assert.deepEqual(seen(after), seen(before));
});

test('a task of an index that is not there, or of another kind of job, is nobody’s', () => {
  const { before, tasks, after } = losingPlacement('single', 1);
  const lost = onRecord(before, tasks[0] ?? assert.fail());
  assert.equal(adopt(after, { ...lost, index: 0 }), false);
  assert.equal(adopt(after, { ...lost, jobId: 'another' as JobId }), false);
  const array = losingPlacement('array', 2);
  const child = onRecord(array.before, array.tasks[0] ?? assert.fail());
  assert.equal(adopt(array.after, { ...child, index: 2 }), false);
  const { index: _, ...whole } = child;
  assert.equal(adopt(array.after, whole), false);
});

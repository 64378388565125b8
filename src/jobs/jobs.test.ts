import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId, TaskId } from '../core/ids.ts';
import { Crowd } from './crowd.fixture.ts';

test('10,000 jobs that wait for one fall in turns of 500 units: each is told, and moves', () => {
  const crowd = new Crowd();
  const first = crowd.submit('single');
  for (let count = 0; count < 10_000; count += 1) crowd.submit('single', 1, [{ on: first }]);
  crowd.end(crowd.place(), 1);
  assert.equal(crowd.drain(), 40);
  assert.equal(crowd.jobs.size, 0);
});

test('a chain of 10,000 is a list of work, not a recursion', () => {
  const crowd = new Crowd();
  let last = crowd.submit('single');
  for (let count = 0; count < 10_000; count += 1) last = crowd.submit('single', 1, [{ on: last }]);
  crowd.end(crowd.place(), 1);
  assert.equal(crowd.drain(), 40);
  assert.equal(crowd.jobs.size, 0);
});

test('10,000 jobs that wait for one are released in turns of 500 units', () => {
  const crowd = new Crowd();
  const first = crowd.submit('single');
  for (let count = 0; count < 10_000; count += 1) crowd.submit('single', 1, [{ on: first }]);
  crowd.end(crowd.place(), 0);
  assert.equal(crowd.drain(), 40);
  assert.equal(crowd.scheduler.waiting.size, 10_000);
});

test('a job that waits for an array of 10,000 is told once, when the last child has ended', () => {
  const crowd = new Crowd();
  const array = crowd.submit('array', 10_000);
  const waits = crowd.submit('single', 1, [{ on: array }]);
  for (let count = 0; count < 10_000; count += 1) {
    assert.equal(crowd.jobs.get(waits)?.state.status, 'PENDING');
    crowd.end(crowd.place(), 0);
    assert.equal(crowd.jobs.hasWork, count === 9_999, `child ${count} left work`);
  }
  assert.equal(crowd.drain(), 1);
  assert.equal(crowd.jobs.get(waits)?.state.status, 'RUNNABLE');
});

test('10,000 jobs that wait for a child each fall with their array in turns of 500 units', () => {
  const crowd = new Crowd();
  const array = crowd.submit('array', 10_000);
  for (let index = 0; index < 10_000; index += 1) crowd.submit('single', 1, [{ on: array, index }]);
  crowd.terminate(array);
  assert.equal(crowd.drain(), 40);
  assert.equal(crowd.jobs.size, 0);
});

test('an array of 10,000 is submitted as one row and its bits, and waits as one element with a count', () => {
  const crowd = new Crowd();
  const jobId = crowd.submit('array', 10_000);
  assert.deepEqual(crowd.written(), { 'job.insert': 1, 'arrayBits.put': 1 });
  assert.equal(crowd.scheduler.waiting.get(jobId)?.count, 10_000);
  assert.equal(crowd.store.bits.get(1)?.length, 16);
});

test('terminating an array of 10,000 that wait is a change of bits, and two facts and one for the array', () => {
  const crowd = new Crowd();
  const jobId = crowd.submit('array', 10_000);
  crowd.written();
  crowd.facts();
  crowd.terminate(jobId);
  const { 'arrayChild.put': rows = 0, 'arrayBits.put': bits } = crowd.written();
  assert.deepEqual([rows, bits], [0, 1]);
  assert.equal(crowd.facts(), 2);
  assert.deepEqual([crowd.jobs.size, crowd.scheduler.waiting.size], [0, 0]);
});

test('10,000 running children are stopped in turns of 500', () => {
  const crowd = new Crowd();
  const jobId = crowd.submit('array', 10_000);
  for (let count = 0; count < 10_000; count += 1) crowd.place();
  crowd.terminate(jobId);
  assert.equal(crowd.drain(), 20);
  crowd.store.settle();
  assert.equal(crowd.stopped.length, 10_000);
});

/** An array, each of whose children has failed once and waits at a place of its own. */
function crowdOfRetried(size: number): { readonly crowd: Crowd; readonly jobId: JobId } {
  const crowd = new Crowd();
  const jobId = crowd.submit('array', size, [], 2);
  const tasks = Array.from({ length: size }, () => crowd.place());
  for (const taskId of tasks) crowd.end(taskId, 1);
  crowd.written();
  return { crowd, jobId };
}

test('cancelling an array whose children all wait again writes no row at once, and at most 500 in a turn', () => {
  const { crowd, jobId } = crowdOfRetried(2_000);
  crowd.cancel(jobId);
  assert.deepEqual(crowd.written(), { 'job.update': 1 });
  let turns = 0;
  for (let more = true; more; turns += 1) {
    more = crowd.jobs.step();
    const { 'arrayChild.put': rows = 0 } = crowd.written();
    assert.ok(rows <= 500, `${rows} rows in a turn`);
  }
  assert.equal(turns, 4);
  assert.deepEqual([crowd.jobs.size, crowd.scheduler.waiting.size], [0, 0]);
});

for (const how of ['cancel', 'terminate'] as const) {
  test(`of an array that has met ${how} at most 500 retried children leave the scheduler in a turn, none to wait again`, () => {
    const { crowd, jobId } = crowdOfRetried(1_200);
    const early = crowd.decide();
    crowd[how](jobId);
    assert.equal(crowd.scheduler.waiting.size, 1_199);
    for (const decision of [early, crowd.decide()]) assert.equal(crowd.fill(decision), undefined);
    assert.equal(crowd.scheduler.waiting.size, 1_198);
    const again = crowd.reloaded();
    again.jobs.recheck();
    for (const each of [crowd, again]) {
      for (let more = true; more; ) {
        const before = each.scheduler.waiting.size;
        more = each.jobs.step();
        assert.ok(before - each.scheduler.waiting.size <= 500);
      }
      assert.deepEqual([each.jobs.size, each.scheduler.waiting.size, each.scheduler.placed.size], [0, 0, 0]);
    }
  });
}

test('an array that was never tried leaves the scheduler with its stop, be it 10,000 children', () => {
  const crowd = new Crowd();
  const jobId = crowd.submit('array', 10_000, [], 2);
  crowd.end(crowd.place(), 1);
  crowd.cancel(jobId);
  assert.equal(crowd.scheduler.waiting.size, 1);
  crowd.drain();
  assert.deepEqual([crowd.jobs.size, crowd.scheduler.waiting.size], [0, 0]);
});

test('no child that waits again is placed once its array is cancelled, before its turn to end has come', () => {
  const { crowd, jobId } = crowdOfRetried(3);
  const early = [crowd.decide(), crowd.decide()];
  crowd.cancel(jobId);
  for (const decision of early) assert.equal(crowd.fill(decision), undefined);
  crowd.drain();
  crowd.store.settle();
  assert.deepEqual(
    [...crowd.store.children.values()].map(({ state }) => [state.status, state.attempts.length, state.statusReason]),
    [0, 1, 2].map(() => ['FAILED', 1, 'enough']),
  );
  assert.deepEqual([crowd.jobs.size, crowd.scheduler.waiting.size, crowd.scheduler.placed.size], [0, 0, 0]);
});

test('a cancellation that a crash has met goes on after the load', () => {
  const { crowd, jobId } = crowdOfRetried(1_200);
  crowd.cancel(jobId);
  crowd.jobs.step();
  const again = crowd.reloaded();
  assert.equal(again.jobs.get(jobId)?.state.status, 'PENDING');
  again.jobs.recheck();
  again.drain();
  assert.deepEqual([again.jobs.size, again.scheduler.waiting.size], [0, 0]);
});

test('children that were cancelled while they waited end in turns of 500 when what they wait for has', () => {
  const crowd = new Crowd();
  const first = crowd.submit('single');
  const jobId = crowd.submit('array', 2_000, [{ on: first }]);
  for (let childIndex = 0; childIndex < 2_000; childIndex += 1) crowd.cancel(jobId, childIndex);
  crowd.end(crowd.place(), 0);
  crowd.written();
  for (let more = true; more; ) {
    more = crowd.jobs.step();
    const { 'arrayChild.put': rows = 0 } = crowd.written();
    assert.ok(rows <= 500, `${rows} rows in a turn`);
  }
  assert.equal(crowd.jobs.size, 0);
});

test('an array is loaded in pieces, each charged for its children or rows, and is there once it is whole', () => {
  const { crowd } = crowdOfRetried(250);
  crowd.submit('array', 10_000);
  const again = new Crowd(crowd.store);
  const charged: number[][] = [];
  const { loadArray } = again.jobs;
  again.jobs.loadArray = function* (array) {
    const pieces: number[] = [];
    charged.push(pieces);
    for (const units of loadArray.call(again.jobs, array)) {
      assert.equal(again.jobs.get(array.job.jobId), undefined);
      pieces.push(units);
      yield units;
    }
  };
  crowd.store.settle();
  crowd.store.fill(again.jobs);
  assert.deepEqual(charged, [[1, 100, 100, 50], [40]]);
  assert.equal(again.jobs.size, 2);
});

test('children that fall in ranges are charged for their number', () => {
  const crowd = new Crowd();
  const first = crowd.submit('single');
  for (let count = 0; count < 50; count += 1) crowd.submit('array', 10_000, [{ on: first }]);
  crowd.end(crowd.place(), 1);
  // 50 arrays at some 40 units each.
  const turns = crowd.drain();
  assert.ok(turns >= 4, `${turns} turns`);
  assert.equal(crowd.jobs.size, 0);
});

test('placing a gang of 1,000 writes two rows, and the other nodes start in turns once the main one runs', () => {
  const crowd = new Crowd();
  crowd.submit('multiNode', 1_000);
  crowd.written();
  const main = crowd.place();
  assert.deepEqual(crowd.written(), { 'job.update': 1, 'node.put': 1 });
  assert.equal(crowd.drain(), 0);
  crowd.start(main);
  assert.deepEqual(crowd.written(), { 'job.update': 1, 'node.put': 1 });
  assert.equal(crowd.drain(), 2);
  assert.deepEqual(crowd.written(), { 'node.put': 999 });
  assert.equal(crowd.jobs.tasks().size, 1_000);
});

test('a node that has ended is not started again in the same attempt, after a restart either', () => {
  const before = new Crowd();
  const jobId = before.submit('multiNode', 3);
  const main = before.place();
  before.start(main);
  before.drain();
  const [ended, running] = [...before.jobs.tasks()].map(([taskId]) => taskId).filter((taskId) => taskId !== main);
  assert.ok(ended && running);
  before.start(ended);
  before.end(ended, 0);
  const crowd = before.reloaded();
  crowd.jobs.recheck();
  assert.ok(crowd.drain() > 0);
  assert.equal(crowd.jobs.get(jobId)?.state.status, 'RUNNING');
  assert.deepEqual([...crowd.jobs.tasks()].map(([taskId]) => taskId).sort(), [main, running].sort());
});

test('a dependency that is resolved and is not the last writes nothing', () => {
  const crowd = new Crowd();
  const [a, b] = [crowd.submit('single'), crowd.submit('single')];
  const waits = crowd.submit('single', 1, [{ on: a }, { on: b }, { on: a }]);
  crowd.end(crowd.place(), 0);
  crowd.written();
  crowd.facts();
  assert.equal(crowd.drain(), 1);
  assert.deepEqual([crowd.written(), crowd.facts()], [{}, 0]);
  assert.equal(crowd.jobs.get(waits)?.state.status, 'PENDING');
  crowd.end(crowd.place(), 0);
  crowd.drain();
  assert.equal(crowd.jobs.get(waits)?.state.status, 'RUNNABLE');
});

test('after a load no turn looks at more than 500 jobs, nor at more than 500 that are waited for', () => {
  const before = new Crowd();
  const first = before.submit('single');
  for (let at = 0; at < 1_600; at += 1)
    before.submit('single', 1, [{ on: at === 0 ? first : (`job-${at + 1}` as JobId) }]);
  const crowd = before.reloaded();
  let looked = 0;
  const get = crowd.jobs.get.bind(crowd.jobs);
  crowd.jobs.get = (jobId) => {
    looked += 1;
    return get(jobId);
  };
  crowd.jobs.recheck();
  assert.equal(looked, 0);
  for (let turn = 1; crowd.jobs.hasWork; turn += 1) {
    crowd.jobs.step();
    assert.ok(looked <= turn * 500, `${looked} jobs in ${turn} turns`);
  }
  // The one that waits for nothing was settled as it was loaded.
  assert.equal(looked, 1_600);
  assert.deepEqual(
    [...crowd.jobs.absent()].map((slice) => slice.length),
    [0, 0, 0, 0],
  );
});

/** Arrays of two children each, of which one has succeeded and one runs, and a job that waits for the one. Nobody was told yet. */
function crowdWithUntold(arrays: number): { crowd: Crowd; dependents: readonly JobId[]; running: readonly TaskId[] } {
  const before = new Crowd();
  const running: TaskId[] = [];
  const dependents = Array.from({ length: arrays }, () => {
    const array = before.submit('array', 2);
    const dependent = before.submit('single', 1, [{ on: array, index: 0 }]);
    const first = before.place();
    running.push(before.place());
    before.end(first, 0);
    return dependent;
  });
  return { crowd: before.reloaded(), dependents, running };
}

test('who waits for a child that had ended before a load is told in turns, not all at once', () => {
  const { crowd, dependents } = crowdWithUntold(100);
  const told = () => dependents.filter((jobId) => crowd.jobs.get(jobId)?.state.status === 'RUNNABLE').length;
  crowd.jobs.recheck();
  assert.equal(told(), 0);
  while (crowd.jobs.step(10) && told() === 0);
  assert.ok(told() > 0 && told() < 20, `${told()} were told in a turn of 10 units`);
  crowd.drain();
  assert.equal(told(), 100);
});

test('who waits for a child that had ended before a load is told, though its array ends before its turn came', () => {
  const { crowd, dependents, running } = crowdWithUntold(1);
  crowd.jobs.recheck();
  for (const taskId of running) crowd.end(taskId, 0);
  crowd.drain();
  assert.deepEqual(
    dependents.map((jobId) => crowd.jobs.get(jobId)?.state.status),
    ['RUNNABLE'],
  );
});

test('what the sessions of a role submit counts as the role’s, after a restart too', () => {
  const crowd = new Crowd();
  const role = 'arn:aws:iam::123456789012:role/service/runner';
  for (const session of ['execution-1', 'execution-2']) {
    const principal = `arn:aws:sts::123456789012:assumed-role/runner/${session}`;
    crowd.caller = { principal, role, requestId: session };
    crowd.submit('single');
  }
  crowd.caller = { principal: 'arn:aws:iam::123456789012:root', requestId: 'r' };
  crowd.submit('single');
  crowd.end(crowd.place(), 0);
  const again = crowd.reloaded();
  while (again.scheduler.waiting.size > 0) again.end(again.place(), 0);
  crowd.store.settle();
  const root = 'arn:aws:iam::123456789012:root';
  assert.deepEqual(crowd.store.usage.map(({ principal }) => principal).sort(), [role, role, root].sort());
});

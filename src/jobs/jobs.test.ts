import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, JobId, Region, TaskId } from '../core/ids.ts';
import type { Dependency, Placement } from '../core/job.ts';
import { Jobs } from './jobs.ts';
import type { NewJob } from './submission.ts';
import { environmentArn, pool, TestScheduler } from './test-scheduler.fixture.ts';
import { TestStore } from './test-store.fixture.ts';
import type { JobChange } from './transaction.ts';

/** Jobs by the thousand: no twin, and everything counted. */
class Crowd {
  readonly store: TestStore;
  readonly scheduler = new TestScheduler();
  readonly stopped: TaskId[] = [];
  readonly jobs: Jobs;
  #tasks = 0;
  #submitted = 0;

  constructor(store = new TestStore()) {
    this.store = store;
    this.jobs = new Jobs({
      journal: this.store,
      scheduler: this.scheduler,
      timers: { arm: () => {}, disarm: () => {} },
      effects: {
        startTask: () => {},
        stopTask: (_holder, { taskId }) => void this.stopped.push(taskId),
        releaseTask: () => {},
        ended: () => {},
      },
      clock: { now: () => 1 },
      onWork: () => {},
      placeNode: () => this.#placement(),
    });
  }

  submit(kind: 'single' | 'array' | 'multiNode', size = 1, dependsOn: readonly Dependency[] = []): JobId {
    this.#submitted += 1;
    const jobId = `job-${this.#submitted}` as JobId;
    const common = {
      account: '123456789012' as AccountId,
      region: 'us-east-1' as Region,
      jobId,
      jobName: 'j',
      jobQueueArn: 'q',
      jobDefinitionArn: 'd',
      createdAt: 1,
      schedulingPriority: 0,
      dependsOn,
      retryStrategy: { attempts: 1, evaluateOnExit: [] },
      resources: { vcpus: 1, memoryMiB: 1, gpus: 0 },
      tags: {},
      ended: new Map(),
      specification: { request: {}, nodes: [] },
    } as const;
    const kinds: Readonly<Record<typeof kind, NewJob>> = {
      single: { ...common, kind: 'single' },
      array: { ...common, kind: 'array', size },
      multiNode: { ...common, kind: 'multiNode', size, mainNode: 0 },
    };
    this.store.transact((transaction) => this.jobs.submit(transaction, kinds[kind]));
    return jobId;
  }

  /** Another memory, filled from what this one has stored. */
  reloaded(): Crowd {
    this.store.settle();
    const crowd = new Crowd(this.store);
    crowd.jobs.reset(this.store.lastNumber, { lowest: 0, highest: this.#submitted });
    for (const job of this.store.load()) crowd.jobs.load(job);
    for (const _turn of crowd.jobs.loaded());
    return crowd;
  }

  place(): TaskId {
    const decision = this.scheduler.decide(0) ?? assert.fail('nothing waits');
    this.jobs.decided([decision]);
    const placement = this.#placement();
    this.store.transact((transaction) => this.jobs.place(transaction, decision, () => placement));
    return placement.taskId;
  }

  start(taskId: TaskId): void {
    this.store.transact((transaction) => this.jobs.report(transaction, { kind: 'started', at: 1, taskId }));
  }

  end(taskId: TaskId, exitCode: number): void {
    const containers = [{ name: 'default', stoppedAt: 1, exitCode }];
    const end = { kind: 'ended', at: 1, taskId, cause: 'exited', statusReason: '', containers } as const;
    this.store.transact((transaction) => this.jobs.report(transaction, end));
  }

  terminate(jobId: JobId): void {
    const request = { kind: 'terminate-requested', reason: 'enough' } as const;
    this.store.transact((transaction) => this.jobs.stop(transaction, { jobId }, request));
  }

  /** Works until nothing is left, and answers in how many turns. */
  drain(): number {
    let turns = 0;
    for (let more = this.jobs.hasWork; more; turns += 1) more = this.jobs.step();
    return turns;
  }

  /** What was written since it was asked last. */
  written(): Partial<Record<JobChange['kind'], number>> {
    this.store.settle();
    const written = Object.fromEntries(this.store.written);
    this.store.written.clear();
    return written;
  }

  facts(): number {
    this.store.settle();
    return this.store.facts.splice(0).length;
  }

  #placement(): Placement {
    this.#tasks += 1;
    const taskId = `task-${this.#tasks}` as TaskId;
    const where = { taskArn: '', containerInstanceArn: '', pool, instance: 'i-1' };
    return { taskId, computeEnvironmentArn: environmentArn, ...where, placedAt: 1 };
  }
}

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

test('an array of 10,000 is submitted as one row and its bits, and waits as one element with a count', () => {
  const crowd = new Crowd();
  const jobId = crowd.submit('array', 10_000);
  assert.deepEqual(crowd.written(), { 'job.insert': 1, 'arrayBits.put': 1 });
  assert.equal(crowd.scheduler.waiting.get(jobId)?.count, 10_000);
  assert.equal(crowd.store.bits.get(1)?.length, 4);
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

import assert from 'node:assert/strict';
import type { AccountId, JobId, Region, TaskId } from '../core/ids.ts';
import type { Caller, Dependency, PlaceId, Placement } from '../core/job.ts';
import type { Decision } from '../scheduler/index.ts';
import { instanceOf, Jobs } from './jobs.ts';
import { nodesOf, placeOfNode } from './nodes.fixture.ts';
import type { EndedJob } from './ports.ts';
import type { NewJob } from './submission.ts';
import { environmentArn, TestScheduler } from './test-scheduler.fixture.ts';
import { TestStore } from './test-store.fixture.ts';
import type { JobChange } from './transaction.ts';

/** Jobs by the thousand: no twin, and everything counted. */
export class Crowd {
  readonly store: TestStore;
  readonly scheduler = new TestScheduler();
  readonly stopped: TaskId[] = [];
  readonly jobs: Jobs;
  /** Who submits. */
  caller: Caller | undefined;
  /** What the store says of jobs that memory does not know. */
  ended: ReadonlyMap<JobId, EndedJob> = new Map();
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
      placeNode: (_transaction, gang, index) => ({ placement: this.#placement(placeOfNode(gang, index)) }),
    });
  }

  submit(kind: 'single' | 'array' | 'multiNode', size = 1, dependsOn: readonly Dependency[] = [], attempts = 1): JobId {
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
      ...(this.caller && { submittedBy: this.caller }),
      dependsOn,
      retryStrategy: { attempts, evaluateOnExit: [] },
      resources: { vcpus: 1, memoryMiB: 1, gpus: 0 },
      tags: {},
      ended: this.ended,
      specification: { request: {}, nodes: [] },
    } as const;
    const kinds: Readonly<Record<typeof kind, NewJob>> = {
      single: { ...common, kind: 'single' },
      array: { ...common, kind: 'array', size },
      multiNode: { ...common, ...nodesOf(size), kind: 'multiNode', mainNode: 0 },
    };
    this.store.transact((transaction) => this.jobs.submit(transaction, kinds[kind]));
    return jobId;
  }

  /** Another memory, filled from what this one has stored, or another store. */
  reloaded(store = this.store): Crowd {
    store.settle();
    const crowd = new Crowd(store);
    crowd.#tasks = this.#tasks;
    crowd.jobs.reset(store.lastNumber, { lowest: 0, highest: this.#submitted });
    store.fill(crowd.jobs);
    for (const _turn of crowd.jobs.loaded());
    return crowd;
  }

  place(): TaskId {
    return this.fill(this.decide()) ?? assert.fail('nobody took the place');
  }

  decide(): Decision {
    const decision = this.scheduler.decide(0) ?? assert.fail('nothing waits');
    this.jobs.decided([decision]);
    return decision;
  }

  /** The scheduler decides on an element that waits. */
  placeOf(element: JobId): TaskId {
    const at = [...this.scheduler.waiting.keys()].indexOf(element);
    assert.ok(at >= 0, `${element} does not wait`);
    const decision = this.scheduler.decide(at) ?? assert.fail();
    this.jobs.decided([decision]);
    return this.fill(decision) ?? assert.fail('nobody took the place');
  }

  /** The task of whoever took the place. */
  fill(decision: Decision): TaskId | undefined {
    const placement = this.#placement({ pool: decision.pool, instance: instanceOf(decision) ?? '' });
    let taken = false;
    this.store.transact((transaction) => {
      taken = this.jobs.place(transaction, decision, () => placement) !== undefined;
    });
    return taken ? placement.taskId : undefined;
  }

  start(taskId: TaskId): void {
    this.store.transact((transaction) => this.jobs.report(transaction, { kind: 'started', at: 1, taskId }));
  }

  end(taskId: TaskId, exitCode: number): void {
    const containers = [{ name: 'default', stoppedAt: 1, exitCode }];
    const end = { kind: 'ended', at: 1, taskId, cause: 'exited', statusReason: '', containers } as const;
    this.store.transact((transaction) => this.jobs.report(transaction, end));
  }

  cancel(jobId: JobId, childIndex?: number): void {
    const request = { kind: 'cancel-requested', reason: 'enough' } as const;
    const job = { jobId, ...(childIndex === undefined ? {} : { childIndex }) };
    this.store.transact((transaction) => this.jobs.stop(transaction, job, request));
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

  #placement(place: PlaceId): Placement {
    this.#tasks += 1;
    const taskId = `task-${this.#tasks}` as TaskId;
    const arns = { computeEnvironmentArn: environmentArn, taskArn: '', containerInstanceArn: '' };
    return { taskId, ...arns, containers: [], ...place, placedAt: 1 };
  }
}

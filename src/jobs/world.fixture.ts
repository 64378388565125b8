import assert from 'node:assert/strict';
import { CommitFailed } from '../core/errors.ts';
import type { AccountId, JobId, Region, TaskId } from '../core/ids.ts';
import { type Dependency, isTerminal, type JobReference, type PlaceId, type Placement } from '../core/job.ts';
import { needsOf } from './consumables.fixture.ts';
import type { JobEntry } from './entry.ts';
import { instanceOf, Jobs } from './jobs.ts';
import { nodesOf, placeOfNode } from './nodes.fixture.ts';
import type { EndedJob, TaskHolder } from './ports.ts';
import { byId, describe, elementsThatStay, timersThatStay } from './seen.fixture.ts';
import type { Submission } from './submission.fixture.ts';
import type { NewJob } from './submission.ts';
import { environmentArn, TestScheduler } from './test-scheduler.fixture.ts';
import { TestStore } from './test-store.fixture.ts';
import { Twin, type TwinJob, type TwinLeaf } from './twin.fixture.ts';

export const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

/**
 * Jobs with everything around them played: a store whose commits lag, an engine, a scheduler that may choose anybody, and
 * the naive twin, which is told the same and is to agree.
 */
export class World {
  readonly store = new TestStore();
  twin = new Twin();
  scheduler = new TestScheduler();
  jobs: Jobs;
  /** Every job that was ever acknowledged or may yet be, oldest first. */
  ids: JobId[] = [];
  readonly timers = new Map<JobId, TaskId>();
  /** Tasks that engines have been asked to start, and have not ended. */
  readonly started = new Set<TaskId>();
  readonly stopped = new Set<TaskId>();
  readonly released = new Set<TaskId>();
  /** A stop met work that was still to be done: its reason may then come before or after another's. */
  hasRacedReasons = false;
  readonly #runsPerMove: number;
  #now = 1_000;
  #tasks = 0;
  #durable = { twin: new Twin(), ids: [] as JobId[] };
  #closed: { twin: Twin; ids: JobId[] }[] = [];

  constructor(runsPerMove = 500) {
    this.#runsPerMove = runsPerMove;
    this.jobs = this.#newJobs();
  }

  #newJobs(): Jobs {
    return new Jobs({
      runsPerMove: this.#runsPerMove,
      journal: this.store,
      scheduler: { apply: (event) => this.scheduler.apply(event) },
      timers: {
        arm: (id, taskId) => this.timers.set(id, taskId),
        disarm: (id) => this.timers.delete(id),
      },
      effects: {
        startTask: (_holder, taskId) => void this.started.add(taskId),
        stopTask: (_holder, { taskId }) => void this.stopped.add(taskId),
        releaseTask: (_holder, { taskId }) => {
          this.released.add(taskId);
          this.started.delete(taskId);
        },
        ended: () => {},
      },
      clock: { now: () => (this.#now += 1) },
      onWork: () => {},
      placeNode: (_transaction, gang, index) => {
        this.twin.jobs.get(gang.jobId)?.nodes.set(index, { status: 'STARTING', failures: 0 });
        return { placement: this.#placement(placeOfNode(gang, index)) };
      },
    });
  }

  #placement({ pool, instance }: PlaceId): Placement {
    this.#tasks += 1;
    const taskId = `task-${this.#tasks}` as TaskId;
    const computeEnvironmentArn = environmentArn;
    return {
      taskId,
      computeEnvironmentArn,
      taskArn: '',
      containerInstanceArn: '',
      containers: [],
      pool,
      instance,
      placedAt: this.#now,
    };
  }

  submit(plan: Submission): void {
    const { kind, size, attempts } = plan;
    const dependsOn = this.#dependencies(plan);
    const ended = new Map<JobId, EndedJob>();
    for (const dependency of dependsOn) {
      if (!('on' in dependency) || this.jobs.knows(dependency.on)) continue;
      const found = this.store.ended(dependency.on);
      assert.ok(found || !this.store.jobs.has(dependency.on), `nobody can say what has become of ${dependency.on}`);
      if (!found) return;
      ended.set(dependency.on, found);
    }
    const id = `job-${this.ids.length}` as JobId;
    const common = {
      ...scope,
      jobId: id,
      jobName: 'j',
      jobQueueArn: 'q',
      jobDefinitionArn: 'd',
      createdAt: this.#now,
      schedulingPriority: 0,
      ...(this.ids.length % 3 === 0 ? { shareIdentifier: 'share' } : {}),
      dependsOn,
      retryStrategy: { attempts, evaluateOnExit: [] },
      ...(plan.hasTimeout ? { timeoutSeconds: 60 } : {}),
      resources: { vcpus: 1, memoryMiB: 1, gpus: 0, ...needsOf(plan.units) },
      tags: {},
      ended,
      specification: { request: {}, nodes: [] },
      ...(plan.fails ? { failsAtOnce: 'the definition is invalid' } : {}),
    } as const;
    const job: NewJob =
      kind === 'single'
        ? { ...common, kind }
        : kind === 'array'
          ? { ...common, kind, size }
          : { ...common, ...nodesOf(size, plan.units), kind, mainNode: size > 1 ? 1 : 0 };
    this.store.transact((transaction) => this.jobs.submit(transaction, job));
    this.ids.push(id);
    this.twin.submit({
      id,
      kind,
      size,
      attempts,
      dependsOn,
      ...(plan.fails ? { failsAtOnce: 'the definition is invalid' } : {}),
    });
  }

  #dependencies({ kind, size, isSequential, dependsOn }: Submission): Dependency[] {
    const found: Dependency[] = [];
    for (const { on, child, pairs } of dependsOn) {
      const id = this.ids[on % Math.max(1, this.ids.length)];
      const other = id === undefined ? undefined : this.twin.jobs.get(id);
      if (!other || id === undefined) continue;
      const hasSameSize = other.kind !== 'array' || kind !== 'array' || other.children.length === size;
      if (child !== undefined && other.kind === 'array') found.push({ on: id, index: child % other.children.length });
      else found.push({ on: id, ...(pairs && hasSameSize ? { type: 'N_TO_N' as const } : {}) });
    }
    if (isSequential && kind === 'array') found.push({ type: 'SEQUENTIAL' });
    return found;
  }

  /** The scheduler decides, and somebody is placed; `isGone`: there is no such environment any more. */
  place(at: number, isGone: boolean, between: () => void = () => {}): void {
    const decision = this.scheduler.decide(at);
    if (!decision) return;
    this.jobs.decided([decision]);
    between();
    this.store.transact((transaction) => {
      this.jobs.place(transaction, decision, ({ job, index }) => {
        if (isGone) return undefined;
        this.#placeTwin(job, index);
        return this.#placement({ pool: decision.pool, instance: instanceOf(decision, index) ?? '' });
      });
    });
  }

  #placeTwin(job: JobEntry, index: number | undefined): void {
    const twin = this.#twinOf(job);
    if (job.kind === 'multiNode') {
      twin.nodes.set(job.mainNode, { status: 'STARTING', failures: 0 });
      this.twin.move(twin.own, 'STARTING');
    } else {
      const leaf = job.kind === 'single' ? twin.own : twin.children[index ?? 0];
      assert.ok(leaf?.status === 'RUNNABLE', `${job.jobId} ${index} is placed and is ${leaf?.status}`);
      this.twin.move(leaf, 'STARTING');
    }
  }

  #twinOf({ jobId }: JobEntry): TwinJob {
    return this.twin.jobs.get(jobId) ?? assert.fail(`no twin of ${jobId}`);
  }

  /** A task that an engine has, or is about to be asked for, and who holds it. */
  task(at: number): { readonly taskId: TaskId; readonly holder: TaskHolder } | undefined {
    const tasks = [...this.jobs.tasks()];
    const found = tasks[at % Math.max(1, tasks.length)];
    return found && { taskId: found[0], holder: found[1] };
  }

  start(at: number): void {
    const found = this.task(at);
    if (!found || !this.started.has(found.taskId)) return;
    const { taskId, holder } = found;
    const leaf = this.#twinLeaf(holder);
    const before = leaf.status;
    this.store.transact((transaction) => this.jobs.report(transaction, { kind: 'started', at: this.#now, taskId }));
    if (before !== 'STARTING') return;
    leaf.status = 'RUNNING';
    if (holder.job.kind === 'multiNode' && holder.index === holder.job.mainNode)
      this.#twinOf(holder.job).own.status = 'RUNNING';
  }

  end(at: number, isGood: boolean): void {
    const found = this.task(at);
    if (!found || !this.started.has(found.taskId)) return;
    const { taskId, holder } = found;
    const containers = [{ name: 'default', stoppedAt: this.#now, exitCode: isGood ? 0 : 1 }];
    const end = { kind: 'ended', at: this.#now, taskId, cause: 'exited', statusReason: '', containers } as const;
    this.store.transact((transaction) => this.jobs.report(transaction, end));
    const twin = this.#twinOf(holder.job);
    const leaf = this.#twinLeaf(holder);
    if (holder.job.kind !== 'multiNode') {
      this.twin.endTask(twin, leaf, isGood);
      return;
    }
    leaf.status = isGood && !leaf.stop && !twin.own.stop ? 'SUCCEEDED' : 'FAILED';
    if (holder.index === holder.job.mainNode) this.twin.endMain(twin, isGood);
    else this.twin.endNodes(twin);
  }

  refuse(at: number): void {
    const found = this.task(at);
    if (!found || this.#twinLeaf(found.holder).status !== 'STARTING') return;
    const { taskId, holder } = found;
    this.store.transact((transaction) =>
      this.jobs.report(transaction, { kind: 'start-refused', at: this.#now, taskId }),
    );
    const twin = this.#twinOf(holder.job);
    const leaf = this.#twinLeaf(holder);
    if (holder.job.kind !== 'multiNode') this.twin.refuse(twin, leaf);
    else {
      leaf.status = 'FAILED';
      if (holder.index === holder.job.mainNode) this.twin.refuseMain(twin);
      else this.twin.endNodes(twin);
    }
  }

  timeOut(at: number): void {
    const timers = [...this.timers];
    const found = timers[at % Math.max(1, timers.length)];
    const holder = found && this.jobs.byTask(found[1]);
    if (!found || !holder) return;
    this.timers.delete(found[0]);
    const twin = this.#twinOf(holder.job);
    const leaf = holder.job.kind === 'multiNode' ? twin.own : this.#twinLeaf(holder);
    const counts = leaf.status === 'RUNNING' && !leaf.stop && twin.ownerStop?.kind !== 'terminate' && !twin.ending;
    this.store.transact((transaction) => this.jobs.timedOut(transaction, found[1]));
    if (counts) this.twin.timeOut(leaf);
  }

  stop(at: number, part: number, kind: 'cancel' | 'terminate'): void {
    const id = this.ids[at % Math.max(1, this.ids.length)];
    const twin = id === undefined ? undefined : this.twin.jobs.get(id);
    if (!twin || id === undefined) return;
    if (this.jobs.hasWork) this.hasRacedReasons = true;
    const reason = `stop ${this.#now}`;
    const event = { kind: `${kind}-requested`, reason, by: { principal: 'arn:me', requestId: 'r' } } as const;
    const reference = this.#reference(id, twin, part);
    this.store.transact((transaction) => this.jobs.stop(transaction, reference, event));
    this.#stopTwin(twin, reference, kind, reason);
  }

  #reference(id: JobId, twin: TwinJob, part: number): JobReference {
    if (part === 0) return { jobId: id };
    if (twin.kind === 'array') return { jobId: id, childIndex: part - 1 };
    return twin.kind === 'multiNode' ? { jobId: id, nodeIndex: part - 1 } : { jobId: id };
  }

  #stopTwin(
    twin: TwinJob,
    { childIndex, nodeIndex }: JobReference,
    kind: 'cancel' | 'terminate',
    reason: string,
  ): void {
    if (childIndex !== undefined) {
      const child = twin.children[childIndex];
      if (child) this.twin.stopLeaf(twin, child, kind, reason);
    } else if (nodeIndex !== undefined) this.#stopTwinNode(twin, nodeIndex, kind, reason);
    else if (twin.kind === 'array') this.twin.stopArray(twin, kind, reason);
    else if (twin.kind === 'multiNode') this.twin.stopGang(twin, kind, reason);
    else this.twin.stopLeaf(twin, twin.own, kind, reason);
  }

  #stopTwinNode(twin: TwinJob, index: number, kind: 'cancel' | 'terminate', reason: string): void {
    const node = twin.nodes.get(index);
    if (!node || isTerminal(node.status)) return;
    const entry = this.jobs.get(twin.id);
    if (entry?.kind === 'multiNode' && entry.mainNode === index) this.twin.stopGang(twin, kind, reason);
    else if (kind === 'terminate') node.stop ??= kind;
  }

  #twinLeaf({ job, index = 0 }: TaskHolder): TwinLeaf {
    const twin = this.#twinOf(job);
    const leaf = job.kind === 'single' ? twin.own : job.kind === 'array' ? twin.children[index] : twin.nodes.get(index);
    return leaf ?? assert.fail(`no twin of ${job.jobId} ${index}`);
  }

  /** Whatever is refused at its end leaves everything as it was. */
  refuseAtEnd(command: () => void): void {
    const before = this.fingerprint();
    const raced = this.hasRacedReasons;
    this.store.refuseNext(true);
    try {
      command();
    } catch (error) {
      if (!(error instanceof CommitFailed)) throw error;
      assert.deepEqual(this.fingerprint(), before, 'a refusal has left traces');
    }
    this.store.refuseNext(false);
    this.hasRacedReasons = raced;
  }

  drain(): void {
    for (let turn = 0; this.jobs.step(7); turn += 1) assert.ok(turn < 10_000, 'work never ends');
  }

  close(): void {
    if (this.store.close()) this.#closed.push({ twin: this.twin.copy(), ids: [...this.ids] });
  }

  commit(): void {
    if (this.store.commit()) this.#durable = this.#closed.shift() ?? this.#durable;
  }

  settle(): void {
    this.close();
    while (this.#closed.length > 0) this.commit();
  }

  /** The server dies, or a commit fails: what is not durable is lost, and memory is built anew from the store. */
  crash(): void {
    this.store.lose();
    this.#closed = [];
    this.twin = this.#durable.twin.copy();
    this.ids = [...this.#durable.ids];
    this.reload();
  }

  reload(): void {
    this.scheduler = new TestScheduler();
    this.timers.clear();
    this.jobs = this.#newJobs();
    this.#load(this.jobs);
    // Engines are told again what they may have missed; what they have is in `started`.
    for (const [taskId] of this.jobs.tasks()) this.started.add(taskId);
  }

  #load(jobs: Jobs): void {
    const orders = [...this.store.jobs.values()].map(({ order }) => order);
    const rows = [...this.store.children.values()].flatMap(({ order }) => order ?? []);
    jobs.reset(this.store.lastNumber, {
      lowest: Math.min(0, ...orders, ...rows),
      highest: Math.max(0, ...orders),
    });
    this.store.fill(jobs);
    for (const _turn of jobs.loaded());
    jobs.recheck();
    const absent = [...jobs.absent()].flat().map(({ jobId }) => jobId);
    this.store.transact((transaction) => {
      for (const id of absent) jobs.tellOfEnded(transaction, id, this.store.ended(id));
    });
  }

  /** Retention: a job that has ended may go, unless an unfinished one names it. Once durable, so is all before it. */
  forget(at: number): void {
    const id = this.ids[at % Math.max(1, this.ids.length)];
    if (id === undefined || !this.store.ended(id) || this.jobs.isNamed(id) || this.jobs.knows(id)) return;
    this.settle();
    this.store.forget(id);
  }

  /** What memory says of every job, child and node that has not ended, and of those that others wait for. */
  fingerprint(): unknown {
    return {
      jobs: [...this.jobs.all()]
        .map((job) => [job.jobId, ...describe(job), job.open, job.decided, job.names])
        .sort(byId),
      tasks: [...this.jobs.tasks()].map(([taskId, { job, index }]) => [taskId, job.jobId, index]).sort(),
      queue: this.jobs.countInQueue('q'),
      counts: this.jobs.statusCounts('q'),
      waiting: this.jobs.countWaiting(scope),
      timers: [...this.timers].sort(),
      scheduler: [[...this.scheduler.waiting].sort(byId), [...this.scheduler.placed].sort(byId)],
      shares: [...this.scheduler.shares],
    };
  }

  /** What was written says the same as memory does. */
  checkRebuilt(): void {
    this.settle();
    const live = this.#stored();
    const { scheduler, jobs } = this;
    const timers = new Map(this.timers);
    this.scheduler = new TestScheduler();
    this.timers.clear();
    this.jobs = this.#newJobs();
    const orders = { lowest: 0, highest: 0 };
    this.jobs.reset(0, orders);
    this.store.fill(this.jobs);
    const rebuilt = this.#stored();
    this.scheduler = scheduler;
    this.jobs = jobs;
    this.timers.clear();
    for (const [id, taskId] of timers) this.timers.set(id, taskId);
    assert.deepEqual(rebuilt, live, 'memory built from the store differs');
  }

  #stored(): unknown {
    return {
      jobs: [...this.jobs.all()].map((job) => [job.jobId, ...describe(job)]).sort(byId),
      tasks: [...this.jobs.tasks()].map(([taskId, { job, index }]) => [taskId, job.jobId, index]).sort(),
      queue: this.jobs.countInQueue('q'),
      counts: this.jobs.statusCounts('q'),
      waiting: this.jobs.countWaiting(scope),
      timers: timersThatStay(this.timers, this.jobs).sort(),
      scheduler: [
        elementsThatStay(this.scheduler.waiting, this.jobs).sort(byId),
        [...this.scheduler.placed].sort(byId),
      ],
      shares: [...this.scheduler.shares],
    };
  }

  /** Nothing stands in the way any more: everything ends. */
  finish(): void {
    for (let round = 0; this.jobs.size > 0; round += 1) {
      assert.ok(round < 500, `${[...this.jobs.all()].map(({ jobId }) => jobId)} never end`);
      this.drain();
      while (this.scheduler.waiting.size > 0) this.place(0, false);
      this.settle();
      const indexOf = (taskId: TaskId) => [...this.jobs.tasks().keys()].indexOf(taskId);
      for (const taskId of [...this.jobs.tasks().keys()]) {
        if (indexOf(taskId) < 0) continue;
        this.start(indexOf(taskId));
        if (this.started.has(taskId) && indexOf(taskId) >= 0) this.end(indexOf(taskId), true);
      }
      this.settle();
    }
    this.drain();
    this.settle();
    assert.equal(this.scheduler.placed.size, 0, 'places are still held');
    assert.deepEqual([...this.scheduler.shares], [], 'shares still have jobs');
    assert.equal(this.jobs.countInQueue('q') + this.jobs.countWaiting(scope), 0);
    assert.deepEqual(this.jobs.statusCounts('q'), { PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0 });
    assert.deepEqual([...this.started], [], 'engines still hold tasks');
  }
}

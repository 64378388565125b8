import type { EpochMilliseconds, JobId, Milliseconds, TaskId } from '../core/ids.ts';
import { childId, type JobReference, parseJobId } from '../core/job.ts';
import { type CopiedJobs, heldTask, type JobEntry, type TaskHolder } from '../jobs/index.ts';
import type { CopiedShare, Decision, SchedulerEvent, ShareName, WaitingReason } from '../scheduler/index.ts';
import { type ExpectedTime, expectedTime } from './expected-time.ts';
import type { TaskPlan } from './simulated-engine.ts';
import type { StartingInstance } from './simulated-instances.ts';
import { SimulatedYard, type YardWatcher } from './simulated-yard.ts';

/** A server's jobs and resources as they were at one time, so that they can be played on. */
export interface ServerState {
  readonly at: EpochMilliseconds;
  /** How far the scheduler's time is ahead of that. */
  readonly ahead: Milliseconds;
  /** What the scheduler is told before its jobs. */
  readonly resources: readonly SchedulerEvent[];
  readonly jobs: CopiedJobs;
  /** What it is told of each share after them, and how many jobs that has in the server. */
  readonly shares: readonly CopiedShare[];
  /** Shares of which only the first jobs are there: what is played is true until those have started, each child for itself. */
  readonly cut: readonly (ShareName & { readonly starts: number })[];
  readonly starting: readonly (StartingInstance & { readonly launchedAt: EpochMilliseconds })[];
  readonly bootDelay: Milliseconds;
}

/** How long attempts of a job's definition have lasted, in ascending order; empty if none is known. */
export type RunTimes = (job: Pick<JobEntry, 'jobQueueArn' | 'jobDefinitionArn'>) => readonly Milliseconds[];

/** How many attempts were played, by where it was known from how long they last. */
export type Assumed = Record<ExpectedTime['from'], number>;

export type Forecasted =
  | { readonly kind: 'starts'; readonly at: EpochMilliseconds }
  /** Those that were looked at have started, and what then comes is not known. */
  | { readonly kind: 'cut'; readonly at: EpochMilliseconds }
  /** Nothing more happens. `endless`: definitions of what runs and nobody knows how long. `waiting`: why the job, or one before it, does not start. */
  | { readonly kind: 'stands'; readonly endless: readonly string[]; readonly waiting?: WaitingReason };

export interface ForecastOptions {
  readonly state: ServerState;
  readonly job: JobReference;
  readonly runTimes: RunTimes;
}

/** Jobs that are taken in, and events that are told, before others may have their turn. */
const loadedAtOnce = 50;

/**
 * When a job starts if a server's state is played on: nothing new comes, each attempt succeeds and lasts as long as is expected of it, or for
 * ever if nothing is known, and no instance is taken back.
 */
export class Forecast {
  readonly assumed: Assumed = { history: 0, timeout: 0, nowhere: 0 };
  readonly #options: ForecastOptions;
  readonly #yard: SimulatedYard;
  /** By task: what lasts as long as nobody knows. */
  readonly #endless = new Map<TaskId, JobEntry>();
  /** Of cut shares, by name: how many more may start. */
  readonly #left: Map<string, number>;
  readonly #jobsOfShares = new Map<string, number>();
  #outcome: Forecasted | undefined;
  #isCut = false;

  constructor(options: ForecastOptions) {
    this.#options = options;
    const { at, ahead, bootDelay, cut } = options.state;
    this.#left = new Map(cut.map((share) => [nameOf(share), share.starts]));
    this.#yard = new SimulatedYard({
      ...{ beginsAt: at, ahead, seed: 0, instances: { bootDelay, interruptions: false } },
      // How long each lasts is known beforehand, its timeout included.
      timers: { arm() {}, disarm() {} },
      watcher: () => this.#watcher(),
    });
  }

  /** As far as it has come. */
  get at(): EpochMilliseconds {
    return this.#yard.clock.now();
  }

  /** Yields after each little piece. */
  *run(): Generator<void, Forecasted> {
    yield* this.#load();
    const { events, clock, jobs } = this.#yard;
    this.#yard.resume();
    jobs.recheck();
    yield* this.#takeTurns();
    for (let at = events.nextAt; at !== undefined && events.isAwaited && !this.#outcome; at = events.nextAt) {
      clock.goTo(at);
      for (let event = events.take(at); event; event = events.take(at)) {
        event();
        yield;
      }
      yield* this.#takeTurns();
    }
    return this.#outcome ?? this.#stands();
  }

  *#takeTurns(): Generator<void> {
    while (!this.#outcome && this.#yard.turns.take()) {
      if (this.#isCut) this.#outcome ??= { kind: 'cut', at: this.at };
      yield;
    }
  }

  *#load(): Generator<void> {
    const { resources, jobs: copied, shares, starting } = this.#options.state;
    const { jobs, instances } = this.#yard;
    jobs.reset(0, ordersOf(copied));
    yield* inSlices(resources, (event) => this.#yard.tell(event));
    yield* inSlices(copied.jobs, (job) => jobs.load(job));
    for (const array of copied.arrays) for (const _ of jobs.loadArray(array)) yield;
    for (const _ of jobs.loaded()) yield;
    yield* inSlices(shares, (share) => this.#tellOfShare(share));
    yield* inSlices(starting, (instance) => instances.goOn(instance, instance.launchedAt));
    yield* inSlices(jobs.tasks().values(), (holder) => this.#goOn(holder));
  }

  /** Those of its jobs that are not there keep it active. */
  #tellOfShare({ event, jobs }: CopiedShare): void {
    const { queueArn, share } = event;
    this.#yard.tell(event);
    const isWhole = (this.#jobsOfShares.get(nameOf(event)) ?? 0) >= jobs;
    if (!isWhole) this.#yard.tell({ kind: 'share-jobs', queueArn, share, by: 1 });
  }

  #watcher(): YardWatcher {
    const nobody = () => {};
    return {
      instances: { launched: nobody, interrupted: nobody, ended: nobody },
      told: (event) => {
        if (event.kind !== 'share-jobs') return;
        const name = nameOf(event);
        this.#jobsOfShares.set(name, (this.#jobsOfShares.get(name) ?? 0) + event.by);
      },
      decided: (decisions) => this.#countStarts(decisions),
      blocked: nobody,
      started: (holder, taskId) => this.#start(holder, taskId),
      released: nobody,
      ended: nobody,
    };
  }

  /** What is decided once a cut share has run dry could be wrong, but for the decision that took its last. */
  #countStarts(decisions: readonly Decision[]): void {
    let isTarget = false;
    for (const { jobId } of decisions) {
      const reference = parseJobId(jobId);
      isTarget ||= reference.jobId === this.#options.job.jobId;
      const job = this.#yard.jobs.get(reference.jobId);
      if (!job || !this.#takeOne(nameOf({ queueArn: job.jobQueueArn, share: job.shareIdentifier ?? '' }))) continue;
      if (!isTarget) this.#outcome ??= { kind: 'cut', at: this.at };
      this.#isCut = true;
    }
  }

  /** Answers whether that was the last of a cut share. */
  #takeOne(name: string): boolean {
    const left = this.#left.get(name);
    if (left === undefined) return false;
    this.#left.set(name, left - 1);
    return left <= 1;
  }

  #start(holder: TaskHolder, taskId: TaskId): void {
    if (this.#isAsked(holder)) this.#outcome ??= { kind: 'starts', at: this.at };
    if (this.#outcome) return;
    this.#yard.engine.start(taskId, this.#planOf(holder, taskId, 0));
  }

  #isAsked({ job, index }: TaskHolder): boolean {
    const { jobId, childIndex, nodeIndex } = this.#options.job;
    const part = childIndex ?? nodeIndex;
    return job.jobId === jobId && (part === undefined || part === index);
  }

  /** What held a task when the state was taken. */
  #goOn(holder: TaskHolder): void {
    const held = heldTask(holder);
    if (!held) return;
    const { engine } = this.#yard;
    const { startedAt, isToStop, placement } = held;
    const { taskId } = placement;
    const plan = this.#planOf(holder, taskId, startedAt === undefined ? 0 : Math.max(0, this.at - startedAt));
    if (startedAt === undefined) engine.start(taskId, plan);
    else engine.goOn(taskId, plan, startedAt);
    if (isToStop) engine.stop(taskId);
  }

  /** The other nodes of a multi-node job last as long as its main node. */
  #planOf({ job, index }: TaskHolder, taskId: TaskId, elapsed: Milliseconds): TaskPlan {
    const plan = { starting: 0, exitCode: 0 };
    if (job.kind === 'multiNode' && index !== job.mainNode) return plan;
    const history = this.#options.runTimes(job);
    const expected = expectedTime({ history, timeoutSeconds: job.timeoutSeconds, elapsed });
    this.assumed[expected.from] += 1;
    if (expected.from !== 'nowhere') return { ...plan, milliseconds: expected.milliseconds };
    this.#endless.set(taskId, job);
    return plan;
  }

  #stands(): Forecasted {
    const held = this.#yard.jobs.tasks();
    const endless = [...this.#endless].flatMap(([taskId, job]) => (held.has(taskId) ? [job] : []));
    const cause = this.#cause();
    const own = endless.filter(({ jobId }) => jobId === cause?.jobId);
    if (own.length > 0) return { kind: 'stands', endless: definitionsOf(own) };
    const waiting = cause && this.#yard.scheduler.explain(this.#elementOf(cause), this.#yard.schedulingTime);
    const nearest = endless.toSorted((a, b) => Number(isIn(b, cause)) - Number(isIn(a, cause)));
    return { kind: 'stands', endless: definitionsOf(nearest), ...(waiting && { waiting }) };
  }

  /** The job itself, or one that it waits for, and that for none. */
  #cause(): JobEntry | undefined {
    const { jobs, scheduler } = this.#yard;
    let job = jobs.get(this.#options.job.jobId);
    for (const seen = new Set<JobId>(); job && !seen.has(job.jobId); ) {
      seen.add(job.jobId);
      if (scheduler.queueOf(this.#elementOf(job)) !== undefined) return job;
      const next = job.names.map((name) => jobs.get(name)).find((other) => other !== undefined);
      if (!next) return job;
      job = next;
    }
    return job;
  }

  /** By which the scheduler knows a job while it waits: of the job that is asked about perhaps a child. */
  #elementOf(job: JobEntry): JobId {
    const { jobId, childIndex } = this.#options.job;
    if (job.kind !== 'array' || job.jobId !== jobId || childIndex === undefined) return job.jobId;
    return this.#yard.jobs.child(job, childIndex)?.element ?? childId(jobId, childIndex);
  }
}

function definitionsOf(jobs: readonly JobEntry[]): readonly string[] {
  return [...new Set(jobs.map(({ jobDefinitionArn }) => jobDefinitionArn))];
}

function isIn({ jobQueueArn }: JobEntry, other: JobEntry | undefined): boolean {
  return jobQueueArn === other?.jobQueueArn;
}

function* inSlices<Item>(items: Iterable<Item>, take: (item: Item) => void): Generator<void> {
  let taken = 0;
  for (const item of items) {
    take(item);
    taken += 1;
    if (taken % loadedAtOnce === 0) yield;
  }
}

function ordersOf({ jobs, arrays }: CopiedJobs): { readonly lowest: number; readonly highest: number } {
  let [lowest, highest] = [0, 0];
  for (const { job } of [...jobs, ...arrays]) {
    lowest = Math.min(lowest, job.order);
    highest = Math.max(highest, job.order);
  }
  return { lowest, highest };
}

function nameOf({ queueArn, share }: ShareName): string {
  return `${queueArn} ${share}`;
}

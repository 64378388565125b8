import { nameOfArn } from '../core/arn.ts';
import { invariant } from '../core/errors.ts';
import type { JobId, Milliseconds, TaskId } from '../core/ids.ts';
import { type Dependency, type Placement, sumOfNodes } from '../core/job.ts';
import {
  AttemptTimeouts,
  carryOut,
  type EndedJob,
  endedJob,
  heldTask,
  instanceOf,
  type JobEntry,
  Jobs,
  JobWork,
  type NewJob,
  type NodePlace,
  type PlaceToFill,
  Planning,
  type TaskHolder,
} from '../jobs/index.ts';
import { type Decision, Scheduler, type SchedulerEvent } from '../scheduler/index.ts';
import { simulatedScope } from './compute-environment.ts';
import { eventsOf, queueArn, type SimulatedEnvironment, type SimulatedQueue } from './environment.ts';
import { EventQueue } from './event-queue.ts';
import { Measures } from './measures.ts';
import { SimulatedEngine } from './simulated-engine.ts';
import { SimulatedInstances } from './simulated-instances.ts';
import { simulatedJournal } from './simulated-journal.ts';
import { planOf } from './task-plan.ts';
import { TurnQueue } from './turn-queue.ts';
import { VirtualClock } from './virtual-clock.ts';
import { lineError, type Workload, type WorkloadJob } from './workload.ts';

/** A decision as it was carried out. */
export interface SimulatedPlacement {
  readonly at: Milliseconds;
  /** Of the job, the child or the node. */
  readonly id: string;
  /** From 1. */
  readonly attempt: number;
  readonly computeEnvironmentArn: string;
  readonly pool: string;
  readonly instance: string;
}

export interface SimulationOptions {
  readonly environment: SimulatedEnvironment;
  readonly workload: Workload;
  /** What is drawn depends on it. */
  readonly seed: number;
  /** Hears of each placement. @default nobody does */
  readonly onPlaced?: (placement: SimulatedPlacement) => void;
}

/** How many jobs, an array as one, have come and gone. */
interface JobCounts {
  submitted: number;
  succeeded: number;
  failed: number;
}

/** From one look for shares of which nothing is left to the next. */
const betweenSweeps: Milliseconds = 60_000;
/** What happens is told to whoever waits so often at most. */
const eventsPerStep = 2_000;

/**
 * Jobs and scheduler of a server, with a clock that goes from one event to the next, an engine that plays tasks, and a journal that
 * keeps nothing. All that is due at an instant happens, then turns are taken, as in a server, until nothing is left to be done.
 */
export class Simulation {
  readonly counts: JobCounts = { submitted: 0, succeeded: 0, failed: 0 };
  readonly measures: Measures;
  readonly #options: SimulationOptions;
  readonly #events = new EventQueue();
  readonly #clock = new VirtualClock(this.#events);
  readonly #turns = new TurnQueue();
  readonly #scheduler = new Scheduler();
  readonly #engine: SimulatedEngine;
  readonly #instances: SimulatedInstances;
  readonly #jobs: Jobs;
  readonly #planning: Planning;
  readonly #work: JobWork;
  readonly #arrivals: Iterator<WorkloadJob>;
  /** Those that have come, also as followers, and have not ended. */
  readonly #active = new Map<JobId, WorkloadJob>();
  /** Those that later ones may name. */
  readonly #ended = new Map<string, EndedJob & { readonly at: Milliseconds }>();
  /** Those that come some time after another has ended, by its id. */
  readonly #followers = new Map<string, WorkloadJob[]>();
  readonly #queues: ReadonlyMap<string, SimulatedQueue>;
  #sweptAt: Milliseconds = 0;
  #tasks = 0;
  #lastAt: Milliseconds = 0;
  #firstAt: Milliseconds | undefined;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const { environment, workload } = options;
    this.#arrivals = workload.jobs[Symbol.iterator]();
    this.#queues = new Map(environment.queues.map((queue) => [queue.arn, queue]));
    const clock = this.#clock;
    const scheduler = this.#scheduler;
    this.measures = new Measures(scheduler, environment, () => clock.now());
    for (const event of eventsOf(environment)) scheduler.apply(event, clock.now());
    this.#engine = new SimulatedEngine(clock, (event) =>
      simulatedJournal.transact((transaction) => this.#jobs.report(transaction, event)),
    );
    this.#instances = new SimulatedInstances({
      ...{ clock, engine: this.#engine, jobs: () => this.#jobs, measures: this.measures.instances, seed: options.seed },
      settings: environment.instances,
      tell: (event) => this.#tell(event),
    });
    this.#jobs = this.#newJobs();
    this.#planning = new Planning({
      ...{ scheduler, jobs: this.#jobs, clock, soon: this.#turns.soon, onError: rethrow },
      now: () => clock.now(),
      instances: (decisions) => this.#instances.carryOut(decisions),
      place: (decisions) => this.#place(decisions),
      onBlocked: (changes) => this.measures.blocked(changes),
    });
    this.#work = new JobWork(this.#jobs, this.#turns.soon, rethrow);
  }

  /** Simulates all of it, and yields now and then. Throws `SimulationError` for a workload that makes no sense. */
  *run(): Generator<void, undefined> {
    this.#planning.resume();
    this.#work.resume();
    this.#awaitNext();
    let done = 0;
    this.#turns.drain();
    for (let at = this.#events.nextAt; at !== undefined && this.#events.isAwaited; at = this.#events.nextAt) {
      this.#clock.goTo(at);
      for (let event = this.#events.take(at); event; event = this.#events.take(at)) {
        event();
        done += 1;
      }
      this.#turns.drain();
      if (done < eventsPerStep) continue;
      done = 0;
      yield;
    }
    this.measures.finish();
  }

  /** When the first job came. */
  get firstAt(): Milliseconds {
    return this.#firstAt ?? 0;
  }

  /** When the last attempt or job ended, or the last job came. */
  get lastAt(): Milliseconds {
    return this.#lastAt;
  }

  /** When nothing more was to happen: instances may end after the last job. */
  get endedAt(): Milliseconds {
    return this.#clock.now();
  }

  /** Jobs that have not ended; once it is over, those that never will. */
  get unfinished(): number {
    return this.#active.size;
  }

  #newJobs(): Jobs {
    const timeouts = new AttemptTimeouts(this.#clock, (taskId) =>
      simulatedJournal.transact((transaction) => this.#jobs.timedOut(transaction, taskId)),
    );
    return new Jobs({
      journal: simulatedJournal,
      scheduler: {
        apply: (event) => {
          this.measures.heard(event);
          this.#tell(event);
        },
      },
      timers: timeouts,
      clock: this.#clock,
      onWork: () => this.#work.wake(),
      effects: {
        startTask: (holder, taskId) => this.#start(holder, taskId),
        stopTask: (_holder, { taskId }) => this.#engine.stop(taskId),
        releaseTask: () => this.#reached(),
        ended: (job, status) => this.#onEnd(job, status),
      },
      placeNode: (_transaction, { state }, index): NodePlace | undefined => {
        if (!('gang' in state)) return undefined;
        const { computeEnvironmentArn, pool, nodes } = state.gang;
        return { placement: this.#placement({ computeEnvironmentArn, pool, instance: nodes[index]?.instance ?? '' }) };
      },
    });
  }

  #tell(event: SchedulerEvent): void {
    this.#scheduler.apply(event, this.#clock.now());
    this.#planning.poke();
  }

  /** Jobs come one after the other: the next is read once the last has come. */
  #awaitNext(): void {
    const { value, done } = this.#arrivals.next();
    if (done) return;
    const job: WorkloadJob = value;
    this.#clock.at(job.at, () => {
      this.#arrive(job);
      this.#awaitNext();
    });
  }

  #arrive(job: WorkloadJob): void {
    const { follows } = job;
    this.#active.set(job.id as JobId, job);
    const ended = follows && this.#ended.get(follows.id);
    if (!follows || (!ended && !this.#active.has(follows.id as JobId))) this.#submit(job);
    else if (ended) this.#clock.at(ended.at + follows.after, () => this.#submit(job));
    else this.#followers.set(follows.id, [...(this.#followers.get(follows.id) ?? []), job]);
  }

  #submit(job: WorkloadJob): void {
    const jobId = job.id as JobId;
    this.counts.submitted += 1;
    this.#firstAt ??= this.#clock.now();
    this.#reached();
    this.#forgetShares();
    simulatedJournal.transact((transaction) => this.#jobs.submit(transaction, this.#newJob(job, jobId)));
  }

  /** As a server does now and then: identifiers come and go. */
  #forgetShares(): void {
    const now = this.#clock.now();
    if (now - this.#sweptAt < betweenSweeps) return;
    this.#sweptAt = now;
    const faded = this.#scheduler.fadedShares(now, Number.POSITIVE_INFINITY);
    for (const share of faded) this.#scheduler.apply({ kind: 'share-removed', ...share }, now);
  }

  #newJob(job: WorkloadJob, jobId: JobId): NewJob {
    const { vcpus, memoryMiB, gpus, attempts, timeoutSeconds, many, instanceType } = job;
    const each = { vcpus, memoryMiB, gpus };
    const queue = this.#queueOf(job);
    const ended = job.dependsOn.flatMap((one) => ('on' in one ? (this.#ended.get(one.on) ?? []) : []));
    const common = {
      ...simulatedScope,
      ...{ jobId, jobName: '', jobQueueArn: queue.arn, jobDefinitionArn: '', createdAt: this.#clock.now() },
      ...(queue.fairShare && { shareIdentifier: shareOf(job, queue) }),
      schedulingPriority: (queue.fairShare && job.priority) ?? 0,
      dependsOn: job.dependsOn as readonly Dependency[],
      retryStrategy: { attempts, evaluateOnExit: [] },
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      tags: {},
      specification,
      ended: new Map(ended.map((one) => [one.jobId, one])),
    };
    if (!many) return { ...common, kind: 'single', resources: each };
    const { size } = many;
    if (many.kind === 'array') return { ...common, kind: 'array', size, resources: each };
    const ranges = [{ first: 0, last: size - 1, resources: each }];
    const resources = { ...sumOfNodes(ranges), ...(instanceType !== undefined && { instanceType }) };
    return { ...common, kind: 'multiNode', size, mainNode: many.mainNode, ranges, resources };
  }

  #queueOf({ line, queue }: WorkloadJob): SimulatedQueue {
    const [only] = this.#queues.values();
    if (queue === undefined && this.#queues.size === 1 && only !== undefined) return only;
    const { name } = this.#options.environment;
    if (queue === undefined) throw lineError(line, `names no job queue, and ${name} has ${this.#queues.size}`);
    const found = this.#queues.get(queueArn(queue));
    if (!found) throw lineError(line, `job queue ${queue} is not in ${name}`);
    return found;
  }

  #place(decisions: readonly Decision[]): void {
    for (const decision of decisions) this.measures.decided(decision);
    const [jobs, at] = [this.#jobs, this.#clock.now()];
    simulatedJournal.transact((transaction) => {
      for (const decision of decisions)
        carryOut({ jobs, transaction, at }, decision, (place) => this.#placeOf(decision, place));
    });
  }

  #placeOf(decision: Decision, { index }: PlaceToFill): NodePlace | undefined {
    const instance = instanceOf(decision, index);
    if (instance === undefined) return undefined;
    const { computeEnvironmentArn, pool } = decision;
    return { placement: this.#placement({ computeEnvironmentArn, pool, instance }) };
  }

  #placement(where: Pick<Placement, 'computeEnvironmentArn' | 'pool' | 'instance'>): Placement {
    this.#tasks += 1;
    const taskId = `${this.#tasks}` as TaskId;
    return { taskId, ...where, taskArn: '', containerInstanceArn: '', containers: [], placedAt: this.#clock.now() };
  }

  #start(holder: TaskHolder, taskId: TaskId): void {
    const held = heldTask(holder);
    const job = this.#active.get(holder.job.jobId);
    invariant(held && job, `task ${taskId} belongs to no job`);
    const { id, attempt, placement } = held;
    const { computeEnvironmentArn, pool, instance } = placement;
    this.#options.onPlaced?.({ at: this.#clock.now(), id, attempt, computeEnvironmentArn, pool, instance });
    this.#engine.start(taskId, planOf(job, { id, index: holder.index ?? 0, attempt }, this.#options.seed));
  }

  #onEnd(entry: JobEntry, status: 'SUCCEEDED' | 'FAILED'): void {
    const { jobId } = entry;
    this.#reached();
    if (status === 'SUCCEEDED') this.counts.succeeded += 1;
    else this.counts.failed += 1;
    this.#active.delete(jobId);
    const at = this.#clock.now();
    if (isNamed(jobId)) this.#ended.set(jobId, { ...endedJob(entry, status), at });
    for (const job of this.#followers.get(jobId) ?? [])
      this.#clock.at(at + (job.follows?.after ?? 0), () => this.#submit(job));
    this.#followers.delete(jobId);
  }

  #reached(): void {
    this.#lastAt = this.#clock.now();
  }
}

function shareOf({ line, share }: WorkloadJob, { arn }: SimulatedQueue): string {
  if (share === undefined)
    throw lineError(line, `has no share, and job queue ${nameOfArn(arn)} has a scheduling policy`);
  return share;
}

const specification = { request: {}, nodes: [] };

function rethrow(error: unknown): never {
  throw error;
}

/** Whether a job may be named by a later one: those that have only their line's name are not. */
function isNamed(id: string): boolean {
  return !id.includes('/');
}

import { nameOfArn } from '../core/arn.ts';
import { invariant } from '../core/errors.ts';
import type { JobId, Milliseconds, TaskId } from '../core/ids.ts';
import { type Dependency, sumOfNodes } from '../core/job.ts';
import { isLostReason } from '../engines/index.ts';
import { type EndedJob, endedJob, heldTask, type JobEntry, type NewJob, type TaskHolder } from '../jobs/index.ts';
import { simulatedScope } from './compute-environment.ts';
import { eventsOf, queueArn, type SimulatedEnvironment, type SimulatedQueue } from './environment.ts';
import { Measures } from './measures.ts';
import { simulatedJournal } from './simulated-journal.ts';
import { SimulatedYard, type YardWatcher } from './simulated-yard.ts';
import { planOf } from './task-plan.ts';
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

/** A workload that is played to its end: all that is due at an instant happens, then turns are taken, until nothing is left to be done. */
export class Simulation {
  readonly counts: JobCounts = { submitted: 0, succeeded: 0, failed: 0 };
  readonly measures: Measures;
  readonly #options: SimulationOptions;
  readonly #yard: SimulatedYard;
  readonly #arrivals: Iterator<WorkloadJob>;
  /** Those that have come, also as followers, and have not ended. */
  readonly #active = new Map<JobId, WorkloadJob>();
  /** Those that later ones may name. */
  readonly #ended = new Map<string, EndedJob & { readonly at: Milliseconds }>();
  /** Those that come some time after another has ended, by its id. */
  readonly #followers = new Map<string, WorkloadJob[]>();
  readonly #queues: ReadonlyMap<string, SimulatedQueue>;
  #sweptAt: Milliseconds = 0;
  #lastAt: Milliseconds = 0;
  #firstAt: Milliseconds | undefined;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const { environment, workload, seed } = options;
    this.#arrivals = workload.jobs[Symbol.iterator]();
    this.#queues = new Map(environment.queues.map((queue) => [queue.arn, queue]));
    let measures: Measures | undefined;
    this.#yard = new SimulatedYard({
      ...{ seed, instances: environment.instances },
      watcher: ({ scheduler, clock }) => {
        measures = new Measures(scheduler, environment, () => clock.now());
        return this.#watcher(measures);
      },
    });
    invariant(measures, 'a yard asks at once who watches it');
    this.measures = measures;
    for (const event of eventsOf(environment)) this.#yard.tell(event);
  }

  /** Simulates all of it, and yields now and then. Throws `SimulationError` for a workload that makes no sense. */
  *run(): Generator<void, undefined> {
    const { events, clock, turns } = this.#yard;
    this.#yard.resume();
    this.#awaitNext();
    let done = 0;
    turns.drain();
    for (let at = events.nextAt; at !== undefined && events.isAwaited; at = events.nextAt) {
      clock.goTo(at);
      for (let event = events.take(at); event; event = events.take(at)) {
        event();
        done += 1;
      }
      turns.drain();
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
    return this.#yard.clock.now();
  }

  /** Jobs that have not ended; once it is over, those that never will. */
  get unfinished(): number {
    return this.#active.size;
  }

  #watcher(measures: Measures): YardWatcher {
    return {
      instances: measures.instances,
      told: (event) => measures.heard(event),
      decided: (decisions) => {
        for (const decision of decisions) measures.decided(decision);
      },
      blocked: (changes) => measures.blocked(changes),
      started: (holder, taskId) => this.#start(holder, taskId),
      released: () => this.#reached(),
      ended: (job, status) => this.#onEnd(job, status),
    };
  }

  /** Jobs come one after the other: the next is read once the last has come. */
  #awaitNext(): void {
    const { value, done } = this.#arrivals.next();
    if (done) return;
    const job: WorkloadJob = value;
    this.#yard.clock.at(job.at, () => {
      this.#arrive(job);
      this.#awaitNext();
    });
  }

  #arrive(job: WorkloadJob): void {
    const { follows } = job;
    this.#active.set(job.id as JobId, job);
    const ended = follows && this.#ended.get(follows.id);
    if (!follows || (!ended && !this.#active.has(follows.id as JobId))) this.#submit(job);
    else if (ended) this.#yard.clock.at(ended.at + follows.after, () => this.#submit(job));
    else this.#followers.set(follows.id, [...(this.#followers.get(follows.id) ?? []), job]);
  }

  #submit(job: WorkloadJob): void {
    const jobId = job.id as JobId;
    this.counts.submitted += 1;
    this.#firstAt ??= this.#yard.clock.now();
    this.#reached();
    this.#forgetShares();
    simulatedJournal.transact((transaction) => this.#yard.jobs.submit(transaction, this.#newJob(job, jobId)));
  }

  /** As a server does now and then: identifiers come and go. */
  #forgetShares(): void {
    const now = this.#yard.clock.now();
    if (now - this.#sweptAt < betweenSweeps) return;
    this.#sweptAt = now;
    const faded = this.#yard.scheduler.fadedShares(now, Number.POSITIVE_INFINITY);
    for (const share of faded) this.#yard.scheduler.apply({ kind: 'share-removed', ...share }, now);
  }

  #newJob(job: WorkloadJob, jobId: JobId): NewJob {
    const { vcpus, memoryMiB, gpus, attempts, timeoutSeconds, many, instanceType } = job;
    const each = { vcpus, memoryMiB, gpus };
    const queue = this.#queueOf(job);
    const ended = job.dependsOn.flatMap((one) => ('on' in one ? (this.#ended.get(one.on) ?? []) : []));
    const common = {
      ...simulatedScope,
      ...{ jobId, jobName: '', jobQueueArn: queue.arn, jobDefinitionArn: '', createdAt: this.#yard.clock.now() },
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

  #start(holder: TaskHolder, taskId: TaskId): void {
    const held = heldTask(holder);
    const job = this.#active.get(holder.job.jobId);
    invariant(held && job, `task ${taskId} belongs to no job`);
    const { id, attempt, placement } = held;
    const { computeEnvironmentArn, pool, instance } = placement;
    this.#options.onPlaced?.({ at: this.#yard.clock.now(), id, attempt, computeEnvironmentArn, pool, instance });
    this.#yard.engine.start(
      taskId,
      planOf(job, { id, index: holder.index ?? 0, attempt, lost: lostBefore(holder) }, this.#options.seed),
    );
  }

  #onEnd(entry: JobEntry, status: 'SUCCEEDED' | 'FAILED'): void {
    const { jobId } = entry;
    this.#reached();
    if (status === 'SUCCEEDED') this.counts.succeeded += 1;
    else this.counts.failed += 1;
    this.#active.delete(jobId);
    const at = this.#yard.clock.now();
    if (isNamed(jobId)) this.#ended.set(jobId, { ...endedJob(entry, status), at });
    for (const job of this.#followers.get(jobId) ?? [])
      this.#yard.clock.at(at + (job.follows?.after ?? 0), () => this.#submit(job));
    this.#followers.delete(jobId);
  }

  #reached(): void {
    this.#lastAt = this.#yard.clock.now();
  }
}

/** Attempts that ended because their instances did: of a gang those of the job. */
function lostBefore({ job, index = 0 }: TaskHolder): number {
  const state = job.kind === 'array' ? job.live.get(index)?.leaf : job.state;
  const attempts = state && 'attempts' in state ? state.attempts : [];
  return attempts.filter(({ statusReason }) => isLostReason(statusReason)).length;
}

function shareOf({ line, share }: WorkloadJob, { arn }: SimulatedQueue): string {
  if (share === undefined)
    throw lineError(line, `has no share, and job queue ${nameOfArn(arn)} has a scheduling policy`);
  return share;
}

const specification = { request: {}, nodes: [] };

/** Whether a job may be named by a later one: those that have only their line's name are not. */
function isNamed(id: string): boolean {
  return !id.includes('/');
}

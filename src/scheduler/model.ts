import { invariant } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import { type Amount, add, amountOf, footprintOf, isNothing, nothing, subtract } from './amount.ts';
import type {
  ComputeEnvironmentSettings,
  HostCapacity,
  JobQueueSettings,
  QueuedJob,
  RunningJob,
} from './scheduler-event.ts';
import { type Sequenced, WaitingList } from './waiting-list.ts';

/** A job queue and the jobs that wait in it. */
export interface Queue {
  settings: JobQueueSettings;
  readonly waiting: WaitingList<WaitingJob>;
}

/** A waiting job: flat, small integers, nothing that can be read from the store. Some 180 bytes, its id included. */
export interface WaitingJob extends Amount, Sequenced {
  readonly queue: Queue;
}

/** A compute environment and what is allocated in it. Without settings it is gone, and only its last jobs remain. */
export interface Environment {
  readonly arn: string;
  settings: ComputeEnvironmentSettings | undefined;
  usedVcpuMillis: number;
}

/** A job that holds its full request in its environment, and its footprint on the host. */
interface PlacedJob {
  readonly environment: Environment;
  readonly wanted: Amount;
}

/**
 * All that the scheduler knows: resources, waiting and running jobs, and the sums over them. Everything in it follows
 * from stored state; nothing depends on the order in which it was told.
 */
export class Model {
  readonly #queues = new Map<string, Queue>();
  readonly #environments = new Map<string, Environment>();
  readonly #waiting = new Map<JobId, WaitingJob>();
  readonly #placed = new Map<JobId, PlacedJob>();
  readonly #queuesWithJobs = new Set<Queue>();
  #host: Amount = nothing;
  #hostUsed: Amount = nothing;

  get host(): Amount {
    return this.#host;
  }

  /** The footprints of all running jobs. More than `host` only after the host has shrunk. */
  get hostUsed(): Amount {
    return this.#hostUsed;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  get placedCount(): number {
    return this.#placed.size;
  }

  queue(arn: string): Queue | undefined {
    return this.#queues.get(arn);
  }

  queues(): Iterable<Queue> {
    return this.#queues.values();
  }

  queuesWithJobs(): Iterable<Queue> {
    return this.#queuesWithJobs;
  }

  environment(arn: string): Environment | undefined {
    return this.#environments.get(arn);
  }

  environments(): Iterable<Environment> {
    return this.#environments.values();
  }

  waitingJob(jobId: JobId): WaitingJob | undefined {
    return this.#waiting.get(jobId);
  }

  setHost(capacity: HostCapacity): void {
    invariant(capacity.vcpus > 0 && capacity.memoryMiB > 0, 'a host has vCPUs and memory');
    this.#host = { ...amountOf(capacity), memoryMiB: Math.floor(capacity.memoryMiB) };
    // A footprint follows from request and host, so a new host means new footprints, as after a restart.
    this.#hostUsed = nothing;
    for (const { wanted } of this.#placed.values()) this.#hostUsed = add(this.#hostUsed, this.footprint(wanted));
  }

  putEnvironment(settings: ComputeEnvironmentSettings): void {
    this.#environmentFor(settings.arn).settings = settings;
  }

  removeEnvironment(arn: string): void {
    const environment = this.#environments.get(arn);
    invariant(environment?.settings, `compute environment ${arn} is not known`);
    environment.settings = undefined;
    this.#dropIfEmpty(environment);
  }

  putQueue(settings: JobQueueSettings): void {
    const queue = this.#queues.get(settings.arn);
    if (queue) queue.settings = settings;
    else this.#queues.set(settings.arn, { settings, waiting: new WaitingList() });
  }

  removeQueue(arn: string): void {
    const queue = this.#queues.get(arn);
    invariant(queue, `job queue ${arn} is not known`);
    invariant(queue.waiting.size === 0, `job queue ${arn} is removed with ${queue.waiting.size} jobs waiting in it`);
    this.#queues.delete(arn);
  }

  enqueue({ jobId, queueArn, sequence, request }: QueuedJob): void {
    const queue = this.#queues.get(queueArn);
    invariant(queue, `job ${jobId} is queued in ${queueArn}, which is not known`);
    this.#assertNew(jobId);
    const { vcpuMillis, memoryMiB, gpus } = amountOf(request);
    const job: WaitingJob = { jobId, queue, sequence, vcpuMillis, memoryMiB, gpus };
    this.#waiting.set(jobId, job);
    queue.waiting.add(job);
    this.#queuesWithJobs.add(queue);
  }

  dequeue(jobId: JobId): WaitingJob {
    const job = this.#waiting.get(jobId);
    invariant(job, `job ${jobId} does not wait`);
    const { queue } = job;
    invariant(queue.waiting.remove(job), `job ${jobId} is missing from its queue`);
    this.#waiting.delete(jobId);
    if (queue.waiting.size === 0) this.#queuesWithJobs.delete(queue);
    return job;
  }

  addRunning({ jobId, computeEnvironmentArn, request }: RunningJob): void {
    this.#assertNew(jobId);
    this.#occupy(jobId, { environment: this.#environmentFor(computeEnvironmentArn), wanted: amountOf(request) });
  }

  /** A decision: the job leaves its queue and holds its place. */
  place(job: WaitingJob, environment: Environment): void {
    const { vcpuMillis, memoryMiB, gpus } = this.dequeue(job.jobId);
    this.#occupy(job.jobId, { environment, wanted: { vcpuMillis, memoryMiB, gpus } });
  }

  finish(jobId: JobId): void {
    const placed = this.#placed.get(jobId);
    invariant(placed, `job ${jobId} holds no place`);
    this.#placed.delete(jobId);
    placed.environment.usedVcpuMillis -= placed.wanted.vcpuMillis;
    this.#hostUsed = subtract(this.#hostUsed, this.footprint(placed.wanted));
    this.#dropIfEmpty(placed.environment);
  }

  footprint(wanted: Amount): Amount {
    return footprintOf(wanted, this.#host);
  }

  hasHost(): boolean {
    return !isNothing(this.#host);
  }

  #occupy(jobId: JobId, placed: PlacedJob): void {
    this.#placed.set(jobId, placed);
    placed.environment.usedVcpuMillis += placed.wanted.vcpuMillis;
    this.#hostUsed = add(this.#hostUsed, this.footprint(placed.wanted));
  }

  #environmentFor(arn: string): Environment {
    const known = this.#environments.get(arn);
    if (known) return known;
    const environment: Environment = { arn, settings: undefined, usedVcpuMillis: 0 };
    this.#environments.set(arn, environment);
    return environment;
  }

  /** An environment that is deleted and made again under its name starts with what the old one's jobs still hold. */
  #dropIfEmpty(environment: Environment): void {
    if (!environment.settings && environment.usedVcpuMillis === 0) this.#environments.delete(environment.arn);
  }

  #assertNew(jobId: JobId): void {
    invariant(!this.#waiting.has(jobId) && !this.#placed.has(jobId), `job ${jobId} is known already`);
  }
}

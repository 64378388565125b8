import { invariant } from '../core/errors.ts';
import type { EpochMilliseconds, JobId, Milliseconds } from '../core/ids.ts';
import type { ConsumableRequest } from '../core/job.ts';
import { ShardedMap } from '../core/sharded-map.ts';
import { type Amount, amountOf } from './amount.ts';
import { Consumables } from './consumables.ts';
import { EnvironmentFleet } from './fleet/index.ts';
import { newPool, occupy, type Pool, setCapacity } from './pool.ts';
import { type Queue, Share, type WaitingJob } from './queue.ts';
import type {
  ComputeEnvironmentSettings,
  HeldPlaceId,
  InstanceName,
  JobQueueSettings,
  PoolSettings,
  QueuedJob,
  RunningJob,
  ShareName,
  StoredShare,
} from './scheduler-event.ts';
import { type Seating, TurnQueue } from './turn-queue.ts';
import { mayReserve, newWaitingJob } from './waiting-job.ts';

/** A compute environment and what is allocated in it. Without settings it is gone, and only its last jobs remain. */
export interface Environment {
  readonly arn: string;
  settings: ComputeEnvironmentSettings | undefined;
  usedVcpuMillis: number;
  /** Absent for one that launches nothing. */
  fleet?: EnvironmentFleet | undefined;
}

/** Where a job, or `count` children of an array, hold their full request in an environment and their footprint in a pool. */
export interface HeldPlace {
  readonly environment: Environment;
  readonly pool: Pool;
  /** Undefined for all nodes of a multi-node job. */
  readonly instance: string | undefined;
  /** Those of the nodes of a multi-node job: each has one for itself. */
  readonly instances?: readonly string[] | undefined;
  readonly wanted: Amount;
  /** Absent: none. */
  readonly consumables?: readonly ConsumableRequest[] | undefined;
  /** Undefined if its queue is not known. */
  readonly share: Share | undefined;
  count: number;
  /** Of each of them; undefined: they may last for ever. */
  readonly timeout?: Milliseconds | undefined;
  /** When those end at the latest of which that is known. */
  ends: readonly EpochMilliseconds[];
}

const none: readonly Share[] = [];

/**
 * All that the scheduler knows: resources, waiting and running jobs, and the sums over them. Everything in it follows
 * from stored state; nothing depends on the order in which it was told.
 */
export class Model {
  readonly #queues = new Map<string, Queue>();
  readonly #environments = new Map<string, Environment>();
  readonly #pools = new Map<string, Pool>();
  readonly consumables = new Consumables();
  readonly #waiting = new ShardedMap<JobId, WaitingJob>();
  readonly #placed = new ShardedMap<JobId, HeldPlace[]>();
  #placedCount = 0;
  /** Undefined while they are to be gathered anew. */
  #fleets: readonly EnvironmentFleet[] | undefined;
  readonly #queuesWithJobs = new Set<Queue>();
  readonly #changedShares = new Set<Share>();
  readonly #seating: Seating = { byEnd: false };
  /** Instances that became idle, by id, with the ARN of their environment. */
  readonly #idleInstances = new Map<string, string>();

  get waitingCount(): number {
    return this.#waiting.size;
  }

  get placedCount(): number {
    return this.#placedCount;
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

  /** Whether jobs wait in a queue whose shares take turns. */
  hasSharesInTurn(): boolean {
    for (const { settings } of this.#queuesWithJobs) if (settings.fairShare) return true;
    return false;
  }

  environment(arn: string): Environment | undefined {
    return this.#environments.get(arn);
  }

  environments(): Iterable<Environment> {
    return this.#environments.values();
  }

  /** The pool that an environment's next job would run in; undefined while that is not known. */
  poolOf(environment: Environment | undefined): Pool | undefined {
    const id = environment?.settings?.pool;
    return id === undefined ? undefined : this.#pools.get(id);
  }

  pools(): Iterable<Pool> {
    return this.#pools.values();
  }

  waitingJob(jobId: JobId): WaitingJob | undefined {
    return this.#waiting.get(jobId);
  }

  /** Where a job runs: one place, or several for an array. */
  placesOf(jobId: JobId): readonly HeldPlace[] {
    return this.#placed.get(jobId) ?? [];
  }

  putPool(settings: PoolSettings): void {
    invariant(settings.vcpus > 0 && settings.memoryMiB > 0, 'a pool has vCPUs and memory');
    setCapacity(this.#poolFor(settings.pool), settings);
  }

  removePool(id: string): void {
    const pool = this.#pools.get(id);
    invariant(pool?.settings, `pool ${id} is not known`);
    setCapacity(pool, undefined);
    this.#dropPoolIfEmpty(pool);
  }

  putEnvironment(settings: ComputeEnvironmentSettings): void {
    const environment = this.#environmentFor(settings.arn);
    environment.settings = settings;
    putFleet(environment, settings);
    this.#fleets = undefined;
  }

  /** Of all environments that have one, in the order of their ARNs. */
  fleets(): readonly EnvironmentFleet[] {
    this.#fleets ??= [...this.#environments.values()]
      .flatMap(({ fleet }) => fleet ?? [])
      .sort((one, other) => (one.settings.arn < other.settings.arn ? -1 : 1));
    return this.#fleets;
  }

  /** Instances that are reserved for another job, or for none, since this was asked last. */
  takeReservedAnew(): readonly (InstanceName & { readonly jobId?: JobId })[] {
    return this.fleets().flatMap(({ instances, settings }) =>
      instances.takeReservedAnew().map((id) => {
        const jobId = instances.get(id)?.reservedFor;
        return { computeEnvironmentArn: settings.arn, id, ...(jobId !== undefined && { jobId }) };
      }),
    );
  }

  /** The fleet of an environment, which has one. */
  fleet(arn: string): EnvironmentFleet {
    const fleet = this.#environments.get(arn)?.fleet;
    invariant(fleet, `compute environment ${arn} has no fleet`);
    return fleet;
  }

  removeEnvironment(arn: string): void {
    const environment = this.#environments.get(arn);
    invariant(environment?.settings, `compute environment ${arn} is not known`);
    environment.settings = undefined;
    environment.fleet = undefined;
    this.#fleets = undefined;
    this.#dropIfEmpty(environment);
  }

  putQueue(settings: JobQueueSettings): void {
    const queue = this.#queues.get(settings.arn);
    if (queue) queue.settings = settings;
    else this.#queues.set(settings.arn, new TurnQueue(settings, this.#changedShares, this.#seating));
  }

  removeQueue(arn: string): void {
    const queue = this.#queues.get(arn);
    invariant(queue, `job queue ${arn} is not known`);
    invariant(queue.size === 0, `job queue ${arn} is removed with ${queue.size} jobs waiting in it`);
    this.#queues.delete(arn);
  }

  /** A job as it would wait if it were queued. It is in no queue. */
  unqueued(queued: QueuedJob): WaitingJob {
    const queue = this.#queueOf(queued);
    return newWaitingJob(queued, queue.share(queued.share ?? '') ?? new Share(queue, queued.share ?? ''));
  }

  enqueue(queued: QueuedJob): void {
    const { jobId, count } = queued;
    const queue = this.#queueOf(queued);
    invariant(count === undefined || count > 0, `no child of ${jobId} is queued`);
    const waiting = count === undefined ? undefined : this.#waiting.get(jobId);
    if (waiting?.left !== undefined && count !== undefined) {
      waiting.left += count;
      return;
    }
    const mayWait = count !== undefined || !this.#placed.has(jobId);
    const job = newWaitingJob(queued, queue.shareFor(queued.share));
    invariant(mayWait && this.#waiting.add(jobId, job), `job ${jobId} is known already`);
    if (mayReserve(job)) this.#seatByEnd();
    queue.add(job);
    this.#queuesWithJobs.add(queue);
  }

  /** From the first on for which something may be reserved: what is told apart then makes no other difference, and costs. */
  #seatByEnd(): void {
    if (this.#seating.byEnd) return;
    this.#seating.byEnd = true;
    for (const queue of this.#queues.values()) queue.reseat();
  }

  /** Takes out a job, or `count` children of an array. */
  dequeue(jobId: JobId, count?: number): void {
    const job = this.#waiting.get(jobId);
    invariant(job, `job ${jobId} does not wait`);
    const left = count === undefined ? 0 : (job.left ?? 1) - count;
    invariant(left >= 0, `${count} children of ${jobId} do not wait`);
    if (left > 0) job.left = left;
    else this.#remove(job);
  }

  addRunning(job: RunningJob, now: EpochMilliseconds): void {
    const { jobId, queueArn, computeEnvironmentArn, pool, instance, request, count } = job;
    const isKnown = this.#waiting.has(jobId) || this.#placed.has(jobId);
    invariant(count !== undefined || !isKnown, `job ${jobId} is known already`);
    const environment = this.#environmentFor(computeEnvironmentArn);
    const wanted = amountOf(request);
    const { consumables } = request;
    const share = this.#queues.get(queueArn)?.shareFor(job.share);
    const where = { environment, pool: this.#poolFor(pool), instance, instances: job.instances };
    const { timeoutSeconds, endsAt } = job;
    const ends = endsAt === undefined ? noEnds : Array<number>(count ?? 1).fill(endsAt);
    const timeout = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000;
    this.#occupy(jobId, { ...where, wanted, consumables, share, count: count ?? 1, timeout, ends }, now);
  }

  /** A decision: the job leaves its queue and holds its place. */
  place(
    job: WaitingJob,
    where: Pick<HeldPlace, 'environment' | 'pool' | 'instance' | 'instances'>,
    now: EpochMilliseconds,
  ): void {
    const { vcpuMillis, memoryMiB, gpus, consumables, share, timeout } = job;
    const wanted = { vcpuMillis, memoryMiB, gpus };
    const { fleet } = where.environment;
    if (fleet) for (const id of instancesOf(where)) fleet.instances.demandOpen(id);
    // Before it leaves its queue: a share that had nothing else would be forgotten.
    this.#occupy(job.jobId, { ...where, wanted, consumables, share, count: 1, timeout, ends: noEnds }, now);
    if (where.instances) fleet?.instances.reserve(job.jobId, []);
    if (job.left !== undefined && job.left > 1) job.left -= 1;
    else this.#remove(job);
  }

  /** Of one of the tasks of a place it is known anew when it ends. */
  changeEnd(
    jobId: JobId,
    id: HeldPlaceId,
    before: EpochMilliseconds | undefined,
    after: EpochMilliseconds | undefined,
  ): void {
    const place = placeOf(this.placesOf(jobId), jobId, id);
    forgetEnd(place, before);
    if (after !== undefined) place.ends = [...place.ends, after];
    putEnds(place);
  }

  finish(jobId: JobId, id: HeldPlaceId, endsAt: EpochMilliseconds | undefined, now: EpochMilliseconds): void {
    const places = this.placesOf(jobId);
    const place = placeOf(places, jobId, id);
    forgetEnd(place, endsAt);
    occupy(place.pool, place.wanted, -1);
    if (place.consumables) this.consumables.hold(jobId, place.consumables, -1);
    place.share?.queue.hold(place.share, -place.wanted.vcpuMillis, -1, now);
    place.count -= 1;
    putEnds(place);
    this.#placedCount -= 1;
    const rest = places.filter(({ count }) => count > 0);
    if (rest.length > 0) this.#placed.set(jobId, rest);
    else this.#placed.delete(jobId);
    place.environment.usedVcpuMillis -= place.wanted.vcpuMillis;
    this.#release(place, now);
    this.#dropIfEmpty(place.environment);
    this.#dropPoolIfEmpty(place.pool);
  }

  /** A queue that is gone took its shares along. */
  countJobs({ queueArn, share }: ShareName, by: 1 | -1, now: EpochMilliseconds): void {
    const queue = this.#queues.get(queueArn);
    queue?.countJobs(queue.shareFor(share), by, now);
  }

  putShare(share: StoredShare): void {
    this.#queues.get(share.queueArn)?.restore(share);
  }

  removeShare({ queueArn, share }: ShareName): void {
    this.#queues.get(queueArn)?.forget(share);
  }

  /** Shares of which something else is to be stored than was when this was asked last. */
  takeChangedShares(): readonly Share[] {
    if (this.#changedShares.size === 0) return none;
    const changed = [...this.#changedShares].filter(({ queue }) => this.#queues.get(queue.settings.arn) === queue);
    this.#changedShares.clear();
    return changed;
  }

  /** Instances whose last job has ended since this was asked last. */
  takeIdleInstances(): readonly (InstanceName & { readonly idleSince: EpochMilliseconds })[] {
    if (this.#idleInstances.size === 0) return [];
    const idle = [...this.#idleInstances].flatMap(([id, computeEnvironmentArn]) => {
      const idleSince = this.#environments.get(computeEnvironmentArn)?.fleet?.instances.get(id)?.idleSince;
      return idleSince === undefined ? [] : [{ computeEnvironmentArn, id, idleSince }];
    });
    this.#idleInstances.clear();
    return idle;
  }

  /** Instances that are gone, or were those of an environment that is, hold nothing. */
  #release({ environment, wanted, ...where }: HeldPlace, now: EpochMilliseconds): void {
    const { fleet, arn } = environment;
    if (!fleet) return;
    for (const id of instancesOf(where)) {
      fleet.release(id, where.instances ? undefined : wanted, now);
      if (fleet.instances.get(id)?.jobs === 0) this.#idleInstances.set(id, arn);
    }
  }

  #queueOf({ jobId, queueArn }: QueuedJob): Queue {
    const queue = this.#queues.get(queueArn);
    invariant(queue, `job ${jobId} is queued in ${queueArn}, which is not known`);
    return queue;
  }

  #remove(job: WaitingJob): void {
    const { share, jobId } = job;
    const { queue } = share;
    invariant(queue.remove(job), `job ${jobId} is missing from its queue`);
    this.#waiting.delete(jobId);
    if (queue.size === 0) this.#queuesWithJobs.delete(queue);
  }

  #occupy(jobId: JobId, added: HeldPlace, now: EpochMilliseconds): void {
    const { environment, pool, instance, instances, wanted, consumables, share, count } = added;
    if (!this.#placed.add(jobId, [added])) {
      const places = this.placesOf(jobId);
      const id = { computeEnvironmentArn: environment.arn, pool: pool.id, instance };
      const same = places.find((place) => isPlace(place, id));
      if (same) {
        same.count += count;
        same.ends = [...same.ends, ...added.ends];
      } else this.#placed.set(jobId, [...places, added]);
      putEnds(same ?? added);
    } else putEnds(added);
    this.#placedCount += count;
    environment.usedVcpuMillis += wanted.vcpuMillis * count;
    const { fleet } = environment;
    if (fleet) for (const one of instancesOf(added)) fleet.hold(one, instances ? undefined : wanted, count);
    occupy(pool, wanted, count);
    if (consumables) this.consumables.hold(jobId, consumables, count);
    share?.queue.hold(share, wanted.vcpuMillis * count, count, now);
  }

  #environmentFor(arn: string): Environment {
    const known = this.#environments.get(arn);
    if (known) return known;
    const environment: Environment = { arn, settings: undefined, usedVcpuMillis: 0 };
    this.#environments.set(arn, environment);
    return environment;
  }

  #poolFor(id: string): Pool {
    const pool = this.#pools.get(id) ?? newPool(id);
    this.#pools.set(id, pool);
    return pool;
  }

  #dropPoolIfEmpty(pool: Pool): void {
    if (!pool.settings && pool.shapes.size === 0) this.#pools.delete(pool.id);
  }

  /** An environment that is deleted and made again under its name starts with what the old one's jobs still hold. */
  #dropIfEmpty(environment: Environment): void {
    if (!environment.settings && environment.usedVcpuMillis === 0) this.#environments.delete(environment.arn);
  }
}

function putEnds(place: HeldPlace): void {
  place.environment.fleet?.ends.put(instancesOf(place), place);
}

function forgetEnd(place: HeldPlace, end: EpochMilliseconds | undefined): void {
  if (end === undefined) return;
  const index = place.ends.indexOf(end);
  invariant(index >= 0, `no task in ${place.environment.arn} ends at ${end}`);
  place.ends = place.ends.toSpliced(index, 1);
}

function placeOf(places: readonly HeldPlace[], jobId: JobId, id: HeldPlaceId): HeldPlace {
  const place = places.find((one) => isPlace(one, id));
  invariant(place, `job ${jobId} holds no place in pool ${id.pool} of ${id.computeEnvironmentArn}`);
  return place;
}

/** DISABLED it keeps its minimum; one that is not VALID changes nothing. */
function putFleet(environment: Environment, settings: ComputeEnvironmentSettings): void {
  const { arn, fleet: options, state, status, maxvCpus = 0 } = settings;
  if (!options) return;
  const scales = status !== 'VALID' ? 'not-at-all' : state === 'ENABLED' ? 'with-demand' : 'to-minimum';
  if (environment.fleet?.uuid === options.uuid) environment.fleet.put(options, maxvCpus, scales);
  else environment.fleet = new EnvironmentFleet(arn, options, maxvCpus, scales);
}

const noInstances: readonly string[] = [];
const noEnds: readonly EpochMilliseconds[] = [];

function instancesOf({ instance, instances }: Pick<HeldPlace, 'instance' | 'instances'>): readonly string[] {
  return instances ?? (instance === undefined ? noInstances : [instance]);
}

function isPlace({ environment, pool, instance }: HeldPlace, id: HeldPlaceId): boolean {
  return environment.arn === id.computeEnvironmentArn && pool.id === id.pool && instance === id.instance;
}

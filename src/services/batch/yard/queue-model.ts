import { isDeepStrictEqual } from 'node:util';
import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { ResourceRequest } from '../../../core/job.ts';
import type { EngineKind, EnginePool } from '../../../engines/index.ts';
import type { InstanceTypes } from '../../../instance-types/index.ts';
import type { NewJob } from '../../../jobs/index.ts';
import {
  type ActiveShares,
  describeHopeless,
  describeLimit,
  describeReason,
  environmentSettings,
  type FleetInstance,
  type HopelessReason,
  hopelessOf,
  type IdleInstanceName,
  jobBefore,
  type Plan,
  type QueuedJob,
  type QueueStanding,
  queueSettings,
  Scheduler,
  type SchedulerEvent,
  type SchedulerStats,
  type ShareName,
  type StoredFleet,
  type StoredShare,
  type Trial,
  type WaitingReason,
} from '../../../scheduler/index.ts';
import type { Ledger } from '../../../store/index.ts';
import { computeEnvironmentArn, consumableResourceArn, findSchedulingPolicy } from '../names.ts';
import {
  type ComputeEnvironmentRecord,
  type ConsumableResourceRecord,
  computeEnvironmentRecords,
  consumableResourceRecords,
  type FleetRecord,
  fleetRecords,
  type InstanceRecord,
  type JobQueueRecord,
  jobQueueRecords,
  type SchedulingPolicyRecord,
} from '../records.ts';
import { failsImpossible } from '../resources/impossible-jobs.ts';
import type { ConsumablePlace } from './contract.ts';
import { fleetOptionsOf, LaunchTypes } from './fleet-options.ts';
import { fairShareOf } from './queue-fair-share.ts';
import { storedShares } from './stored-shares.ts';

export interface QueueModelOptions {
  readonly ledger: Ledger;
  /** Why an engine cannot run jobs now; undefined when it can. */
  readonly engineProblem: (kind: EngineKind) => string | undefined;
  /** The instance types there are. Asked when an environment launches some. */
  readonly instanceTypes: () => InstanceTypes;
  /** Where engines run jobs, as far as they have said so; always in the same order. */
  readonly enginePools: () => ReadonlyMap<EngineKind, readonly EnginePool[]>;
  /** The scheduler's time: never goes back. */
  readonly now: () => EpochMilliseconds;
  /** Seconds, below which nothing fades in any queue. @default 0 */
  readonly minimumShareDecay?: number;
  /** What keeps the service from acting by an environment's service role, in words. @default nothing */
  readonly roleProblem?: (environment: ComputeEnvironmentRecord) => string | undefined;
  /** Called when something may have become placeable. */
  readonly onChange: () => void;
}

/** Why no pod starts: there is no engine of this kind. */
const noKubernetes = 'no Kubernetes engine is configured';

/** The scheduler, fed from the ledger's records and the yard's jobs. */
export class QueueModel {
  readonly #options: QueueModelOptions;
  #scheduler = new Scheduler();
  readonly #known = new Map<string, ComputeEnvironmentRecord | JobQueueRecord>();
  /** By ARN of the environment: what the scheduler was told last. */
  readonly #fleets = new Map<string, FleetRecord>();
  /** By ARN of the environment: what the scheduler was told last of its service role. */
  readonly #roles = new Map<string, string | undefined>();
  readonly #launchTypes: LaunchTypes;
  readonly #pools = new Map<string, EnginePool>();
  /** Of queues whose shares take turns, by the queue's ARN: what the scheduler was told. */
  readonly #policies = new Map<string, SchedulingPolicyRecord | undefined>();
  /** By ARN. */
  readonly #consumables = new Map<string, ConsumableResourceRecord>();

  constructor(options: QueueModelOptions) {
    this.#options = options;
    this.#launchTypes = new LaunchTypes(options.instanceTypes);
  }

  /** Forgets everything: call `refresh` and `refreshConsumables`, and enqueue every job again. */
  reset(): void {
    this.#scheduler = new Scheduler();
    this.#known.clear();
    this.#fleets.clear();
    this.#pools.clear();
    this.#consumables.clear();
    this.#policies.clear();
    this.#roles.clear();
  }

  /** Takes over the queues and compute environments that the ledger holds, as they now are. */
  refresh(): void {
    const environments = this.#options.ledger.all(computeEnvironmentRecords);
    // Service jobs are not the scheduler's.
    const queues = this.#options.ledger.all(jobQueueRecords).filter((queue) => !queue.serviceEnvironmentOrder);
    this.#putPools();
    for (const record of environments) this.#putEnvironment(record);
    for (const record of this.#options.ledger.all(fleetRecords)) this.#putFleet(record);
    for (const record of queues) this.#putQueue(record);
    this.#removeAllBut(new Set([...environments, ...queues].map(({ arn }) => arn)));
    this.#options.onChange();
  }

  /** Roles or their policies have changed: looks again at the service roles of all environments. */
  rolesChanged(): void {
    const changed = this.#options.ledger
      .all(computeEnvironmentRecords)
      .filter((record) => this.#roles.has(record.arn) && this.#roleProblem(record) !== this.#roles.get(record.arn));
    if (changed.length === 0) return;
    for (const record of changed) this.#applyEnvironment(record);
    this.#options.onChange();
  }

  /** An instance that is stored: once the environments are known, and before the jobs that run. */
  putInstance(computeEnvironmentArn: string, record: InstanceRecord): void {
    const { id, order, type, vcpus, capacity, state, idleSince, reservedFor } = record;
    const since = idleSince === undefined ? {} : { idleSince };
    const reserved = reservedFor === undefined ? {} : { reservedFor };
    const stored = { id, order, type, vcpus, capacity, state, ...since, ...reserved };
    this.#tell({ kind: 'instance-put', computeEnvironmentArn, ...stored });
  }

  /** What the next instance of an environment will be called that has any. */
  nextInstance(computeEnvironmentArn: string): { readonly id: string; readonly order: number } {
    return this.#scheduler.nextInstance(computeEnvironmentArn);
  }

  /** An instance that was registered, with what is stored of its fleet since. */
  registered(fleet: FleetRecord, record: InstanceRecord): void {
    this.#putFleet(fleet);
    this.putInstance(computeEnvironmentArn(record, record.environment), record);
    this.#options.onChange();
  }

  /** What is to be stored of a fleet. */
  storedFleet(computeEnvironmentArn: string): StoredFleet | undefined {
    return this.#scheduler.storedFleet(computeEnvironmentArn);
  }

  /** The instances of an environment, with what is free of them. */
  instances(computeEnvironmentArn: string): Iterable<FleetInstance> {
    return this.#scheduler.instances(computeEnvironmentArn);
  }

  instance(computeEnvironmentArn: string, id: string): FleetInstance | undefined {
    return this.#scheduler.instance(computeEnvironmentArn, id);
  }

  allocatedvCpus(computeEnvironmentArn: string): number {
    return this.#scheduler.allocatedvCpus(computeEnvironmentArn);
  }

  /** Instances whose last job has ended: to be stored with the next commit. */
  takeIdleInstances(): readonly IdleInstanceName[] {
    return this.#scheduler.takeIdleInstances();
  }

  /** The scheduler's time. */
  now(): EpochMilliseconds {
    return this.#options.now();
  }

  /** Takes over all consumable resources that the ledger holds. There may be many: later each is told that changes. */
  refreshConsumables(): void {
    for (const record of this.#options.ledger.all(consumableResourceRecords)) this.#putConsumable(record);
    this.#options.onChange();
  }

  /** Takes over what the ledger now has of one of them. */
  consumableChanged(place: ConsumablePlace): void {
    const record = this.#options.ledger.get(consumableResourceRecords, place, place.name);
    const arn = consumableResourceArn(place, place.name);
    if (record) this.#putConsumable(record);
    else if (this.#consumables.delete(arn)) this.#tell({ kind: 'consumable-removed', arn });
    this.#options.onChange();
  }

  /** Takes over what the ledger holds of shares, once the jobs are there that run: yields after each. To be gone through to its end. */
  *refreshShares(): Generator<void> {
    for (const share of storedShares(this.#options.ledger)) {
      this.#tell({ kind: 'share-put', ...share });
      yield;
    }
    // All of it is stored: none of it is news.
    this.#scheduler.takeChangedShares();
  }

  /** What of shares is to be stored with the next commit. */
  takeChangedShares(): readonly StoredShare[] {
    return this.#scheduler.takeChangedShares();
  }

  /** Shares of which nothing is left, at most `limit`. */
  fadedShares(limit: number): readonly ShareName[] {
    return this.#scheduler.fadedShares(this.#options.now(), limit);
  }

  activeShares(name: ShareName): ActiveShares {
    return this.#scheduler.activeShares(name, this.#options.now());
  }

  heldOf(consumableArn: string): number {
    return this.#scheduler.heldOf(consumableArn);
  }

  /** Tells the scheduler again which engines can run jobs, and where. */
  refreshEngines(): void {
    this.#putPools();
    for (const record of this.#options.ledger.all(computeEnvironmentRecords)) this.#applyEnvironment(record);
    this.#options.onChange();
  }

  /** What has become of a job. */
  apply(event: SchedulerEvent): void {
    this.#tell(event);
    this.#options.onChange();
  }

  plan(now: EpochMilliseconds, limit: number): Plan {
    return this.#scheduler.plan(now, limit);
  }

  /** What another scheduler is to be told so that it goes on as this one. */
  copy(): ReturnType<Scheduler['copy']> {
    return this.#scheduler.copy();
  }

  stats(): SchedulerStats {
    return this.#scheduler.stats();
  }

  front(queueArn: string, limit: number): readonly JobId[] {
    return this.#scheduler.front(queueArn, limit, this.#options.now());
  }

  /** With at most so many of its shares. */
  standing(queueArn: string, limit: number): QueueStanding | undefined {
    return this.#scheduler.standing(queueArn, limit, this.#options.now());
  }

  queueOf(jobId: JobId): string | undefined {
    return this.#scheduler.queueOf(jobId);
  }

  explain(jobId: JobId, at: EpochMilliseconds): WaitingReason | undefined {
    return this.#scheduler.explain(jobId, at);
  }

  environment(arn: string): ComputeEnvironmentRecord | undefined {
    const record = this.#known.get(arn);
    return record && 'engine' in record ? record : undefined;
  }

  queue(arn: string): JobQueueRecord | undefined {
    const record = this.#known.get(arn);
    return record && 'priority' in record ? record : undefined;
  }

  /** Whether a queue fails jobs that nothing could ever hold. */
  failsImpossible(arn: string): boolean {
    const queue = this.queue(arn);
    return queue !== undefined && failsImpossible(queue);
  }

  /** What the first environment of a queue launches, in one word: for AWS's words. */
  instanceTypeOf(queueArn: string): string {
    const [first] = this.queue(queueArn)?.computeEnvironmentOrder ?? [];
    const environment = first && this.environment(first.computeEnvironment);
    const { instanceTypes, type } = environment?.computeResources ?? {};
    return instanceTypes?.[0] ?? type ?? environment?.name ?? 'unknown';
  }

  /** The engine of an environment, fixed when it was created. */
  engineOf(arn: string): EngineKind | undefined {
    return this.environment(arn)?.engine;
  }

  /** What a job that runs in a pool is given of what it asked for: its footprint. Undefined for one without a place there. */
  footprintOf(element: JobId, pool: string): ResourceRequest | undefined {
    return this.#scheduler.footprint(element, pool);
  }

  /** What has to be done so that a waiting job ever starts, in words; undefined if nothing has. */
  remedy(jobId: JobId, at: EpochMilliseconds): string | undefined {
    const own = this.#scheduler.hopeless(jobId);
    const waiting = this.explain(jobId, at);
    const behind = waiting && jobBefore(waiting);
    const ahead = behind && hopelessOf(behind.head);
    const words = [
      ...(behind && ahead ? [this.hopelessRemedy(ahead, 'That job', `cancel ${behind.headJobId}`)] : []),
      ...(own ? [this.hopelessRemedy(own, ahead ? 'This one too' : 'It', 'cancel it')] : []),
    ];
    return words.length === 0 ? undefined : words.join(' ');
  }

  /** `which`: who never starts. `remedy`: what can be done about it in any case. */
  hopelessRemedy(reason: HopelessReason, which: string, remedy: string): string {
    return describeHopeless(reason, which, remedy, (name) => this.#options.instanceTypes().all.has(name));
  }

  /** What a job is not given in full, in words. */
  limitNotes(jobId: JobId): string[] {
    return this.#scheduler.limits(jobId).map(describeLimit);
  }

  /** What would become of a job that came now. */
  tryOut(job: NewJob): Trial {
    return this.#scheduler.tryOut(queuedLast(job), this.#options.now());
  }

  /** Why a job that came now could never start, in words; undefined for one that could. */
  hopelessWords(job: NewJob): string | undefined {
    const hopeless = this.#scheduler.hopelessIfQueued(queuedLast(job), this.#options.now());
    return hopeless && describeReason(hopeless);
  }

  #putEnvironment(record: ComputeEnvironmentRecord): void {
    if (this.#known.get(record.arn) === record) return;
    this.#known.set(record.arn, record);
    this.#applyEnvironment(record);
  }

  #putFleet(record: FleetRecord): void {
    const arn = computeEnvironmentArn(record, record.environment);
    if (this.#fleets.get(arn) === record) return;
    this.#fleets.set(arn, record);
    const { nextOrder, desiredvCpus, targetvCpus, backoffs } = record;
    const desired = {
      ...(desiredvCpus === undefined ? {} : { desiredvCpus }),
      ...(targetvCpus === undefined ? {} : { targetvCpus }),
    };
    this.#tell({ kind: 'fleet-put', computeEnvironmentArn: arn, nextOrder, backoffs, ...desired });
  }

  /** Of one that is not VALID its status says more. */
  #roleProblem(record: ComputeEnvironmentRecord): string | undefined {
    return record.status === 'VALID' ? this.#options.roleProblem?.(record) : undefined;
  }

  #applyEnvironment(record: ComputeEnvironmentRecord): void {
    const { engine, pool: named, kubernetes } = record;
    const pools = this.#options.enginePools().get(engine);
    const pool = named === undefined ? pools?.[0]?.id : named;
    const isStrange = pools && named !== undefined && !pools.some(({ id }) => id === named);
    const engineUnavailable =
      (kubernetes && noKubernetes) ??
      this.#options.engineProblem(engine) ??
      (isStrange ? `engine ${engine} has no pool ${named}` : undefined);
    const roleRefused = this.#roleProblem(record);
    this.#roles.set(record.arn, roleRefused);
    const fleet = fleetOptionsOf(record, this.#launchTypes);
    this.#tell({
      kind: 'compute-environment-put',
      ...(fleet && { fleet }),
      ...environmentSettings(schedulable(record), {
        ...(pool === undefined ? {} : { pool }),
        ...(engineUnavailable === undefined ? {} : { engineUnavailable }),
        ...(roleRefused === undefined ? {} : { roleRefused }),
      }),
    });
  }

  /** Tells what has changed of all pools. Of one that several engines report the first one's word counts. */
  #putPools(): void {
    const reported = new Map<string, EnginePool>();
    for (const pools of this.#options.enginePools().values())
      for (const pool of pools) if (!reported.has(pool.id)) reported.set(pool.id, pool);
    for (const pool of reported.values()) this.#putPool(pool);
    for (const id of this.#pools.keys()) {
      if (reported.has(id)) continue;
      this.#pools.delete(id);
      this.#tell({ kind: 'pool-removed', pool: id });
    }
  }

  #putPool(pool: EnginePool): void {
    if (isDeepStrictEqual(this.#pools.get(pool.id), pool)) return;
    this.#pools.set(pool.id, pool);
    const { id, capacity, ...rest } = pool;
    this.#tell({ kind: 'pool-capacity', pool: id, ...capacity, ...rest });
  }

  #putConsumable(record: ConsumableResourceRecord): void {
    const { arn, total, type } = record;
    if (this.#consumables.get(arn) === record) return;
    this.#consumables.set(arn, record);
    this.#tell({ kind: 'consumable-put', arn, total, replenishes: type === 'REPLENISHABLE' });
  }

  #putQueue(record: JobQueueRecord): void {
    const policy = this.#policyOf(record);
    if (this.#known.get(record.arn) === record && this.#policies.get(record.arn) === policy) return;
    this.#known.set(record.arn, record);
    this.#policies.set(record.arn, policy);
    const fairShare = fairShareOf(record, policy, this.#options.minimumShareDecay ?? 0);
    this.#tell({ kind: 'job-queue-put', ...queueSettings(record), ...(fairShare && { fairShare }) });
  }

  #policyOf(queue: JobQueueRecord): SchedulingPolicyRecord | undefined {
    const { schedulingPolicyArn: arn } = queue;
    return arn === undefined ? undefined : findSchedulingPolicy(this.#options.ledger, queue, arn);
  }

  #tell(event: SchedulerEvent): void {
    this.#scheduler.apply(event, this.#options.now());
  }

  #removeAllBut(arns: ReadonlySet<string>): void {
    for (const [arn, record] of this.#known) {
      if (arns.has(arn)) continue;
      this.#known.delete(arn);
      this.#policies.delete(arn);
      this.#fleets.delete(arn);
      this.#roles.delete(arn);
      if ('priority' in record) this.#tell({ kind: 'job-queue-removed', arn });
      else this.#tell({ kind: 'compute-environment-removed', arn });
    }
  }
}

/** Behind all that wait. */
function queuedLast({ jobId, jobQueueArn: queueArn, resources: request, ...job }: NewJob): QueuedJob {
  const many = job.kind === 'array' ? { count: job.size } : job.kind === 'multiNode' ? { nodes: job.ranges } : {};
  const { shareIdentifier: share, schedulingPriority: priority } = job;
  return { jobId, queueArn, sequence: Number.MAX_SAFE_INTEGER, request, share, priority, ...many };
}

/** While its instances are replaced an environment is UPDATING, and new ones take jobs (spec 04 §8.4). */
function schedulable(record: ComputeEnvironmentRecord): ComputeEnvironmentRecord {
  return record.replacingSince === undefined ? record : { ...record, status: 'VALID' };
}

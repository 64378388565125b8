import assert from 'node:assert/strict';
import type { JobId } from '../core/ids.ts';
import { type JobRequest, type NodeRange, type ResourceRequest, sumOfNodes } from '../core/job.ts';
import { amountOf } from './amount.ts';
import { describeReason } from './describe-reason.ts';
import { type FleetOptions, registeredFleet, type StoredFleet, type StoredInstance } from './fleet/index.ts';
import type { InstanceDecision, ReserveDecision } from './instance-plan.ts';
import { type Plan, Scheduler } from './scheduler.ts';
import type {
  ComputeEnvironmentSettings,
  ConsumableSettings,
  FairShareSettings,
  JobQueueSettings,
  PoolSettings,
  QueuedJob,
  RunningJob,
  SchedulerEvent,
  StoredShare,
} from './scheduler-event.ts';
import { type StoredModel, schedulerFrom } from './stored-model.ts';
import type { WaitingReason } from './waiting-reason.ts';

/** Whose a job is, and how urgent. */
type Seat = Pick<QueuedJob, 'share' | 'priority' | 'timeoutSeconds' | 'nodes'>;
type SeatedJob = RunningJob & Seat;

/** More jobs than any test has. */
export const everything = 1_000_000;

/**
 * A scheduler together with what a store would hold. A case reads: environments, queues, jobs (`'a:2 b:4'` is job a
 * of 2 vCPUs, then b of 4), then what must start where.
 */
export class Site {
  scheduler = new Scheduler();
  readonly pools = new Map<string, PoolSettings>();
  readonly environments = new Map<string, ComputeEnvironmentSettings>();
  /** By the ARN of the environment. */
  readonly fleets = new Map<string, StoredFleet>();
  /** By id. */
  readonly instances = new Map<string, StoredInstance & { readonly computeEnvironmentArn: string }>();
  readonly queues = new Map<string, JobQueueSettings>();
  readonly consumables = new Map<string, ConsumableSettings>();
  readonly waiting = new Map<JobId, QueuedJob>();
  readonly running = new Map<JobId, SeatedJob>();
  /** By queue and share identifier. */
  readonly shares = new Map<string, StoredShare>();
  /** The scheduler's time. */
  now = 0;
  /** Hears of each plan. */
  onPlan: (plan: Plan) => void = () => {};
  #highest = 0;
  #lowest = 0;

  constructor(host: Partial<PoolSettings> = {}) {
    this.pool('host', host);
  }

  /** The pool of every environment that names no other: a machine that holds jobs to what it has. */
  get host(): PoolSettings {
    return this.pools.get('host') ?? assert.fail('the host is always there');
  }

  /** Puts a pool, or changes one. */
  pool(pool: string, settings: Partial<PoolSettings> = {}): this {
    const usual = { pool, instance: `i-${pool}`, vcpus: 1000, memoryMiB: 1_000_000, gpus: 0, shrinks: true };
    const before: PoolSettings = this.pools.get(pool) ?? usual;
    const put = { ...before, ...settings };
    this.pools.set(pool, put);
    this.#tell({ ...put, kind: 'pool-capacity' });
    return this;
  }

  environment(arn: string, settings: Partial<ComputeEnvironmentSettings> = {}): this {
    const put = { arn, state: 'ENABLED', status: 'VALID', maxvCpus: 256, pool: 'host', ...settings } as const;
    this.environments.set(arn, put);
    this.#tell({ ...put, kind: 'compute-environment-put' });
    return this;
  }

  /** An environment that launches instances. */
  fleet(arn: string, fleet: Partial<FleetOptions>, settings: Partial<ComputeEnvironmentSettings> = {}): this {
    const usual = { strategy: 'BEST_FIT_PROGRESSIVE', purchase: 'on-demand', types: [], bidPercentage: 100 } as const;
    return this.environment(arn, { ...settings, fleet: { uuid: arn, minvCpus: 0, ...usual, ...fleet } });
  }

  /** An environment whose instances are registered. */
  registered(arn: string, settings: Partial<ComputeEnvironmentSettings> = {}): this {
    const put = {
      arn,
      state: 'ENABLED',
      status: 'VALID',
      pool: 'host',
      fleet: registeredFleet(arn),
      ...settings,
    } as const;
    this.environments.set(arn, put);
    this.#tell({ ...put, kind: 'compute-environment-put' });
    return this;
  }

  /** Another size is asked for. */
  desire(computeEnvironmentArn: string, desiredvCpus: number): this {
    const { nextOrder = 1, backoffs = {} } = this.scheduler.storedFleet(computeEnvironmentArn) ?? {};
    this.#tell({ kind: 'fleet-put', computeEnvironmentArn, nextOrder, backoffs, desiredvCpus });
    this.#storeFleets();
    return this;
  }

  /** Somebody registers an instance. Answers its id. */
  register(
    computeEnvironmentArn: string,
    { vcpus, memoryMiB = 64, gpus = 0 }: Partial<ResourceRequest> & { vcpus: number },
  ): string {
    const { id, order } = this.scheduler.nextInstance(computeEnvironmentArn);
    const { nextOrder: _, backoffs = {} } = this.scheduler.storedFleet(computeEnvironmentArn) ?? {};
    const capacity = amountOf({ vcpus, memoryMiB, gpus });
    const stored = { id, order, type: 'registered', vcpus, capacity, state: 'ready', idleSince: this.now } as const;
    this.#tell({ kind: 'fleet-put', computeEnvironmentArn, nextOrder: order + 1, backoffs });
    this.#tell({ kind: 'instance-put', computeEnvironmentArn, ...stored });
    this.instances.set(id, { ...stored, computeEnvironmentArn });
    this.#storeFleets();
    return id;
  }

  /** What has become of an instance. */
  instance(kind: 'ready' | 'closed' | 'failed', id: string): void {
    const stored = this.instances.get(id) ?? assert.fail(`there is no instance ${id}`);
    const { computeEnvironmentArn } = stored;
    this.#tell({ kind: `instance-${kind}`, computeEnvironmentArn, id });
    if (kind === 'failed') this.instances.delete(id);
    else if (kind === 'closed') this.instances.set(id, { ...stored, state: 'closed' });
    else this.instances.set(id, { ...stored, state: 'ready', idleSince: this.now });
    this.#storeFleets();
  }

  /** All that start are there. */
  allReady(): this {
    for (const { id, state } of [...this.instances.values()]) if (state === 'starting') this.instance('ready', id);
    return this;
  }

  removeEnvironment(arn: string): void {
    this.environments.delete(arn);
    this.fleets.delete(arn);
    for (const [id, one] of this.instances) if (one.computeEnvironmentArn === arn) this.instances.delete(id);
    this.#tell({ kind: 'compute-environment-removed', arn });
  }

  queue(arn: string, environments: string, settings: Partial<JobQueueSettings> = {}): this {
    const computeEnvironmentArns = environments.split(' ').filter((name) => name !== '');
    const put = { arn, priority: 1, acceptsPlacement: true, computeEnvironmentArns, ...settings };
    this.queues.set(arn, put);
    this.#tell({ ...put, kind: 'job-queue-put' });
    return this;
  }

  /** Whose shares take turns. */
  fair(arn: string, environments: string, fairShare: Partial<FairShareSettings> & { decay?: number } = {}): this {
    const { decay = 600, ...given } = fairShare;
    const decays = [{ since: 0, seconds: decay }];
    const usual: FairShareSettings = { decays, computeReservation: 0, weights: [], blocking: 'share' };
    return this.queue(arn, environments, { fairShare: { ...usual, ...given } });
  }

  removeQueue(arn: string): void {
    this.#tell({ kind: 'job-queue-removed', arn });
    this.queues.delete(arn);
    for (const [key, { queueArn }] of this.shares) if (queueArn === arn) this.shares.delete(key);
  }

  consumable(arn: string, total: number, replenishes = true): this {
    const put = { arn, total, replenishes };
    this.consumables.set(arn, put);
    this.#tell({ ...put, kind: 'consumable-put' });
    return this;
  }

  removeConsumable(arn: string): void {
    this.consumables.delete(arn);
    this.#tell({ kind: 'consumable-removed', arn });
  }

  /** Units of a consumable resource that running jobs hold, added up anew. */
  heldOf(arn: string): number {
    const requests = [...this.running.values()].flatMap(({ request }) => request.consumables ?? []);
    return requests.filter(({ resource }) => resource === arn).reduce((sum, { quantity }) => sum + quantity, 0);
  }

  jobs(queueArn: string, jobs: string, more: Partial<JobRequest> = {}, seat: Seat = {}): this {
    for (const job of jobs.split(' ')) {
      const [name = '', vcpus] = job.split(':');
      this.submit(name, queueArn, { vcpus: Number(vcpus ?? 1), memoryMiB: 1, gpus: 0, ...more }, seat);
    }
    return this;
  }

  /** Jobs of a share: `'a:2 b'`. */
  share(queueArn: string, share: string, jobs: string, priority = 0): this {
    return this.jobs(queueArn, jobs, {}, { share, priority });
  }

  submit(name: string, queueArn: string, request: JobRequest, seat: Seat = {}): void {
    this.#highest += 1;
    const job = { jobId: name as JobId, queueArn, sequence: this.#highest, request, ...seat };
    this.#enqueue(job);
    this.#countShare(job, 1);
  }

  /** A multi-node job, of so many nodes that ask for the same. */
  submitNodes(
    name: string,
    queueArn: string,
    count: number,
    { instanceType, ...resources }: JobRequest,
    seat: Seat = {},
  ): void {
    this.submitRanges(name, queueArn, [{ first: 0, last: count - 1, resources }], { instanceType, ...seat });
  }

  submitRanges(
    name: string,
    queueArn: string,
    nodes: readonly NodeRange[],
    { instanceType, ...seat }: Seat & { readonly instanceType?: string | undefined } = {},
  ): void {
    this.#highest += 1;
    const request = { ...sumOfNodes(nodes), ...(instanceType !== undefined && { instanceType }) };
    const job = { jobId: name as JobId, queueArn, sequence: this.#highest, request, nodes, ...seat };
    this.#enqueue(job);
    this.#countShare(job, 1);
  }

  /** Time goes on. */
  wait(seconds: number): this {
    this.now += seconds * 1000;
    return this;
  }

  cancel(name: string): void {
    const job = this.waiting.get(name as JobId);
    this.#tell({ kind: 'job-removed', jobId: name as JobId });
    this.waiting.delete(name as JobId);
    this.#countShare(job, -1);
  }

  finish(...names: readonly string[]): this {
    for (const name of names) this.#countShare(this.#end(name), -1);
    return this;
  }

  /** An attempt has ended. */
  #end(name: string): SeatedJob {
    const job = this.running.get(name as JobId) ?? assert.fail(`${name} does not run`);
    const { jobId, computeEnvironmentArn, pool, instance, request, endsAt } = job;
    this.#tell({ kind: 'task-finished', jobId, computeEnvironmentArn, pool, instance, endsAt });
    this.running.delete(name as JobId);
    for (const { resource, quantity } of request.consumables ?? []) this.#use(resource, quantity);
    return job;
  }

  /** It runs: its timeout counts from now, if it has one. */
  run(...names: readonly string[]): this {
    for (const name of names) {
      const job = this.running.get(name as JobId) ?? assert.fail(`${name} is not placed`);
      const { jobId, computeEnvironmentArn, pool, instance, timeoutSeconds, endsAt: before } = job;
      if (timeoutSeconds === undefined) continue;
      const endsAt = this.now + timeoutSeconds * 1000;
      this.#tell({ kind: 'task-ends', jobId, computeEnvironmentArn, pool, instance, before, endsAt });
      this.running.set(jobId, { ...job, endsAt });
    }
    return this;
  }

  /** An attempt failed: the job waits again, at the head of its queue. */
  retry(name: string): void {
    const { jobId, queueArn, request, share, priority = 0, timeoutSeconds, nodes } = this.#end(name);
    this.#lowest -= 1;
    const ranges = nodes && { nodes };
    this.#enqueue({ jobId, queueArn, sequence: this.#lowest, request, share, priority, timeoutSeconds, ...ranges });
  }

  /** Plans, and moves the jobs that start as a store would. */
  plan(limit = everything): Plan {
    const plan = this.scheduler.plan(this.now, limit);
    this.onPlan(plan);
    for (const decision of plan.instances) this.#carryOut(decision);
    for (const decision of plan.decisions) {
      const { jobId, computeEnvironmentArn, pool } = decision;
      const {
        queueArn,
        request,
        share,
        priority = 0,
        timeoutSeconds,
        nodes,
      } = this.waiting.get(jobId) ?? assert.fail(`${jobId} started without waiting`);
      const where =
        decision.kind === 'place'
          ? { instance: decision.instance }
          : { instance: undefined, instances: decision.instances };
      this.waiting.delete(jobId);
      const seat = { queueArn, request, share, priority, timeoutSeconds, ...(nodes && { nodes }) };
      this.running.set(jobId, { jobId, computeEnvironmentArn, pool, ...where, ...seat });
    }
    this.#store();
    this.#storeFleets();
    return plan;
  }

  #carryOut(decision: InstanceDecision): void {
    const { computeEnvironmentArn } = decision;
    if (decision.kind === 'end') this.instances.delete(decision.id);
    else if (decision.kind === 'reserve') this.#reserve(decision);
    else
      for (const one of decision.instances) {
        const { name, vcpus, capacity } = decision.type;
        this.instances.set(one.id, { ...one, computeEnvironmentArn, type: name, vcpus, capacity, state: 'starting' });
      }
  }

  #reserve({ id, jobId }: ReserveDecision): void {
    const { reservedFor: _, ...rest } = this.instances.get(id) ?? assert.fail(`${id} is reserved, and is not there`);
    this.instances.set(id, jobId === undefined ? rest : { ...rest, reservedFor: jobId });
  }

  /** Instances that wait for a multi-node job, by id. Of one that was closed it is stored still, and means nothing. */
  reservedFor(name: string): readonly string[] {
    const reserved = [...this.instances.values()].filter(
      ({ reservedFor, state }) => reservedFor === name && state !== 'closed',
    );
    return reserved.map(({ id }) => id).sort();
  }

  /** Asserts that exactly these jobs start now, in this order: `'a@environment b@environment'`, or `''`. */
  starts(expected: string): this {
    const started = this.plan().decisions.map(
      ({ jobId, computeEnvironmentArn }) => `${jobId}@${computeEnvironmentArn}`,
    );
    assert.equal(started.join(' '), expected);
    return this;
  }

  reason(name: string): WaitingReason {
    const reason = this.scheduler.explain(name as JobId, this.now);
    assert.ok(reason, `${name} does not wait`);
    return reason;
  }

  text(name: string): string {
    return describeReason(this.reason(name));
  }

  /** A scheduler built from what a store would hold. */
  rebuilt(): Scheduler {
    return schedulerFrom(this.stored(), this.now);
  }

  /** A scheduler that is told what this one says of itself, and the jobs between. */
  copied(): Scheduler {
    const scheduler = new Scheduler();
    const { resources, shares } = this.scheduler.copy();
    const { running, waiting, jobsOfShares } = this.stored();
    for (const event of resources) scheduler.apply(event, this.now);
    for (const job of running) scheduler.apply({ ...job, kind: 'job-running' }, this.now);
    for (const job of waiting) scheduler.apply({ ...job, kind: 'job-queued' }, this.now);
    for (const name of jobsOfShares) scheduler.apply({ ...name, kind: 'share-jobs', by: 1 }, this.now);
    for (const { event } of shares) scheduler.apply(event, this.now);
    return scheduler;
  }

  /** What a store would hold. */
  stored(): StoredModel {
    const jobs = [...this.waiting.values(), ...this.running.values()];
    return {
      pools: this.pools.values(),
      environments: this.environments.values(),
      fleets: [...this.fleets].map(([computeEnvironmentArn, fleet]) => ({ computeEnvironmentArn, ...fleet })),
      instances: [...this.instances.values()].reverse(),
      queues: this.queues.values(),
      consumables: this.consumables.values(),
      running: this.running.values(),
      waiting: this.waitingInOrder(),
      jobsOfShares: jobs.flatMap(({ queueArn, share }) => (share === undefined ? [] : [{ queueArn, share }])),
      shares: [...this.shares.values()].reverse(),
    };
  }

  waitingInOrder(): readonly QueuedJob[] {
    return [...this.waiting.values()].sort((a, b) => a.sequence - b.sequence);
  }

  /** An attempt that held so much has ended. */
  #use(arn: string, quantity: number): void {
    const known = this.consumables.get(arn);
    if (known && !known.replenishes) this.consumable(arn, Math.max(0, known.total - quantity), false);
  }

  /** What a sweep does. */
  forgetFaded(): void {
    for (const { queueArn, share } of this.scheduler.fadedShares(this.now, everything)) {
      this.#tell({ kind: 'share-removed', queueArn, share });
      this.shares.delete(`${queueArn} ${share}`);
    }
  }

  #tell(event: SchedulerEvent): void {
    this.scheduler.apply(event, this.now);
    this.#store();
  }

  /** What of fleets a commit would store. */
  #storeFleets(): void {
    for (const [arn, { fleet }] of this.environments) {
      const stored = fleet && this.scheduler.storedFleet(arn);
      if (stored) this.fleets.set(arn, stored);
    }
  }

  /** What of shares, and of instances that are idle, a commit would store. */
  #store(): void {
    for (const { id, idleSince } of this.scheduler.takeIdleInstances()) {
      const known = this.instances.get(id);
      if (known) this.instances.set(id, { ...known, idleSince });
    }
    for (const share of this.scheduler.takeChangedShares()) this.shares.set(`${share.queueArn} ${share.share}`, share);
  }

  #countShare(job: Pick<QueuedJob, 'queueArn' | 'share'> | undefined, by: 1 | -1): void {
    if (job?.share === undefined) return;
    this.#tell({ kind: 'share-jobs', queueArn: job.queueArn, share: job.share, by });
  }

  #enqueue(job: QueuedJob): void {
    this.#tell({ ...job, kind: 'job-queued' });
    this.waiting.set(job.jobId, job);
  }
}

import assert from 'node:assert/strict';
import type { JobId } from '../core/ids.ts';
import type { JobRequest } from '../core/job.ts';
import { describeReason } from './describe-reason.ts';
import { type Plan, Scheduler } from './scheduler.ts';
import type {
  ComputeEnvironmentSettings,
  ConsumableSettings,
  JobQueueSettings,
  PoolSettings,
  QueuedJob,
  RunningJob,
} from './scheduler-event.ts';
import { schedulerFrom } from './stored-model.ts';
import type { WaitingReason } from './waiting-reason.ts';

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
  readonly queues = new Map<string, JobQueueSettings>();
  readonly consumables = new Map<string, ConsumableSettings>();
  readonly waiting = new Map<JobId, QueuedJob>();
  readonly running = new Map<JobId, RunningJob>();
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
    this.scheduler.apply({ ...put, kind: 'pool-capacity' });
    return this;
  }

  environment(arn: string, settings: Partial<ComputeEnvironmentSettings> = {}): this {
    const put = { arn, state: 'ENABLED', status: 'VALID', maxvCpus: 256, pool: 'host', ...settings } as const;
    this.environments.set(arn, put);
    this.scheduler.apply({ ...put, kind: 'compute-environment-put' });
    return this;
  }

  removeEnvironment(arn: string): void {
    this.environments.delete(arn);
    this.scheduler.apply({ kind: 'compute-environment-removed', arn });
  }

  queue(arn: string, environments: string, settings: Partial<JobQueueSettings> = {}): this {
    const computeEnvironmentArns = environments.split(' ').filter((name) => name !== '');
    const put = { arn, priority: 1, acceptsPlacement: true, computeEnvironmentArns, ...settings };
    this.queues.set(arn, put);
    this.scheduler.apply({ ...put, kind: 'job-queue-put' });
    return this;
  }

  removeQueue(arn: string): void {
    this.scheduler.apply({ kind: 'job-queue-removed', arn });
    this.queues.delete(arn);
  }

  consumable(arn: string, total: number, replenishes = true): this {
    const put = { arn, total, replenishes };
    this.consumables.set(arn, put);
    this.scheduler.apply({ ...put, kind: 'consumable-put' });
    return this;
  }

  removeConsumable(arn: string): void {
    this.consumables.delete(arn);
    this.scheduler.apply({ kind: 'consumable-removed', arn });
  }

  /** Units of a consumable resource that running jobs hold, added up anew. */
  heldOf(arn: string): number {
    const requests = [...this.running.values()].flatMap(({ request }) => request.consumables ?? []);
    return requests.filter(({ resource }) => resource === arn).reduce((sum, { quantity }) => sum + quantity, 0);
  }

  jobs(queueArn: string, jobs: string, more: Partial<JobRequest> = {}): this {
    for (const job of jobs.split(' ')) {
      const [name = '', vcpus] = job.split(':');
      this.submit(name, queueArn, { vcpus: Number(vcpus ?? 1), memoryMiB: 1, gpus: 0, ...more });
    }
    return this;
  }

  submit(name: string, queueArn: string, request: JobRequest): void {
    this.#highest += 1;
    this.#enqueue({ jobId: name as JobId, queueArn, sequence: this.#highest, request });
  }

  cancel(name: string): void {
    this.scheduler.apply({ kind: 'job-removed', jobId: name as JobId });
    this.waiting.delete(name as JobId);
  }

  finish(...names: readonly string[]): this {
    for (const name of names) {
      const { jobId, computeEnvironmentArn, pool, instance, request } =
        this.running.get(name as JobId) ?? assert.fail(`${name} does not run`);
      this.scheduler.apply({ kind: 'task-finished', jobId, computeEnvironmentArn, pool, instance });
      this.running.delete(name as JobId);
      for (const { resource, quantity } of request.consumables ?? []) this.#use(resource, quantity);
    }
    return this;
  }

  /** An attempt failed: the job waits again, at the head of its queue. */
  retry(name: string): void {
    const job = this.running.get(name as JobId);
    assert.ok(job, `${name} does not run`);
    this.finish(name);
    this.#lowest -= 1;
    this.#enqueue({ jobId: job.jobId, queueArn: job.queueArn, sequence: this.#lowest, request: job.request });
  }

  /** Plans, and moves the jobs that start as a store would. */
  plan(limit = everything): Plan {
    const plan = this.scheduler.plan(0, limit);
    this.onPlan(plan);
    for (const decision of plan.decisions) {
      const { jobId, computeEnvironmentArn, pool } = decision;
      const { queueArn, request } = this.waiting.get(jobId) ?? assert.fail(`${jobId} started without waiting`);
      const instance = decision.kind === 'place' ? decision.instance : undefined;
      this.waiting.delete(jobId);
      this.running.set(jobId, { jobId, queueArn, computeEnvironmentArn, pool, instance, request });
    }
    return plan;
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
    const reason = this.scheduler.explain(name as JobId);
    assert.ok(reason, `${name} does not wait`);
    return reason;
  }

  text(name: string): string {
    return describeReason(this.reason(name));
  }

  /** A scheduler built from what a store would hold. */
  rebuilt(): Scheduler {
    return schedulerFrom({
      pools: this.pools.values(),
      environments: this.environments.values(),
      queues: this.queues.values(),
      consumables: this.consumables.values(),
      running: this.running.values(),
      waiting: this.waitingInOrder(),
    });
  }

  waitingInOrder(): readonly QueuedJob[] {
    return [...this.waiting.values()].sort((a, b) => a.sequence - b.sequence);
  }

  /** An attempt that held so much has ended. */
  #use(arn: string, quantity: number): void {
    const known = this.consumables.get(arn);
    if (known && !known.replenishes) this.consumable(arn, Math.max(0, known.total - quantity), false);
  }

  #enqueue(job: QueuedJob): void {
    this.scheduler.apply({ ...job, kind: 'job-queued' });
    this.waiting.set(job.jobId, job);
  }
}

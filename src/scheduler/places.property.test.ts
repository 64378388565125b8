import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { type NodeRange, sumOfNodes } from '../core/job.ts';
import { Scheduler } from './scheduler.ts';
import type {
  ComputeEnvironmentSettings,
  JobQueueSettings,
  PoolSettings,
  QueuedJob,
  RunningJob,
} from './scheduler-event.ts';
import { pick } from './scheduler-history.fixture.ts';
import { schedulerFrom } from './stored-model.ts';

/** One step of a history of arrays and multi-node jobs, whose environments and pools change under them. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant('array' as const),
    children: fc.integer({ min: 1, max: 4 }),
    vcpus: fc.nat({ max: 3 }),
  }),
  fc.record({
    kind: fc.constant('gang' as const),
    sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('plan' as const), limit: fc.nat({ max: 5 }) }),
  fc.record({ kind: fc.constant('finish' as const), which: fc.nat({ max: 50 }) }),
  fc.record({ kind: fc.constant('environment' as const), pool: fc.constantFrom('a', 'b') }),
  fc.record({
    kind: fc.constant('pool' as const),
    pool: fc.constantFrom('a', 'b'),
    vcpus: fc.integer({ min: 1, max: 9 }),
    instance: fc.constantFrom('i-1', 'i-2', undefined),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A scheduler, and what a store would hold: each task in a place of its own. */
class Installation {
  readonly scheduler = new Scheduler();
  readonly pools = new Map<string, PoolSettings>();
  readonly waiting = new Map<JobId, QueuedJob>();
  readonly running: RunningJob[] = [];
  readonly queue: JobQueueSettings = { arn: 'q', priority: 1, acceptsPlacement: true, computeEnvironmentArns: ['ce'] };
  environment: ComputeEnvironmentSettings = { arn: 'ce', state: 'ENABLED', status: 'VALID', maxvCpus: 20, pool: 'a' };
  #jobs = 0;

  constructor() {
    this.put('a', 4, 'i-1');
    this.put('b', 6, 'i-2');
    this.scheduler.apply({ ...this.environment, kind: 'compute-environment-put' }, 0);
    this.scheduler.apply({ ...this.queue, kind: 'job-queue-put' }, 0);
  }

  put(pool: string, vcpus: number, instance: string | undefined): void {
    if (instance !== undefined) {
      const settings = { pool, vcpus, memoryMiB: 100, gpus: 0, shrinks: pool === 'a', instance };
      this.pools.set(pool, settings);
      this.scheduler.apply({ ...settings, kind: 'pool-capacity' }, 0);
    } else if (this.pools.delete(pool)) this.scheduler.apply({ kind: 'pool-removed', pool }, 0);
  }

  submit(job: Pick<QueuedJob, 'request' | 'count' | 'nodes'>): void {
    this.#jobs += 1;
    const queued = { jobId: `j${this.#jobs}` as JobId, queueArn: 'q', sequence: this.#jobs, ...job };
    this.waiting.set(queued.jobId, queued);
    this.scheduler.apply({ ...queued, kind: 'job-queued' }, 0);
  }

  plan(limit: number): void {
    for (const decision of this.scheduler.plan(0, limit).decisions) {
      const { jobId, computeEnvironmentArn, pool } = decision;
      const job = this.waiting.get(jobId) ?? assert.fail(`${jobId} starts and does not wait`);
      const { queueArn, request, count, nodes = [] } = job;
      if (count !== undefined && count > 1) this.waiting.set(jobId, { ...job, count: count - 1 });
      else this.waiting.delete(jobId);
      const one = count === undefined ? {} : { count: 1 };
      const instance = decision.kind === 'place' ? decision.instance : undefined;
      if (decision.kind === 'place-gang')
        assert.equal(
          decision.instances.length,
          nodes.reduce((sum, { first, last }) => sum + last - first + 1, 0),
        );
      this.running.push({ jobId, queueArn, computeEnvironmentArn, pool, instance, request, ...one });
    }
  }

  finish(which: number): void {
    const job = pick(this.running, which);
    if (!job) return;
    this.running.splice(this.running.indexOf(job), 1);
    const { jobId, computeEnvironmentArn, pool, instance } = job;
    this.scheduler.apply({ kind: 'task-finished', jobId, computeEnvironmentArn, pool, instance }, 0);
  }

  rebuilt(): Scheduler {
    return schedulerFrom(
      {
        pools: this.pools.values(),
        environments: [this.environment],
        fleets: [],
        instances: [],
        consumables: [],
        queues: [this.queue],
        running: this.running,
        waiting: this.waiting.values(),
        jobsOfShares: [],
        shares: [],
      },
      0,
    );
  }
}

function happen(installation: Installation, one: Step): void {
  switch (one.kind) {
    case 'array':
      installation.submit({ request: { vcpus: one.vcpus + 1, memoryMiB: 1, gpus: 0 }, count: one.children });
      break;
    case 'gang': {
      const nodes = rangesOf(one.sizes);
      installation.submit({ request: sumOfNodes(nodes), nodes });
      break;
    }
    case 'plan':
      installation.plan(one.limit);
      break;
    case 'finish':
      installation.finish(one.which);
      break;
    case 'environment':
      installation.environment = { ...installation.environment, pool: one.pool };
      installation.scheduler.apply({ ...installation.environment, kind: 'compute-environment-put' }, 0);
      break;
    case 'pool':
      installation.put(one.pool, one.vcpus, one.instance);
      break;
    default:
      one satisfies never;
  }
}

/** Ranges of so many nodes, each of which asks for more than the one before. */
function rangesOf(sizes: readonly number[]): readonly NodeRange[] {
  let next = 0;
  return sizes.map((size, index) => {
    const range = { first: next, last: next + size - 1, resources: { vcpus: (index + 1) / 4, memoryMiB: 1, gpus: 0 } };
    next += size;
    return range;
  });
}

function sumsOf(scheduler: Scheduler) {
  const { pools, environments, ...rest } = scheduler.stats();
  return { ...rest, environments, pools: [...pools].sort((a, b) => (a.pool < b.pool ? -1 : 1)) };
}

it('the end of a task frees the very place that it had: what is built from stored state has the same sums, and plans the same', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const installation = new Installation();
      for (const one of steps) {
        happen(installation, one);
        const places = Map.groupBy(installation.running, ({ jobId }) => jobId).values();
        for (const jobs of places)
          seen.add(String(new Set(jobs.map(({ pool, instance }) => `${pool} ${instance}`)).size));
        const rebuilt = installation.rebuilt();
        assert.deepEqual(sumsOf(rebuilt), sumsOf(installation.scheduler));
        for (const { jobId } of installation.running)
          assert.deepEqual(rebuilt.limits(jobId), installation.scheduler.limits(jobId));
        for (const jobId of installation.waiting.keys())
          assert.deepEqual(rebuilt.explain(jobId, 0), installation.scheduler.explain(jobId, 0));
      }
      const { decisions } = installation.rebuilt().plan(0, 100);
      assert.deepEqual(installation.scheduler.plan(0, 100).decisions, decisions);
    }),
    { numRuns: 400 },
  );
  assert.ok(seen.has('1') && seen.has('2'), 'no array ran in several places');
});

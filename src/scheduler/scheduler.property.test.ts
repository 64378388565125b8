import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import type { ResourceRequest } from '../core/job.ts';
import { describeReason } from './describe-reason.ts';
import { everything, type Yard } from './scheduler.fixture.ts';
import type { Decision, Plan, Scheduler } from './scheduler.ts';
import type { PoolSettings, QueuedJob } from './scheduler-event.ts';
import { consumableResources, history, pick, waitingIn, which, yardAfter } from './scheduler-history.fixture.ts';
import { type StoredModel, schedulerFrom } from './stored-model.ts';

function check(property: (yard: Yard) => void, numRuns = 300, seed?: number): void {
  fc.assert(
    fc.property(history, (steps) => property(yardAfter(steps))),
    { numRuns, ...(seed === undefined ? {} : { seed }) },
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function usedVcpus(yard: Yard, environmentArn: string): number {
  const jobs = [...yard.running.values()].filter((job) => job.computeEnvironmentArn === environmentArn);
  return sum(jobs.map(({ request }) => request.vcpus));
}

/** What a pool gives of a request. */
function given({ vcpus, memoryMiB, gpus }: ResourceRequest, pool: PoolSettings | undefined): ResourceRequest {
  if (!pool?.shrinks) return { vcpus, memoryMiB, gpus };
  return { vcpus: Math.min(vcpus, pool.vcpus), memoryMiB: Math.min(memoryMiB, pool.memoryMiB), gpus };
}

interface PoolUse extends ResourceRequest {
  readonly places: number;
}

/** What running jobs take of a pool, added up anew. */
function poolUse(yard: Yard, pool: string): PoolUse {
  const jobs = [...yard.running.values()].filter((job) => job.pool === pool);
  const requests = jobs.map(({ request }) => given(request, yard.pools.get(pool)));
  return {
    places: jobs.length,
    vcpus: sum(requests.map(({ vcpus }) => vcpus)),
    memoryMiB: sum(requests.map(({ memoryMiB }) => memoryMiB)),
    gpus: sum(requests.map(({ gpus }) => gpus)),
  };
}

function poolOf(yard: Yard, environmentArn: string): PoolSettings | undefined {
  return yard.pools.get(yard.environments.get(environmentArn)?.pool ?? '');
}

function isUsable(yard: Yard, environmentArn: string): boolean {
  const environment = yard.environments.get(environmentArn);
  const pool = poolOf(yard, environmentArn);
  return (
    environment?.state === 'ENABLED' &&
    environment.status === 'VALID' &&
    environment.engineUnavailable === undefined &&
    pool !== undefined &&
    pool.unavailable === undefined
  );
}

const noUse: PoolUse = { places: 0, vcpus: 0, memoryMiB: 0, gpus: 0 };

/** Whether an environment and its pool have room for a request beside what is used of them. */
function fits(yard: Yard, arn: string, request: ResourceRequest, vcpus: number, use: PoolUse): boolean {
  const pool = poolOf(yard, arn);
  if (!pool || !isUsable(yard, arn)) return false;
  const footprint = given(request, pool);
  return (
    vcpus + request.vcpus <= (yard.environments.get(arn)?.maxvCpus ?? 0) &&
    use.places < (pool.places?.most ?? Number.POSITIVE_INFINITY) &&
    footprint.vcpus <= pool.vcpus - use.vcpus &&
    footprint.memoryMiB <= pool.memoryMiB - use.memoryMiB &&
    (request.gpus === 0 || request.gpus <= pool.gpus - use.gpus)
  );
}

/** Whether a job could start on an otherwise empty installation. */
function isFeasible(yard: Yard, { queueArn, request }: QueuedJob): boolean {
  const queue = yard.queues.get(queueArn);
  return (
    queue?.acceptsPlacement === true &&
    (request.consumables ?? []).every(({ resource, quantity }) => quantity <= obtainable(yard, resource)) &&
    queue.computeEnvironmentArns.some((arn) => fits(yard, arn, request, 0, noUse))
  );
}

function freeOf(yard: Yard, resource: string): number {
  return (yard.consumables.get(resource)?.total ?? 0) - yard.heldOf(resource);
}

/** What there may be of a consumable resource once all jobs that run now have ended. */
function obtainable(yard: Yard, resource: string): number {
  const known = yard.consumables.get(resource);
  return known?.replenishes ? known.total : Math.max(0, freeOf(yard, resource));
}

/** Whether an environment and its pool have room for a job now, and what it needs is free, nothing being kept for others. */
function hasRoom(yard: Yard, { queueArn, request }: QueuedJob): boolean {
  const needs = request.consumables ?? [];
  if (!needs.every(({ resource, quantity }) => quantity <= freeOf(yard, resource))) return false;
  const arns = yard.queues.get(queueArn)?.computeEnvironmentArns ?? [];
  return arns.some((arn) => {
    const use = poolUse(yard, poolOf(yard, arn)?.pool ?? '');
    return fits(yard, arn, request, usedVcpus(yard, arn), use);
  });
}

/** The heads of all queues that take placements, in the order that queues are served. */
function headsInRank(yard: Yard): readonly QueuedJob[] {
  const heads = [...yard.queues.values()].flatMap((queue) => {
    const head = waitingIn(yard, queue.arn)[0];
    return head && queue.acceptsPlacement ? [{ head, priority: queue.priority }] : [];
  });
  heads.sort((a, b) => b.priority - a.priority || a.head.sequence - b.head.sequence);
  return heads.map(({ head }) => head);
}

/** Pools that nothing runs in are told by whoever knows of them. */
function usedPools(scheduler: Scheduler) {
  return scheduler
    .stats()
    .pools.filter(({ used }) => used.vcpus > 0)
    .sort((a, b) => (a.pool < b.pool ? -1 : 1));
}

function decideAll(scheduler: Scheduler): readonly Decision[] {
  return scheduler.plan(0, everything).decisions;
}

/** What a store would hold if there were only one pool, its environments, and the queues that use no others. */
function onlyPool(yard: Yard, pool: string): StoredModel {
  const environments = [...yard.environments.values()].filter((environment) => environment.pool === pool);
  const arns = new Set(environments.map(({ arn }) => arn));
  const queues = [...yard.queues.values()].filter(({ computeEnvironmentArns: [first = ''] }) => arns.has(first));
  return {
    pools: [...yard.pools.values()].filter((one) => one.pool === pool),
    environments,
    queues,
    consumables: yard.consumables.values(),
    running: [...yard.running.values()].filter((job) => job.pool === pool || arns.has(job.computeEnvironmentArn)),
    waiting: yard.waitingInOrder().filter((job) => queues.some(({ arn }) => arn === job.queueArn)),
  };
}

/** Adds up what plans tell of blocked heads: the head and the kind of its reason, by queue. */
function follow(told: Map<string, string>, { blocked }: Plan): void {
  for (const change of blocked) {
    if (change.kind === 'blocked') told.set(change.queueArn, `${change.jobId}: ${change.reason.kind}`);
    else told.delete(change.queueArn);
  }
}

function explainAll(yard: Yard, scheduler: Scheduler) {
  return [...yard.waiting.keys()].map((jobId) => [jobId, scheduler.explain(jobId)]);
}

describe('after whatever has happened', () => {
  it('the generated histories start, block, hold back and limit jobs', () => {
    const seen = new Set<string>();
    check(
      (yard) => {
        for (const { reason } of yard.plan().decisions) {
          seen.add('start');
          if (reason.limits.length > 0) seen.add('limits');
          for (const { kind } of reason.passedOver) seen.add(kind);
        }
        for (const reason of [...yard.waiting.keys()].map((jobId) => yard.reason(jobId))) {
          seen.add(reason.kind === 'outranked-by-queue' ? `outranked over ${reason.over}` : reason.kind);
        }
      },
      // Always the same ones: some other thousand has none of the rarest.
      1000,
      1,
    );
    const wanted = ['start', 'limits', 'at-max-vcpus', 'too-small', 'waiting-for-head', 'pool-capacity', 'pool-full'];
    const outranked = ['outranked over compute-environment', 'outranked over pool', 'pool-unavailable'];
    const consumables = ['consumables-in-use', 'consumables-unobtainable', 'outranked over consumable'];
    const kinds = [...outranked, 'engine-unavailable', 'no-valid-environment', 'request-exceeds-pool', 'exceeds-pool'];
    assert.deepEqual(
      [...wanted, ...kinds, ...consumables].filter((kind) => !seen.has(kind)),
      [],
    );
  });

  it('a scheduler built from stored state explains and plans exactly as the one that lived through it', () => {
    check((yard) => {
      const rebuilt = yard.rebuilt();
      assert.deepEqual(explainAll(yard, rebuilt), explainAll(yard, yard.scheduler));
      assert.deepEqual(decideAll(rebuilt), yard.plan().decisions);
      assert.deepEqual(usedPools(rebuilt), usedPools(yard.scheduler));
      for (const one of consumableResources) assert.equal(rebuilt.heldOf(one), yard.scheduler.heldOf(one));
      assert.deepEqual(explainAll(yard, rebuilt), explainAll(yard, yard.scheduler));
    }, 600);
  });

  it('a plan in slices of one decides what one plan decides, and `more` tells whether the next will decide', () => {
    check((yard) => {
      const whole = decideAll(yard.rebuilt());
      const slices: Decision[] = [];
      for (let more = yard.plan(0).more; more; ) {
        const plan = yard.plan(1);
        assert.equal(plan.decisions.length, 1);
        slices.push(...plan.decisions);
        more = plan.more;
      }
      assert.deepEqual(slices, whole);
      assert.deepEqual(yard.plan(), { decisions: [], more: false, blocked: [] });
    });
  });

  it('a decision puts a job where its queue may run it, and no capacity is exceeded by it', () => {
    check((yard) => {
      for (let plan = yard.plan(1); plan.decisions.length > 0; plan = yard.plan(1)) {
        const [decision] = plan.decisions;
        assert.ok(decision);
        const { jobId, computeEnvironmentArn: arn } = decision;
        const queue = yard.queues.get(yard.running.get(jobId)?.queueArn ?? '');
        assert.ok(queue?.acceptsPlacement && queue.computeEnvironmentArns.includes(arn) && isUsable(yard, arn));
        assert.ok(usedVcpus(yard, arn) <= (yard.environments.get(arn)?.maxvCpus ?? 0));
        assert.equal(decision.pool, yard.environments.get(arn)?.pool);
        const pool = yard.pools.get(decision.pool);
        const use = poolUse(yard, decision.pool);
        assert.ok(pool && use.vcpus <= pool.vcpus && use.memoryMiB <= pool.memoryMiB);
        assert.ok(yard.running.get(jobId)?.request.gpus === 0 || use.gpus <= pool.gpus);
        for (const { resource } of yard.running.get(jobId)?.request.consumables ?? [])
          assert.ok(freeOf(yard, resource) >= 0, `more is held than there is of ${resource}`);
      }
    });
  });

  it('its sums are those of the running jobs', () => {
    check((yard) => {
      const stats = yard.scheduler.stats();
      for (const { pool, used, places } of stats.pools)
        assert.deepEqual({ ...used, places }, poolUse(yard, pool), pool);
      for (const one of consumableResources) assert.equal(yard.scheduler.heldOf(one), yard.heldOf(one), one);
      for (const { arn, usedVcpus: used } of stats.environments) assert.equal(used, usedVcpus(yard, arn));
      for (const { arn, waiting } of stats.queues) assert.equal(waiting, waitingIn(yard, arn).length);
      assert.deepEqual([stats.waiting, stats.running], [yard.waiting.size, yard.running.size]);
    });
  });

  it('jobs of one queue start in the order of the queue, none before one ahead of it', () => {
    check((yard) => {
      const before = new Map(
        [...yard.queues.keys()].map((arn) => [arn, waitingIn(yard, arn).map(({ jobId }) => jobId)]),
      );
      const { decisions } = yard.plan();
      for (const [arn, jobs] of before) {
        const started = decisions.filter(({ jobId }) => jobs.includes(jobId)).map(({ jobId }) => jobId);
        assert.deepEqual(started, jobs.slice(0, started.length), arn);
      }
    });
  });

  it('the blocked head that is served first has no room', () => {
    check((yard) => {
      yard.plan();
      const first = headsInRank(yard).find((head) => isFeasible(yard, head));
      if (first) assert.equal(hasRoom(yard, first), false);
    });
  });

  it('a head with room waits only for one that is served before it', () => {
    check((yard) => {
      yard.plan();
      const heads = headsInRank(yard);
      for (const [rank, head] of heads.entries()) {
        if (!isFeasible(yard, head) || !hasRoom(yard, head)) continue;
        const reason = yard.reason(head.jobId);
        const ahead = heads.slice(0, rank).map(({ jobId }) => jobId as string);
        assert.ok(reason.kind === 'outranked-by-queue' && ahead.includes(reason.jobId), describeReason(reason));
      }
    });
  });

  it('the blocked head that is served first starts after a generation of running jobs for each environment and two more, whatever is submitted below it', () => {
    check((yard) => {
      yard.plan();
      const first = headsInRank(yard).find((head) => isFeasible(yard, head));
      if (!first) return;
      const priority = (yard.queues.get(first.queueArn)?.priority ?? 0) - 1;
      const environments = [...yard.environments.keys()].join(' ');
      yard.queue('below', environments, { priority });
      // One generation at most until its consumable resources are free, which are kept for it from then on.
      // One generation at most until an environment has room, one more until its pool has; and again, if then an
      // earlier environment of the queue has room, in a pool that is full.
      const { computeEnvironmentArns } = yard.queues.get(first.queueArn) ?? { computeEnvironmentArns: [] };
      for (const generation of ['resources', 'none', ...computeEnvironmentArns]) {
        for (const [index, jobId] of [...yard.running.keys()].entries()) {
          const consumables = consumableResources.map((resource) => ({ resource, quantity: 1 }));
          yard.jobs('below', `${generation}${index}:0.25`, index % 2 === 0 ? {} : { consumables });
          yard.finish(jobId).plan();
        }
      }
      assert.ok(!yard.waiting.has(first.jobId), first.jobId);
    });
  });

  it('every waiting job has a reason in words, and the reason of a job that no plan starts is not that it starts', () => {
    check((yard) => {
      const reasons = new Map([...yard.waiting.keys()].map((jobId) => [jobId, yard.reason(jobId)]));
      for (const reason of reasons.values()) assert.match(describeReason(reason), /\S/);
      const started = new Set(yard.plan().decisions.map(({ jobId }) => jobId));
      for (const [jobId, { kind }] of reasons) if (kind === 'about-to-start') assert.ok(started.has(jobId), jobId);
      for (const jobId of yard.waiting.keys()) assert.notEqual(yard.reason(jobId).kind, 'about-to-start');
    });
  });

  it('explaining changes nothing', () => {
    check((yard) => {
      const untouched = yard.rebuilt();
      explainAll(yard, yard.scheduler);
      assert.deepEqual(yard.plan().decisions, decideAll(untouched));
    });
  });

  it('a job that waits for the head is told its position in the order of the queue', () => {
    check((yard) => {
      for (const arn of yard.queues.keys()) {
        for (const [index, { jobId }] of waitingIn(yard, arn).entries()) {
          const reason = yard.scheduler.explain(jobId);
          if (reason?.kind === 'waiting-for-head') assert.equal(reason.position, index + 1);
          else if (yard.queues.get(arn)?.acceptsPlacement) assert.equal(index, 0);
        }
      }
    });
  });

  it('the changes of blocked heads, added up, are what a rebuilt scheduler tells at once, and what each head is told', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 3 }), (steps, limit) => {
        const told = new Map<string, string>();
        const yard = yardAfter(steps, (plan) => follow(told, plan));
        yard.plan(limit);
        yard.plan();
        const rebuilt = yard.rebuilt();
        const toldAnew = new Map<string, string>();
        follow(toldAnew, rebuilt.plan(0, everything));
        assert.deepEqual(new Map([...told].sort()), new Map([...toldAnew].sort()));
        for (const { arn } of yard.queues.values()) {
          const [head] = waitingIn(yard, arn);
          assert.equal(told.get(arn), head && `${head.jobId}: ${yard.reason(head.jobId).kind}`);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('pools never bound each other: each starts what it would if there were no other', () => {
    check((yard) => {
      for (const { arn, computeEnvironmentArns, ...settings } of yard.queues.values()) {
        const pool = yard.environments.get(computeEnvironmentArns[0] ?? '')?.pool;
        const inOnePool = computeEnvironmentArns.filter((one) => yard.environments.get(one)?.pool === pool);
        yard.queue(arn, inOnePool.join(' '), settings);
      }
      for (const one of consumableResources) yard.consumable(one, 1_000_000);
      const together = decideAll(yard.rebuilt());
      for (const pool of ['host', 'cluster']) {
        const alone = decideAll(schedulerFrom(onlyPool(yard, pool)));
        assert.deepEqual(
          together.filter((decision) => decision.pool === pool),
          alone,
        );
      }
    }, 600);
  });

  it('a job that was cancelled never starts', () => {
    fc.assert(
      fc.property(history, which, (steps, index) => {
        const yard = yardAfter(steps);
        const job = pick(yard.waiting.keys(), index);
        if (job === undefined) return;
        yard.cancel(job);
        assert.ok(!yard.plan().decisions.some(({ jobId }) => jobId === job));
        assert.equal(yard.scheduler.explain(job), undefined);
      }),
    );
  });

  it('a job that is only tried is told what it would be told if it came, and changes nothing', () => {
    check((yard) => {
      for (const queueArn of yard.queues.keys()) {
        const request = { vcpus: 2, memoryMiB: 3, gpus: 0 };
        const before = yard.scheduler.stats();
        const tried = { jobId: 'tried' as JobId, queueArn, sequence: Number.MAX_SAFE_INTEGER, request };
        const trial = yard.scheduler.tryOut(tried);
        assert.deepEqual(yard.scheduler.stats(), before);
        assert.equal(yard.scheduler.explain(tried.jobId), undefined);
        yard.submit('tried', queueArn, request);
        assert.deepEqual(trial.waiting, yard.reason('tried'));
        assert.deepEqual(trial.hopeless, yard.scheduler.hopeless(tried.jobId));
        assert.deepEqual(trial.limits, yard.scheduler.limits(tried.jobId));
        assert.equal(trial.verdicts.length, yard.queues.get(queueArn)?.computeEnvironmentArns.length);
        yard.cancel('tried');
      }
      // The scheduler that was asked plans as one that never was.
      const never = yard.rebuilt().plan(0, everything).decisions;
      assert.deepEqual(yard.plan().decisions, never);
    });
  });

  it('a request that no environment can meet never starts, and is told so at the head of its queue', () => {
    check((yard) => {
      yard.queue('own', [...yard.environments.keys()].join(' '), { priority: -1 });
      yard.jobs('own', 'huge:1000').plan();
      assert.ok(yard.waiting.has('huge' as JobId));
      const states = [...yard.environments.values()].filter(({ status }) => status !== 'INVALID');
      const isOpen = states.some(({ state }) => state === 'ENABLED');
      const closed = states.length > 0 ? 'environments-disabled' : 'no-valid-environment';
      assert.equal(yard.reason('huge').kind, isOpen ? 'request-exceeds-every-environment' : closed);
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import type { ResourceRequest } from '../core/job.ts';
import { describeReason } from './describe-reason.ts';
import { everything, type Site } from './scheduler.fixture.ts';
import type { Decision, Plan, Scheduler } from './scheduler.ts';
import type { PoolSettings, QueuedJob } from './scheduler-event.ts';
import { consumableResources, history, pick, siteAfter, waitingIn, which } from './scheduler-history.fixture.ts';
import { type StoredModel, schedulerFrom } from './stored-model.ts';

function check(property: (site: Site) => void, numRuns = 300, seed?: number): void {
  fc.assert(
    fc.property(history, (steps) => property(siteAfter(steps))),
    { numRuns, ...(seed === undefined ? {} : { seed }) },
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function usedVcpus(site: Site, environmentArn: string): number {
  const jobs = [...site.running.values()].filter((job) => job.computeEnvironmentArn === environmentArn);
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
function poolUse(site: Site, pool: string): PoolUse {
  const jobs = [...site.running.values()].filter((job) => job.pool === pool);
  const requests = jobs.map(({ request }) => given(request, site.pools.get(pool)));
  return {
    places: jobs.length,
    vcpus: sum(requests.map(({ vcpus }) => vcpus)),
    memoryMiB: sum(requests.map(({ memoryMiB }) => memoryMiB)),
    gpus: sum(requests.map(({ gpus }) => gpus)),
  };
}

function poolOf(site: Site, environmentArn: string): PoolSettings | undefined {
  return site.pools.get(site.environments.get(environmentArn)?.pool ?? '');
}

function isUsable(site: Site, environmentArn: string): boolean {
  const environment = site.environments.get(environmentArn);
  const pool = poolOf(site, environmentArn);
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
function fits(site: Site, arn: string, request: ResourceRequest, vcpus: number, use: PoolUse): boolean {
  const pool = poolOf(site, arn);
  if (!pool || !isUsable(site, arn)) return false;
  const footprint = given(request, pool);
  return (
    vcpus + request.vcpus <= (site.environments.get(arn)?.maxvCpus ?? 0) &&
    use.places < (pool.places?.most ?? Number.POSITIVE_INFINITY) &&
    footprint.vcpus <= pool.vcpus - use.vcpus &&
    footprint.memoryMiB <= pool.memoryMiB - use.memoryMiB &&
    (request.gpus === 0 || request.gpus <= pool.gpus - use.gpus)
  );
}

/** Whether a job could start on an otherwise empty installation. */
function isFeasible(site: Site, { queueArn, request }: QueuedJob): boolean {
  const queue = site.queues.get(queueArn);
  return (
    queue?.acceptsPlacement === true &&
    (request.consumables ?? []).every(({ resource, quantity }) => quantity <= obtainable(site, resource)) &&
    queue.computeEnvironmentArns.some((arn) => fits(site, arn, request, 0, noUse))
  );
}

function freeOf(site: Site, resource: string): number {
  return (site.consumables.get(resource)?.total ?? 0) - site.heldOf(resource);
}

/** What there may be of a consumable resource once all jobs that run now have ended. */
function obtainable(site: Site, resource: string): number {
  const known = site.consumables.get(resource);
  return known?.replenishes ? known.total : Math.max(0, freeOf(site, resource));
}

/** Whether an environment and its pool have room for a job now, and what it needs is free, nothing being kept for others. */
function hasRoom(site: Site, { queueArn, request }: QueuedJob): boolean {
  const needs = request.consumables ?? [];
  if (!needs.every(({ resource, quantity }) => quantity <= freeOf(site, resource))) return false;
  const arns = site.queues.get(queueArn)?.computeEnvironmentArns ?? [];
  return arns.some((arn) => {
    const use = poolUse(site, poolOf(site, arn)?.pool ?? '');
    return fits(site, arn, request, usedVcpus(site, arn), use);
  });
}

/** The heads of all queues that take placements, in the order that queues are served. */
function headsInRank(site: Site): readonly QueuedJob[] {
  const heads = [...site.queues.values()].flatMap((queue) => {
    const head = waitingIn(site, queue.arn)[0];
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
function onlyPool(site: Site, pool: string): StoredModel {
  const environments = [...site.environments.values()].filter((environment) => environment.pool === pool);
  const arns = new Set(environments.map(({ arn }) => arn));
  const queues = [...site.queues.values()].filter(({ computeEnvironmentArns: [first = ''] }) => arns.has(first));
  return {
    pools: [...site.pools.values()].filter((one) => one.pool === pool),
    environments,
    fleets: [],
    instances: [],
    queues,
    consumables: site.consumables.values(),
    running: [...site.running.values()].filter((job) => job.pool === pool || arns.has(job.computeEnvironmentArn)),
    waiting: site.waitingInOrder().filter((job) => queues.some(({ arn }) => arn === job.queueArn)),
    jobsOfShares: [],
    shares: [],
  };
}

/** Adds up what plans tell of blocked heads: the head and the kind of its reason, by queue. */
function follow(told: Map<string, string>, { blocked }: Plan): void {
  for (const change of blocked) {
    if (change.kind === 'blocked') told.set(change.queueArn, `${change.jobId}: ${change.reason.kind}`);
    else told.delete(change.queueArn);
  }
}

function explainAll(site: Site, scheduler: Scheduler) {
  return [...site.waiting.keys()].map((jobId) => [jobId, scheduler.explain(jobId, site.now)]);
}

describe('after whatever has happened', () => {
  it('the generated histories start, block, hold back and limit jobs', () => {
    const seen = new Set<string>();
    check(
      (site) => {
        for (const { reason } of site.plan().decisions) {
          seen.add('start');
          if (reason.limits.length > 0) seen.add('limits');
          for (const { kind } of reason.passedOver) seen.add(kind);
        }
        for (const reason of [...site.waiting.keys()].map((jobId) => site.reason(jobId))) {
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
    check((site) => {
      const rebuilt = site.rebuilt();
      assert.deepEqual(explainAll(site, rebuilt), explainAll(site, site.scheduler));
      assert.deepEqual(decideAll(rebuilt), site.plan().decisions);
      assert.deepEqual(usedPools(rebuilt), usedPools(site.scheduler));
      for (const one of consumableResources) assert.equal(rebuilt.heldOf(one), site.scheduler.heldOf(one));
      assert.deepEqual(explainAll(site, rebuilt), explainAll(site, site.scheduler));
    }, 600);
  });

  it('a scheduler that is told what another says of itself explains and plans as that, which it leaves as it was', () => {
    check((site) => {
      const copied = site.copied();
      assert.deepEqual(explainAll(site, copied), explainAll(site, site.scheduler));
      assert.deepEqual(decideAll(copied), site.plan().decisions);
      assert.deepEqual(usedPools(copied), usedPools(site.scheduler));
    });
  });

  it('a plan in slices of one decides what one plan decides, and `more` tells whether the next will decide', () => {
    check((site) => {
      const whole = decideAll(site.rebuilt());
      const slices: Decision[] = [];
      for (let more = site.plan(0).more; more; ) {
        const plan = site.plan(1);
        assert.equal(plan.decisions.length, 1);
        slices.push(...plan.decisions);
        more = plan.more;
      }
      assert.deepEqual(slices, whole);
      assert.deepEqual(site.plan(), { decisions: [], instances: [], more: false, blocked: [] });
    });
  });

  it('a decision puts a job where its queue may run it, and no capacity is exceeded by it', () => {
    check((site) => {
      for (let plan = site.plan(1); plan.decisions.length > 0; plan = site.plan(1)) {
        const [decision] = plan.decisions;
        assert.ok(decision);
        const { jobId, computeEnvironmentArn: arn } = decision;
        const queue = site.queues.get(site.running.get(jobId)?.queueArn ?? '');
        assert.ok(queue?.acceptsPlacement && queue.computeEnvironmentArns.includes(arn) && isUsable(site, arn));
        assert.ok(usedVcpus(site, arn) <= (site.environments.get(arn)?.maxvCpus ?? 0));
        assert.equal(decision.pool, site.environments.get(arn)?.pool);
        const pool = site.pools.get(decision.pool);
        const use = poolUse(site, decision.pool);
        assert.ok(pool && use.vcpus <= pool.vcpus && use.memoryMiB <= pool.memoryMiB);
        assert.ok(site.running.get(jobId)?.request.gpus === 0 || use.gpus <= pool.gpus);
        for (const { resource } of site.running.get(jobId)?.request.consumables ?? [])
          assert.ok(freeOf(site, resource) >= 0, `more is held than there is of ${resource}`);
      }
    });
  });

  it('its sums are those of the running jobs', () => {
    check((site) => {
      const stats = site.scheduler.stats();
      for (const { pool, used, places } of stats.pools)
        assert.deepEqual({ ...used, places }, poolUse(site, pool), pool);
      for (const one of consumableResources) assert.equal(site.scheduler.heldOf(one), site.heldOf(one), one);
      for (const { arn, usedVcpus: used } of stats.environments) assert.equal(used, usedVcpus(site, arn));
      for (const { arn, waiting } of stats.queues) assert.equal(waiting, waitingIn(site, arn).length);
      assert.deepEqual([stats.waiting, stats.running], [site.waiting.size, site.running.size]);
    });
  });

  it('jobs of one queue start in the order of the queue, none before one ahead of it', () => {
    check((site) => {
      const before = new Map(
        [...site.queues.keys()].map((arn) => [arn, waitingIn(site, arn).map(({ jobId }) => jobId)]),
      );
      const { decisions } = site.plan();
      for (const [arn, jobs] of before) {
        const started = decisions.filter(({ jobId }) => jobs.includes(jobId)).map(({ jobId }) => jobId);
        assert.deepEqual(started, jobs.slice(0, started.length), arn);
      }
    });
  });

  it('the blocked head that is served first has no room', () => {
    check((site) => {
      site.plan();
      const first = headsInRank(site).find((head) => isFeasible(site, head));
      if (first) assert.equal(hasRoom(site, first), false);
    });
  });

  it('a head with room waits only for one that is served before it', () => {
    check((site) => {
      site.plan();
      const heads = headsInRank(site);
      for (const [rank, head] of heads.entries()) {
        if (!isFeasible(site, head) || !hasRoom(site, head)) continue;
        const reason = site.reason(head.jobId);
        const ahead = heads.slice(0, rank).map(({ jobId }) => jobId as string);
        assert.ok(reason.kind === 'outranked-by-queue' && ahead.includes(reason.jobId), describeReason(reason));
      }
    });
  });

  it('the blocked head that is served first starts after a generation of running jobs for each environment and two more, whatever is submitted below it', () => {
    check((site) => {
      site.plan();
      const first = headsInRank(site).find((head) => isFeasible(site, head));
      if (!first) return;
      const priority = (site.queues.get(first.queueArn)?.priority ?? 0) - 1;
      const environments = [...site.environments.keys()].join(' ');
      site.queue('below', environments, { priority });
      // One generation at most until its consumable resources are free, which are kept for it from then on.
      // One generation at most until an environment has room, one more until its pool has; and again, if then an
      // earlier environment of the queue has room, in a pool that is full.
      const { computeEnvironmentArns } = site.queues.get(first.queueArn) ?? { computeEnvironmentArns: [] };
      for (const generation of ['resources', 'none', ...computeEnvironmentArns]) {
        for (const [index, jobId] of [...site.running.keys()].entries()) {
          const consumables = consumableResources.map((resource) => ({ resource, quantity: 1 }));
          site.jobs('below', `${generation}${index}:0.25`, index % 2 === 0 ? {} : { consumables });
          site.finish(jobId).plan();
        }
      }
      assert.ok(!site.waiting.has(first.jobId), first.jobId);
    });
  });

  it('every waiting job has a reason in words, and the reason of a job that no plan starts is not that it starts', () => {
    check((site) => {
      const reasons = new Map([...site.waiting.keys()].map((jobId) => [jobId, site.reason(jobId)]));
      for (const reason of reasons.values()) assert.match(describeReason(reason), /\S/);
      const started = new Set(site.plan().decisions.map(({ jobId }) => jobId));
      for (const [jobId, { kind }] of reasons) if (kind === 'about-to-start') assert.ok(started.has(jobId), jobId);
      for (const jobId of site.waiting.keys()) assert.notEqual(site.reason(jobId).kind, 'about-to-start');
    });
  });

  it('explaining changes nothing', () => {
    check((site) => {
      const untouched = site.rebuilt();
      explainAll(site, site.scheduler);
      assert.deepEqual(site.plan().decisions, decideAll(untouched));
    });
  });

  it('a job that waits for the head is told its position in the order of the queue', () => {
    check((site) => {
      for (const arn of site.queues.keys()) {
        for (const [index, { jobId }] of waitingIn(site, arn).entries()) {
          const reason = site.scheduler.explain(jobId, site.now);
          if (reason?.kind === 'waiting-for-head') assert.equal(reason.position, index + 1);
          else if (site.queues.get(arn)?.acceptsPlacement) assert.equal(index, 0);
        }
      }
    });
  });

  it('the changes of blocked heads, added up, are what a rebuilt scheduler tells at once, and what each head is told', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 3 }), (steps, limit) => {
        const told = new Map<string, string>();
        const site = siteAfter(steps, (plan) => follow(told, plan));
        site.plan(limit);
        site.plan();
        const rebuilt = site.rebuilt();
        const toldAnew = new Map<string, string>();
        follow(toldAnew, rebuilt.plan(0, everything));
        assert.deepEqual(new Map([...told].sort()), new Map([...toldAnew].sort()));
        for (const { arn } of site.queues.values()) {
          const [head] = waitingIn(site, arn);
          assert.equal(told.get(arn), head && `${head.jobId}: ${site.reason(head.jobId).kind}`);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('pools never bound each other: each starts what it would if there were no other', () => {
    check((site) => {
      for (const { arn, computeEnvironmentArns, ...settings } of site.queues.values()) {
        const pool = site.environments.get(computeEnvironmentArns[0] ?? '')?.pool;
        const inOnePool = computeEnvironmentArns.filter((one) => site.environments.get(one)?.pool === pool);
        site.queue(arn, inOnePool.join(' '), settings);
      }
      for (const one of consumableResources) site.consumable(one, 1_000_000);
      const together = decideAll(site.rebuilt());
      for (const pool of ['host', 'cluster']) {
        const alone = decideAll(schedulerFrom(onlyPool(site, pool), site.now));
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
        const site = siteAfter(steps);
        const job = pick(site.waiting.keys(), index);
        if (job === undefined) return;
        site.cancel(job);
        assert.ok(!site.plan().decisions.some(({ jobId }) => jobId === job));
        assert.equal(site.scheduler.explain(job, site.now), undefined);
      }),
    );
  });

  it('a job that is only tried is told what it would be told if it came, and changes nothing', () => {
    check((site) => {
      for (const queueArn of site.queues.keys()) {
        const request = { vcpus: 2, memoryMiB: 3, gpus: 0 };
        const before = site.scheduler.stats();
        const tried = { jobId: 'tried' as JobId, queueArn, sequence: Number.MAX_SAFE_INTEGER, request };
        const trial = site.scheduler.tryOut(tried, site.now);
        assert.deepEqual(site.scheduler.hopelessIfQueued(tried, site.now), trial.hopeless);
        assert.deepEqual(site.scheduler.stats(), before);
        assert.equal(site.scheduler.explain(tried.jobId, site.now), undefined);
        site.submit('tried', queueArn, request);
        assert.deepEqual(trial.waiting, site.reason('tried'));
        assert.deepEqual(trial.hopeless, site.scheduler.hopeless(tried.jobId));
        assert.deepEqual(trial.limits, site.scheduler.limits(tried.jobId));
        assert.equal(trial.verdicts.length, site.queues.get(queueArn)?.computeEnvironmentArns.length);
        site.cancel('tried');
      }
      // The scheduler that was asked plans as one that never was.
      const never = site.rebuilt().plan(0, everything).decisions;
      assert.deepEqual(site.plan().decisions, never);
    });
  });

  it('a request that no environment can meet never starts, and is told so at the head of its queue', () => {
    check((site) => {
      site.queue('own', [...site.environments.keys()].join(' '), { priority: -1 });
      site.jobs('own', 'huge:1000').plan();
      assert.ok(site.waiting.has('huge' as JobId));
      const states = [...site.environments.values()].filter(({ status }) => status !== 'INVALID');
      const isOpen = states.some(({ state }) => state === 'ENABLED');
      const closed = states.length > 0 ? 'environments-disabled' : 'no-valid-environment';
      // A pool that does not shrink it is too small as well: AWS says that first.
      const tooLarge = ['request-exceeds-pool', 'request-exceeds-every-environment'];
      const { kind } = site.reason('huge');
      assert.ok(isOpen ? tooLarge.includes(kind) : kind === closed, kind);
    });
  });
});

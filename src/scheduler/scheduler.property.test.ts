import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { describeReason } from './describe-reason.ts';
import { everything, Yard } from './scheduler.fixture.ts';
import type { Decision, Scheduler } from './scheduler.ts';
import type { QueuedJob } from './scheduler-event.ts';

/** One step of a history. Numbers choose among what there is then, so that every step of a shrunk history has sense. */
type Step =
  | { readonly kind: 'host'; readonly vcpus: number; readonly memoryMiB: number; readonly gpus: number }
  | {
      readonly kind: 'environment';
      readonly which: number;
      readonly maxvCpus: number;
      readonly state: 'ENABLED' | 'DISABLED';
      readonly status: 'VALID' | 'UPDATING' | 'INVALID';
      readonly hasEngine: boolean;
    }
  | { readonly kind: 'remove-environment' | 'remove-queue'; readonly which: number }
  | {
      readonly kind: 'queue';
      readonly which: number;
      readonly priority: number;
      readonly environments: readonly number[];
      readonly acceptsPlacement: boolean;
    }
  | {
      readonly kind: 'submit';
      readonly which: number;
      readonly vcpus: number;
      readonly memoryMiB: number;
      readonly gpus: number;
    }
  | { readonly kind: 'cancel' | 'finish' | 'retry'; readonly which: number }
  | { readonly kind: 'plan'; readonly limit: number };

const which = fc.nat({ max: 50 });
const mostly = <Value>(usual: Value, ...others: readonly Value[]) =>
  fc.constantFrom(...Array<Value>(5).fill(usual), ...others);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('host' as const),
      vcpus: fc.integer({ min: 1, max: 12 }),
      memoryMiB: fc.integer({ min: 1, max: 40 }),
      gpus: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('environment' as const),
      which: fc.nat({ max: 2 }),
      maxvCpus: fc.nat({ max: 12 }),
      state: mostly('ENABLED' as const, 'DISABLED' as const),
      status: mostly('VALID' as const, 'UPDATING' as const, 'INVALID' as const),
      hasEngine: mostly(true, false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('remove-environment' as const, 'remove-queue' as const), which }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('queue' as const),
      which: fc.nat({ max: 3 }),
      priority: fc.nat({ max: 2 }),
      environments: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 3 }),
      acceptsPlacement: mostly(true, false),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      which,
      vcpus: fc.integer({ min: 1, max: 24 }).map((quarters) => quarters / 4),
      memoryMiB: fc.integer({ min: 1, max: 20 }),
      gpus: mostly(0, 1, 2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'retry' as const), which }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('finish' as const), which }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('plan' as const), limit: fc.nat({ max: 4 }) }) },
);
const history = fc.array(step, { maxLength: 80, size: 'max' });

/** A yard that a history has happened to: two environments and queues to begin with. */
function yardAfter(steps: readonly Step[]): Yard {
  const yard = new Yard({ vcpus: 8, memoryMiB: 30, gpus: 1 });
  yard.environment('ce0', { maxvCpus: 6 }).environment('ce1', { maxvCpus: 4 });
  yard.queue('q0', 'ce0 ce1', { priority: 2 }).queue('q1', 'ce1').queue('q2', 'ce1 ce0');
  let submitted = 0;
  for (const one of steps) {
    if (one.kind === 'submit') submitted += 1;
    happen(yard, one, `j${submitted}`);
  }
  return yard;
}

type Happen<Kind extends Step['kind']> = (yard: Yard, one: Step & { readonly kind: Kind }, name: string) => void;

const happenByKind: { readonly [Kind in Step['kind']]: Happen<Kind> } = {
  host: (yard, { vcpus, memoryMiB, gpus }) => yard.setHost({ vcpus, memoryMiB, gpus }),
  environment: (yard, { which: index, maxvCpus, state, status, hasEngine }) => {
    const engine = hasEngine ? {} : { engineUnavailable: 'down' };
    yard.environment(`ce${index}`, { maxvCpus, state, status, ...engine });
  },
  'remove-environment': (yard, one) => {
    const arn = pick(yard.environments.keys(), one.which);
    if (arn !== undefined) yard.removeEnvironment(arn);
  },
  queue: (yard, { which: index, priority, environments, acceptsPlacement }) => {
    yard.queue(`q${index}`, environments.map((one) => `ce${one}`).join(' '), { priority, acceptsPlacement });
  },
  'remove-queue': (yard, one) => {
    const empty = [...yard.queues.keys()].filter((arn) => waitingIn(yard, arn).length === 0);
    const arn = pick(empty, one.which);
    if (arn !== undefined) yard.removeQueue(arn);
  },
  submit: (yard, { which: index, vcpus, memoryMiB, gpus }, name) => {
    const queue = pick(yard.queues.keys(), index);
    if (queue !== undefined) yard.submit(name, queue, { vcpus, memoryMiB, gpus });
  },
  cancel: (yard, one) => {
    const job = pick(yard.waiting.keys(), one.which);
    if (job !== undefined) yard.cancel(job);
  },
  finish: (yard, one) => {
    const job = pick(yard.running.keys(), one.which);
    if (job !== undefined) yard.finish(job);
  },
  retry: (yard, one) => {
    const job = pick(yard.running.values(), one.which);
    if (job && yard.queues.has(job.queueArn)) yard.retry(job.jobId);
  },
  plan: (yard, { limit }) => {
    yard.plan(limit);
  },
};

function happen(yard: Yard, one: Step, name: string): void {
  const happens = happenByKind[one.kind] as (yard: Yard, one: Step, name: string) => void;
  happens(yard, one, name);
}

function pick<Value>(values: Iterable<Value>, index: number): Value | undefined {
  const all = [...values];
  return all[index % Math.max(1, all.length)];
}

function waitingIn(yard: Yard, queueArn: string): readonly QueuedJob[] {
  return yard.waitingInOrder().filter((job) => job.queueArn === queueArn);
}

function check(property: (yard: Yard) => void, numRuns = 300): void {
  fc.assert(
    fc.property(history, (steps) => property(yardAfter(steps))),
    { numRuns },
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function usedVcpus(yard: Yard, environmentArn: string): number {
  const jobs = [...yard.running.values()].filter((job) => job.computeEnvironmentArn === environmentArn);
  return sum(jobs.map(({ request }) => request.vcpus));
}

/** What running jobs take of the host, added up anew. */
function hostUse(yard: Yard) {
  const requests = [...yard.running.values()].map(({ request }) => request);
  return {
    vcpus: sum(requests.map(({ vcpus }) => Math.min(vcpus, yard.host.vcpus))),
    memoryMiB: sum(requests.map(({ memoryMiB }) => Math.min(memoryMiB, yard.host.memoryMiB))),
    gpus: sum(requests.map(({ gpus }) => gpus)),
  };
}

function isUsable(yard: Yard, environmentArn: string): boolean {
  const environment = yard.environments.get(environmentArn);
  return (
    environment?.state === 'ENABLED' && environment.status === 'VALID' && environment.engineUnavailable === undefined
  );
}

/** Whether a job could start on an otherwise empty installation. */
function isFeasible(yard: Yard, job: QueuedJob): boolean {
  const queue = yard.queues.get(job.queueArn);
  if (!queue?.acceptsPlacement || job.request.gpus > yard.host.gpus) return false;
  return queue.computeEnvironmentArns.some(
    (arn) => isUsable(yard, arn) && job.request.vcpus <= (yard.environments.get(arn)?.maxvCpus ?? 0),
  );
}

/** Whether an environment and the host have room for a job now, nothing being kept for others. */
function hasRoom(yard: Yard, job: QueuedJob): boolean {
  const use = hostUse(yard);
  const fitsHost =
    Math.min(job.request.vcpus, yard.host.vcpus) <= yard.host.vcpus - use.vcpus &&
    Math.min(job.request.memoryMiB, yard.host.memoryMiB) <= yard.host.memoryMiB - use.memoryMiB &&
    (job.request.gpus === 0 || job.request.gpus <= yard.host.gpus - use.gpus);
  const arns = yard.queues.get(job.queueArn)?.computeEnvironmentArns ?? [];
  const fits = arns.some(
    (arn) =>
      isUsable(yard, arn) && usedVcpus(yard, arn) + job.request.vcpus <= (yard.environments.get(arn)?.maxvCpus ?? 0),
  );
  return fits && fitsHost;
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

function decideAll(scheduler: Scheduler): readonly Decision[] {
  return scheduler.plan(0, everything).decisions;
}

function explainAll(yard: Yard, scheduler: Scheduler) {
  return [...yard.waiting.keys()].map((jobId) => [jobId, scheduler.explain(jobId)]);
}

describe('after whatever has happened', () => {
  it('the generated histories start, block, hold back and limit jobs', () => {
    const seen = new Set<string>();
    check((yard) => {
      for (const { reason } of yard.plan().decisions) {
        seen.add('start');
        if (reason.limits.length > 0) seen.add('limits');
        for (const { kind } of reason.passedOver) seen.add(kind);
      }
      for (const reason of [...yard.waiting.keys()].map((jobId) => yard.reason(jobId))) {
        seen.add(reason.kind === 'outranked-by-queue' ? `outranked over ${reason.over}` : reason.kind);
      }
    }, 1000);
    const wanted = ['start', 'limits', 'at-max-vcpus', 'too-small', 'waiting-for-head', 'host-capacity'];
    const outranked = ['outranked over compute-environment', 'outranked over host'];
    const kinds = [...outranked, 'engine-unavailable', 'no-valid-environment', 'request-exceeds-host'];
    assert.deepEqual(
      [...wanted, ...kinds].filter((kind) => !seen.has(kind)),
      [],
    );
  });

  it('a scheduler built from stored state explains and plans exactly as the one that lived through it', () => {
    check((yard) => {
      const rebuilt = yard.rebuilt();
      assert.deepEqual(explainAll(yard, rebuilt), explainAll(yard, yard.scheduler));
      assert.deepEqual(decideAll(rebuilt), yard.plan().decisions);
      assert.deepEqual(rebuilt.stats().host, yard.scheduler.stats().host);
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
      assert.deepEqual(yard.plan(), { decisions: [], more: false });
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
        const use = hostUse(yard);
        assert.ok(use.vcpus <= yard.host.vcpus && use.memoryMiB <= yard.host.memoryMiB);
        assert.ok(yard.running.get(jobId)?.request.gpus === 0 || use.gpus <= yard.host.gpus);
      }
    });
  });

  it('its sums are those of the running jobs', () => {
    check((yard) => {
      const stats = yard.scheduler.stats();
      assert.deepEqual(stats.host.used, hostUse(yard));
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

  it('the blocked head that is served first starts after two generations of running jobs, whatever is submitted below it', () => {
    check((yard) => {
      yard.plan();
      const first = headsInRank(yard).find((head) => isFeasible(yard, head));
      if (!first) return;
      const priority = (yard.queues.get(first.queueArn)?.priority ?? 0) - 1;
      const environments = [...yard.environments.keys()].join(' ');
      yard.queue('below', environments, { priority });
      // One generation at most until its environment has room, one more until the host has.
      for (const generation of ['one', 'two']) {
        for (const [index, jobId] of [...yard.running.keys()].entries()) {
          yard.jobs('below', `${generation}${index}:0.25`);
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
      for (const arn of yard.queues.keys()) yard.scheduler.front(arn, 3);
      assert.deepEqual(yard.plan().decisions, decideAll(untouched));
    });
  });

  it('the front of a queue is its waiting jobs in order', () => {
    check((yard) => {
      for (const arn of yard.queues.keys()) {
        const front = yard.scheduler.front(arn, 5).map(({ jobId }) => jobId);
        assert.deepEqual(
          front,
          waitingIn(yard, arn)
            .slice(0, 5)
            .map(({ jobId }) => jobId),
        );
      }
    });
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

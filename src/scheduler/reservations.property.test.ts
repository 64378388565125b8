import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { typeOf } from './fleet/fleet.fixture.ts';
import { Site } from './scheduler.fixture.ts';
import type { Plan } from './scheduler.ts';
import type { QueuedJob, RunningJob } from './scheduler-event.ts';
import { pick } from './scheduler-history.fixture.ts';

const types = [typeOf('c5.large', 2, 0.1), typeOf('c5.xlarge', 4, 0.2)];
/** What a task has to end, and its engine to tell of it. */
const grace = 40_000;
const which = fc.nat({ max: 50 });
const timeout = fc.option(fc.constantFrom<number[]>(30, 60, 120, 600), { nil: undefined, freq: 4 });

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      which,
      vcpus: fc.constantFrom(1, 1, 1, 2, 3),
      share: fc.nat({ max: 2 }),
      timeout,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('gang' as const),
      which,
      share: fc.nat({ max: 3 }),
      nodes: fc.integer({ min: 1, max: 3 }),
      vcpus: fc.constantFrom(1, 2, 4),
      timeout,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('finish' as const, 'finish' as const, 'retry' as const), which }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'close' as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('run' as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 20, 60, 500) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('maximum' as const), vcpus: fc.integer({ min: 4, max: 16 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold' as const), which, held: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('plan' as const), limit: fc.integer({ min: 1, max: 4 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
const histories = fc.array(step, { maxLength: 50, size: 'max' });

/** A fleet of a few instances, two queues of one priority whose shares take turns, one of a greater, and one that is first in, first out. */
function newSite(used = types): Site {
  const site = new Site({ vcpus: 100 }).fleet('ce', { types: used }, { maxvCpus: 10 });
  site.fair('q0', 'ce').fair('q1', 'ce', { decay: 60 }).fair('above', 'ce').queue('fifo', 'ce', { priority: 0 });
  const above = site.queues.get('above') ?? assert.fail();
  return site.queue('above', 'ce', { ...above, priority: 3 });
}

function happen(site: Site, one: Step, name: string, used = types): void {
  switch (one.kind) {
    case 'submit': {
      const queue = pick(['q0', 'q0', 'q1', 'fifo', 'above'], one.which) ?? '';
      const request = { vcpus: one.vcpus, memoryMiB: 1, gpus: 0 };
      site.submit(name, queue, request, { ...shareOf(queue, `s${one.share}`), timeoutSeconds: one.timeout });
      break;
    }
    case 'gang': {
      const queue = pick(['q0', 'q1', 'q1', 'above', 'fifo'], one.which) ?? '';
      const resources = { vcpus: one.vcpus, memoryMiB: 1, gpus: 0 };
      const seat = { ...shareOf(queue, `s${one.share}`), timeoutSeconds: one.timeout };
      site.submitNodes(name, queue, one.nodes, resources, seat);
      break;
    }
    case 'cancel': {
      const job = pick(site.waiting.keys(), one.which);
      if (job !== undefined) site.cancel(job);
      break;
    }
    case 'close': {
      const open = pick(
        [...site.instances.values()].filter(({ state }) => state === 'ready'),
        one.which,
      );
      if (open) site.instance('closed', open.id);
      break;
    }
    case 'wait':
      site.wait(one.seconds);
      break;
    case 'maximum':
      site.fleet('ce', { types: used }, { maxvCpus: one.vcpus });
      break;
    case 'hold': {
      const queue = pick(site.queues.values(), one.which);
      if (queue) site.queue(queue.arn, 'ce', { ...queue, acceptsPlacement: !one.held });
      break;
    }
    case 'plan':
      site.allReady().plan(one.limit);
      break;
    default: {
      const job = pick(site.running.keys(), one.which);
      if (job === undefined) return;
      if (one.kind === 'run') site.run(job);
      else if (one.kind === 'retry') site.retry(job);
      else site.finish(job);
    }
  }
}

const shareOf = (queue: string, share: string) => (queue === 'fifo' ? {} : { share });

/** All that a scheduler decides by itself. */
function decides(site: Site, scheduler = site.scheduler): unknown[] {
  const plans: unknown[] = [];
  for (let more = true; more; ) {
    assert.ok(plans.length < 100, 'plans go on and on');
    const plan = scheduler.plan(site.now, 3);
    plans.push([plan.decisions, plan.instances, plan.wakeAt]);
    more = plan.more;
  }
  return plans;
}

const usedBy = ({ instance, instances }: Pick<RunningJob, 'instance' | 'instances'>) =>
  instances ?? (instance === undefined ? [] : [instance]);

/** When what runs on some instances has ended, added up anew; undefined if nobody knows. */
function emptyAt(site: Site, ids: ReadonlySet<string>, without: ReadonlySet<string> = new Set()): number | undefined {
  const there = [...site.running.values()].filter(
    (job) => !without.has(job.jobId) && usedBy(job).some((id) => ids.has(id)),
  );
  const ends = there.map(({ endsAt, timeoutSeconds }) =>
    endsAt !== undefined ? endsAt : timeoutSeconds === undefined ? undefined : site.now + timeoutSeconds * 1000,
  );
  if (ends.includes(undefined)) return undefined;
  return Math.max(site.now, ...ends.map((end = 0) => end + grace));
}

interface Reserved {
  readonly queue: string;
  readonly ids: ReadonlySet<string>;
}

/** What waits for jobs of several nodes that are first in their shares, all of it. */
function reservations(site: Site): ReadonlyMap<string, Reserved> {
  const found = new Map<string, Reserved>();
  const heads = new Set(headsOf(site));
  for (const job of site.waiting.values()) {
    const ids = new Set(site.reservedFor(job.jobId));
    const nodes = job.nodes?.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    const mayStart = heads.has(job.jobId) && site.queues.get(job.queueArn)?.acceptsPlacement;
    if (ids.size > 0 && ids.size === nodes && mayStart) found.set(job.jobId, { queue: job.queueArn, ids });
  }
  return found;
}

test('after any history a scheduler that is built anew decides and explains the same, and comes to an end', () => {
  let reserved = 0;
  fc.assert(
    fc.property(histories, (steps) => {
      const site = newSite();
      for (const [index, one] of steps.entries()) happen(site, one, `j${index}`);
      reserved += reservations(site).size;
      const rebuilt = site.rebuilt();
      for (const jobId of site.waiting.keys())
        assert.deepEqual(site.scheduler.explain(jobId, site.now), rebuilt.explain(jobId, site.now), `of ${jobId}`);
      assert.deepEqual(decides(site), decides(site, rebuilt));
    }),
    { numRuns: 100 },
  );
  assert.ok(reserved > 3, `only ${reserved} reservations stood`);
});

/** One that is retried goes before all of its share. */
function headsOf(site: Site): Iterable<string> {
  const heads = new Map<string, QueuedJob>();
  for (const job of site.waiting.values()) {
    const share = `${job.queueArn} ${job.share ?? ''}`;
    const before = heads.get(share);
    if (!before || job.sequence < before.sequence) heads.set(share, job);
  }
  return [...heads.values()].map(({ jobId }) => jobId);
}

const filling = { kind: 'submit', which: 0, vcpus: 1, share: 0 } as const;
const twoNodes = { kind: 'gang', share: 3, nodes: 2, vcpus: 1, timeout: undefined } as const;

test('nothing takes what is reserved but the job itself, what ends before that could start, and queues of greater priority', () => {
  let passed = 0;
  fc.assert(
    fc.property(histories, (steps) => {
      const site = newSite();
      // Full, and two jobs of several nodes wait: few histories come so far.
      for (let job = 0; job < 10; job += 1) happen(site, { ...filling, timeout: 120 * (1 + (job % 5)) }, `f${job}`);
      settle(site);
      site.run(...site.running.keys());
      for (const queue of [0, 1]) happen(site, { ...twoNodes, which: queue }, `g${queue}`);
      for (const [index, one] of steps.entries()) {
        if (one.kind === 'plan') passed += checkedPlan(site, one.limit);
        else happen(site, one, `j${index}`);
      }
    }),
    { numRuns: 100 },
  );
  assert.ok(passed > 5, `only ${passed} jobs passed`);
});

/** Answers how many jobs took what is reserved. */
function checkedPlan(site: Site, limit: number): number {
  site.allReady();
  const before = reservations(site);
  const waiting = new Map(site.waiting);
  const { decisions }: Plan = site.plan(limit);
  const after = reservations(site);
  let passed = 0;
  for (const [gangId, { queue, ids }] of before) {
    // One that was not the head of its share any more, or was chosen anew, let go before.
    if (!sameIds(after.get(gangId)?.ids, ids)) continue;
    const passing = decisions.filter(({ jobId }) => {
      const arn = waiting.get(jobId)?.queueArn ?? '';
      return priorityOf(site, arn) <= priorityOf(site, queue);
    });
    // Beside what was there queues of greater priority may have had their turn.
    const by = emptyAt(site, ids, new Set(passing.map(({ jobId }) => jobId)));
    for (const decision of passing) {
      const used = decision.kind === 'place' ? [decision.instance] : decision.instances;
      const job = waiting.get(decision.jobId);
      if (!used.some((id) => ids.has(id)) || !job) continue;
      const { timeoutSeconds } = job;
      assert.ok(timeoutSeconds !== undefined && by !== undefined, `${job.jobId} took what is kept for ${gangId}`);
      assert.ok(site.now + timeoutSeconds * 1000 + grace <= by, `${job.jobId} ends after ${gangId} could start`);
      passed += 1;
    }
  }
  return passed;
}

const sameIds = (one: ReadonlySet<string> | undefined, other: ReadonlySet<string>) =>
  one?.size === other.size && [...other].every((id) => one.has(id));

const priorityOf = (site: Site, arn: string) => site.queues.get(arn)?.priority ?? 0;

test('jobs of several nodes never wait for each other: all start once those that run end, one after the other', () => {
  const gangs = fc.array(
    fc.record({
      nodes: fc.integer({ min: 1, max: 4 }),
      queue: fc.constantFrom('q0', 'q1', 'above', 'fifo'),
      share: fc.nat({ max: 3 }),
      order: fc.nat({ max: 9 }),
    }),
    { minLength: 2, maxLength: 6 },
  );
  fc.assert(
    fc.property(histories, gangs, (steps, more) => {
      const site = newSite();
      for (const [index, one] of steps.entries()) happen(site, one, `j${index}`);
      for (const queue of site.queues.values()) site.queue(queue.arn, 'ce', { ...queue, acceptsPlacement: true });
      site.fleet('ce', { types }, { maxvCpus: 8 });
      for (const [index, { nodes, queue, share }] of more.entries())
        site.submitNodes(`g${index}`, queue, nodes, { vcpus: 1, memoryMiB: 1, gpus: 0 }, shareOf(queue, `s${share}`));
      for (const jobId of [...site.waiting.keys()]) if (site.scheduler.hopeless(jobId)) site.cancel(jobId);
      for (let round = 0; site.waiting.size > 0; round += 1) {
        assert.ok(round < 300, `${[...site.waiting.keys()].join(' ')} wait for ever`);
        settle(site);
        const job = pick(site.running.keys(), more[round % more.length]?.order ?? 0);
        if (job !== undefined) site.finish(job);
        site.wait(70);
      }
    }),
    { numRuns: 60 },
  );
});

const nodesOf = (count: number, vcpus: number) => ({ count, resources: { vcpus, memoryMiB: 1, gpus: 0 } });

/** An older job that does not fit, of one node or several, and ever younger ones of several nodes in another queue of the same priority. */
const overtaking = fc.record({
  maximum: fc.integer({ min: 4, max: 14 }),
  later: fc.option(fc.integer({ min: 4, max: 14 }), { nil: undefined }),
  full: fc.array(fc.constantFrom(1, 1, 2, 4), { minLength: 4, maxLength: 8 }),
  older: fc.record({ nodes: fc.constantFrom(0, 0, 1, 2, 3), vcpus: fc.integer({ min: 1, max: 4 }) }),
  queue: fc.constantFrom('q0', 'fifo'),
  comesFirst: fc.boolean(),
  younger: fc.array(
    fc.record({ nodes: fc.integer({ min: 1, max: 3 }), vcpus: fc.constantFrom(1, 2, 4), order: fc.nat({ max: 3 }) }),
    { minLength: 1, maxLength: 4 },
  ),
  type: fc.constantFrom<[number, number]>([0, 1], [1, 2], [0, 2], [0, 2]),
});

type Overtaking = typeof overtaking extends fc.Arbitrary<infer Value> ? Value : never;

const nobodyElse = { maximum: 5, later: undefined, queue: 'q0', comesFirst: false } as const;
/** For both of which maxvCpus leaves no room. */
const startsAndOvertakes: readonly Overtaking[] = [
  {
    ...nobodyElse,
    full: [1, 1, 1, 1],
    older: { nodes: 0, vcpus: 2 },
    younger: [{ nodes: 2, vcpus: 2, order: 0 }],
    type: [0, 1],
  },
  {
    ...nobodyElse,
    full: [1, 1, 1, 1],
    older: { nodes: 0, vcpus: 2 },
    younger: [{ nodes: 1, vcpus: 4, order: 0 }],
    type: [1, 2],
  },
];

test('what waits longest is not overtaken for ever by jobs of several nodes that reserve one after another', () => {
  let reserved = 0;
  fc.assert(
    fc.property(overtaking, ({ maximum, later, full, older, queue, comesFirst, younger, type }) => {
      const kinds = types.slice(...type);
      const site = new Site({ vcpus: 100 }).fleet('ce', { types: kinds }, { maxvCpus: maximum });
      site.fair('q0', 'ce').fair('q1', 'ce').queue('fifo', 'ce');
      for (const [index, vcpus] of full.entries())
        site.submit(`f${index}`, 'q1', { vcpus, memoryMiB: 1, gpus: 0 }, { share: 'f' });
      settle(site);
      for (const { jobId } of [...site.waiting.values()]) site.cancel(jobId);
      if (later !== undefined) site.fleet('ce', { types: kinds }, { maxvCpus: later });
      const { count, resources } = nodesOf(older.nodes, older.vcpus);
      const seat = shareOf(queue, 'older');
      const submitOlder = () => {
        if (count === 0) site.submit('older', queue, resources, seat);
        else site.submitNodes('older', queue, count, resources, seat);
      };
      const submitYounger = (round: number) => {
        const { nodes, vcpus } = younger[round % younger.length] ?? assert.fail();
        site.submitNodes(`y${round}`, 'q1', nodes, nodesOf(nodes, vcpus).resources, { share: `s${round % 3}` });
        if (site.scheduler.hopeless(`y${round}` as JobId)) site.cancel(`y${round}`);
      };
      // One that has reserved before it comes goes first: once.
      if (!comesFirst) submitYounger(0);
      settle(site);
      submitOlder();
      if (site.scheduler.hopeless('older' as JobId)) return;
      for (let round = 1; site.waiting.has('older' as JobId); round += 1) {
        assert.ok(round < 60, 'it waits for ever');
        submitYounger(round);
        settle(site);
        // None lasts for ever.
        const which = round % 2 === 0 ? 0 : (younger[round % younger.length]?.order ?? 0);
        const job = pick(site.running.keys(), which);
        if (job !== undefined) site.finish(job);
        site.wait(70);
        settle(site);
        reserved += [...reservations(site).keys()].filter((name) => name !== 'older').length;
      }
    }),
    { numRuns: 100, examples: startsAndOvertakes.map((one): [Overtaking] => [one]) },
  );
  assert.ok(reserved > 3, `only ${reserved} reservations stood behind it`);
});

function settle(site: Site): void {
  for (let turn = 0; turn < 200; turn += 1) if (!site.allReady().plan().more) return;
  assert.fail('plans go on and on');
}

/** Jobs that all have timeouts and end at them or before, as ever more of them come: in seconds. */
const stream = fc.record({
  first: fc.array(
    fc.record({ timeout: fc.integer({ min: 5, max: 60 }), part: fc.double({ min: 0.1, max: 1, noNaN: true }) }),
    {
      minLength: 8,
      maxLength: 8,
    },
  ),
  later: fc.array(
    fc.record({
      timeout: fc.integer({ min: 1, max: 60 }),
      part: fc.double({ min: 0.1, max: 1, noNaN: true }),
      share: fc.nat({ max: 2 }),
      vcpus: fc.constantFrom(1, 1, 2),
    }),
    { minLength: 20, maxLength: 40 },
  ),
  nodes: fc.integer({ min: 2, max: 4 }),
});

test('no job of several nodes starts later than it was told, whatever passes it, and as long as all end at their timeouts or before', () => {
  let passed = 0;
  fc.assert(
    fc.property(stream, ({ first, later, nodes }) => {
      const site = new Site({ vcpus: 100 }).fleet('ce', { types: types.slice(0, 1) }, { maxvCpus: 8 }).fair('q', 'ce');
      const ends = new Map<string, number>();
      const run = (): void => {
        settle(site);
        for (const { jobId, endsAt, timeoutSeconds = 0 } of [...site.running.values()]) {
          if (endsAt !== undefined || timeoutSeconds === 0) continue;
          site.run(jobId);
          ends.set(jobId, site.now + timeoutSeconds * 1000 * (parts.get(jobId) ?? 1));
        }
      };
      const parts = new Map<string, number>();
      const submit = (name: string, { timeout: timeoutSeconds = 0, part = 1, share = 0, vcpus = 1 }): void => {
        parts.set(name, part);
        site.submit(name, 'q', { vcpus, memoryMiB: 1, gpus: 0 }, { share: `s${share}`, timeoutSeconds });
      };
      for (const [index, one] of first.entries()) submit(`f${index}`, one);
      run();
      site.submitNodes('gang', 'q', nodes, { vcpus: 2, memoryMiB: 1, gpus: 0 }, { share: 'wide' });
      settle(site);
      let promised = Number.POSITIVE_INFINITY;
      for (const [index, one] of later.entries()) {
        submit(`l${index}`, one);
        const there = new Set(site.reservedFor('gang'));
        run();
        passed += [...site.running.values()].filter(
          ({ jobId, instance = '' }) => jobId === `l${index}` && there.has(instance),
        ).length;
        if (site.running.has('gang' as JobId)) return;
        const by = emptyAt(site, new Set(site.reservedFor('gang')));
        assert.ok(by !== undefined && by <= promised, `at ${site.now} it is to start by ${by}, and was by ${promised}`);
        promised = by;
        const [next = '', at = 0] = [...ends].sort(([, one], [, other]) => one - other)[0] ?? [];
        site.now = at;
        ends.delete(next);
        site.finish(next);
        settle(site);
        assert.ok(site.running.has('gang' as JobId) || site.now < promised - grace, `it waits at ${site.now}`);
      }
    }),
    { numRuns: 80 },
  );
  assert.ok(passed > 20, `only ${passed} jobs passed`);
});

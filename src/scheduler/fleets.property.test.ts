import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { type Amount, add, amountOf, covers, nothing } from './amount.ts';
import { typeOf } from './fleet/fleet.fixture.ts';
import type { FleetInstance } from './fleet/index.ts';
import { Site } from './scheduler.fixture.ts';
import type { PlaceGangDecision, Plan } from './scheduler.ts';
import { pick } from './scheduler-history.fixture.ts';

const types = [
  typeOf('small', 2, 0.1),
  typeOf('middle', 4, 0.2, { memoryMiB: 16 }),
  typeOf('large', 8, 0.39),
  typeOf('gpu', 4, 1, { gpus: 2, memoryMiB: 32 }),
];
/** By vCPUs, then memory: none are equal in both. */
const bySize = types.toSorted(
  (one, other) => one.vcpus - other.vcpus || one.capacity.memoryMiB - other.capacity.memoryMiB,
);
const which = fc.nat({ max: 50 });
const strategies = [
  'BEST_FIT',
  'BEST_FIT_PROGRESSIVE',
  'BEST_FIT_PROGRESSIVE_ORDERED',
  'SPOT_CAPACITY_OPTIMIZED',
] as const;

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      which,
      vcpus: fc.integer({ min: 1, max: 9 }),
      memoryMiB: fc.constantFrom(1, 8, 20),
      gpus: fc.constantFrom(0, 0, 0, 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('nodes' as const),
      which,
      count: fc.integer({ min: 2, max: 3 }),
      vcpus: fc.constantFrom<number>(1, 1, 3),
      instanceType: fc.constantFrom<string | undefined>(undefined, undefined, 'small', 'middle', 'large', 'unheard'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('environment' as const),
      which,
      maxvCpus: fc.nat({ max: 24 }),
      minvCpus: fc.constantFrom(0, 0, 3),
      strategy: fc.constantFrom(...strategies),
      state: fc.constantFrom('ENABLED' as const, 'ENABLED' as const, 'DISABLED' as const),
      delay: fc.constantFrom(undefined, 90_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('desire' as const), which, vcpus: fc.nat({ max: 12 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('register' as const), vcpus: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('host' as const), vcpus: fc.integer({ min: 4, max: 40 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('finish' as const, 'retry' as const, 'cancel' as const), which }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('instance' as const),
      becomes: fc.constantFrom(
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'failed' as const,
        'closed' as const,
      ),
      which,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 30, 60, 90, 600) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('plan' as const), limit: fc.integer({ min: 1, max: 5 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What a head lacks that was judged before one of the same plan started is something else after that. */
const startsBehindBlocked: Step[] = [
  { kind: 'submit', which: 0, vcpus: 5, memoryMiB: 1, gpus: 1 },
  { kind: 'submit', which: 41, vcpus: 3, memoryMiB: 1, gpus: 0 },
  { kind: 'submit', which: 0, vcpus: 1, memoryMiB: 1, gpus: 0 },
  { kind: 'submit', which: 20, vcpus: 5, memoryMiB: 1, gpus: 0 },
  { kind: 'plan', limit: 1 },
  { kind: 'instance', becomes: 'ready', which: 0 },
  { kind: 'plan', limit: 2 },
];

/** Two fleets, one whose instances are registered, and a pool, and queues on them, of which two are fair. */
function newSite(): Site {
  const site = new Site({ vcpus: 40, memoryMiB: 100_000, gpus: 4 });
  site
    .fleet('a', { types }, { maxvCpus: 12 })
    .fleet('b', { types: types.slice(1), purchase: 'spot' }, { maxvCpus: 10 });
  site.environment('pool', { maxvCpus: 4 }).registered('given');
  site.queue('q0', 'a b', { priority: 2 }).queue('q1', 'b pool').queue('q3', 'given a');
  return site.fair('q2', 'a').fair('q4', 'given', { computeReservation: 30 });
}

function happen(site: Site, one: Step, name: string): void {
  if (one.kind === 'submit') {
    const queue = pick(site.queues.keys(), one.which) ?? '';
    const { vcpus, memoryMiB, gpus } = one;
    const seat = queue === 'q2' || queue === 'q4' ? { share: `s${one.which % 3}` } : {};
    site.submit(name, queue, { vcpus, memoryMiB, gpus }, seat);
  } else if (one.kind === 'nodes') {
    const { vcpus, instanceType } = one;
    const request = { vcpus, memoryMiB: 1, gpus: 0, ...(instanceType !== undefined && { instanceType }) };
    site.submitNodes(name, one.which % 2 ? 'q0' : 'q1', one.count, request);
  } else if (one.kind === 'environment') {
    const { maxvCpus, strategy, state, delay } = one;
    const minvCpus = Math.min(one.minvCpus, maxvCpus);
    const purchase = one.which % 2 ? ('spot' as const) : ('on-demand' as const);
    const fleet = { types, strategy, minvCpus, purchase, ...(delay !== undefined && { scaleInDelay: delay }) };
    site.fleet(one.which % 2 ? 'b' : 'a', fleet, { maxvCpus, state });
  } else if (one.kind === 'desire') site.desire(one.which % 2 ? 'b' : 'a', one.vcpus);
  else if (one.kind === 'register') site.register('given', { vcpus: one.vcpus, memoryMiB: 16 });
  else if (one.kind === 'host') site.pool('host', { vcpus: one.vcpus });
  else if (one.kind === 'wait') site.wait(one.seconds);
  else if (one.kind === 'plan') site.plan(one.limit);
  else if (one.kind === 'instance') becomes(site, one.becomes, one.which);
  else if (one.kind === 'cancel') {
    const job = pick(site.waiting.keys(), one.which);
    if (job) site.cancel(job);
  } else {
    const job = pick(site.running.values(), one.which);
    if (!job) return;
    // The site does not keep what is needed to queue a multi-node job once more.
    if (one.kind === 'retry' && job.instance !== undefined) site.retry(job.jobId);
    else site.finish(job.jobId);
  }
}

function becomes(site: Site, kind: 'ready' | 'failed' | 'closed', index: number): void {
  const can = [...site.instances.values()].filter(({ state }) =>
    kind === 'closed' ? state !== 'closed' : state === 'starting',
  );
  const found = pick(can, index);
  if (found) site.instance(kind, found.id);
}

type Stored = ReadonlyMap<string, { readonly state: string; readonly type: string; readonly capacity: Amount }>;

/**
 * All nodes of a job are on instances of one type, each of which holds any of them: of that which it names; else of the smallest that holds one, but where
 * too few of those are there, and maxvCpus leaves no room for the others. `isOnly`: nothing was decided before it.
 */
function checkTypes(
  { waiting, environments, scheduler }: Site,
  { jobId, instances, computeEnvironmentArn: arn }: PlaceGangDecision,
  stored: Stored,
  isOnly: boolean,
): void {
  const { request, nodes = [] } = waiting.get(jobId) ?? assert.fail(`${jobId} does not wait`);
  const node = amountOf(nodes[0]?.resources ?? request);
  const used = instances.map((id) => stored.get(id) ?? assert.fail(`${id} is not stored`));
  const [{ type } = assert.fail('it has no nodes')] = used;
  assert.ok(
    used.every((one) => one.type === type && covers(one.capacity, node)),
    `the nodes of ${jobId}`,
  );
  if (request.instanceType !== undefined) assert.equal(type, request.instanceType);
  const { fleet, maxvCpus = 0 } = environments.get(arn) ?? {};
  const smallest = bySize.find((one) => fleet?.types.includes(one) && covers(one.capacity, node));
  if (request.instanceType !== undefined || !smallest || type === smallest.name || !isOnly) return;
  const strict = fleet?.strategy === 'BEST_FIT' && fleet.purchase === 'on-demand';
  const left = (maxvCpus - scheduler.allocatedvCpus(arn)) / smallest.vcpus;
  const isRoom = (strict ? Math.floor(left) : Math.ceil(left)) >= instances.length;
  const backoff = scheduler.storedFleet(arn)?.backoffs[smallest.name];
  assert.ok(!isRoom || (backoff?.until ?? 0) > 0, `${jobId} is on ${type}, and there is room for ${smallest.name}`);
}

/** What is decided must be possible, by what is stored. */
function checkPlan(site: Site, { decisions, instances }: Plan, stored: Stored): void {
  for (const decision of decisions) {
    const { computeEnvironmentArn: arn } = decision;
    if (!site.environments.get(arn)?.fleet) continue;
    if (decision.kind === 'place-gang') checkTypes(site, decision, stored, decisions.length === 1);
    const used = decision.kind === 'place' ? [decision.instance] : decision.instances;
    for (const id of used) assert.equal(stored.get(id)?.state, 'ready', `${decision.jobId} is placed on ${id}`);
  }
  for (const decision of instances)
    if (decision.kind === 'end')
      assert.ok(
        decision.computeEnvironmentArn !== 'given' || decision.reason.kind === 'closed',
        `${decision.id} is kept`,
      );
  for (const decision of instances)
    if (decision.kind === 'end')
      assert.ok(
        ![...site.running.values()].some((job) => usedBy(job).includes(decision.id)),
        `${decision.id} ends with a job on it`,
      );
}

function usedBy({
  instance,
  instances,
}: {
  readonly instance: string | undefined;
  readonly instances?: readonly string[];
}) {
  return instances ?? (instance === undefined ? [] : [instance]);
}

/** Room is counted right, none is given twice, and nothing is beyond maxvCpus but for one instance. */
function checkInstances(site: Site): void {
  for (const { id, capacity } of site.instances.values()) {
    const jobs = [...site.running.values()].filter((job) => usedBy(job).includes(id));
    const used = jobs.reduce(
      (sum, { request, instances }) => add(sum, instances ? capacity : amountOf(request)),
      nothing,
    );
    assert.ok(covers(capacity, used), `${id} has more jobs than room`);
    const known = knownOf(site).find((each) => each.id === id);
    assert.deepEqual([known?.jobs, known && add(known.free, used)], [jobs.length, capacity]);
  }
}

const knownOf = (site: Site): readonly FleetInstance[] =>
  ['a', 'b', 'given'].flatMap((arn) => [...site.scheduler.instances(arn)]);

/** What a scheduler decides until nothing more happens by itself. */
function decides(site: Site, scheduler = site.scheduler): unknown[] {
  const plans: unknown[] = [];
  for (let more = true; more; ) {
    const plan = scheduler.plan(site.now, 3);
    plans.push([plan.decisions, plan.instances, plan.wakeAt]);
    more = plan.more;
  }
  return plans;
}

test('after any history nothing is placed on an instance that is not ready, no room is given twice, and a scheduler that is built anew decides the same', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const site = newSite();
      let stored: Stored = new Map();
      site.onPlan = (plan) => checkPlan(site, plan, stored);
      for (const [index, one] of steps.entries()) {
        stored = new Map(site.instances);
        happen(site, one, `j${index}`);
        checkInstances(site);
      }
      const others = [site.rebuilt(), site.copied()];
      for (const other of others)
        for (const jobId of site.waiting.keys())
          assert.deepEqual(site.scheduler.explain(jobId, site.now), other.explain(jobId, site.now), `of ${jobId}`);
      const decided = decides(site);
      for (const other of others) assert.deepEqual(decides(site, other), decided);
    }),
    { numRuns: 150, examples: [[startsBehindBlocked]] },
  );
});

test('launches never go beyond maxvCpus but for one instance, and a fleet without jobs comes back to its minimum', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      const site = newSite();
      const largest = Math.max(...types.map(({ vcpus }) => vcpus));
      site.onPlan = ({ instances }) => {
        for (const decision of instances) {
          if (decision.kind === 'end') continue;
          const arn = decision.computeEnvironmentArn;
          assert.notEqual(arn, 'given');
          const max = site.environments.get(arn)?.maxvCpus ?? 0;
          assert.ok(site.scheduler.allocatedvCpus(arn) < max + largest, `${arn} has launched too much`);
        }
      };
      for (const [index, one] of steps.entries()) happen(site, one, `j${index}`);
      for (const jobId of [...site.waiting.keys()]) site.cancel(jobId);
      for (const jobId of [...site.running.keys()]) site.finish(jobId);
      for (let round = 0; round < 6; round += 1) {
        site.allReady().wait(1_000).plan();
        while (site.plan().more);
      }
      for (const arn of ['a', 'b']) {
        const { fleet, maxvCpus = 0 } = site.environments.get(arn) ?? {};
        const least = fleet?.minvCpus ?? 0;
        const allocated = site.scheduler.allocatedvCpus(arn);
        assert.ok(
          allocated >= Math.min(least, maxvCpus) - largest && allocated < least + largest,
          `${arn}: ${allocated}`,
        );
      }
    }),
    { numRuns: 100 },
  );
});

test('a multi-node job starts once it is alone, whatever instances are there from before, or is said never to start', () => {
  const given = fc.record({
    strategy: fc.constantFrom(...strategies),
    purchase: fc.constantFrom('on-demand' as const, 'spot' as const),
    named: fc.subarray([...types, typeOf('twin', 2, 0.1), typeOf('huge', 16, 0.7)], { minLength: 1 }),
    maxvCpus: fc.integer({ min: 1, max: 24 }),
    later: fc.option(fc.integer({ min: 1, max: 24 }), { nil: undefined }),
    before: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 4 }),
    nodes: fc.integer({ min: 1, max: 9 }),
    vcpus: fc.constantFrom(0.25, 1, 1, 2, 3, 6),
    instanceType: fc.constantFrom(undefined, undefined, 'small', 'middle', 'twin', 'unheard'),
  });
  let [started, hopeless] = [0, 0];
  const property = fc.property(given, (one) => {
    const { strategy, purchase, named, maxvCpus, later, before, nodes, vcpus, instanceType } = one;
    const site = new Site({ vcpus: 1_000, memoryMiB: 1_000_000, gpus: 100 });
    const fleet = { types: named, strategy, purchase };
    site.fleet('a', fleet, { maxvCpus }).queue('q', 'a');
    for (const [index, each] of before.entries()) site.submit(`b${index}`, 'q', { vcpus: each, memoryMiB: 1, gpus: 0 });
    while (site.plan().more);
    while (site.allReady().plan().more);
    for (const jobId of [...site.waiting.keys()]) site.cancel(jobId);
    for (const jobId of [...site.running.keys()]) site.finish(jobId);
    if (later !== undefined) site.fleet('a', fleet, { maxvCpus: later });
    const type = instanceType === undefined ? {} : { instanceType };
    site.submitNodes('gang', 'q', nodes, { vcpus, memoryMiB: 1, gpus: 0, ...type });
    const isHopeless = site.scheduler.hopeless('gang' as JobId) !== undefined;
    for (let round = 0; round < 6; round += 1) {
      site.allReady();
      while (site.plan().more);
      site.wait(70);
    }
    const isStarted = site.running.has('gang' as JobId);
    assert.equal(isStarted, !isHopeless, site.waiting.has('gang' as JobId) ? site.text('gang') : 'it has started');
    started += isStarted ? 1 : 0;
    hopeless += isHopeless ? 1 : 0;
  });
  fc.assert(property, { numRuns: 300, seed: 5 });
  assert.ok(started > 50 && hopeless > 50, `${started} started, ${hopeless} never`);
});

test('multi-node jobs run on the type that they name or the smallest that holds a node, among jobs that leave instances of every type', () => {
  const round = fc.record({
    gangs: fc.array(
      fc.record({
        which,
        count: fc.integer({ min: 1, max: 3 }),
        vcpus: fc.constantFrom(1, 1, 3, 5),
        instanceType: fc.constantFrom(undefined, 'small', 'middle', 'large', 'gpu'),
      }),
      { maxLength: 3 },
    ),
    jobs: fc.array(fc.record({ which, vcpus: fc.integer({ min: 1, max: 8 }) }), { maxLength: 3 }),
    ends: fc.array(which, { maxLength: 6 }),
    seconds: fc.constantFrom(0, 0, 30, 90),
  });
  const placed = { named: 0, unnamed: 0 };
  const property = fc.property(fc.array(round, { minLength: 1, maxLength: 8 }), (rounds) => {
    const site = new Site({ vcpus: 1_000, memoryMiB: 1_000_000, gpus: 100 });
    site.fleet('a', { types, strategy: 'BEST_FIT_PROGRESSIVE_ORDERED' }, { maxvCpus: 24 });
    site.fleet(
      'b',
      { types: types.toReversed(), minvCpus: 8, strategy: 'BEST_FIT_PROGRESSIVE_ORDERED' },
      { maxvCpus: 16 },
    );
    site.queue('q0', 'a b', { priority: 2 }).fair('q1', 'b a');
    site.onPlan = (plan) => {
      checkPlan(site, plan, new Map(site.instances));
      for (const { kind, jobId } of plan.decisions)
        if (kind === 'place-gang') placed[site.waiting.get(jobId)?.request.instanceType ? 'named' : 'unnamed'] += 1;
    };
    for (const [at, { gangs, jobs, ends, seconds }] of rounds.entries()) {
      for (const [index, one] of jobs.entries())
        happen(
          site,
          { kind: 'submit', which: one.which % 2, vcpus: one.vcpus, memoryMiB: 1, gpus: 0 },
          `j${at}.${index}`,
        );
      for (const [index, one] of gangs.entries()) happen(site, { kind: 'nodes', ...one }, `g${at}.${index}`);
      for (let more = true; more; ) {
        more = site.plan(5).more;
        more = [...site.instances.values()].some(({ state }) => state === 'starting') || more;
        site.allReady();
        checkInstances(site);
      }
      for (const each of ends) happen(site, { kind: 'finish', which: each }, '');
      site.wait(seconds);
    }
    assert.deepEqual(decides(site), decides(site, site.rebuilt()));
  });
  fc.assert(property, { numRuns: 100, seed: 7 });
  assert.ok(placed.named > 100 && placed.unnamed > 50, JSON.stringify(placed));
});

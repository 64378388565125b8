import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { covers } from '../amount.ts';
import { describeLaunch } from './describe-launch.ts';
import { fleetOf, typeOf } from './fleet.fixture.ts';
import { type Demand, type Fleet, planLaunches } from './launch-plan.ts';
import type { AllocationStrategy, LaunchType } from './launch-type.ts';
import { naiveLaunches } from './naive-launches.fixture.ts';

const now = 1_000;
const cents = fc.integer({ min: 1, max: 6 });
const vcpus = fc.constantFrom(1, 2, 4, 8, 12);
const types: fc.Arbitrary<LaunchType[]> = fc
  .array(
    fc.record({
      vcpus,
      // As in families: often so many cents a vCPU that prices of a vCPU are equal.
      onDemand: cents,
      spot: cents,
      isPerVcpu: fc.boolean(),
      memoryMiB: fc.integer({ min: 4, max: 64 }),
      gpus: fc.constantFrom(0, 0, 0, 2),
      interruption: fc.integer({ min: 0, max: 4 }),
    }),
    { maxLength: 6 },
  )
  .map((given) =>
    given.map(({ isPerVcpu, onDemand, spot, ...type }, at) => {
      const factor = isPerVcpu ? type.vcpus : 1;
      return typeOf(`t${at}`, type.vcpus, (onDemand * factor) / 100, { ...type, spot: (spot * factor) / 100 });
    }),
  );
const strategy = fc.constantFrom<AllocationStrategy>(
  'BEST_FIT',
  'BEST_FIT_PROGRESSIVE',
  'BEST_FIT_PROGRESSIVE_ORDERED',
  'SPOT_CAPACITY_OPTIMIZED',
  'SPOT_PRICE_CAPACITY_OPTIMIZED',
  'SPOT_CAPACITY_OPTIMIZED_PRIORITIZED',
);
const wanted = fc.record({
  vcpuMillis: fc.constantFrom(250, 500, 1_000, 2_000, 3_000, 8_000, 13_000),
  memoryMiB: fc.integer({ min: 1, max: 9 }),
  gpus: fc.constantFrom(0, 0, 0, 1),
});
const type = fc.constantFrom('t0', 't1');
const room = fc.record({
  vcpuMillis: fc.integer({ min: 0, max: 16 }).map((halves) => halves * 500),
  memoryMiB: fc.integer({ min: 0, max: 40 }),
  gpus: fc.constantFrom(0, 0, 1, 2),
});
const fleet = (arn: string): fc.Arbitrary<Fleet> =>
  fc
    .record({
      types,
      strategy,
      purchase: fc.constantFrom('on-demand' as const, 'spot' as const),
      bidPercentage: fc.constantFrom(100, 60, 30),
      maxvCpus: fc.integer({ min: 0, max: 40 }),
      minimum: fc.integer({ min: 0, max: 10 }),
      desired: fc.integer({ min: 0, max: 20 }),
      scales: fc.constantFrom(
        'with-demand' as const,
        'with-demand' as const,
        'to-minimum' as const,
        'not-at-all' as const,
      ),
      supply: fc.array(fc.record({ type, room, instances: fc.integer({ min: 1, max: 3 }) }), { maxLength: 4 }),
      allocatedvCpus: fc.integer({ min: 0, max: 20 }),
      failed: fc.array(fc.record({ type: fc.nat(5), until: fc.constantFrom(now - 1, now, now + 1) }), { maxLength: 3 }),
    })
    .map(({ minimum, desired, supply, allocatedvCpus, failed, ...settings }) => {
      const minvCpus = Math.min(minimum, settings.maxvCpus);
      const backoffs = new Map(failed.map(({ type, until }) => [`t${type}`, { failures: 1, until }]));
      const desiredvCpus = Math.max(minvCpus, Math.min(desired, settings.maxvCpus));
      return fleetOf({ ...settings, arn, minvCpus, desiredvCpus }, { supply, allocatedvCpus, backoffs });
    });
const environments = fc.constantFrom(['a'], ['b'], ['a', 'b'], ['b', 'a']);
const jobs: fc.Arbitrary<Demand> = fc.record({
  queueArn: fc.constant('queue'),
  wanted,
  jobs: fc.integer({ min: 1, max: 40 }),
  environments,
});
const gang: fc.Arbitrary<Demand> = fc
  .record({
    wanted,
    nodes: fc.integer({ min: 1, max: 4 }),
    named: fc.constantFrom(undefined, undefined, 't0', 't1', 't2'),
    environments,
  })
  .map(({ named, ...one }) => ({ queueArn: 'queue', jobs: 1, ...one, ...(named && { instanceType: named }) }));
const demands: fc.Arbitrary<Demand[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: jobs }, { weight: 2, arbitrary: gang }),
  { maxLength: 4 },
);
const limit = fc.constantFrom(1, 3, 10, 500);
const world = fc.record({ a: fleet('a'), b: fleet('b'), demand: demands, limit });

describe('launches', () => {
  test('are those of a planner that goes through instances and jobs one by one', () => {
    fc.assert(
      fc.property(world, ({ a, b, demand, limit: most }) => {
        const plan = planLaunches({ fleets: [b, a], demand, now, limit: most });
        const naive = naiveLaunches([a, b], demand, { now, limit: most });
        const launched = new Map<string, number>();
        for (const { environment, type, instances } of plan.launches) {
          const key = `${environment} ${type.name}`;
          launched.set(key, (launched.get(key) ?? 0) + instances);
        }
        assert.deepEqual([...launched].sort(), [...naive.launched].sort());
      }),
      { numRuns: 3_000 },
    );
  });

  test('never take an environment beyond maxvCpus but by the last instance, and BEST_FIT on demand not even so', () => {
    fc.assert(
      fc.property(world, ({ a, b, demand, limit: most }) => {
        const { launches } = planLaunches({ fleets: [a, b], demand, now, limit: most });
        const launched = launches.reduce((sum, { instances }) => sum + instances, 0);
        const largest = Math.max(0, ...demand.map(({ nodes = 0 }) => nodes));
        assert.ok(launched <= Math.max(most, largest));
        for (const { settings, allocatedvCpus } of [a, b]) {
          const own = launches.filter(({ environment }) => environment === settings.arn);
          const total = own.reduce((sum, { type, instances }) => sum + type.vcpus * instances, allocatedvCpus);
          if (own.length === 0) continue;
          const last = own.at(-1)?.type.vcpus ?? 0;
          const isOnly = allocatedvCpus === 0 && total === last;
          const isStrict = settings.strategy === 'BEST_FIT' && settings.purchase === 'on-demand' && !isOnly;
          assert.ok(
            isStrict ? total <= settings.maxvCpus : total - last < settings.maxvCpus,
            `${total} of ${settings.maxvCpus}`,
          );
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('follow from what is there, not from the order in which it is told', () => {
    fc.assert(
      fc.property(world, ({ a, b, demand }) => {
        const one = planLaunches({ fleets: [a, b], demand, now });
        assert.deepEqual(planLaunches({ fleets: [b, a], demand, now }), one);
      }),
      { numRuns: 300 },
    );
  });

  test('of a multi-node job are all of one type, in one environment: the one that it names, else the smallest that holds a node', () => {
    const sizeOf = ({ vcpus, capacity }: LaunchType) => vcpus * 1_000 + capacity.memoryMiB;
    fc.assert(
      fc.property(fleet('a'), fleet('b'), gang, (a, b, one) => {
        const { launches } = planLaunches({ fleets: [a, b], demand: [one], now });
        const own = launches.filter(({ reason }) => reason.cause.kind === 'nodes');
        assert.ok(own.length <= 1);
        for (const { type, environment, instances } of own) {
          const { settings } = environment === 'a' ? a : b;
          assert.ok(covers(type.capacity, one.wanted) && instances <= (one.nodes ?? 0));
          if (one.instanceType !== undefined) assert.equal(type.name, one.instanceType);
          else
            for (const other of settings.types)
              assert.ok(!covers(other.capacity, one.wanted) || sizeOf(other) >= sizeOf(type), `not ${other.name}`);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  // Of one shape: jobs of another could take the room first, since nothing ties jobs to instances.
  test('that are carried out leave nothing to launch', () => {
    fc.assert(
      fc.property(world, ({ a, b, demand }) => {
        const first = demand.slice(0, 1);
        const { launches, shortfalls } = planLaunches({ fleets: [a, b], demand: first, now });
        const fleets = [a, b].map((before) => {
          const own = launches.filter(({ environment }) => environment === before.settings.arn);
          const groups = own.map(({ type: { name, capacity }, instances }) => ({
            type: name,
            room: capacity,
            instances,
          }));
          const supply = [...before.supply, ...groups];
          const added = own.reduce((sum, { type, instances }) => sum + type.vcpus * instances, 0);
          return { ...before, supply, allocatedvCpus: before.allocatedvCpus + added };
        });
        const rest = shortfalls.length === 0 ? first : [];
        assert.deepEqual(planLaunches({ fleets, demand: rest, now }).launches, []);
      }),
      { numRuns: 1_000 },
    );
  });

  test('and what is missing are said in words that name numbers', () => {
    fc.assert(
      fc.property(world, ({ a, b, demand, limit: most }) => {
        const { launches } = planLaunches({ fleets: [a, b], demand, now, limit: most });
        for (const words of launches.map(describeLaunch))
          assert.doesNotMatch(words, /undefined|NaN|Infinity|null|\[object/);
      }),
      { numRuns: 300 },
    );
  });
});

test('what a plan costs does not depend on how many jobs wait or instances are there', () => {
  const all = Array.from({ length: 300 }, (_, at) =>
    typeOf(`t${at}`, 1 + (at % 96), 0.04 * (1 + (at % 96)) + at / 1e4),
  );
  let asked = 0;
  const counted = all.map((type) => ({
    ...type,
    get capacity() {
      asked += 1;
      return type.capacity;
    },
  }));
  const supply = [{ type: 't', room: { vcpuMillis: 2_000, memoryMiB: 4_096, gpus: 0 }, instances: 10_000 }];
  const big = fleetOf({ types: counted, maxvCpus: 1_000_000, arn: 'a' }, { supply });
  const demand = Array.from({ length: 500 }, (_, at) => ({
    ...{ queueArn: 'queue', jobs: 1_000_000, environments: ['a'] },
    wanted: { vcpuMillis: 1_000 + at, memoryMiB: 1_000 + at, gpus: 0 },
  }));
  asked = 0;
  planLaunches({ fleets: [big], demand, now });
  assert.ok(asked < 500 * 300 * 3, `${asked} looks at types`);
});

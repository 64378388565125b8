import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeLaunch } from './describe-launch.ts';
import { demandOf, fleetOf, typeOf } from './fleet.fixture.ts';
import { afterFailure } from './launch-backoff.ts';
import { type Demand, type Fleet, type LaunchPlan, planLaunches } from './launch-plan.ts';

const small = typeOf('c5.large', 2, 0.085);
const middle = typeOf('c5.xlarge', 4, 0.17);
const large = typeOf('c5.9xlarge', 36, 1.53);
const cheap = typeOf('m5.large', 2, 0.06, { memoryMiB: 8_192 });
const gpu = typeOf('g5.xlarge', 4, 1, { gpus: 1 });
const types = [small, middle, large];
const now = 1_000_000;

const plan = (fleets: readonly Fleet[], demand: readonly Demand[], limit?: number) =>
  planLaunches({ fleets, demand, now, ...(limit === undefined ? {} : { limit }) });
const launched = ({ launches }: LaunchPlan) =>
  launches.map(({ environment, type, instances }) => [environment, type.name, instances]);
const whys = ({ shortfalls }: LaunchPlan) => shortfalls.map(({ left, why }) => [left, why.kind]);
const one = (fleet: Fleet, demand: Demand) => launched(plan([fleet], [demand]))[0]?.[1];

test('each strategy launches the type that it is for', () => {
  const all = [large, small, middle, cheap, gpu];
  const job = demandOf(1, 2);
  assert.equal(one(fleetOf({ strategy: 'BEST_FIT', types: all }), demandOf(1, 3)), 'c5.xlarge');
  assert.equal(one(fleetOf({ strategy: 'BEST_FIT_PROGRESSIVE', types: all }), job), 'm5.large');
  assert.equal(one(fleetOf({ strategy: 'BEST_FIT_PROGRESSIVE_ORDERED', types: all }), job), 'c5.9xlarge');
  const rare = typeOf('rare', 2, 1, { spot: 0.06, interruption: 0 });
  const fair = typeOf('fair', 2, 1, { spot: 0.02, interruption: 1 });
  const often = typeOf('often', 2, 1, { spot: 0.01, interruption: 4 });
  const spot = { purchase: 'spot' as const, types: [often, rare, fair] };
  assert.equal(one(fleetOf({ ...spot, strategy: 'BEST_FIT_PROGRESSIVE' }), job), 'often');
  assert.equal(one(fleetOf({ ...spot, strategy: 'SPOT_CAPACITY_OPTIMIZED' }), job), 'rare');
  assert.equal(one(fleetOf({ ...spot, strategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED' }), job), 'fair');
  assert.equal(one(fleetOf({ ...spot, strategy: 'SPOT_CAPACITY_OPTIMIZED_PRIORITIZED' }), job), 'often');
});

test('a job that asks for 32 vCPUs gets the cheapest type that holds it, and the reason says what was compared', () => {
  const m4 = [typeOf('m4.4xlarge', 16, 0.8), typeOf('m4.10xlarge', 40, 2), typeOf('m4.16xlarge', 64, 3.2)];
  const { launches } = plan([fleetOf({ strategy: 'BEST_FIT', types: m4 })], [demandOf(1, 32)]);
  assert.deepEqual(launches.map(describeLaunch), [
    '1 of m4.10xlarge for 1 waiting job of 32 vCPUs, 1024 MiB each. One holds 1 such job. BEST_FIT compares prices of an ' +
      'instance that holds the job, and takes no other type: 2 USD an hour; next is m4.16xlarge, 3.2 USD an hour.',
  ]);
});

test('of types that cost the same the jobs take fewest vCPUs, then fewest instances', () => {
  const fleet = fleetOf({ types });
  assert.deepEqual(launched(plan([fleet], [demandOf(65, 1)])), [['fleet', 'c5.large', 33]]);
  assert.deepEqual(launched(plan([fleet], [demandOf(64, 1)])), [['fleet', 'c5.xlarge', 16]]);
  assert.deepEqual(launched(plan([fleet], [demandOf(36, 1)])), [['fleet', 'c5.9xlarge', 1]]);
});

test('memory and GPUs decide how many jobs an instance holds', () => {
  assert.deepEqual(launched(plan([fleetOf({ types: [middle] })], [demandOf(4, 1, { memoryMiB: 5_000 })])), [
    ...[['fleet', 'c5.xlarge', 4]],
  ]);
  assert.deepEqual(launched(plan([fleetOf({ types: [middle, gpu] })], [demandOf(2, 1, { gpus: 1 })])), [
    ...[['fleet', 'g5.xlarge', 2]],
  ]);
});

test('what idle and starting instances have room for is not launched', () => {
  const supply = [{ type: small.name, room: small.capacity, instances: 3 }];
  const fleet = fleetOf({ types: [small] }, { supply, allocatedvCpus: 6 });
  assert.deepEqual(launched(plan([fleet], [demandOf(6, 1)])), []);
  assert.deepEqual(launched(plan([fleet], [demandOf(9, 1)])), [['fleet', 'c5.large', 2]]);
});

test('jobs that need no GPU leave the room beside GPUs to those that do', () => {
  const supply = [gpu, large].map(({ name: type, capacity: room }) => ({ type, room, instances: 1 }));
  const fleet = fleetOf({ types: [gpu] }, { supply });
  assert.deepEqual(launched(plan([fleet], [demandOf(4, 1), demandOf(1, 4, { gpus: 1 })])), []);
});

test('jobs of a later shape take the room that those of an earlier leave on new instances', () => {
  const fleet = fleetOf({ types: [middle] });
  const demand = [demandOf(1, 3), demandOf(1, 1)];
  assert.deepEqual(launched(plan([fleet], demand)), [['fleet', 'c5.xlarge', 1]]);
});

test('an environment goes beyond maxvCpus by one instance at most, and BEST_FIT on demand never, but for its only one', () => {
  const settings = { types: [large], maxvCpus: 40 };
  const beyond = plan([fleetOf(settings)], [demandOf(100, 1)]);
  assert.deepEqual([launched(beyond), whys(beyond)], [[['fleet', 'c5.9xlarge', 2]], [[28, 'at-maximum']]]);
  const strict = plan([fleetOf({ ...settings, strategy: 'BEST_FIT' })], [demandOf(100, 1)]);
  assert.deepEqual(launched(strict), [['fleet', 'c5.9xlarge', 1]]);
  const only = plan([fleetOf({ ...settings, maxvCpus: 1, strategy: 'BEST_FIT' })], [demandOf(2, 1)]);
  assert.deepEqual(launched(only), [['fleet', 'c5.9xlarge', 1]]);
  const spot = plan([fleetOf({ ...settings, strategy: 'BEST_FIT', purchase: 'spot' })], [demandOf(100, 1)]);
  assert.deepEqual(launched(spot), [['fleet', 'c5.9xlarge', 2]]);
  const full = plan([fleetOf(settings, { allocatedvCpus: 40 })], [demandOf(1, 1)]);
  assert.deepEqual([launched(full), whys(full)], [[], [[1, 'at-maximum']]]);
  const [{ why }] = full.shortfalls as [(typeof full.shortfalls)[number]];
  assert.deepEqual(why, {
    kind: 'at-maximum',
    type: why.kind === 'at-maximum' && why.type,
    allocatedvCpus: 40,
    maxvCpus: 40,
  });
});

test('a job that is larger than maxvCpus never starts, whatever could be launched', () => {
  const result = plan([fleetOf({ types: [large], maxvCpus: 16 })], [demandOf(1, 17)]);
  assert.deepEqual([launched(result), whys(result)], [[], [[1, 'exceeds-maximum']]]);
});

test('a job that no type holds is told what the nearest lacks', () => {
  const result = plan([fleetOf({ types })], [demandOf(1, 36, { memoryMiB: 80_000 })]);
  assert.deepEqual(launched(result), []);
  const nearest = ({ shortfalls: [shortfall] }: LaunchPlan) => {
    const { why } = shortfall ?? {};
    return why?.kind === 'none-large-enough' && why.nearest && [why.nearest.type.name, why.nearest.missing];
  };
  assert.deepEqual(nearest(result), ['c5.9xlarge', { vcpuMillis: 0, memoryMiB: 6272, gpus: 0 }]);
  const either = plan([fleetOf({ types: [small, gpu] })], [demandOf(1, 2, { gpus: 2 })]);
  assert.deepEqual(nearest(either), ['g5.xlarge', { vcpuMillis: 0, memoryMiB: 0, gpus: 1 }]);
  const none = plan([fleetOf({ types: [] })], [demandOf(1, 1)]);
  assert.deepEqual([whys(none), nearest(none)], [[[1, 'none-large-enough']], undefined]);
});

test('a type that cannot be launched is passed over for the next, and BEST_FIT waits for it', () => {
  const backoff = afterFailure(undefined, now);
  const backoffs = new Map([['c5.large', backoff]]);
  const next = plan([fleetOf({ types: [small, middle] }, { backoffs })], [demandOf(1, 1)]);
  assert.deepEqual([launched(next), next.wakeAt], [[['fleet', 'c5.xlarge', 1]], now + 60_000]);
  assert.match(next.launches.map(describeLaunch).join(), /Passed over: c5\.large \(no capacity, tried again at 1970-/);
  const waits = plan([fleetOf({ strategy: 'BEST_FIT', types: [small, middle] }, { backoffs })], [demandOf(1, 1)]);
  assert.deepEqual([launched(waits), whys(waits), waits.wakeAt], [[], [[1, 'none-available']], now + 60_000]);
  const later = planLaunches({
    fleets: [fleetOf({ types: [small] }, { backoffs })],
    demand: [demandOf(1, 1)],
    now: backoff.until,
  });
  assert.deepEqual([launched(later), later.wakeAt], [[['fleet', 'c5.large', 1]], undefined]);
});

test('Spot instances are launched only below the part of the price on demand that is bid', () => {
  const types70 = [typeOf('a', 2, 0.1, { spot: 0.07 }), typeOf('b', 2, 0.1, { spot: 0.0699 })];
  const settings = {
    purchase: 'spot' as const,
    bidPercentage: 70,
    strategy: 'SPOT_CAPACITY_OPTIMIZED_PRIORITIZED' as const,
  };
  const result = plan([fleetOf({ ...settings, types: types70 })], [demandOf(1, 1)]);
  assert.deepEqual(launched(result), [['fleet', 'b', 1]]);
  assert.match(result.launches.map(describeLaunch).join(), /a \(Spot at 0\.07 USD is not below 70 % of 0\.1 USD\)\.$/);
  const onDemand = plan([fleetOf({ ...settings, purchase: 'on-demand', types: types70 })], [demandOf(1, 1)]);
  assert.deepEqual(launched(onDemand), [['fleet', 'a', 1]]);
});

test('what one environment cannot give the next of the queue does', () => {
  const first = fleetOf({ arn: 'first', types: [small], maxvCpus: 2 });
  const second = fleetOf({ arn: 'second', types: [middle] });
  const result = plan([second, first], [demandOf(6, 1, { environments: ['first', 'second'] })]);
  assert.deepEqual(launched(result), [
    ['first', 'c5.large', 1],
    ['second', 'c5.xlarge', 1],
  ]);
  const idle = fleetOf(
    { arn: 'second', types: [] },
    { supply: [{ type: large.name, room: large.capacity, instances: 1 }] },
  );
  const rest = plan([first, idle], [demandOf(6, 1, { environments: ['first', 'second'] })]);
  assert.deepEqual(launched(rest), [['first', 'c5.large', 1]]);
});

test('minvCpus and desiredvCpus are launched without any job, and then have room for jobs', () => {
  const settings = { types, minvCpus: 5 };
  assert.deepEqual(launched(plan([fleetOf(settings)], [])), [['fleet', 'c5.large', 3]]);
  assert.deepEqual(launched(plan([fleetOf({ ...settings, desiredvCpus: 8 })], [])), [['fleet', 'c5.xlarge', 2]]);
  assert.deepEqual(launched(plan([fleetOf(settings, { allocatedvCpus: 5 })], [])), []);
  assert.deepEqual(launched(plan([fleetOf(settings)], [demandOf(6, 1)])), [['fleet', 'c5.large', 3]]);
  const [launch] = plan([fleetOf(settings)], []).launches;
  assert.match(
    launch ? describeLaunch(launch) : '',
    /^3 of c5\.large for minvCpus 5, of which there are 0\. BEST_FIT_PRO/,
  );
});

test('no minvCpus or desiredvCpus bring an environment beyond 5,000 instances, and jobs have theirs all the same', () => {
  const endless = { types: [small], minvCpus: 2 ** 31 - 1, maxvCpus: 2 ** 31 - 1 };
  const at = (instanceCount: number, settings = endless) =>
    fleetOf(settings, { instanceCount, allocatedvCpus: 2 * instanceCount });
  const last = plan([at(4_900)], []);
  assert.deepEqual([launched(last), last.more], [[['fleet', 'c5.large', 100]], false]);
  for (const fleet of [at(5_000), at(5_001), at(5_000, { ...endless, minvCpus: 0 })]) {
    const full = plan([fleet], [demandOf(3, 1)]);
    assert.deepEqual([launched(full), full.more], [[['fleet', 'c5.large', 2]], false]);
  }
  const desired = plan([fleetOf({ ...endless, minvCpus: 0, desiredvCpus: 2 ** 31 - 1 }, { instanceCount: 5_000 })], []);
  assert.deepEqual([launched(desired), whys(desired)], [[], [[2 ** 31 - 1, 'at-most-instances']]]);
});

test('a disabled environment keeps its minimum, and one that is not valid launches nothing', () => {
  const settings = { types: [small], minvCpus: 2, desiredvCpus: 8 };
  const demand = [demandOf(4, 1)];
  assert.deepEqual(launched(plan([fleetOf({ ...settings, scales: 'to-minimum' })], demand)), [
    ['fleet', 'c5.large', 1],
  ]);
  assert.deepEqual(launched(plan([fleetOf({ ...settings, scales: 'not-at-all' })], demand)), []);
});

test('a plan launches 500 instances at most, says that more follow, and none of them elsewhere', () => {
  const first = fleetOf({ arn: 'first', types: [small], maxvCpus: 10_000 });
  const second = fleetOf({ arn: 'second', types: [small], maxvCpus: 10_000 });
  const demand = [demandOf(2_000, 1, { environments: ['first', 'second'] })];
  const result = plan([first, second], demand, 900);
  assert.deepEqual(
    [launched(result), result.more, whys(result)],
    [[['first', 'c5.large', 500]], true, [[1_000, 'turn-over']]],
  );
  assert.deepEqual(launched(plan([first, second], demand, 7)), [['first', 'c5.large', 7]]);
});

const gangOf = (nodes: number, more: Partial<Demand> = {}): Demand => ({ ...demandOf(1, 1), nodes, ...more });

test('the nodes of a multi-node job get the smallest type that holds the largest of them, whatever the strategy', () => {
  const nodes = (vcpus: number, given = [large, middle, small]) => {
    const fleet = fleetOf({ strategy: 'BEST_FIT_PROGRESSIVE_ORDERED', types: given });
    return launched(plan([fleet], [gangOf(3, { wanted: demandOf(1, vcpus).wanted })]));
  };
  assert.deepEqual(nodes(1), [['fleet', 'c5.large', 3]]);
  assert.deepEqual(nodes(3), [['fleet', 'c5.xlarge', 3]]);
  // Fewest vCPUs, then least memory, then the lowest price, then the first name.
  assert.deepEqual(nodes(1, [middle, cheap]), [['fleet', 'm5.large', 3]]);
  assert.deepEqual(nodes(1, [cheap, small]), [['fleet', 'c5.large', 3]]);
  const [twin, dear] = [typeOf('b.large', 2, 0.08), typeOf('a.large', 2, 0.09)];
  assert.deepEqual(nodes(1, [dear, twin]), [['fleet', 'b.large', 3]]);
  assert.deepEqual(nodes(1, [twin, typeOf('a.large', 2, 0.08)]), [['fleet', 'a.large', 3]]);
});

test('they wait for room for all of them, and where there never is any that is said', () => {
  const fleet = (maxvCpus: number, allocatedvCpus = 0) =>
    fleetOf({ types: [middle, small], maxvCpus }, { allocatedvCpus });
  const waits = plan([fleet(8, 6)], [gangOf(2)]);
  assert.deepEqual([launched(waits), whys(waits)], [[], [[2, 'at-maximum']]]);
  const never = plan([fleet(6)], [gangOf(4)]);
  assert.deepEqual([launched(never), whys(never)], [[], [[4, 'too-few']]]);
  const backoffs = new Map([['c5.large', afterFailure(undefined, now)]]);
  const failed = plan([fleetOf({ types: [middle, small] }, { backoffs })], [gangOf(2)]);
  assert.deepEqual([launched(failed), whys(failed), failed.wakeAt], [[], [[2, 'none-available']], now + 60_000]);
});

test('a multi-node job that names a type gets that one, in the first environment that launches it', () => {
  const first = fleetOf({ arn: 'first', types: [small, large] });
  const second = fleetOf({ arn: 'second', types: [small, middle, large] });
  const environments = ['first', 'second'];
  const named = (instanceType: string, vcpus = 1) =>
    plan([first, second], [gangOf(2, { instanceType, environments, wanted: demandOf(1, vcpus).wanted })]);
  assert.deepEqual(launched(named('c5.9xlarge')), [['first', 'c5.9xlarge', 2]]);
  assert.deepEqual(launched(named('c5.xlarge')), [['second', 'c5.xlarge', 2]]);
  const none = named('c6.xlarge');
  assert.deepEqual(
    [launched(none), none.shortfalls.map(({ why }) => why)],
    [
      [],
      [
        { kind: 'not-launchable', instanceType: 'c6.xlarge', offers: ['c5.large', 'c5.9xlarge'] },
        { kind: 'not-launchable', instanceType: 'c6.xlarge', offers: ['c5.large', 'c5.xlarge', 'c5.9xlarge'] },
      ],
    ],
  );
  const tooSmall = named('c5.xlarge', 6);
  assert.deepEqual(launched(tooSmall), []);
  const missing = { vcpuMillis: 2_000, memoryMiB: 0, gpus: 0 };
  const offers = ['c5.large', 'c5.xlarge', 'c5.9xlarge'];
  assert.deepEqual(tooSmall.shortfalls[1]?.why, { kind: 'not-launchable', instanceType: 'c5.xlarge', missing, offers });
});

test('free instances of another type are nothing to a job that names one; to one that names none they do where its own cannot be had', () => {
  const supply = [{ type: middle.name, room: middle.capacity, instances: 2 }];
  const fleet = (maxvCpus: number) => fleetOf({ types: [middle, small], maxvCpus }, { supply, allocatedvCpus: 8 });
  const named = gangOf(2, { instanceType: 'c5.large' });
  assert.deepEqual(launched(plan([fleet(12)], [named])), [['fleet', 'c5.large', 2]]);
  assert.deepEqual(whys(plan([fleet(8)], [named])), [[2, 'at-maximum']]);
  assert.deepEqual(launched(plan([fleet(12)], [gangOf(2)])), [['fleet', 'c5.large', 2]]);
  const there = plan([fleet(8)], [gangOf(2)]);
  assert.deepEqual([launched(there), whys(there), there.spare.get('fleet')], [[], [], []]);
});

test('what is launched for nodes says why it is of that type', () => {
  const words = (demand: Demand) => plan([fleetOf({ types })], [demand]).launches.map(describeLaunch);
  assert.deepEqual(words(gangOf(2)), [
    '2 of c5.large for a multi-node job of 2 nodes, of 1 vCPU, 1024 MiB at most: the smallest type that holds each.',
  ]);
  assert.deepEqual(words(gangOf(1, { instanceType: 'c5.xlarge' })), [
    '1 of c5.xlarge for a multi-node job of 1 node, of 1 vCPU, 1024 MiB at most: the type that it names.',
  ]);
});

test('free instances of two types do not make the nodes of one job', () => {
  const twin = typeOf('c5a.large', 2, 0.077);
  const supply = [small, twin].map(({ name: type, capacity: room }) => ({ type, room, instances: 1 }));
  const gang = { ...demandOf(1, 2), nodes: 2 };
  const fleet = fleetOf({ types: [small, twin] }, { supply, allocatedvCpus: 4 });
  assert.deepEqual(launched(plan([fleet], [gang])), [['fleet', 'c5a.large', 1]]);
});

test('a multi-node job of more nodes than a plan launches is launched as a whole, and alone', () => {
  const gang = { ...demandOf(1, 1), nodes: 700 };
  const fleet = fleetOf({ types: [small], maxvCpus: 10_000 });
  const alone = plan([fleet], [gang, demandOf(1, 2)]);
  assert.deepEqual([launched(alone), alone.more], [[['fleet', 'c5.large', 700]], true]);
  const behind = plan([fleet], [demandOf(1, 2), gang]);
  assert.deepEqual([launched(behind), behind.more], [[['fleet', 'c5.large', 1]], true]);
});

test('a failure of a launch is waited for twice as long as the one before, up to sixteen minutes', () => {
  let backoff = afterFailure(undefined, now);
  const waits = [backoff.until - now];
  for (let failure = 1; failure < 7; failure += 1) {
    backoff = afterFailure(backoff, now);
    waits.push(backoff.until - now);
  }
  assert.deepEqual(
    waits.map((wait) => wait / 60_000),
    [1, 2, 4, 8, 16, 16, 16],
  );
});

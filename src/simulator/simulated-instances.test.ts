import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInTypes } from '../instance-types/index.ts';
import { parseEnvironment, type SimulatedEnvironment } from './environment.ts';
import { simulateFile, workloadFile } from './simulation.fixture.ts';

const hour = 3_600;
const day = 24 * hour;
const large = builtInTypes().all.get('m5.large');
assert.ok(large);

interface Fleet {
  readonly resources?: object;
  readonly instances?: object;
}

/** An environment of `m5.large`, two vCPUs each, and a queue that uses it. */
function fleetOf({ resources, instances }: Fleet): SimulatedEnvironment {
  const computeResources = { type: 'EC2', maxvCpus: 8, instanceTypes: ['m5.large'], ...resources };
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'fleet' }];
  return parseEnvironment(
    JSON.stringify({
      formatVersion: 1,
      ...(instances && { instances }),
      computeEnvironments: [{ computeEnvironmentName: 'fleet', computeResources }],
      jobQueues: [{ jobQueueName: 'main', priority: 1, computeEnvironmentOrder }],
    }),
    'fleet',
  );
}

/** The same, and a queue whose shares take turns. */
function fairFleet(): SimulatedEnvironment {
  const computeResources = { type: 'EC2', maxvCpus: 8, instanceTypes: ['m5.large'] };
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'fleet' }];
  return parseEnvironment(
    JSON.stringify({
      formatVersion: 1,
      computeEnvironments: [{ computeEnvironmentName: 'fleet', computeResources }],
      schedulingPolicies: [{ name: 'fair', fairsharePolicy: { shareDecaySeconds: 600 } }],
      jobQueues: [{ jobQueueName: 'main', priority: 1, computeEnvironmentOrder, schedulingPolicyArn: 'fair' }],
    }),
    'fleet',
  );
}

const job = { vcpus: 2, memoryMiB: 1_000 };

test('an instance comes for a job, after the time that it takes to boot, and costs until it has been idle for a minute', (t) => {
  const file = workloadFile(t, { ...job, runSeconds: hour - 150 });
  const { report, placements } = simulateFile(file, fleetOf({ instances: { bootSeconds: 90 } }));
  assert.deepEqual(
    placements.map(({ at, instance }) => [at, /^i-[0-9a-f]{17}$/.test(instance)]),
    [[90_000, true]],
  );
  assert.deepEqual(report.fleets, [
    {
      ...{ name: 'fleet', launched: 1, interrupted: 0, mostInstances: 1, instanceHours: 1 },
      cost: large.onDemand,
      ...{ isEstimate: large.estimated.includes('onDemand'), types: { 'm5.large': 1 } },
    },
  ]);
  assert.deepEqual([report.cost, report.pools, report.makespan], [large.onDemand, [], hour - 60]);
  assert.deepEqual(new Set(report.timeline.fleets?.[0]?.instances), new Set([1]));
  assert.equal(report.timeline.fleets?.[0]?.instances.length, report.timeline.queues[0]?.vcpus.length);
});

test('jobs have no more instances than maxvCpus, and those that were asked for from the beginning', (t) => {
  const file = workloadFile(t, { ...job, count: 12, runSeconds: 600 });
  const asked = { maxvCpus: 8, desiredvCpus: 6 };
  const { report, placements } = simulateFile(file, fleetOf({ resources: asked, instances: { bootSeconds: 60 } }));
  const [fleet] = report.fleets ?? [];
  assert.deepEqual([fleet?.launched, fleet?.mostInstances], [4, 4]);
  assert.equal(new Set(placements.map(({ instance }) => instance)).size, 4);
  assert.equal(report.makespan, 60 + 3 * 600);
});

test('nodes run on the type of instance that is named for them, else on the smallest, and one that nothing launches never starts', (t) => {
  const pair = { ...job, nodes: 2, runSeconds: 60 };
  const lines = [pair, { ...pair, instanceType: 'm5.xlarge' }, { ...pair, instanceType: 'c5.large' }];
  const file = workloadFile(t, ...lines);
  const { report } = simulateFile(
    file,
    fleetOf({ resources: { maxvCpus: 64, instanceTypes: ['m5.xlarge', 'm5.large'] } }),
  );
  assert.deepEqual(report.fleets?.[0]?.types, { 'm5.large': 2, 'm5.xlarge': 2 });
  assert.deepEqual([report.jobs.succeeded, report.jobs.unfinished], [2, 1]);
  assert.match(report.queues[0]?.stuck?.reason ?? '', /launches no c5\.large, but m5\.large, m5\.xlarge/);
});

test('what Spot takes back ends its jobs, which are tried again elsewhere; the seed says when', (t) => {
  const file = workloadFile(t, { ...job, count: 40, runSeconds: 30 * day, attempts: 10 });
  const spot = { type: 'SPOT', maxvCpus: 80, allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED' };
  const environment = fleetOf({ resources: spot, instances: { interruptions: true } });
  const { report } = simulateFile(file, environment, 3);
  const [fleet] = report.fleets ?? [];
  const interrupted = fleet?.interrupted ?? 0;
  assert.ok(interrupted > 0);
  assert.deepEqual([report.placements, fleet?.launched], [40 + interrupted, 40 + interrupted]);
  assert.deepEqual(report.jobs, { submitted: 40, succeeded: 40, failed: 0, unfinished: 0 });
  assert.deepEqual(simulateFile(file, environment, 3).report, report);
  assert.notDeepEqual(simulateFile(file, environment, 4).report.fleets, report.fleets);
  const quiet = simulateFile(file, fleetOf({ resources: spot }), 3);
  assert.deepEqual([quiet.report.placements, quiet.report.fleets?.[0]?.interrupted], [40, 0]);
});

test('it is over when nothing but Spot’s whim could happen, though a job waits for ever and instances stay', (t) => {
  const file = workloadFile(t, { ...job, vcpus: 4, runSeconds: 1 });
  const resources = { type: 'SPOT', minvCpus: 4, allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED' };
  const { report } = simulateFile(file, fleetOf({ resources, instances: { interruptions: true } }));
  assert.deepEqual([report.jobs.unfinished, report.fleets?.[0]?.launched], [1, 2]);
});

test('what is known of an attempt that Spot ends is what the next one does: how often was not the job’s doing', (t) => {
  const runs = { 0: [{ runSeconds: 30 * day, exitCode: 1 }, { runSeconds: 20 * day }] };
  const file = workloadFile(t, ...Array.from({ length: 40 }, () => ({ ...job, runs, attempts: 10 })));
  const spot = { type: 'SPOT', maxvCpus: 80, allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED' };
  const { report } = simulateFile(file, fleetOf({ resources: spot, instances: { interruptions: true } }), 3);
  const [fleet] = report.fleets ?? [];
  const interrupted = fleet?.interrupted ?? 0;
  assert.ok(interrupted > 0);
  // Each has run both of its attempts to their ends, beside what Spot has ended.
  assert.deepEqual([report.placements, report.jobs.succeeded], [80 + interrupted, 40]);
  assert.ok((fleet?.instanceHours ?? 0) > 40 * 50 * 24);
});

/** An unmanaged environment with these instances, and a queue that uses it. */
function registeredOf(registered: readonly object[], type = 'UNMANAGED'): SimulatedEnvironment {
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'yard' }];
  return parseEnvironment(
    JSON.stringify({
      formatVersion: 1,
      computeEnvironments: [{ computeEnvironmentName: 'yard', type, registered }],
      jobQueues: [{ jobQueueName: 'main', priority: 1, computeEnvironmentOrder }],
    }),
    'yard',
  );
}

test('an unmanaged environment has what is registered: a job must fit on one of its instances, and nothing comes or goes', (t) => {
  const lines = [
    { ...job, count: 3, runSeconds: 60 },
    { ...job, vcpus: 3, runSeconds: 60 },
  ];
  const slices = [{ vcpus: 2, memoryMiB: 1_000, count: 2 }];
  const { report, placements } = simulateFile(workloadFile(t, ...lines), registeredOf(slices));
  assert.deepEqual(
    placements.map(({ at }) => at),
    [0, 0, 60_000],
  );
  assert.equal(new Set(placements.map(({ instance }) => instance)).size, 2);
  assert.match(report.queues[0]?.stuck?.reason ?? '', /^No instance that would hold it is registered/);
  assert.deepEqual([report.fleets, report.computeEnvironments[0]?.vcpus], [undefined, 4]);
});

test('where nothing is registered no job starts', (t) => {
  const { report } = simulateFile(workloadFile(t, { ...job, runSeconds: 1 }), registeredOf([]));
  assert.equal(report.jobs.unfinished, 1);
  assert.match(report.queues[0]?.stuck?.reason ?? '', /no instance is registered/);
});

test('instances that there cannot be end with words', () => {
  assert.throws(
    () => fleetOf({ resources: { instanceTypes: ['m5.large', 'x9.huge'] } }),
    /environment fleet: compute environment fleet: no instance type is called x9\.huge/,
  );
  assert.throws(() => fleetOf({ resources: { allocationStrategy: 'CHEAPEST' } }), /allocationStrategy/);
  assert.throws(() => fleetOf({ resources: { type: 'FARGATE' } }), /fleet launches no instances: pools must say/);
  assert.throws(() => fleetOf({ instances: { bootSeconds: -1 } }), /instances\.bootSeconds/);
  const slice = { vcpus: 1, memoryMiB: 1 };
  assert.throws(() => registeredOf([slice], 'MANAGED'), /yard is not UNMANAGED, and has no registered instances/);
  const many = [
    { ...slice, count: 9_000 },
    { ...slice, count: 9_000 },
  ];
  assert.throws(() => registeredOf(many), /yard has 18000 registered instances, and 10000 are the most/);
});

test('a multi-node job starts among small ones on instances that it has reserved, and those pass it whose timeouts end before', (t) => {
  const small = { share: 'small', vcpus: 1, memoryMiB: 1_000 };
  // More than there is room for: no instance is ever empty by chance.
  const stream = [
    { ...small, count: 2, timeoutSeconds: 60, runSeconds: 12 },
    { ...small, count: 6, timeoutSeconds: 60, runSeconds: 60 },
    { ...small, at: 1, count: 200, every: 3, timeoutSeconds: 30, runSeconds: 30 },
    { ...small, at: 1, count: 200, every: 4, runSeconds: 31 },
  ];
  const gang = { share: 'wide', at: 10, nodes: 3, vcpus: 2, memoryMiB: 1_000, runSeconds: 5 };
  const { placements } = simulateFile(workloadFile(t, ...stream, gang), fairFleet());
  const nodes = placements.filter(({ id }) => id.includes('#'));
  assert.deepEqual(
    nodes.map(({ at }) => at / 1_000),
    [60, 60, 60],
  );
  const theirs = new Set(nodes.map(({ instance }) => instance));
  const passed = placements.filter(({ at, instance }) => at > 10_000 && at < 60_000 && theirs.has(instance));
  assert.ok(passed.length > 0 && passed.every(({ at }) => at + 30_000 <= 60_000), `${passed.length} passed`);
});

test('multi-node jobs that come again and again wait less than what runs there lasts, and leave the fleet in use', (t) => {
  const small = { share: 'small', vcpus: 1, memoryMiB: 1_000, count: 500, runSeconds: { mean: 30 } };
  const gangs = { share: 'wide', at: 100, count: 5, every: 600, nodes: 2, vcpus: 2, memoryMiB: 1_000, runSeconds: 60 };
  const file = workloadFile(t, { ...small, timeoutSeconds: 60 }, small, gangs);
  const { report } = simulateFile(file, fairFleet());
  const [queue] = report.queues;
  const wide = queue?.shares?.find(({ name }) => name === 'wide');
  assert.deepEqual([report.jobs.submitted, report.jobs.unfinished, wide?.wait.count], [1_005, 0, 5]);
  // Without reservations it is 70 s.
  assert.ok((wide?.wait.max ?? 0) < 60, `one waited ${wide?.wait.max} s`);
  const used = ((queue?.vcpuHours ?? 0) * hour) / (8 * report.makespan);
  assert.ok(used > 0.97, `${used} of it was in use`);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatArn } from '../../../core/arn.ts';
import { ManualClock } from '../../../core/clock.ts';
import { countTurns } from '../../../core/count-turns.fixture.ts';
import type { JobId, TaskId } from '../../../core/ids.ts';
import { newTaskId } from '../../../core/random.ts';
import { TurnUnits } from '../../../core/turn-units.ts';
import { interruptedAfter } from '../../../scheduler/index.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  fleetRecords,
  type InstanceRecord,
  instanceRecords,
} from '../records.ts';
import { Instances, type InstancesOptions } from './instances.ts';
import { environment, environmentArn, queue, scope } from './resources.fixture.ts';
import { Rig, type RigOptions } from './yard.fixture.ts';

const minute = 60_000;

/** An environment of `c5` instances. */
function fleetOf(resources: Partial<ComputeEnvironmentRecord['computeResources']> = {}): ComputeEnvironmentRecord {
  const computeResources = {
    ...{ type: 'EC2', maxvCpus: 8, subnets: [], instanceTypes: ['c5.large', 'c5.xlarge'] },
    ...{ allocationStrategy: 'BEST_FIT_PROGRESSIVE', scalingPolicy: { minScaleDownDelayMinutes: 20 } },
    ...resources,
  };
  return { ...environment, fleet: true, computeResources };
}

function open(options: RigOptions & { readonly fleet?: Parameters<typeof fleetOf>[0] } = {}): Promise<Rig> {
  return Rig.open({ environments: [fleetOf(options.fleet)], ...options });
}

const storedOf = (rig: Rig) => [...rig.ledger.all(instanceRecords)];
const instanceOf = async (rig: Rig, jobId: JobId) => {
  const state = await rig.state(jobId);
  return 'placement' in state ? state.placement.instance : assert.fail(`${jobId} is ${state.status}`);
};
/** Instances are there a moment after they are launched, and jobs on them another one later. */
async function arrive(rig: Rig): Promise<void> {
  for (let moments = 0; moments < 3; moments += 1) {
    await rig.settle();
    await rig.pass(0);
  }
}

/** Counts for the instances that there are. */
function putFleet(rig: Rig, resources: Parameters<typeof fleetOf>[0]): void {
  rig.ledger.transact((transaction) => {
    transaction.put(computeEnvironmentRecords, fleetOf(resources));
    rig.yard.resourcesChanged(transaction);
  });
}

const forever = { behaviour: { runFor: 'until-stopped' } } as const;

/** Between two servers: the engine runs a task of a job on an instance, with what else a gang has, and the commit of that is lost. */
function startLost(rig: Rig, jobId: JobId, [instance = '', ...others]: readonly string[]): TaskId {
  const given = rig.given.findLast(({ origin }) => others.length === 0 || origin?.gang);
  assert.ok(given?.origin);
  const taskId = newTaskId(rig.clock.now(), rig.random);
  const containers = given.containers.map((container) => ({ ...container, environment: { AWS_BATCH_JOB_ID: jobId } }));
  const { gang, placement, ...rest } = given.origin;
  const nodes = [instance, ...others].map((each) => ({ instance: each }));
  const places = { placement: { ...placement, taskId, instance }, ...(gang && { gang: { ...gang, nodes } }) };
  rig.world.start({ ...given, taskId, containers, origin: { ...rest, jobId, ...places } }, '/nowhere');
  rig.clock.advance(0);
  return taskId;
}

describe('instances of compute environments', () => {
  test('are launched for jobs, stored with why, shown, and ended when they have been idle for long enough', async () => {
    const rig = await open();
    const jobId = rig.submit({ vcpus: 2, ...forever });
    await arrive(rig);
    const [stored, ...others] = storedOf(rig);
    assert.deepEqual(others, []);
    assert.match(stored?.launchReason ?? '', /^1 of c5\.large for 1 waiting job of 2 vCPUs/);
    assert.deepEqual([stored?.state, stored?.zone, stored?.purchase], ['ready', 'us-east-1b', 'on-demand']);
    assert.equal(await instanceOf(rig, jobId), stored?.id);
    assert.equal(rig.yard.instances.allocatedvCpus(environmentArn), 2);
    await rig.check();
    rig.yard.terminate(jobId, 'enough');
    await rig.pass(1_000);
    await rig.pass(20 * minute - 1);
    assert.equal(storedOf(rig).length, 1);
    await rig.pass(1);
    assert.deepEqual(storedOf(rig), []);
    assert.equal(rig.yard.instances.allocatedvCpus(environmentArn), 0);
    assert.equal(rig.ledger.get(fleetRecords, scope, environment.name)?.nextOrder, 2);
  });

  test('are the same after a restart: ids, jobs on them, and since when they are idle', async () => {
    const rig = await open({ fleet: { instanceTypes: ['c5.large'] } });
    const [one, other] = [rig.submit({ vcpus: 2, ...forever }), rig.submit({ vcpus: 2, ...forever })];
    await arrive(rig);
    rig.yard.terminate(one, 'enough');
    await rig.pass(1_000);
    const before = storedOf(rig);
    const [idle] = [...rig.yard.instances.of(environment)].flatMap(({ record, instance }) =>
      instance.jobs === 0 ? [record] : [],
    );
    const place = await instanceOf(rig, other);
    await rig.pass(minute);
    await rig.restart();
    assert.deepEqual(storedOf(rig), before);
    assert.equal(await instanceOf(rig, other), place);
    await rig.check();
    await rig.pass(19 * minute - 1);
    assert.equal(storedOf(rig).length, 2);
    await rig.pass(1);
    assert.deepEqual(
      storedOf(rig).map(({ id }) => id),
      before.filter(({ id }) => id !== idle?.id).map(({ id }) => id),
    );
  });

  test('that were to start when the server died are ready after it', async () => {
    const rig = await open();
    const jobId = rig.submit({ vcpus: 2 });
    // The clock stands still: what was launched is stored, and not there yet.
    await rig.settle();
    assert.deepEqual(
      storedOf(rig).map(({ state }) => state),
      ['starting'],
    );
    assert.match(rig.yard.explain(jobId)?.text ?? '', /^Instance starting\. \(main: 1 instance starts\)$/);
    await rig.restart();
    await arrive(rig);
    assert.equal(await rig.status(jobId), 'SUCCEEDED');
    assert.equal(storedOf(rig)[0]?.state, 'ready');
    await rig.check();
  });

  test('that are drained take no more jobs, and go with the last of those that run', async () => {
    const rig = await open();
    const jobId = rig.submit({ vcpus: 1, ...forever });
    await arrive(rig);
    const id = await instanceOf(rig, jobId);
    rig.yard.instances.close(scope, id, 'drain');
    const next = rig.submit({ vcpus: 1, ...forever });
    await arrive(rig);
    assert.notEqual(await instanceOf(rig, next), id);
    await rig.check();
    await rig.restart();
    await rig.check();
    rig.yard.terminate(jobId, 'enough');
    await rig.pass(1_000);
    assert.equal(rig.yard.instances.get(scope, id), undefined);
    await rig.check();
  });

  test('that are interrupted end their jobs with the words of AWS, which are tried again elsewhere by their rules', async () => {
    const rig = await open({ fleet: { type: 'SPOT' } });
    const retryStrategy = { attempts: 2, evaluateOnExit: [{ onStatusReason: 'Host EC2*', action: 'RETRY' as const }] };
    const again = rig.submit({ vcpus: 1, retryStrategy, ...forever });
    const once = rig.submit({ vcpus: 1, ...forever });
    const array = rig.submit({ vcpus: 1, size: 2, ...forever });
    await arrive(rig);
    const id = await instanceOf(rig, again);
    assert.equal(await instanceOf(rig, once), id);
    rig.yard.instances.close(scope, id, 'interruption');
    await arrive(rig);
    const state = await rig.state(again);
    assert.equal(state.attempts[0]?.statusReason, `Host EC2 (instance ${id}) terminated.`);
    assert.notEqual(await instanceOf(rig, again), id);
    assert.equal((await rig.state(once)).status, 'FAILED');
    assert.equal((await rig.state(once)).statusReason, `Host EC2 (instance ${id}) terminated.`);
    assert.equal(await rig.status(array), 'FAILED');
    assert.equal(rig.yard.instances.get(scope, id), undefined);
    assert.equal(rig.yard.runningCount, 1);
    await rig.check();
  });

  test('that were interrupted when the server died lose their jobs after it', async () => {
    const rig = await open();
    const jobId = rig.submit({ vcpus: 1, ...forever });
    await arrive(rig);
    const id = await instanceOf(rig, jobId);
    rig.yard.instances.close(scope, id, 'interruption');
    // It is stored, and nothing that follows is done.
    rig.yard.pause();
    await rig.settle();
    assert.equal(await rig.status(jobId), 'RUNNING');
    await rig.restart();
    await arrive(rig);
    assert.equal((await rig.state(jobId)).statusReason, `Host EC2 (instance ${id}) terminated.`);
    assert.equal(rig.yard.instances.get(scope, id), undefined);
    await rig.check();
  });

  test('that are interrupted before a task starts on them, which was decided before, end it', async () => {
    const rig = await open();
    // After a restart it has to be read what a job runs: between its decision and its place there are turns.
    const jobId = rig.submit({ vcpus: 1, ...forever });
    await rig.settle();
    await rig.restart();
    let id = '';
    rig.store.beforeJobs = async () => {
      rig.store.beforeJobs = async () => {};
      id = storedOf(rig)[0]?.id ?? '';
      rig.yard.instances.close(scope, id, 'interruption');
    };
    await arrive(rig);
    assert.notEqual(id, '');
    assert.equal((await rig.state(jobId)).statusReason, `Host EC2 (instance ${id}) terminated.`);
    assert.deepEqual(storedOf(rig), []);
    await rig.check();
  });

  test('that are interrupted before a node starts on them end that node, and go with its job', async () => {
    const rig = await open();
    const jobId = rig.submit({ nodes: 3, vcpus: 1, behaviour: { runFor: 'until-stopped', startDelay: 1_000 } });
    await arrive(rig);
    assert.deepEqual(await rig.nodeStatuses(jobId), { 2: 'STARTING' });
    const state = await rig.gang(jobId);
    const id = 'gang' in state ? (state.gang.nodes[1]?.instance ?? '') : assert.fail(state.status);
    rig.yard.instances.close(scope, id, 'interruption');
    await rig.pass(1_000);
    assert.equal((await rig.nodes(jobId)).get(1)?.statusReason, `Host EC2 (instance ${id}) terminated.`);
    assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'STARTING', 1: 'FAILED', 2: 'RUNNING' });
    rig.yard.terminate(jobId, 'enough');
    await rig.pass(minute);
    assert.equal(rig.yard.instances.get(scope, id), undefined);
    await rig.check();
  });

  test('come in the order in which they were launched, from any of them on', async () => {
    const rig = await open({ fleet: { instanceTypes: ['c5.large'], maxvCpus: 24 } });
    for (let at = 0; at < 12; at += 1) rig.submit({ vcpus: 2, ...forever });
    await arrive(rig);
    await rig.restart();
    const from = (after?: number) =>
      Array.from(rig.yard.instances.of(environment, after), ({ record }) => record.order);
    assert.deepEqual(from(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.deepEqual([from(9), from(12)], [[10, 11, 12], []]);
  });

  test('hold each node of a multi-node job alone, also after a restart', async () => {
    const rig = await open();
    const jobId = rig.submit({ nodes: 3, vcpus: 1, ...forever });
    await arrive(rig);
    const state = await rig.gang(jobId);
    const used = 'gang' in state ? state.gang.nodes.map(({ instance }) => instance) : [];
    assert.equal(new Set(used).size, 3);
    await rig.restart();
    await rig.check();
    assert.deepEqual(
      [...rig.yard.instances.of(environment)].map(({ instance }) => instance.free.vcpuMillis),
      [0, 0, 0],
    );
    rig.yard.terminate(jobId, 'enough');
    await rig.pass(minute);
    await rig.check();
    await rig.pass(20 * minute);
    assert.deepEqual(storedOf(rig), []);
  });
});

test('instances that a multi-node job has reserved are the same after a restart, and lent to a job that ends before it could start', async () => {
  const schedulingPolicyArn = formatArn('batch', scope, 'scheduling-policy/fair');
  const rig = await open({
    fleet: { instanceTypes: ['c5.large'] },
    host: { vcpus: 64, memoryMiB: 1_000_000 },
    queues: [{ ...queue, schedulingPolicyArn, decays: [{ since: 0, seconds: 600 }] }],
  });
  const small = { share: 'small', vcpus: 1, timeoutSeconds: 600, ...forever };
  const jobs: JobId[] = [];
  for (let job = 0; job < 8; job += 1) {
    jobs.push(rig.submit(small));
    await arrive(rig);
  }
  const gang = rig.submit({ share: 'wide', nodes: 2, vcpus: 2, ...forever });
  await arrive(rig);
  const reserved = storedOf(rig).filter(({ reservedFor }) => reservedFor === gang);
  assert.equal(reserved.length, 2);
  const ids = reserved.map(({ id }) => id);
  const isTheirs = await Promise.all(jobs.map(async (jobId) => ids.includes(await instanceOf(rig, jobId))));
  // Chosen anew it would be among them: it is empty sooner by now.
  for (const jobId of jobs.filter((_, index) => !isTheirs[index]).slice(0, 2)) rig.yard.terminate(jobId, 'enough');
  await arrive(rig);
  for (let job = 0; job < 2; job += 1) rig.submit({ ...small, timeoutSeconds: 200 });
  await arrive(rig);
  await rig.pass(100_000);
  await rig.restart();
  await arrive(rig);
  assert.deepEqual(
    storedOf(rig).filter(({ reservedFor }) => reservedFor === gang),
    reserved,
  );
  const [first = '' as JobId, ...others] = jobs.filter((_, index) => isTheirs[index]);
  rig.yard.terminate(first, 'enough');
  await arrive(rig);
  const late = rig.submit({ ...small, timeoutSeconds: 550 });
  await arrive(rig);
  const short = rig.submit({ ...small, share: 'other', timeoutSeconds: 300 });
  await arrive(rig);
  assert.deepEqual([(await rig.state(late)).status, (await rig.state(short)).status], ['RUNNABLE', 'RUNNING']);
  assert.ok(ids.includes(await instanceOf(rig, short)));
  for (const jobId of [short, ...others]) rig.yard.terminate(jobId, 'enough');
  await rig.pass(minute);
  await arrive(rig);
  assert.equal((await rig.gang(gang)).status, 'RUNNING');
  assert.deepEqual(
    storedOf(rig).filter((record) => record.reservedFor !== undefined),
    [],
  );
  await rig.check();
});

test('instances that take time to start are told of meanwhile, and a restart does not begin it anew', async () => {
  const rig = await open({ instanceTiming: { bootDelay: minute } });
  const jobId = rig.submit({ vcpus: 2, ...forever });
  await rig.settle();
  await rig.pass(59_000);
  assert.equal(rig.yard.explain(jobId)?.text, 'Instance starting. (main: 1 instance starts)');
  await rig.restart();
  await rig.pass(999);
  assert.equal(await rig.status(jobId), 'RUNNABLE');
  await rig.pass(1);
  await arrive(rig);
  assert.equal(await rig.status(jobId), 'RUNNING');
  const [instance] = storedOf(rig);
  assert.equal((instance?.readyAt ?? 0) - (instance?.launchedAt ?? 0), minute);
  await rig.check();
});

test('Spot takes instances back when a seed says so, and on demand none', async () => {
  const interrupted = async (type: string, instanceTiming: RigOptions['instanceTiming'] = { interruptionSeed: 7 }) => {
    const rig = await open({ fleet: { type }, instanceTiming });
    const jobId = rig.submit({ vcpus: 2, ...forever });
    await arrive(rig);
    const [{ id, interruption }] = storedOf(rig) as [InstanceRecord];
    await rig.pass(interruptedAfter(7, id, interruption) - 1);
    assert.equal(await rig.status(jobId), 'RUNNING');
    await rig.pass(1);
    await arrive(rig);
    const { status, statusReason } = await rig.state(jobId);
    return [status, statusReason === `Host EC2 (instance ${id}) terminated.`];
  };
  assert.deepEqual(await interrupted('SPOT'), ['FAILED', true]);
  assert.deepEqual(await interrupted('EC2'), ['RUNNING', false]);
  assert.deepEqual(await interrupted('SPOT', {}), ['RUNNING', false]);
});

test('instances stay idle for the minutes of their scalingPolicy, and of the one that it is changed to', async () => {
  const rig = await open({ fleet: { scalingPolicy: { minScaleDownDelayMinutes: 40 } } });
  rig.submit({ vcpus: 2 });
  await arrive(rig);
  const [instance] = storedOf(rig);
  const { idleSince } = instance ?? assert.fail('no instance is there');
  assert.ok(idleSince !== undefined);
  await rig.pass(25 * minute);
  assert.equal(storedOf(rig).length, 1);
  putFleet(rig, { scalingPolicy: { minScaleDownDelayMinutes: 30 } });
  await rig.settle();
  await rig.pass(idleSince + 30 * minute - 1 - rig.clock.now());
  assert.equal(storedOf(rig).length, 1);
  await rig.pass(1);
  assert.deepEqual(storedOf(rig), []);
});

test('a task that its engine has lost names the instance that it ran on, as all that the job shows of it', async () => {
  const rig = await open();
  const jobId = rig.submit({ vcpus: 1, ...forever });
  await arrive(rig);
  const id = await instanceOf(rig, jobId);
  await rig.restart(() => rig.world.crash());
  assert.equal((await rig.state(jobId)).statusReason, `Host EC2 (instance ${id}) terminated.`);
  await rig.check();
});

test('an instance that starts as far as the store knows, and has run a task whose placement it lost, is there', async () => {
  const rig = await open({ fleet: { instanceTypes: ['c5.large'] } });
  rig.submit({ vcpus: 2, ...forever });
  await arrive(rig);
  const jobId = rig.submit({ vcpus: 2, ...forever });
  await rig.settle();
  const { id } = storedOf(rig).find(({ state }) => state === 'starting') ?? assert.fail('none starts');
  let taskId: TaskId | undefined;
  await rig.restart(() => {
    taskId = startLost(rig, jobId, [id]);
  });
  await arrive(rig);
  assert.deepEqual(
    [rig.task(jobId), rig.rebuilds, storedOf(rig).map(({ state }) => state)],
    [taskId, 0, ['ready', 'ready']],
  );
  await rig.check();
  rig.yard.terminate(jobId, 'enough');
  await rig.pass(1_000);
  await rig.check();
});

test('instances that start as far as the store knows are there for all nodes of a job whose main node has run', async () => {
  const rig = await open({ fleet: { instanceTypes: ['c5.large'] }, host: { vcpus: 8 } });
  rig.submit({ nodes: 2, vcpus: 2, ...forever });
  await arrive(rig);
  const jobId = rig.submit({ nodes: 2, vcpus: 2, ...forever });
  await rig.settle();
  const starting = storedOf(rig).flatMap(({ id, state }) => (state === 'starting' ? [id] : []));
  assert.equal(starting.length, 2);
  await rig.restart(() => startLost(rig, jobId, starting));
  await arrive(rig);
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'RUNNING', 1: 'RUNNING' });
  assert.equal(rig.rebuilds, 0);
  await rig.check();
});

test('instances that are stored are taken over in as many turns as there are many', async () => {
  const records = Array.from({ length: 1_200 }, (_, order) => ({ ...scope, id: `i-${order}`, environment: 'main' }));
  const told: string[] = [];
  const queues = { putInstance: (_arn: string, { id }: InstanceRecord) => void told.push(id) };
  const ledger = { all: () => records };
  const instances = new Instances({ ledger, queues, clock: new ManualClock() } as unknown as InstancesOptions);
  const turns = await countTurns(async () => instances.fill(new TurnUnits(500)));
  assert.deepEqual(
    told,
    records.map(({ id }) => id),
  );
  assert.ok(turns >= 2, `${turns} turns`);
});

/** Those of the first instances that such an environment launches. */
async function idsOf(options: Parameters<typeof open>[0], count: number): Promise<readonly string[]> {
  const rig = await open(options);
  for (let job = 0; job < count; job += 1) rig.submit({ vcpus: 2, ...forever });
  await arrive(rig);
  return storedOf(rig).map(({ id }) => id);
}

test('the id of an instance whose launch the store has lost is not given again while a task runs there', async () => {
  const options = { fleet: { instanceTypes: ['c5.large'] }, host: { vcpus: 8 } };
  const rig = await open(options);
  rig.submit({ vcpus: 2, ...forever });
  await arrive(rig);
  const jobId = rig.submit({ vcpus: 2, ...forever });
  await rig.store.settled();
  const [, second, third] = await idsOf(options, 3);
  await rig.restart(() => startLost(rig, jobId, [second ?? '']));
  await arrive(rig);
  assert.equal(await instanceOf(rig, jobId), second);
  const next = rig.submit({ vcpus: 2, ...forever });
  await arrive(rig);
  assert.equal(await instanceOf(rig, next), third);
  rig.yard.terminate(jobId, 'enough');
  await rig.pass(1_000);
  assert.equal(rig.rebuilds, 0);
  await rig.check();
});

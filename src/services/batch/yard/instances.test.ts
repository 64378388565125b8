import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { interruptedAfter } from '../../../scheduler/index.ts';
import {
  type ComputeEnvironmentRecord,
  computeEnvironmentRecords,
  fleetRecords,
  type InstanceRecord,
  instanceRecords,
} from '../records.ts';
import { environment, environmentArn, scope } from './resources.fixture.ts';
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
    const [idle] = before.filter(({ id }) =>
      [...rig.yard.instances.of(environmentArn)].some((each) => each.id === id && each.jobs === 0),
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
      [...rig.yard.instances.of(environmentArn)].map(({ free }) => free.vcpuMillis),
      [0, 0, 0],
    );
    rig.yard.terminate(jobId, 'enough');
    await rig.pass(minute);
    await rig.check();
    await rig.pass(20 * minute);
    assert.deepEqual(storedOf(rig), []);
  });
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

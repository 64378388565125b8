import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { nodeId } from '../../../core/job.ts';
import type { MockBehaviour } from '../../../engines/index.ts';
import { computeEnvironmentRecords, jobQueueRecords } from '../records.ts';
import type { JobPlan } from './job-plan.fixture.ts';
import { environment, environmentArn, queue } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

/** A job of three nodes, of which the last is the main node. */
function submit(rig: Rig, plan: JobPlan = {}, ofNodes: Readonly<Record<number, MockBehaviour>> = {}): JobId {
  const jobId = rig.submit({ nodes: 3, behaviour: forEver, ...plan });
  for (const [index, behaviour] of Object.entries(ofNodes)) rig.plan(nodeId(jobId, Number(index)), behaviour);
  return jobId;
}

/** The same, once all its nodes run. */
async function running(...[rig, ...rest]: Parameters<typeof submit>): Promise<JobId> {
  const jobId = submit(rig, ...rest);
  await rig.settle();
  await rig.pass(0);
  await rig.pass(0);
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'RUNNING', 1: 'RUNNING', 2: 'RUNNING' });
  await rig.check();
  return jobId;
}

test('the main node starts first, the others once it runs', async () => {
  const rig = await Rig.open();
  const jobId = submit(rig, { behaviour: { ...forEver, startDelay: 10 } });
  await rig.settle();
  assert.deepEqual([await rig.status(jobId), await rig.nodeStatuses(jobId)], ['STARTING', { 2: 'STARTING' }]);
  await rig.check();
  await rig.pass(10);
  const statuses = { 0: 'STARTING', 1: 'STARTING', 2: 'RUNNING' };
  assert.deepEqual([await rig.status(jobId), await rig.nodeStatuses(jobId)], ['RUNNING', statuses]);
  assert.equal(rig.yard.explain(jobId)?.text, 'Running: 1 of 3 nodes run');
  await rig.check();
});

test('each node is told who it is and how many there are, and all but the main node where that is', async () => {
  const rig = await Rig.open();
  const jobId = await running(rig);
  const variables = rig.given.map(({ containers: [container] }) => {
    const all = Object.entries(container?.environment ?? {});
    return Object.fromEntries(all.filter(([name]) => /^AWS_BATCH_JOB_(ID|.*NODE)/.test(name)));
  });
  const told = (index: number) => ({
    AWS_BATCH_JOB_ID: `${jobId}#${index}`,
    AWS_BATCH_JOB_MAIN_NODE_INDEX: '2',
    AWS_BATCH_JOB_NODE_INDEX: String(index),
    AWS_BATCH_JOB_NUM_NODES: '3',
  });
  const main = { AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS: '10.231.0.4' };
  assert.deepEqual(variables, [told(2), { ...told(0), ...main }, { ...told(1), ...main }]);
  const gang = rig.given[0]?.taskId;
  assert.deepEqual(
    rig.given.map((task) => task.gang),
    [2, 0, 1].map((index) => ({ gang, size: 3, index })),
  );
});

test('when the main node ends the others are stopped and have their grace, and the job ends with the last', async () => {
  const rig = await Rig.open();
  const jobId = await running(
    rig,
    {},
    {
      0: { ...forEver, onTerminate: { exitCode: 7, after: 100 } },
      1: { ...forEver, onTerminate: 'ignore' },
      2: { runFor: 1_000 },
    },
  );
  const next = rig.submit({ vcpus: 2, behaviour: forEver });
  const startedAt = rig.clock.now();
  await rig.pass(1_000);
  assert.match(rig.yard.explain(jobId)?.text ?? '', /^Its main node \(2\) has ended, .*: 2 of 3 nodes run$/);
  await rig.pass(100);
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'FAILED', 1: 'RUNNING', 2: 'SUCCEEDED' });
  assert.deepEqual([await rig.status(jobId), await rig.status(next)], ['RUNNING', 'RUNNABLE']);
  await rig.check();
  await rig.pass(29_900);
  const nodes = await rig.nodes(jobId);
  const exits = [0, 1, 2].map((index) => nodes.get(index)?.attempts[0]?.containers[0]?.exitCode);
  assert.deepEqual(exits, [7, 137, 0]);
  const state = await rig.gang(jobId);
  assert.ok(state.status === 'SUCCEEDED');
  assert.deepEqual([state.startedAt, state.stoppedAt], [startedAt, startedAt + 1_000], 'its times are the main node’s');
  await rig.pass(0);
  assert.equal(await rig.status(next), 'RUNNING');
  await rig.check();
});

test('a node that dies changes nothing', async () => {
  const rig = await Rig.open();
  const jobId = await running(rig, {}, { 0: { runFor: 10, exitCode: 3 }, 2: { runFor: 50 } });
  await rig.pass(10);
  assert.deepEqual([await rig.status(jobId), (await rig.nodeStatuses(jobId))[0]], ['RUNNING', 'FAILED']);
  await rig.check();
  await rig.pass(40);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
});

test('a main node that fails has the whole job tried again, in the same nodes', async () => {
  const rig = await Rig.open();
  const retryStrategy = { attempts: 2, evaluateOnExit: [] };
  const jobId = await running(rig, { retryStrategy }, { 2: { runFor: 10, exitCode: 3 } });
  rig.plan(nodeId(jobId, 2), { runFor: 10 });
  await rig.pass(10);
  await rig.pass(0);
  await rig.pass(0);
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'RUNNING', 1: 'RUNNING', 2: 'RUNNING' });
  const [first, second] = [0, 3].map((at) => rig.given.slice(at, at + 3).map(({ gang }) => gang?.gang));
  assert.deepEqual([new Set(first).size, new Set(second).size, first?.[0] === second?.[0]], [1, 1, false]);
  assert.equal(rig.given.at(-1)?.containers[0]?.environment.AWS_BATCH_JOB_ATTEMPT, '2');
  await rig.check();
  await rig.pass(10);
  const state = await rig.gang(jobId);
  assert.equal(state.status, 'SUCCEEDED');
  assert.deepEqual(
    state.attempts.map(({ containers: [container] }) => container?.exitCode),
    [3, 0],
  );
  assert.deepEqual(
    [...(await rig.nodes(jobId)).values()].map(({ attempts }) => attempts.length),
    [2, 2, 2],
  );
  await rig.check();
});

test('a main node that cannot start frees the places of all', async () => {
  const rig = await Rig.open();
  const jobId = submit(rig, { behaviour: { startError: 'CannotStartContainerError: no such command' } });
  await rig.settle();
  await rig.pass(0);
  assert.deepEqual([await rig.status(jobId), await rig.nodeStatuses(jobId)], ['FAILED', { 2: 'FAILED' }]);
  const whole = rig.submit({ vcpus: 4, behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  assert.equal(await rig.status(whole), 'RUNNING');
  await rig.check();
});

test('a node whose log stream cannot be opened fails to start, and the job goes on', async () => {
  const rig = await Rig.open();
  const jobId = submit(rig);
  await rig.settle();
  rig.logs.groups.clear();
  await rig.pass(0);
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'FAILED', 1: 'FAILED', 2: 'RUNNING' });
  const [attempt] = (await rig.nodes(jobId)).get(0)?.attempts ?? [];
  assert.match(
    attempt?.containers[0]?.reason ?? '',
    /^CannotStartContainerError: The specified log group does not exist/,
  );
  await rig.check();
});

test('the timeout is that of the whole job, from the start of its main node', async () => {
  const rig = await Rig.open();
  const jobId = await running(rig, { timeoutSeconds: 60 });
  await rig.pass(60_000);
  const { status, statusReason } = await rig.gang(jobId);
  assert.deepEqual([status, statusReason], ['FAILED', 'Job attempt duration exceeded timeout']);
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'FAILED', 1: 'FAILED', 2: 'FAILED' });
  await rig.check();
});

for (const [title, stopped] of [
  ['a job', undefined],
  ['its main node', 2],
] as const) {
  test(`terminating ${title} stops all nodes, for its reason and without another attempt`, async () => {
    const rig = await Rig.open();
    const jobId = await running(rig, { retryStrategy: { attempts: 3, evaluateOnExit: [] } });
    rig.yard.terminate(stopped === undefined ? jobId : nodeId(jobId, stopped), 'enough');
    await rig.settle();
    const { status, statusReason, attempts } = await rig.gang(jobId);
    assert.deepEqual([status, statusReason, attempts.length], ['FAILED', 'enough', 1]);
    assert.deepEqual(
      [...(await rig.nodes(jobId)).values()].map((node) => [node.status, node.statusReason]),
      Array(3).fill(['FAILED', 'enough']),
    );
    await rig.check();
  });
}

test('terminating another node ends that node alone; cancelling one, or a job that runs, ends nothing', async () => {
  const rig = await Rig.open();
  const jobId = await running(rig);
  rig.yard.cancel(jobId, 'too late');
  rig.yard.cancel(nodeId(jobId, 1), 'too late');
  rig.yard.terminate(nodeId(jobId, 0), 'this one');
  await rig.settle();
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'FAILED', 1: 'RUNNING', 2: 'RUNNING' });
  assert.equal((await rig.nodes(jobId)).get(0)?.statusReason, 'this one');
  assert.equal(await rig.status(jobId), 'RUNNING');
  await rig.check();
});

test('a job that is terminated while its main node starts never starts the others', async () => {
  const rig = await Rig.open();
  const jobId = submit(rig, { behaviour: { ...forEver, startDelay: 10 } });
  await rig.settle();
  rig.yard.terminate(jobId, 'enough');
  await rig.settle();
  await rig.pass(30_000);
  assert.deepEqual([await rig.status(jobId), await rig.nodeStatuses(jobId)], ['FAILED', { 2: 'FAILED' }]);
  await rig.check();
});

test('a job of as many nodes as fit waits for all of their places at once', async () => {
  const rig = await Rig.open();
  const before = rig.submit({ vcpus: 2, behaviour: { runFor: 100 } });
  const jobId = submit(rig);
  await rig.settle();
  await rig.pass(0);
  assert.deepEqual([await rig.status(before), await rig.status(jobId)], ['RUNNING', 'RUNNABLE']);
  assert.deepEqual(await rig.nodeStatuses(jobId), {});
  assert.equal(rig.yard.explain(nodeId(jobId, 0)), undefined);
  assert.match(rig.yard.explain(jobId)?.text ?? '', /^Waiting for the host: 1 vCPU short/);
  await rig.check();
  await rig.pass(100);
  assert.equal(await rig.status(jobId), 'STARTING');
});

for (const [title, change, words] of [
  ['Spot', { computeResources: { type: 'SPOT', maxvCpus: 64 } }, 'main: SPOT, which runs no multi-node parallel jobs'],
  ['unmanaged', { kind: 'UNMANAGED' }, 'main: UNMANAGED, which runs no multi-node parallel jobs'],
] as const) {
  test(`in a ${title} environment a multi-node job never starts, and says so; others do`, async () => {
    const rig = await Rig.open({ environments: [{ ...environment, ...change }] });
    const machine = { capacity: { vcpus: 8, memoryMiB: 4_096, gpus: 0 }, tags: {}, by: 'somebody' };
    if ('kind' in change) rig.yard.instances.register(environment, machine);
    const single = rig.submit({ behaviour: { runFor: 10 } });
    const jobId = submit(rig);
    await rig.settle();
    await rig.pass(10);
    assert.deepEqual([await rig.status(single), await rig.status(jobId)], ['SUCCEEDED', 'RUNNABLE']);
    const { text, remedy } = rig.yard.explain(jobId) ?? {};
    assert.equal(text, `No compute environment of the job queue runs multi-node parallel jobs. (${words})`);
    assert.equal(remedy, `It never starts (${words}): cancel it.`);
    await rig.check();
    rig.yard.cancel(jobId, 'as it says');
    await rig.settle();
    assert.equal(await rig.status(jobId), 'FAILED');
  });
}

test('a multi-node job that is more than its environment may have never starts, and says so', async () => {
  const rig = await Rig.open({ environments: [{ ...environment, computeResources: { type: 'EC2', maxvCpus: 2 } }] });
  const jobId = submit(rig);
  await rig.settle();
  const { text, remedy } = rig.yard.explain(jobId) ?? {};
  assert.match(text ?? '', /cannot meet the CPU requirement of the job/);
  assert.match(remedy ?? '', /^It never starts \(main: maxvCpus 2, 3 needed\): cancel it, or raise maxvCpus\.$/);
  await rig.check();
});

test('an engine that runs no nodes fails the main node at its start, in words', async () => {
  const rig = await Rig.open({ capabilities: { nodes: false } });
  const jobId = submit(rig);
  await rig.settle();
  const { status, attempts } = await rig.gang(jobId);
  assert.equal(status, 'FAILED');
  const reason = attempts[0]?.containers[0]?.reason;
  assert.match(
    reason ?? '',
    /^CannotStartContainerError: nodes of multi-node parallel jobs cannot reach each other here/,
  );
  await rig.check();
});

test('what nodes run is read from the store where memory lacks it', async () => {
  const rig = await Rig.open({ unitsPerTurn: 1 });
  const jobId = submit(rig, { behaviour: { ...forEver, startDelay: 10 } });
  await rig.settle();
  await rig.restart();
  await rig.pass(10);
  await rig.pass(10);
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'RUNNING', 1: 'RUNNING', 2: 'RUNNING' });
  await rig.check();
});

test('nodes start beside their main node though their environment was deleted meanwhile', async () => {
  const rig = await Rig.open();
  const jobId = submit(rig, { behaviour: { ...forEver, startDelay: 10 } });
  await rig.settle();
  rig.ledger.transact((transaction) => {
    transaction.put(jobQueueRecords, { ...queue, computeEnvironmentOrder: [] });
    transaction.delete(computeEnvironmentRecords, environment, environment.name);
    rig.yard.resourcesChanged(transaction);
  });
  await rig.pass(10);
  await rig.pass(10);
  assert.deepEqual(await rig.nodeStatuses(jobId), { 0: 'RUNNING', 1: 'RUNNING', 2: 'RUNNING' });
  const nodes = [...(await rig.nodes(jobId)).values()].flatMap((node) => ('placement' in node ? [node.placement] : []));
  assert.deepEqual(new Set(nodes.map((place) => place.computeEnvironmentArn)), new Set([environmentArn]));
  assert.deepEqual(new Set(nodes.map((place) => place.taskArn.split('/').slice(0, -1).join('/'))).size, 1);
  for (const { taskArn, taskId } of nodes) assert.ok(taskArn.endsWith(`/${taskId}`));
});

test('nodes and their main node keep the address that their engine gave them', async () => {
  const rig = await Rig.open();
  const jobId = await running(rig);
  rig.yard.terminate(jobId, 'enough');
  await rig.settle();
  const addresses = [...(await rig.nodes(jobId)).values()].map(({ attempts: [attempt] }) => attempt?.address);
  assert.deepEqual(addresses, ['10.231.0.2', '10.231.0.3', '10.231.0.4']);
});

test('a node whose start comes late knows the main node that has just ended', async () => {
  const rig = await Rig.open();
  const late: (() => void)[] = [];
  let isLate = true;
  // The main node starts at once; the others wait for their turn, and nobody is told to stop meanwhile.
  rig.answering = (call, answer) => {
    if (call === 'stop') return new Promise(() => {});
    if (call !== 'start' || !isLate || rig.given.length === 0) return answer();
    return new Promise((resolve, reject) => late.push(() => void answer().then(resolve, reject)));
  };
  // More than an engine is asked to start at once.
  const count = 80;
  const jobId = rig.submit({ nodes: count, behaviour: forEver });
  rig.plan(nodeId(jobId, count - 1), { runFor: 10 });
  await rig.settle();
  await rig.pass(0);
  await rig.pass(10);
  assert.match(rig.yard.explain(jobId)?.text ?? '', /^Its main node \(79\) has ended/);
  isLate = false;
  for (const answer of late.splice(0)) answer();
  await rig.settle();
  const gangs = rig.given.map(({ gang }) => gang?.gang);
  assert.deepEqual(gangs, Array(count).fill(gangs[0]));
  assert.deepEqual([rig.errors, rig.rebuilds], [[], 0]);
});

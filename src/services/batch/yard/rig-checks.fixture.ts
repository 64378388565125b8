import assert from 'node:assert/strict';
import type { JobId, TaskId } from '../../../core/ids.ts';
import {
  childId,
  isTerminal,
  type JobStatus,
  type Leaf,
  type NodeState,
  nodeId,
  type Placement,
  type ResourceRequest,
  type StoredStatus,
  storedStatuses,
} from '../../../core/job.ts';
import type { JobState } from '../../../core/job-record.ts';
import type { EngineKind, MockWorld } from '../../../engines/index.ts';
import { builtInTypes } from '../../../instance-types/index.ts';
import { storedCounts } from '../../../jobs/index.ts';
import type { FleetInstance } from '../../../scheduler/index.ts';
import type { JobFact, JobRecord, Ledger, Store, StoredJob } from '../../../store/index.ts';
import { withCounts } from '../child-counts.ts';
import { computeEnvironmentArn } from '../names.ts';
import { computeEnvironmentRecords, instanceRecords } from '../records.ts';
import { type ArrayRecord, listChildren, listedJob, readJobs } from '../shown-jobs.ts';
import { listNodes, type NodePage } from '../shown-nodes.ts';
import { checkConsumables, gangHolder, leafHolder } from './consumables.fixture.ts';
import { QueueModel } from './queue-model.ts';
import { scope } from './resources.fixture.ts';
import { checkUsage } from './usage.fixture.ts';
import type { JobYard } from './yard.ts';

/** What of a rig is looked at. */
export interface CheckedRig {
  readonly yard: JobYard;
  readonly store: Pick<Store, 'reads'>;
  readonly ledger: Ledger;
  readonly worlds: ReadonlyMap<string, MockWorld>;
  /** Task ids in the order in which they began to run. */
  readonly ran: readonly TaskId[];
  readonly errors: readonly unknown[];
  readonly engineDown: boolean;
  readonly hanging: ReadonlySet<string>;
  /** How much there was in the beginning of each consumable resource, by ARN. */
  readonly begun: ReadonlyMap<string, number>;
  storedJobs(): Promise<readonly StoredJob[]>;
  facts(): Promise<readonly JobFact[]>;
}

/** A single job, a child of an array, or a node. */
interface Life {
  readonly id: JobId;
  /** By which the scheduler knows it while it waits. */
  readonly element: JobId;
  readonly order: number;
  readonly record: JobRecord;
  /** What it asks for. */
  readonly request: ResourceRequest;
  readonly state: Leaf;
}

type GangRecord = Extract<JobRecord, { readonly kind: 'multiNode' }>;

/**
 * Asserts that store, table, scheduler and engine agree, that nothing ran twice, that all that has ended is released, and that
 * what lists and descriptions say is what memory says. Call when the rig has settled.
 */
export async function checkRig(rig: CheckedRig): Promise<void> {
  assert.deepEqual(rig.errors, []);
  const jobs = await rig.storedJobs();
  const lives: Life[] = [];
  for (const { record } of jobs) {
    checkMemory(rig, record);
    if (record.kind === 'single') {
      const { jobId: id, order, resources: request, state } = record;
      lives.push({ id, element: id, order, record, request, state });
    } else if (record.kind === 'array') lives.push(...(await checkedChildren(rig, record)));
    else lives.push(...(await checkedNodes(rig, record)));
  }
  for (const { id, state, record } of lives) {
    assert.ok(state.attempts.length <= record.retryStrategy.attempts, `${id} was tried too often`);
  }
  checkEngine(rig, lives);
  checkGivenBack(rig, lives);
  checkScheduler(rig, jobs, lives);
  const alone = lives.filter(({ record }) => record.kind !== 'multiNode');
  const gangs = jobs.flatMap(({ record }) => (record.kind === 'multiNode' ? gangHolder(record, record.state) : []));
  const holders = [...alone.map(({ record, state }) => leafHolder(record, state)), ...gangs];
  checkConsumables(rig.ledger, (arn) => rig.yard.heldOf(arn), rig.begun, holders);
  await checkTransitions(rig, jobs, lives);
  await checkUsage(rig.store.reads, scope, lives);
  assert.equal(new Set(rig.ran).size, rig.ran.length, 'a task ran twice');
}

function checkMemory(rig: CheckedRig, { jobId, state, order, resources }: JobRecord): void {
  const active = rig.yard.active(jobId);
  if (isTerminal(state.status)) assert.equal(active, undefined, `${jobId} has ended and is still in memory`);
  else
    assert.deepEqual(active && { state: active.state, order: active.order, resources: active.resources }, {
      state,
      order,
      resources,
    });
}

/** Children as DescribeJobs reads them: each is there, and bits, memory, lists and the parent's end count the same. */
async function checkedChildren(rig: CheckedRig, record: ArrayRecord): Promise<readonly Life[]> {
  const { jobId, size, number } = record;
  const { reads } = rig.store;
  const indexes = Array.from({ length: size }, (_, index) => index);
  const shown = await readJobs(
    reads,
    scope,
    indexes.map((index) => childId(jobId, index)),
  );
  assert.equal(shown.length, size, `children of ${jobId} are lost`);
  const states = shown.map(({ state }) => state as Leaf);
  const counts = countsOf(states);
  const [bits] = await reads.arrayBits([number]);
  assert.deepEqual(bits && storedCounts(bits.bits, size).counts, counts, `the bits of ${jobId}`);
  const [counted] = await withCounts(reads, rig.yard, scope, [listedJob(record)]);
  assert.deepEqual(counted?.counts?.counts, counts, `the summary of ${jobId}`);
  checkParent(record, counts);
  for (const [index, { status }] of states.entries()) checkExplained(rig, childId(jobId, index), status);
  for (const status of storedStatuses) {
    const expected = indexes.filter((index) => states[index]?.status === status);
    assert.deepEqual(await listed(rig, jobId, status), expected, `the list of ${status} children of ${jobId}`);
  }
  const rows = new Map((await reads.arrayChildren([{ number, indexes }])).map((row) => [row.index, row]));
  return states.map((state, index) => {
    const own = rows.get(index)?.order;
    const id = childId(jobId, index);
    const order = own ?? record.order;
    return { id, element: own === undefined ? jobId : id, order, record, request: record.resources, state };
  });
}

/** Nodes as DescribeJobs reads them: memory, lists and the job's own state agree with them. */
async function checkedNodes(rig: CheckedRig, record: GangRecord): Promise<readonly Life[]> {
  const { jobId, size, mainNode, state: job, order, ranges } = record;
  const indexes = Array.from({ length: size }, (_, index) => index);
  const ids = indexes.map((index) => nodeId(jobId, index));
  const lives = (await readJobs(rig.store.reads, scope, ids)).map(({ id, state, part }) => {
    const request = ranges.find(({ first, last }) => part && first <= part.index && part.index <= last)?.resources;
    assert.ok(request && part);
    return { id, element: jobId, order, record, request, state: state as Leaf, index: part.index };
  });
  const living = lives.filter(({ state }) => placementOf(state));
  if (!('gang' in job)) assert.deepEqual(living, [], `nodes of ${jobId} live, which is ${job.status}`);
  const main = lives.find(({ index }) => index === mainNode);
  const isMainPlaced = living.some(({ index }) => index === mainNode);
  if ('gang' in job)
    assert.equal(isMainPlaced, !('ending' in job), `the main node of ${jobId}, which is ${job.status}`);
  if (isMainPlaced) assert.equal(main?.state.status, job.status, `the main node of ${jobId}`);
  if (job.status === 'RUNNING' && !job.stop && !job.ending)
    assert.equal(lives.length, size, `nodes of ${jobId} are missing`);
  if (job.status === 'STARTING') assert.equal(living.length, 1, `nodes of ${jobId} started before the main node`);
  assert.deepEqual(main?.state.attempts ?? [], job.attempts, `attempts of ${jobId}`);
  for (const { id, state } of lives) checkExplained(rig, id, state.status);
  for (const status of storedStatuses) {
    const expected = lives.filter(({ state }) => state.status === status).map(({ index }) => index);
    assert.deepEqual(await listedNodes(rig, jobId, status), expected, `the list of ${status} nodes of ${jobId}`);
  }
  return lives;
}

async function listedNodes(
  { store }: CheckedRig,
  multiNodeJobId: JobId,
  status: JobStatus,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (let after: number | undefined = -1; after !== undefined; ) {
    const query = { multiNodeJobId, status, after, limit: 2 };
    const page: NodePage = await listNodes(store.reads, scope, query);
    found.push(...page.nodes.map(({ part }) => part.index));
    after = page.next;
  }
  return found;
}

function countsOf(states: readonly Leaf[]): Record<StoredStatus, number> {
  const counts = storedStatuses.map((status) => [status, states.filter((state) => state.status === status).length]);
  return Object.fromEntries(counts);
}

function checkParent({ jobId, state, size }: ArrayRecord, counts: Record<StoredStatus, number>): void {
  const ended = counts.SUCCEEDED + counts.FAILED;
  if (state.status === 'PENDING') assert.ok(ended < size, `all children of ${jobId} have ended, and it has not`);
  else {
    const expected = { status: counts.FAILED > 0 ? 'FAILED' : 'SUCCEEDED', failed: counts.FAILED, ended: size };
    assert.deepEqual({ status: state.status, failed: state.failed, ended }, expected, `the end of ${jobId}`);
  }
}

function checkExplained(rig: CheckedRig, id: JobId, status: JobStatus): void {
  const expected = isTerminal(status) ? undefined : status;
  assert.equal(rig.yard.explain(id)?.status, expected, `${id} is ${status}, and explained otherwise`);
}

async function listed({ store }: CheckedRig, arrayJobId: JobId, status: JobStatus): Promise<readonly number[]> {
  const found: number[] = [];
  for (let after: number | undefined = -1; after !== undefined; ) {
    const { children, next } = await listChildren(store.reads, scope, { arrayJobId, status, after, limit: 2 });
    found.push(...children.flatMap(({ part }) => part?.index ?? []));
    after = next;
  }
  return found;
}

function checkEngine(rig: CheckedRig, lives: readonly Life[]): void {
  if (isSilent(rig)) return;
  const held = lives.flatMap(({ state }) => {
    const task = placementOf(state);
    return task ? [[task.taskId, state.status === 'RUNNING' ? 'running' : 'claimed'] as const] : [];
  });
  const isHeld = new Set<TaskId>(held.map(([taskId]) => taskId));
  const tasks = [...rig.worlds.values()].flatMap((world) =>
    // What ran on an instance that was taken back has ended for us while its engine still kills it.
    world.list().filter(({ taskId }) => isHeld.has(taskId) || !world.isStopping(taskId)),
  );
  const known = tasks.map(({ taskId, state }) => [taskId, state] as const);
  assert.deepEqual(new Map<TaskId, string>(known), new Map(held), 'the engine holds other tasks than the jobs do');
}

/** What was given back has not run, and counts for nobody as an attempt. */
function checkGivenBack({ worlds, ran }: CheckedRig, lives: readonly Life[]): void {
  const givenBack = new Set([...worlds.values()].flatMap((world) => [...world.givenBack]));
  const tried = lives.flatMap(({ state }) => state.attempts.map(({ taskId }) => taskId));
  const wrong = [...tried, ...ran].filter((taskId) => givenBack.has(taskId));
  assert.deepEqual(wrong, [], 'what was given back is an attempt, or has run');
}

/** A scheduler built from the store alone says the same of every waiting job, down to the free capacity. */
function checkScheduler(rig: CheckedRig, jobs: readonly StoredJob[], all: readonly Life[]): void {
  const lives = all.filter(({ record }) => record.kind !== 'multiNode');
  const gangs = jobs.flatMap(({ record }) => (record.kind === 'multiNode' ? [record] : []));
  const model = new QueueModel({
    instanceTypes: builtInTypes,
    ledger: rig.ledger,
    engineProblem: () => undefined,
    enginePools: () => new Map([...rig.worlds].map(([kind, world]) => [kind as EngineKind, world.pools])),
    now: () => 0,
    onChange: () => {},
  });
  model.refresh();
  for (const record of rig.ledger.all(instanceRecords))
    model.putInstance(computeEnvironmentArn(record, record.environment), record);
  model.refreshConsumables();
  for (const { element: jobId, order: sequence, record, state } of lives) {
    const { jobQueueArn: queueArn, resources: request } = record;
    const count = record.kind === 'array' && jobId === record.jobId ? { count: 1 } : {};
    const task = placementOf(state);
    if (task) {
      const { computeEnvironmentArn, pool, instance } = task;
      model.apply({ kind: 'job-running', jobId, queueArn, computeEnvironmentArn, pool, instance, request, ...count });
    } else if (state.status === 'RUNNABLE') {
      model.apply({ kind: 'job-queued', jobId, queueArn, sequence, request, ...count });
    }
  }
  for (const gang of gangs) tellOfGang(model, gang);
  for (const environment of rig.ledger.all(computeEnvironmentRecords)) {
    const known = Array.from(rig.yard.instances.of(environment), ({ instance }) => instance);
    assert.deepEqual(byId(known), byId(model.instances(environment.arn)), `instances of ${environment.name}`);
  }
  const waiting = gangs.map(({ jobId, state }) => ({ id: jobId, element: jobId, state }));
  for (const { id, element, state } of [...lives, ...waiting]) {
    const explained = rig.yard.explain(id)?.waiting;
    assert.equal(explained !== undefined, state.status === 'RUNNABLE', `${id} is ${state.status}`);
    // Nobody may have noticed yet that the engine is down.
    if (isSilent(rig) || explained === undefined) continue;
    assert.deepEqual(explained, model.explain(element, 0), `the scheduler is wrong about ${id}`);
  }
  if (!isSilent(rig)) assert.deepEqual(model.plan(0, 1).decisions, [], 'something placeable waits');
}

/** When an instance became idle is of no meaning while jobs run on it. */
function byId(instances: Iterable<FleetInstance>) {
  const known = [...instances].map(({ idleSince, ...one }) => (one.jobs > 0 ? one : { ...one, idleSince }));
  return known.sort((one, other) => (one.id < other.id ? -1 : 1));
}

function tellOfGang(
  model: QueueModel,
  { jobId, jobQueueArn: queueArn, order: sequence, resources: request, ...gang }: GangRecord,
) {
  const { state, ranges: nodes } = gang;
  if (state.status === 'RUNNABLE') model.apply({ kind: 'job-queued', jobId, queueArn, sequence, request, nodes });
  if (!('gang' in state)) return;
  const { computeEnvironmentArn, pool } = state.gang;
  const instances = state.gang.nodes.map(({ instance }) => instance);
  const place = { computeEnvironmentArn, pool, instance: undefined, instances };
  model.apply({ kind: 'job-running', jobId, queueArn, ...place, request });
}

function isSilent({ engineDown, hanging }: CheckedRig): boolean {
  return engineDown || hanging.size > 0;
}

async function checkTransitions(rig: CheckedRig, jobs: readonly StoredJob[], lives: readonly Life[]): Promise<void> {
  const last = new Map<JobId, string>();
  const isTrimmed = ((await rig.store.reads.facts({ from: 0, limit: 1 }))[0]?.sequence ?? 1) > 1;
  for (const fact of await rig.facts()) {
    const { from, to, index, runs } = fact;
    for (const id of aboutWhom(fact)) {
      // A child comes with its array's submission.
      const before = last.get(id) ?? (index !== undefined || runs ? 'SUBMITTED' : undefined);
      // What all consumers heard long ago is not kept.
      if (!isTrimmed || last.has(id)) assert.equal(from, before, `a fact about ${id} is missing`);
      // A node comes to be when it is started.
      if (from === undefined) assert.equal(to, fact.node === undefined ? 'SUBMITTED' : 'STARTING');
      last.set(id, to);
    }
  }
  const all = [...jobs.map(({ record }) => [record.jobId, record.state] as const), ...lives.map(idAndState)];
  for (const [id, { status }] of all) {
    if (!isTrimmed || last.has(id)) assert.equal(last.get(id), status, `the last fact about ${id}`);
  }
}

function idAndState({ id, state }: Life): readonly [JobId, JobState] {
  return [id, state];
}

function aboutWhom({ jobId, index, node, runs }: JobFact): readonly JobId[] {
  if (node !== undefined) return [nodeId(jobId, node)];
  if (index !== undefined) return [childId(jobId, index)];
  if (!runs) return [jobId];
  return runs.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, ahead) => childId(jobId, first + ahead)),
  );
}

/** What a job holds of an engine, if it does. */
export function placementOf(state: JobState | NodeState | undefined): Placement | undefined {
  return state && 'placement' in state ? state.placement : undefined;
}

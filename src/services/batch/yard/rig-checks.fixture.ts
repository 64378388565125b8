import assert from 'node:assert/strict';
import type { JobId, TaskId } from '../../../core/ids.ts';
import {
  childId,
  isTerminal,
  type JobStatus,
  type Leaf,
  type Placement,
  type StoredStatus,
  storedStatuses,
} from '../../../core/job.ts';
import type { JobState } from '../../../core/job-record.ts';
import type { EngineKind, MockWorld } from '../../../engines/index.ts';
import { storedCounts } from '../../../jobs/index.ts';
import type { JobFact, JobRecord, Ledger, Store, StoredJob } from '../../../store/index.ts';
import { withCounts } from '../child-counts.ts';
import { type ArrayRecord, listChildren, listedJob, readJobs } from '../shown-jobs.ts';
import { checkConsumables } from './consumables.fixture.ts';
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

/** A single job, or a child of an array. */
interface Life {
  readonly id: JobId;
  /** By which the scheduler knows it while it waits. */
  readonly element: JobId;
  readonly order: number;
  readonly record: JobRecord;
  readonly state: Leaf;
}

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
      lives.push({ id: record.jobId, element: record.jobId, order: record.order, record, state: record.state });
    } else if (record.kind === 'array') lives.push(...(await checkedChildren(rig, record)));
    else assert.fail(`${record.jobId} is a ${record.kind}`);
  }
  for (const { id, state, record } of lives) {
    assert.ok(state.attempts.length <= record.retryStrategy.attempts, `${id} was tried too often`);
  }
  checkEngine(rig, lives);
  checkScheduler(rig, lives);
  checkConsumables(rig.ledger, (arn) => rig.yard.heldOf(arn), rig.begun, lives);
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
    return { id, element: own === undefined ? jobId : id, order: own ?? record.order, record, state };
  });
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
  const tasks = [...rig.worlds.values()].flatMap((world) => world.list());
  const known = tasks.map(({ taskId, state }) => [taskId, state] as const);
  assert.deepEqual(new Map<TaskId, string>(known), new Map(held), 'the engine holds other tasks than the jobs do');
}

/** A scheduler built from the store alone says the same of every waiting job, down to the free capacity. */
function checkScheduler(rig: CheckedRig, lives: readonly Life[]): void {
  const model = new QueueModel({
    ledger: rig.ledger,
    engineProblem: () => undefined,
    enginePools: () => new Map([...rig.worlds].map(([kind, world]) => [kind as EngineKind, world.pools])),
    onChange: () => {},
  });
  model.refresh();
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
  for (const { id, element, state } of lives) {
    const explained = rig.yard.explain(id)?.waiting;
    assert.equal(explained !== undefined, state.status === 'RUNNABLE', `${id} is ${state.status}`);
    // Nobody may have noticed yet that the engine is down.
    if (isSilent(rig) || explained === undefined) continue;
    assert.deepEqual(explained, model.explain(element), `the scheduler is wrong about ${id}`);
  }
  if (!isSilent(rig)) assert.deepEqual(model.plan(0, 1).decisions, [], 'something placeable waits');
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
      if (from === undefined) assert.equal(to, 'SUBMITTED');
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

function aboutWhom({ jobId, index, runs }: JobFact): readonly JobId[] {
  if (index !== undefined) return [childId(jobId, index)];
  if (!runs) return [jobId];
  return runs.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, ahead) => childId(jobId, first + ahead)),
  );
}

/** What a job holds of an engine, if it does. */
export function placementOf(state: JobState | undefined): Placement | undefined {
  return state && 'placement' in state ? state.placement : undefined;
}

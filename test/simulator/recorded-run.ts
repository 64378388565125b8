import assert from 'node:assert/strict';
import { formatArn } from '../../src/core/arn.ts';
import type { JobId, Milliseconds } from '../../src/core/ids.ts';
import { childId, nodeId, type ResourceRequest } from '../../src/core/job.ts';
import type { MockBehaviour, TaskSpec } from '../../src/engines/index.ts';
import { type ComputeEnvironmentRecord, instanceRecords } from '../../src/services/batch/records.ts';
import type { JobPlan } from '../../src/services/batch/yard/job-plan.fixture.ts';
import { environment, queue, resourcesOn, scope } from '../../src/services/batch/yard/resources.fixture.ts';
import { Rig, type RigOptions } from '../../src/services/batch/yard/yard.fixture.ts';
import type { SimulatedPlacement } from '../../src/simulator/index.ts';
import type { JobFact, StoredJob } from '../../src/store/index.ts';

const docker = resourcesOn('docker');

const hostEnvironment = {
  formatVersion: 1,
  pools: [
    { id: 'host', vcpus: 8, memoryMiB: 4_096, shrinks: true, instance: 'i-0123456789abcdef0' },
    { id: 'docker', vcpus: 8, memoryMiB: 4_096, shrinks: true, instance: 'i-0123456789abcdef0' },
  ],
  computeEnvironments: [
    { computeEnvironmentName: 'main', computeResources: { type: 'EC2', maxvCpus: 5 }, pool: 'host' },
    { computeEnvironmentName: 'docker', computeResources: { type: 'EC2', maxvCpus: 20 }, pool: 'docker' },
  ],
  schedulingPolicies: [{ name: 'fair', fairsharePolicy: { shareDecaySeconds: 20 } }],
  jobQueues: [
    {
      jobQueueName: 'main',
      priority: 5,
      schedulingPolicyArn: 'fair',
      computeEnvironmentOrder: [
        { order: 1, computeEnvironment: 'main' },
        { order: 2, computeEnvironment: 'docker' },
      ],
    },
    { jobQueueName: 'docker', priority: 2, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'docker' }] },
  ],
};

const maxvCpus = (most: number) => ({ computeResources: { type: 'EC2', maxvCpus: most, subnets: [] } });
const hostRecords = {
  environments: [
    { ...environment, ...maxvCpus(5) },
    { ...docker.environment, ...maxvCpus(20) },
  ],
  queues: [
    {
      ...queue,
      priority: 5,
      schedulingPolicyArn: formatArn('batch', scope, 'scheduling-policy/fair'),
      decays: [{ since: 0, seconds: 20 }],
      computeEnvironmentOrder: [environment.arn, docker.environment.arn].map((computeEnvironment, order) => {
        return { order, computeEnvironment };
      }),
    },
    { ...docker.queue, priority: 2 },
  ],
};

/** Where a run is recorded, as a server has it and as a file says it. */
export interface Ground {
  readonly environment: object;
  readonly records: Pick<RigOptions, 'environments' | 'queues'>;
  readonly bootDelay: Milliseconds;
  /** What is registered before the first job, in which environment. */
  readonly registered?: {
    readonly environment: ComputeEnvironmentRecord;
    readonly instances: readonly ResourceRequest[];
  };
  /** Whether multi-node jobs may be in every queue, or only where shares take turns. */
  readonly nodesEverywhere: boolean;
}

/** Two hosts with an environment each; a queue of shares that uses both, and one of lower priority that uses the second. */
export const hosts: Ground = {
  ...{ environment: hostEnvironment, records: hostRecords },
  ...{ bootDelay: 0, nodesEverywhere: true },
};

const fleetResources = {
  ...{ type: 'EC2', maxvCpus: 12, minvCpus: 0, instanceTypes: ['m5'] },
  allocationStrategy: 'BEST_FIT_PROGRESSIVE',
};
const slices = [
  { vcpus: 2, memoryMiB: 2_048, gpus: 0 },
  { vcpus: 5, memoryMiB: 1_024, gpus: 0 },
];
const { computeResources: _none, ...plain } = docker.environment;
/** Ids of instances are made of it, there and in a simulation. */
const unmanaged: ComputeEnvironmentRecord = { ...plain, kind: 'UNMANAGED', uuid: plain.arn };

/** The same, where the first environment launches instances that take their time to come, and the second has two that are registered. */
export const fleets: Ground = {
  environment: {
    ...hostEnvironment,
    pools: hostEnvironment.pools.map((pool) => ({ ...pool, vcpus: 10, memoryMiB: 5_120 })),
    instances: { bootSeconds: 7.001 },
    computeEnvironments: [
      { computeEnvironmentName: 'main', computeResources: fleetResources, pool: 'host', launches: true },
      { computeEnvironmentName: 'docker', type: 'UNMANAGED', pool: 'docker', registered: slices },
    ],
  },
  records: {
    ...hostRecords,
    environments: [
      { ...environment, uuid: environment.arn, fleet: true, computeResources: { ...fleetResources, subnets: [] } },
      unmanaged,
    ],
  },
  bootDelay: 7_001,
  registered: { environment: unmanaged, instances: slices },
  nodesEverywhere: false,
};

/** A workload that a server ran, and where it placed what, in order. */
export interface RecordedRun {
  /** As a workload of JSON lines. */
  readonly lines: readonly string[];
  readonly placements: readonly SimulatedPlacement[];
}

/** How long an instance stays that no job runs on. */
const idleTime = 60_000;
/** The exit code of what SIGTERM ended. */
const terminated = 143;

type Draw = (below: number) => number;

/**
 * Lets a server's yard run a random workload on two mock engines: single jobs, arrays, gangs, dependencies, retries, timeouts. No
 * two things happen at one time, but for what follows from another.
 */
export async function recordRun(ground: Ground, seed: number, jobCount: number): Promise<RecordedRun> {
  const draw = numbers(seed);
  const { bootDelay, registered, nodesEverywhere } = ground;
  const host = registered ? { vcpus: 10, memoryMiB: 5_120 } : { vcpus: 8 };
  const rig = await Rig.open({ host, engines: ['docker'], ...ground.records, instanceTiming: { bootDelay } });
  const { instances = [], environment: where } = registered ?? {};
  for (const capacity of instances)
    if (where) rig.yard.instances.register(where, { capacity, tags: {}, by: 'somebody' });
  await rig.settle();
  const begin = rig.clock.now();
  const times = new Times(() => rig.clock.now());
  const timeouts = new Map<string, number | undefined>();
  rig.telling = (task) => rig.plan(ownIdOf(task), behaviour(draw, times, timeouts.get(task.origin?.jobId ?? '')));
  for (let count = 0; count < jobCount; count += 1) {
    const at = times.reserve(draw(4_000));
    await passUntil(rig, times, at, bootDelay);
    const plan = randomPlan(
      draw,
      rig.jobs.filter((id) => rig.yard.knows(id)),
      nodesEverywhere,
    );
    timeouts.set(rig.submit(plan), plan.timeoutSeconds);
    await rig.settle();
  }
  await passUntil(rig, times, Number.POSITIVE_INFINITY, bootDelay);
  assert.deepEqual(rig.errors, []);
  const facts = await rig.facts();
  const stored = await rig.storedJobs();
  return { lines: linesOf(stored, facts, begin), placements: placementsOf(facts, begin) };
}

/** Stops at whatever is due on the way, so that the server sees the time at which it happened. */
async function passUntil(rig: Rig, times: Times, until: number, bootDelay: Milliseconds): Promise<void> {
  for (let next = nextOf(rig, times, bootDelay); next < until; next = nextOf(rig, times, bootDelay))
    await rig.pass(next - rig.clock.now());
  if (until !== Number.POSITIVE_INFINITY) await rig.pass(until - rig.clock.now());
}

/** Also when an instance comes, or may go. */
function nextOf(rig: Rig, times: Times, bootDelay: Milliseconds): number {
  const now = rig.clock.now();
  const due = [...rig.ledger.all(instanceRecords)].map(({ state, launchedAt, idleSince = 0 }) =>
    state === 'starting' ? launchedAt + bootDelay : idleSince + idleTime,
  );
  return Math.min(times.next() ?? Number.POSITIVE_INFINITY, ...due.filter((at) => at > now));
}

/** When something is due: each time once. */
class Times {
  readonly #now: () => number;
  readonly #taken = new Set<number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get now(): number {
    return this.#now();
  }

  add(at: number): void {
    this.#taken.add(at);
  }

  /** A time at least that much later than now, which nothing else has. */
  reserve(delay: number): number {
    let at = this.#now() + Math.max(1, delay);
    while (this.#taken.has(at)) at += 1;
    this.#taken.add(at);
    return at;
  }

  next(): number | undefined {
    const ahead = [...this.#taken].filter((time) => time > this.#now());
    return ahead.length === 0 ? undefined : Math.min(...ahead);
  }
}

/** What the next attempt of a task does. Its timeout, if it strikes, has a time of its own too. */
function behaviour(draw: Draw, times: Times, timeoutSeconds: number | undefined): MockBehaviour {
  const begun = times.reserve(1 + draw(200));
  const ended = times.reserve(begun - times.now + 1 + draw(20_000));
  if (timeoutSeconds !== undefined) times.add(begun + timeoutSeconds * 1000);
  return { startDelay: begun - times.now, runFor: ended - begun, exitCode: draw(4) === 0 ? 1 : 0 };
}

function ownIdOf(task: TaskSpec): JobId {
  return (task.containers[0]?.environment.AWS_BATCH_JOB_ID ?? '') as JobId;
}

function randomPlan(draw: Draw, jobs: readonly JobId[], nodesEverywhere: boolean): JobPlan {
  const others = jobs.filter(() => draw(jobs.length) === 0).slice(0, 2);
  const isGang = draw(10) === 0;
  const size = !isGang && draw(5) === 0 ? 2 + draw(4) : undefined;
  const isLower = draw(3) === 0 && (nodesEverywhere || !isGang);
  const queueArn = isLower ? docker.queue.arn : queue.arn;
  return {
    vcpus: 1 + draw(isGang ? 2 : 5),
    memoryMiB: 16 + draw(1_000),
    ...(draw(4) === 0 ? { timeoutSeconds: 10 } : {}),
    retryStrategy: { attempts: 1 + draw(3), evaluateOnExit: [] },
    queueArn,
    ...(queueArn === queue.arn ? { share: `share-${draw(3)}` } : {}),
    dependsOn: [...others, ...(size !== undefined && draw(3) === 0 ? [{ type: 'SEQUENTIAL' as const }] : [])],
    ...(size === undefined ? {} : { size }),
    ...(isGang ? { nodes: 1 + draw(3) } : {}),
  };
}

/** The same numbers for the same seed (Park and Miller). */
function numbers(seed: number): Draw {
  let state = seed + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * below);
  };
}

/** Whose the fact is: the job's, the child's or the node's. */
function idOf({ jobId, index, node }: JobFact): string {
  if (index !== undefined) return childId(jobId, index);
  return node === undefined ? jobId : nodeId(jobId, node);
}

function placementsOf(facts: readonly JobFact[], begin: number): readonly SimulatedPlacement[] {
  const attempts = new Map<string, number>();
  return facts.flatMap((fact) => {
    const { placement, at } = fact;
    if (!placement) return [];
    const id = idOf(fact);
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.set(id, attempt);
    const { computeEnvironmentArn, pool, instance } = placement;
    return [{ at: at - begin, id, attempt, computeEnvironmentArn, pool, instance }];
  });
}

/** What the server's history says of when jobs came, and how long what ran: nothing of where it ran. */
function linesOf(stored: readonly StoredJob[], facts: readonly JobFact[], begin: number): readonly string[] {
  const runs = new Map<string, Record<string, object[]>>();
  const placedAt = new Map<string, number>();
  for (const fact of facts) {
    const id = idOf(fact);
    if (fact.placement) placedAt.set(id, fact.at);
    const { attempt, index, node } = fact;
    const isOfNodes =
      stored.find(({ record }) => record.jobId === fact.jobId)?.record.kind === 'multiNode' && node === undefined;
    if (!attempt || isOfNodes) continue;
    const { startedAt = fact.at, stoppedAt, containers } = attempt;
    const startSeconds = (startedAt - (placedAt.get(id) ?? startedAt)) / 1000;
    // What was stopped says nothing of how long it would have run: its timeout, or its main node, stops it again.
    const exitCode = containers[0]?.exitCode ?? 1;
    const ended = exitCode === terminated ? {} : { runSeconds: (stoppedAt - startedAt) / 1000, exitCode };
    const run = { startSeconds, ...ended };
    const own = runs.get(fact.jobId) ?? {};
    const key = String(index ?? node ?? 0);
    runs.set(fact.jobId, { ...own, [key]: [...(own[key] ?? []), run] });
  }
  const jobs = stored.map(({ record }) => {
    const each = record.kind === 'multiNode' ? record.ranges[0]?.resources : record.resources;
    const { jobId, jobQueueArn, createdAt, dependsOn, retryStrategy, timeoutSeconds } = record;
    return {
      id: jobId,
      at: (createdAt - begin) / 1000,
      queue: jobQueueArn.slice(jobQueueArn.lastIndexOf('/') + 1),
      ...(record.shareIdentifier === undefined ? {} : { share: record.shareIdentifier }),
      vcpus: each?.vcpus,
      memoryMiB: each?.memoryMiB,
      attempts: retryStrategy.attempts,
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      dependsOn,
      ...(record.kind === 'array' ? { array: record.size } : {}),
      ...(record.kind === 'multiNode' ? { nodes: record.size, mainNode: record.mainNode } : {}),
      runs: runs.get(jobId) ?? {},
    };
  });
  const inOrder = jobs.sort((a, b) => a.at - b.at);
  return [{ formatVersion: 1 }, ...inOrder].map((line) => JSON.stringify(line));
}

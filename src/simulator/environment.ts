import { z } from 'zod';
import { formatArn, nameOfArn } from '../core/arn.ts';
import {
  environmentSettings,
  type FairShareSettings,
  fairShareSettings,
  type PoolSettings,
  queueSettings,
  type SchedulableQueue,
  type SchedulerEvent,
} from '../scheduler/index.ts';
import {
  builtInSource,
  computeEnvironmentOf,
  computeEnvironmentSchema,
  environmentArn,
  type FindTypes,
  type InstanceSettings,
  instanceSettings,
  instancesSchema,
  type SimulatedComputeEnvironment,
  simulatedScope,
} from './compute-environment.ts';
import { type NamedPolicy, namedPolicy, schedulingPolicySchema } from './scheduling-policy.ts';
import { parseNamed, SimulationError } from './workload.ts';

const environmentVersion = 1;

const name = z.string().min(1).max(128);
const positive = z.number().positive().max(1e9);

const poolSchema = z.object({
  id: name,
  instance: name.optional(),
  vcpus: positive,
  memoryMiB: positive,
  gpus: z.int().min(0).max(1e9).optional(),
  shrinks: z.boolean().optional(),
});

/** As in CreateJobQueue and DescribeJobQueues. */
const jobQueueSchema = z.object({
  jobQueueName: name,
  status: z.enum(['CREATING', 'UPDATING', 'VALID', 'INVALID', 'DELETING']).optional(),
  priority: z.int().min(0).max(10_000),
  computeEnvironmentOrder: z
    .array(z.object({ order: z.int(), computeEnvironment: z.string() }))
    .min(1)
    .max(3),
  schedulingPolicyArn: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

const environmentSchema = z.object({
  formatVersion: z.literal(environmentVersion),
  name: name.optional(),
  pools: z.array(poolSchema).min(1).max(1_000).optional(),
  instances: instancesSchema.optional(),
  computeEnvironments: z.array(computeEnvironmentSchema).min(1).max(1_000),
  schedulingPolicies: z.array(schedulingPolicySchema).max(1_000).optional(),
  jobQueues: z.array(jobQueueSchema).min(1).max(1_000),
});

/** What a file says of an environment. */
export type EnvironmentFile = z.infer<typeof environmentSchema>;

/** Where jobs are to run: pools of machines, compute environments and their instances, and job queues. */
export interface SimulatedEnvironment {
  readonly name: string;
  readonly pools: readonly PoolSettings[];
  /** Whether these were said; else there is one that limits nothing. */
  readonly hasPools: boolean;
  readonly computeEnvironments: readonly SimulatedComputeEnvironment[];
  readonly instances: InstanceSettings;
  readonly queues: readonly SimulatedQueue[];
}

/** A job queue, and how its shares take turns, unless it is first in, first out. */
export interface SimulatedQueue extends SchedulableQueue {
  readonly fairShare?: FairShareSettings;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The environment that a file describes, called after the file unless it has a name. Throws `SimulationError`. `source`: where instance types are
 * looked up, those that come with the command unless given.
 */
export function parseEnvironment(text: string, file: string, source: FindTypes = builtInSource): SimulatedEnvironment {
  return parseNamed(`environment ${file}`, () => {
    const { success, data, error } = environmentSchema.safeParse(JSON.parse(text));
    if (success) return environmentOf(data, data.name ?? file, source);
    const [issue] = error.issues;
    throw new SimulationError(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'makes no sense'}`);
  });
}

function environmentOf(file: EnvironmentFile, called: string, source: FindTypes): SimulatedEnvironment {
  const given = file.pools?.map(poolOf);
  demandDistinct('pool', given?.map(({ pool }) => pool) ?? []);
  demandDistinct(
    'compute environment',
    file.computeEnvironments.map(({ computeEnvironmentName: each }) => each),
  );
  demandDistinct(
    'job queue',
    file.jobQueues.map(({ jobQueueName: each }) => each),
  );
  demandDistinct('scheduling policy', file.schedulingPolicies?.map(({ name: each }) => each) ?? []);
  const pools = given ?? [withoutEnd];
  const names = pools.map(({ pool }) => pool);
  const computeEnvironments = file.computeEnvironments.map((each) => computeEnvironmentOf(each, names, source));
  const endless = given ? undefined : computeEnvironments.find(({ fleet, registered }) => !fleet && !registered);
  if (endless)
    throw new SimulationError(
      `compute environment ${nameOfArn(endless.arn)} launches no instances: pools must say what there is`,
    );
  const queues = file.jobQueues.map((each) => queueOf(each, file));
  return {
    name: called,
    pools,
    hasPools: given !== undefined,
    computeEnvironments,
    instances: instanceSettings(file.instances ?? {}),
    queues,
  };
}

/** Where nothing limits what instances there are. */
const withoutEnd: PoolSettings = {
  pool: 'aws',
  instance: 'aws',
  vcpus: 1e9,
  memoryMiB: 1e12,
  gpus: 1e9,
  shrinks: false,
};

function demandDistinct(what: string, names: readonly string[]): void {
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) throw new SimulationError(`${what} ${twice} is there twice`);
}

function poolOf({
  id,
  instance = id,
  vcpus,
  memoryMiB,
  gpus = 0,
  shrinks = false,
}: NonNullable<EnvironmentFile['pools']>[number]): PoolSettings {
  return { pool: id, instance, vcpus, memoryMiB, gpus, shrinks };
}

function queueOf(
  {
    jobQueueName,
    priority,
    status = 'VALID',
    schedulingPolicyArn,
    computeEnvironmentOrder,
    tags = {},
  }: EnvironmentFile['jobQueues'][number],
  { computeEnvironments, schedulingPolicies = [] }: EnvironmentFile,
): SimulatedQueue {
  const names = [...computeEnvironmentOrder].sort((a, b) => a.order - b.order).map((each) => nameOf(each));
  const missing = names.find((each) => !computeEnvironments.some((one) => one.computeEnvironmentName === each));
  if (missing !== undefined)
    throw new SimulationError(`job queue ${jobQueueName} uses compute environment ${missing}, which is not there`);
  const order = names.map((each) => ({ computeEnvironment: environmentArn(each) }));
  const queue = { arn: queueArn(jobQueueName), priority, status, computeEnvironmentOrder: order, tags };
  if (schedulingPolicyArn === undefined) return queue;
  const policyName = nameOfArn(schedulingPolicyArn);
  const policy = schedulingPolicies.find((each) => each.name === policyName);
  if (!policy)
    throw new SimulationError(`job queue ${jobQueueName} has scheduling policy ${policyName}, which is not there`);
  return underPolicy(queue, namedPolicy(policy));
}

function underPolicy(queue: SimulatedQueue, { fairShare }: NamedPolicy): SimulatedQueue {
  const decays = [{ since: 0, seconds: fairShare.shareDecaySeconds ?? 0 }];
  return { ...queue, fairShare: fairShareSettings(fairShare, { decays, tags: queue.tags }) };
}

/** The same environment with another policy: of the queues that have one, or of all if none has. */
export function withPolicy(environment: SimulatedEnvironment, policy: NamedPolicy): SimulatedEnvironment {
  const areFair = environment.queues.some(({ fairShare }) => fairShare);
  const queues = environment.queues.map((queue) => (areFair && !queue.fairShare ? queue : underPolicy(queue, policy)));
  return { ...environment, name: `${environment.name}, ${policy.name}`, queues };
}

function nameOf({ computeEnvironment }: { readonly computeEnvironment: string }): string {
  return nameOfArn(computeEnvironment);
}

/** The ARN of a simulated job queue. */
export function queueArn(called: string): string {
  return formatArn('batch', simulatedScope, `job-queue/${called}`);
}

/** What the scheduler is told before anything else, as a server tells it. */
export function eventsOf({ pools, computeEnvironments, queues }: SimulatedEnvironment): readonly SchedulerEvent[] {
  return [
    ...pools.map((pool) => ({ kind: 'pool-capacity', ...pool }) as const),
    ...computeEnvironments.flatMap((each) => [putOf(each), ...sizeOf(each), ...registeredIn(each)]),
    ...queues.map((queue) => {
      const { fairShare } = queue;
      return { kind: 'job-queue-put', ...queueSettings(queue), ...(fairShare && { fairShare }) } as const;
    }),
  ];
}

/** What the job queues are called. */
export function queueNames({ queues }: SimulatedEnvironment): readonly string[] {
  return queues.map(({ arn }) => nameOfArn(arn));
}

function putOf(environment: SimulatedComputeEnvironment): SchedulerEvent {
  const { pool, fleet, registered } = environment;
  const settings = environmentSettings(environment, { pool });
  const options = fleet?.options ?? registered?.options;
  return { kind: 'compute-environment-put', ...settings, ...(options && { fleet: options }) };
}

function registeredIn({ arn, registered }: SimulatedComputeEnvironment): readonly SchedulerEvent[] {
  const put = { kind: 'instance-put', computeEnvironmentArn: arn } as const;
  return (registered?.instances ?? []).map((instance) => ({ ...put, ...instance }));
}

function sizeOf({ arn, fleet }: SimulatedComputeEnvironment): readonly SchedulerEvent[] {
  const { desiredvCpus } = fleet ?? {};
  if (desiredvCpus === undefined) return [];
  return [{ kind: 'fleet-put', computeEnvironmentArn: arn, nextOrder: 1, backoffs: {}, desiredvCpus }];
}

import { z } from 'zod';
import { formatArn, nameOfArn, type Scope } from '../core/arn.ts';
import type { AccountId, Region } from '../core/ids.ts';
import {
  environmentSettings,
  type FairShareSettings,
  fairShareSettings,
  type PoolSettings,
  queueSettings,
  type SchedulableEnvironment,
  type SchedulableQueue,
  type SchedulerEvent,
} from '../scheduler/index.ts';
import { type NamedPolicy, namedPolicy, schedulingPolicySchema } from './scheduling-policy.ts';
import { SimulationError } from './workload.ts';

const environmentVersion = 1;

/** Where everything simulated is. Nothing depends on it. */
export const simulatedScope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

const name = z.string().min(1).max(128);
const positive = z.number().positive().max(1e9);
const state = z.enum(['ENABLED', 'DISABLED']);

const poolSchema = z.object({
  id: name,
  instance: name.optional(),
  vcpus: positive,
  memoryMiB: positive,
  gpus: z.int().min(0).max(1e9).optional(),
  shrinks: z.boolean().optional(),
});

/** As in CreateComputeEnvironment and DescribeComputeEnvironments. What else these have says nothing to the scheduler. */
const computeEnvironmentSchema = z.object({
  computeEnvironmentName: name,
  type: z.enum(['MANAGED', 'UNMANAGED']).optional(),
  state: state.optional(),
  status: z.enum(['CREATING', 'UPDATING', 'VALID', 'INVALID', 'DELETING']).optional(),
  computeResources: z.object({ type: z.string(), maxvCpus: z.int().min(0).max(1e9) }).optional(),
  pool: name.optional(),
});

/** The same of job queues. */
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
  pools: z.array(poolSchema).min(1).max(1_000),
  computeEnvironments: z.array(computeEnvironmentSchema).min(1).max(1_000),
  schedulingPolicies: z.array(schedulingPolicySchema).max(1_000).optional(),
  jobQueues: z.array(jobQueueSchema).min(1).max(1_000),
});

/** What a file says of an environment. */
export type EnvironmentFile = z.infer<typeof environmentSchema>;

/** Where jobs are to run: pools of machines, compute environments and job queues. */
export interface SimulatedEnvironment {
  readonly name: string;
  readonly pools: readonly PoolSettings[];
  readonly computeEnvironments: readonly (SchedulableEnvironment & { readonly pool: string })[];
  readonly queues: readonly SimulatedQueue[];
}

/** A job queue, and how its shares take turns, unless it is first in, first out. */
export interface SimulatedQueue extends SchedulableQueue {
  readonly fairShare?: FairShareSettings;
  readonly tags: Readonly<Record<string, string>>;
}

/** The environment that a file describes, called after the file unless it has a name. Throws `SimulationError`. */
export function parseEnvironment(text: string, file: string): SimulatedEnvironment {
  try {
    const { success, data, error } = environmentSchema.safeParse(JSON.parse(text));
    if (success) return environmentOf(data, data.name ?? file);
    const [issue] = error.issues;
    throw new SimulationError(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'makes no sense'}`);
  } catch (error) {
    if (error instanceof SimulationError || error instanceof SyntaxError)
      throw new SimulationError(`environment ${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

function environmentOf(file: EnvironmentFile, called: string): SimulatedEnvironment {
  demandDistinct(
    'pool',
    file.pools.map(({ id }) => id),
  );
  demandDistinct(
    'compute environment',
    file.computeEnvironments.map(({ computeEnvironmentName: each }) => each),
  );
  demandDistinct(
    'job queue',
    file.jobQueues.map(({ jobQueueName: each }) => each),
  );
  demandDistinct('scheduling policy', file.schedulingPolicies?.map(({ name: each }) => each) ?? []);
  const pools = file.pools.map(poolOf);
  const computeEnvironments = file.computeEnvironments.map((each) => computeEnvironmentOf(each, file));
  return { name: called, pools, computeEnvironments, queues: file.jobQueues.map((each) => queueOf(each, file)) };
}

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
}: EnvironmentFile['pools'][number]): PoolSettings {
  return { pool: id, instance, vcpus, memoryMiB, gpus, shrinks };
}

function computeEnvironmentOf(
  given: EnvironmentFile['computeEnvironments'][number],
  { pools }: EnvironmentFile,
): SimulatedEnvironment['computeEnvironments'][number] {
  const { computeEnvironmentName, type: kind = 'MANAGED', computeResources } = given;
  const { pool = pools[0]?.id ?? '', state: power = 'ENABLED', status = 'VALID' } = given;
  if (!pools.some(({ id }) => id === pool))
    throw new SimulationError(`compute environment ${computeEnvironmentName} runs in pool ${pool}, which is not there`);
  const arn = environmentArn(computeEnvironmentName);
  return { arn, kind, state: power, status, pool, ...(computeResources && { computeResources }) };
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

function environmentArn(called: string): string {
  return formatArn('batch', simulatedScope, `compute-environment/${called}`);
}

/** The ARN of a simulated job queue. */
export function queueArn(called: string): string {
  return formatArn('batch', simulatedScope, `job-queue/${called}`);
}

/** What the scheduler is told before anything else, as a server tells it. */
export function eventsOf({ pools, computeEnvironments, queues }: SimulatedEnvironment): readonly SchedulerEvent[] {
  return [
    ...pools.map((pool) => ({ kind: 'pool-capacity', ...pool }) as const),
    ...computeEnvironments.map((each) => {
      return { kind: 'compute-environment-put', ...environmentSettings(each, { pool: each.pool }) } as const;
    }),
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

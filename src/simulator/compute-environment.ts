import { z } from 'zod';
import { formatArn, type Scope } from '../core/arn.ts';
import type { AccountId, Milliseconds, Region } from '../core/ids.ts';
import { builtInTypes, type InstanceType, type InstanceTypes } from '../instance-types/index.ts';
import { fleetOptions, launchType } from '../jobs/index.ts';
import {
  amountOf,
  type FleetOptions,
  instanceIdOf,
  registeredFleet,
  type SchedulableEnvironment,
  type StoredInstance,
} from '../scheduler/index.ts';
import { SimulationError } from './workload.ts';

/** Where everything simulated is. */
export const simulatedScope: Scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

/** What names in `instanceTypes` stand for. */
export interface TypeSource {
  readonly types: InstanceTypes;
  /** What `optimal` stands for depends on it. */
  readonly region: string;
}

/** The types that come with this command, where most families are. */
export function builtInSource(): TypeSource {
  return { types: builtInTypes(), region: simulatedScope.region };
}

/** Where instance types are looked up: asked when an environment launches any. */
export type FindTypes = () => TypeSource;

const name = z.string().min(1).max(128);
const vcpus = z.int().min(0).max(1e9);
/** Instances that are registered in one environment. */
const mostRegistered = 10_000;
const strategies = [
  ...['BEST_FIT', 'BEST_FIT_PROGRESSIVE', 'BEST_FIT_PROGRESSIVE_ORDERED', 'SPOT_CAPACITY_OPTIMIZED'],
  ...['SPOT_PRICE_CAPACITY_OPTIMIZED', 'SPOT_CAPACITY_OPTIMIZED_PRIORITIZED'],
];

/** Instances of one size that somebody has registered. */
const registeredSchema = z.strictObject({
  vcpus: z.int().min(1).max(1e6),
  memoryMiB: z.int().min(1).max(1e9),
  gpus: z.int().min(0).max(1_000).optional(),
  count: z.int().min(1).max(mostRegistered).optional(),
});

/** As in CreateComputeEnvironment and DescribeComputeEnvironments. What else these have says nothing to the scheduler. */
export const computeEnvironmentSchema = z.object({
  computeEnvironmentName: name,
  type: z.enum(['MANAGED', 'UNMANAGED']).optional(),
  state: z.enum(['ENABLED', 'DISABLED']).optional(),
  status: z.enum(['CREATING', 'UPDATING', 'VALID', 'INVALID', 'DELETING']).optional(),
  computeResources: z
    .object({
      type: z.string(),
      maxvCpus: vcpus,
      minvCpus: vcpus.optional(),
      desiredvCpus: vcpus.optional(),
      instanceTypes: z.array(z.string()).max(1_000).optional(),
      allocationStrategy: z.enum(strategies).optional(),
      bidPercentage: z.int().min(0).max(100).optional(),
      scalingPolicy: z.object({ minScaleDownDelayMinutes: z.int().min(0).max(10_080).optional() }).optional(),
    })
    .optional(),
  pool: name.optional(),
  launches: z.boolean().optional(),
  registered: z.array(registeredSchema).max(mostRegistered).optional(),
});

/** How instances come and go, beside what their environments say. */
export const instancesSchema = z.strictObject({
  bootSeconds: z.number().min(0).max(86_400).optional(),
  interruptions: z.boolean().optional(),
});

type GivenEnvironment = z.infer<typeof computeEnvironmentSchema>;

export interface SimulatedComputeEnvironment extends SchedulableEnvironment {
  readonly pool: string;
  /** Present: it launches instances. */
  readonly fleet?: SimulatedFleet;
  /** Present: it has those that are registered, and no others. */
  readonly registered?: RegisteredInstances;
}

export interface RegisteredInstances {
  readonly options: FleetOptions;
  readonly instances: readonly StoredInstance[];
}

export interface SimulatedFleet {
  readonly options: FleetOptions;
  /** It has so many vCPUs from the beginning, unless fewer stay. */
  readonly desiredvCpus?: number;
  /** Types whose price nobody could name. */
  readonly estimated: ReadonlySet<string>;
}

export interface InstanceSettings {
  /** From launch to ready. */
  readonly bootDelay: Milliseconds;
  /** Spot takes instances back, as often as the catalogue says of their type. */
  readonly interruptions: boolean;
}

export function instanceSettings({
  bootSeconds = 0,
  interruptions = false,
}: z.infer<typeof instancesSchema>): InstanceSettings {
  return { bootDelay: Math.round(bootSeconds * 1000), interruptions };
}

/** `pools`: those that there are, the first of which is where jobs run unless another is named. */
export function computeEnvironmentOf(
  given: GivenEnvironment,
  pools: readonly string[],
  source: FindTypes,
): SimulatedComputeEnvironment {
  const { computeEnvironmentName, type: kind = 'MANAGED', computeResources } = given;
  const { pool = pools[0] ?? '', state = 'ENABLED', status = 'VALID' } = given;
  if (!pools.includes(pool))
    throw new SimulationError(`compute environment ${computeEnvironmentName} runs in pool ${pool}, which is not there`);
  const [fleet, registered] = [fleetOf(given, source), registeredOf(given)];
  const resources = computeResources && { type: computeResources.type, maxvCpus: computeResources.maxvCpus };
  return {
    ...{ arn: environmentArn(computeEnvironmentName), kind, state, status, pool },
    ...(resources && { computeResources: resources }),
    ...(fleet && { fleet }),
    ...(registered && { registered }),
  };
}

/** They are there from the beginning, and stay. */
function registeredOf({ computeEnvironmentName, type, registered }: GivenEnvironment): RegisteredInstances | undefined {
  if (!registered) return undefined;
  const where = `compute environment ${computeEnvironmentName}`;
  if (type !== 'UNMANAGED') throw new SimulationError(`${where} is not UNMANAGED, and has no registered instances`);
  const amounts = registered.flatMap(({ count = 1, gpus = 0, vcpus: each, memoryMiB }) =>
    Array.from({ length: count }, () => amountOf({ vcpus: each, memoryMiB, gpus })),
  );
  if (amounts.length > mostRegistered)
    throw new SimulationError(
      `${where} has ${amounts.length} registered instances, and ${mostRegistered} are the most`,
    );
  const uuid = environmentArn(computeEnvironmentName);
  const instances = amounts.map((capacity, index) => registeredInstance(uuid, index + 1, capacity));
  return { options: registeredFleet(uuid), instances };
}

function registeredInstance(uuid: string, order: number, capacity: StoredInstance['capacity']): StoredInstance {
  const name = { id: instanceIdOf(uuid, order), order, type: 'registered' };
  return { ...name, vcpus: capacity.vcpuMillis / 1000, capacity, state: 'ready', idleSince: 0 };
}

/** Those of EC2 and Spot launch what they name, unless they are said to be a pool, or not to. */
function fleetOf(given: GivenEnvironment, source: FindTypes): SimulatedFleet | undefined {
  const { computeEnvironmentName, type, computeResources, pool, launches = pool === undefined } = given;
  const { type: kind, instanceTypes, desiredvCpus } = computeResources ?? {};
  const isFleet = type !== 'UNMANAGED' && launches && (kind === 'EC2' || kind === 'SPOT');
  if (!isFleet || !computeResources || !instanceTypes) return undefined;
  const { types: all, region } = source();
  const { types, unknown } = all.expand(instanceTypes, region);
  if (unknown.length > 0)
    throw new SimulationError(
      `compute environment ${computeEnvironmentName}: no instance type is called ${unknown[0]}`,
    );
  const uuid = environmentArn(computeEnvironmentName);
  return {
    options: fleetOptions(computeResources, { uuid, types: types.map(launchType) }),
    ...(desiredvCpus !== undefined && { desiredvCpus }),
    estimated: new Set(types.filter((each) => isEstimated(each, kind)).map((each) => each.name)),
  };
}

function isEstimated({ estimated }: InstanceType, kind: 'EC2' | 'SPOT'): boolean {
  return estimated.includes(kind === 'SPOT' ? 'spot' : 'onDemand');
}

export function environmentArn(called: string): string {
  return formatArn('batch', simulatedScope, `compute-environment/${called}`);
}

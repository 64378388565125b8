import type { EpochMilliseconds } from '../core/ids.ts';
import type { MachineKind, ResourceRequest } from '../core/job.ts';
import { type Amount, covers, isNothing, requestOf, shortage, subtract } from './amount.ts';
import type {
  EnvironmentFleet,
  InstanceFilter,
  LaunchType,
  NodesChoice,
  NodesNeed,
  PassedOver,
} from './fleet/index.ts';
import type { Environment } from './model.ts';
import { type Excess, excessOf, footprintOf, freeOf, hasMachine, type Limit, limitsOf, type Pool } from './pool.ts';
import type { ComputeEnvironmentSettings } from './scheduler-event.ts';

/** What one compute environment, and the pool under it, can do for one job now. */
export type EnvironmentVerdict = { readonly computeEnvironmentArn: string } & (
  | {
      readonly kind: 'fits';
      /** Of a fleet: where; for each node of a multi-node job one. */
      readonly instances?: readonly string[];
    }
  /** The environment has room, its pool has not. */
  | {
      readonly kind: 'pool-full';
      readonly pool: string;
      readonly missing: ResourceRequest;
      readonly limits: readonly Limit[];
    }
  /** As `pool-full`, but only since what is free of the pool is kept for a job of a queue that is served first. */
  | { readonly kind: 'pool-held'; readonly pool: string; readonly holder: Holder }
  /** The full request exceeds what the environment has left of its maxvCpus. */
  | {
      readonly kind: 'at-max-vcpus';
      readonly usedVcpus: number;
      readonly maxvCpus: number;
      readonly requestedVcpus: number;
      /** Of a fleet: what would be launched if there were room for it. Then `usedVcpus` is what its instances have. */
      readonly next?: NamedType;
      /** Of a multi-node job: what waits for its nodes. */
      readonly reserved?: Reserved;
    }
  /** Of a fleet: `minvCpus` keeps instances that the job cannot have, and they leave no room for what would be launched for it. */
  | {
      readonly kind: 'full-for-minimum';
      readonly minvCpus: number;
      readonly usedVcpus: number;
      readonly maxvCpus: number;
      readonly requestedVcpus: number;
      readonly next: NamedType;
      /** That it lacks of `next`. */
      readonly instances: number;
    }
  /** Of a fleet: an instance that would hold it starts, or is about to be launched. */
  | { readonly kind: 'awaits-instance'; readonly starting: number; readonly next?: NamedType }
  /** Of a fleet: no type that would hold it can be had now. */
  | { readonly kind: 'no-instance'; readonly passedOver: readonly PassedOver[] }
  /** Of a fleet: no type that it may launch is large enough. */
  | {
      readonly kind: 'exceeds-types';
      /** The one that lacks least; absent if there are none. */
      readonly nearest?: { readonly type: NamedType; readonly missing: ResourceRequest };
    }
  /** Of a fleet: the nodes of a multi-node job are for instances of one type alone, which it does not launch, or which is too small for one of them. */
  | {
      readonly kind: 'type-not-launchable';
      readonly instanceType: string;
      /** What an instance of that type lacks for a node; absent: the environment launches none. */
      readonly missing?: ResourceRequest;
      /** Names of the types that it launches, the smallest first. */
      readonly offers: readonly string[];
    }
  /** Of a fleet: its maxvCpus never leaves room for an instance of the type that they run on for each node of a multi-node job. */
  | {
      readonly kind: 'too-few-instances';
      readonly nodes: number;
      readonly maxvCpus: number;
      /** Of which there may be most. */
      readonly nearest: { readonly type: NamedType; readonly most: number };
    }
  /** Its instances are registered by somebody, and none that is large enough has room. `open`: how many take jobs. */
  | { readonly kind: 'registered-full'; readonly open: number; readonly requested: ResourceRequest }
  /** Its instances are registered by somebody, and none is large enough. */
  | {
      readonly kind: 'awaits-registration';
      /** How many there are that take jobs. */
      readonly open: number;
      /** What one must have; absent: as much as the whole machine is enough. */
      readonly least?: ResourceRequest;
    }
  /** What is free is kept for a job of a queue that is served first. */
  | { readonly kind: 'held'; readonly heldVcpus: number; readonly holder: Holder }
  | { readonly kind: 'engine-unavailable'; readonly reason: string }
  | {
      readonly kind: 'pool-unavailable';
      readonly reason: string;
      /** Only since other jobs have all of its places. */
      readonly isFull?: true;
    }
  /** The job needs another kind of machine than the pool has. */
  | { readonly kind: 'no-such-machine'; readonly machine: MachineKind }
  | { readonly kind: 'not-ready'; readonly status: 'CREATING' | 'UPDATING' }
  | { readonly kind: 'too-small'; readonly maxvCpus: number; readonly requestedVcpus: number }
  /** The whole pool is smaller than the request, and does not shrink it. */
  | ({ readonly kind: 'exceeds-pool'; readonly pool: string } & Excess)
  /** It never runs nodes of multi-node jobs. */
  | { readonly kind: 'refuses-nodes'; readonly reason: string }
  | { readonly kind: 'disabled' }
  /** The service may not do there what it must. */
  | { readonly kind: 'role-refused'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly status: 'INVALID' | 'DELETING' }
  | { readonly kind: 'unknown' }
);

export type VerdictKind = EnvironmentVerdict['kind'];
export type VerdictOf<Kind extends VerdictKind> = Extract<EnvironmentVerdict, { readonly kind: Kind }>;

/** A type of instance, as far as it is told. */
export type NamedType = Pick<LaunchType, 'name' | 'vcpus'>;

/** The job that capacity is held for: the blocked head of a queue that is served first. */
export interface Holder {
  readonly queueArn: string;
  readonly jobId: string;
  /** Where shares take turns. */
  readonly share?: string;
  /** Instances of a fleet wait for its nodes: others may have them that end before it can start. */
  readonly reserved?: Reserved;
}

/** Instances that wait for the nodes of a multi-node job. */
export interface Reserved {
  readonly computeEnvironmentArn: string;
  readonly instances: number;
  /** Those of them that no job runs on. */
  readonly empty: number;
  /** When all of them are empty at the latest, and so the earliest start that is certain. Absent: nobody knows, as jobs without timeout run there. */
  readonly startsBy?: EpochMilliseconds;
}

/** Capacity that is held for blocked heads, and for whom first: vCPUs of an environment, an amount of a pool. */
export interface Held<Capacity> {
  readonly capacity: Capacity;
  readonly holder: Holder;
}

/** One environment of a queue as a job finds it. */
export interface Candidate {
  readonly arn: string;
  readonly environment: Environment | undefined;
  readonly pool: Pool | undefined;
  /** Thousandths of a vCPU. */
  readonly heldVcpus: Held<number> | undefined;
  readonly heldOfPool: Held<Amount> | undefined;
  /** Instances of a fleet, and what those have. */
  readonly kept: (Held<InstanceFilter> & { readonly vcpus: () => number }) | undefined;
  readonly now: EpochMilliseconds;
}

/** What a job asks for; `nodes`: of a multi-node job, how many. */
export type Wanted = Amount & {
  readonly machine?: MachineKind | undefined;
  readonly nodes?: number;
  readonly largestNode?: Amount;
  readonly instanceType?: string;
};

/** What the nodes of a multi-node job want of a fleet; undefined for any other job. */
export function nodesNeedOf(wanted: Wanted): NodesNeed | undefined {
  const { nodes, largestNode = wanted, instanceType } = wanted;
  return nodes === undefined ? undefined : { wanted: largestNode, nodes, instanceType };
}

/** Judges one environment of a queue for a request: its own state, its logical capacity, then that of its pool. */
export function judgeEnvironment(candidate: Candidate, wanted: Wanted): EnvironmentVerdict {
  const { arn: computeEnvironmentArn, environment, pool } = candidate;
  const settings = environment?.settings;
  if (!environment || !settings) return { computeEnvironmentArn, kind: 'unknown' };
  const { fleet } = environment;
  const closed = closedVerdict(settings, pool, wanted);
  // AWS says that no type is large enough before it speaks of maxvCpus.
  const oversize = closed?.kind === 'too-small' && fleet && typesVerdict(fleet, wanted, candidate.now);
  if (closed) return oversize ? { computeEnvironmentArn, ...oversize } : closed;
  if (!pool?.settings) return { computeEnvironmentArn, kind: 'pool-unavailable', reason: poolProblem(settings, pool) };
  const maxvCpus = maxvCpusOf(settings, pool);
  const full = capacityVerdict(candidate, environment.usedVcpuMillis, maxvCpus, wanted.vcpuMillis);
  if (full) {
    // What no instance holds, or ever will, does not wait for vCPUs.
    const lacking = fleet && lackingVerdict(fleet, pool, wanted, candidate.now);
    return lacking ? { computeEnvironmentArn, ...lacking } : full;
  }
  return (
    (fleet ? fleetVerdict(candidate, fleet, pool, wanted) : poolVerdict(candidate, pool, wanted)) ?? {
      computeEnvironmentArn,
      kind: 'fits',
    }
  );
}

/** Why the environment would not take the job even if it were empty. */
export function closedVerdict(
  settings: ComputeEnvironmentSettings,
  pool: Pool | undefined,
  wanted: Wanted,
): EnvironmentVerdict | undefined {
  const { arn: computeEnvironmentArn, status, state, engineUnavailable, refusesNodes, roleRefused } = settings;
  if (status === 'INVALID' || status === 'DELETING') return { computeEnvironmentArn, kind: 'invalid', status };
  if (state === 'DISABLED') return { computeEnvironmentArn, kind: 'disabled' };
  if (roleRefused !== undefined) return { computeEnvironmentArn, kind: 'role-refused', reason: roleRefused };
  if (refusesNodes !== undefined && wanted.nodes !== undefined)
    return { computeEnvironmentArn, kind: 'refuses-nodes', reason: refusesNodes };
  const { machine } = wanted;
  if (machine && pool?.settings && !hasMachine(pool, machine)) {
    return { computeEnvironmentArn, kind: 'no-such-machine', machine };
  }
  const excess = pool?.settings && excessOf(wanted, pool);
  if (pool && excess) return { computeEnvironmentArn, kind: 'exceeds-pool', pool: pool.id, ...excess };
  const maxvCpus = maxvCpusOf(settings, pool);
  if (wanted.vcpuMillis > maxvCpus * 1000) {
    return { computeEnvironmentArn, kind: 'too-small', maxvCpus, requestedVcpus: wanted.vcpuMillis / 1000 };
  }
  if (status !== 'VALID') return { computeEnvironmentArn, kind: 'not-ready', status };
  if (engineUnavailable !== undefined)
    return { computeEnvironmentArn, kind: 'engine-unavailable', reason: engineUnavailable };
  const reason = pool?.settings?.unavailable;
  return reason === undefined ? undefined : { computeEnvironmentArn, kind: 'pool-unavailable', reason };
}

/** In whole vCPUs. Where it is not said an environment has what its pool has; one whose instances are registered has those, however many. */
export function maxvCpusOf({ maxvCpus, fleet }: ComputeEnvironmentSettings, pool: Pool | undefined): number {
  const isUnbounded = fleet?.isRegistered || !pool?.settings;
  return maxvCpus ?? (isUnbounded ? Number.POSITIVE_INFINITY : pool.capacity.vcpuMillis / 1000);
}

/** vCPUs that an environment has at most. */
export function sizeOf(
  { fleet }: Pick<Environment, 'fleet'>,
  settings: ComputeEnvironmentSettings,
  pool: Pool | undefined,
): number {
  return fleet?.isRegistered ? fleet.allocatedvCpus : maxvCpusOf(settings, pool);
}

/** An instance that holds it, if there is one, and then the pool beneath. */
function fleetVerdict(candidate: Candidate, fleet: EnvironmentFleet, pool: Pool, wanted: Wanted): EnvironmentVerdict {
  const { arn: computeEnvironmentArn, kept, now } = candidate;
  const instances = instancesFor(fleet, wanted, { kept: kept?.capacity, now });
  if (instances) return poolVerdict(candidate, pool, wanted) ?? { computeEnvironmentArn, kind: 'fits', instances };
  if (kept && instancesFor(fleet, wanted, { kept: undefined, now })) {
    return { computeEnvironmentArn, kind: 'held', heldVcpus: kept.vcpus(), holder: kept.holder };
  }
  if (fleet.isRegistered) return { computeEnvironmentArn, ...registrationVerdict(fleet, pool, wanted) };
  return { computeEnvironmentArn, ...launchVerdict(fleet, wanted, now) };
}

/** What is to come for a job that no registered instance has room for. */
function registrationVerdict(
  { instances }: EnvironmentFleet,
  pool: Pool,
  wanted: Wanted,
): VerdictWithoutName<'registered-full' | 'awaits-registration'> {
  const { open } = instances;
  const { vcpuMillis, memoryMiB, gpus } = wanted;
  const requested = requestOf({ vcpuMillis, memoryMiB, gpus });
  if (instances.hasAlike(wanted, 1)) return { kind: 'registered-full', open, requested };
  return { kind: 'awaits-registration', open, ...(!covers(pool.capacity, wanted) && { least: requested }) };
}

/** Where a job would be: for each node of a multi-node job an instance; undefined if there is not enough room. `kept` are other jobs'. */
export function instancesFor(
  fleet: EnvironmentFleet,
  wanted: Wanted,
  { kept, now }: { readonly kept: InstanceFilter | undefined; readonly now: EpochMilliseconds },
): readonly string[] | undefined {
  const need = nodesNeedOf(wanted);
  if (need) return fleet.idleForNodes(need, now, kept);
  const found = fleet.instances.bins.bestFit(wanted, kept);
  return found && [found.id];
}

type VerdictWithoutName<Kind extends VerdictKind> = Without<VerdictOf<Kind>>;
type Without<Verdict> = Verdict extends unknown ? Omit<Verdict, 'computeEnvironmentArn'> : never;

/** What is to come of a fleet for a job that none of its instances has room for. */
function launchVerdict(fleet: EnvironmentFleet, wanted: Wanted, now: EpochMilliseconds): Without<EnvironmentVerdict> {
  const { allocatedvCpus, settings } = fleet;
  const { maxvCpus } = settings;
  const requestedVcpus = wanted.vcpuMillis / 1000;
  const choice = chooseFor(fleet, wanted, now);
  const oversize = oversizeVerdict(fleet, wanted, choice);
  if (oversize) return oversize;
  const next = choice.kind === 'chosen' ? named(choice.type) : undefined;
  const starting = startingFor(fleet, wanted, choice);
  if (starting > 0) return { kind: 'awaits-instance', starting };
  if (next && fleet.hasRoomFor(next, wanted.nodes ?? 1)) return { kind: 'awaits-instance', starting: 0, next };
  if (choice.kind === 'none-available' && !hasInstances(fleet, wanted))
    return { kind: 'no-instance', passedOver: choice.passedOver };
  const usual = { usedVcpus: allocatedvCpus, maxvCpus, requestedVcpus };
  return minimumVerdict(fleet, wanted, choice) ?? { kind: 'at-max-vcpus', ...usual, ...(next && { next }) };
}

/** Instances that start and would hold it; those of a multi-node job only if with idle ones all nodes have theirs then. */
function startingFor({ instances }: EnvironmentFleet, wanted: Wanted, choice: NodesChoice): number {
  const { nodes } = wanted;
  if (nodes === undefined) return instances.startsFor(wanted) ? instances.starting : 0;
  if (choice.kind !== 'chosen' || instances.emptyOf(choice.type) < nodes) return 0;
  return Math.min(nodes, instances.startingOf(choice.type));
}

/** Whether there are instances that would hold it if nothing else ran on them. */
function hasInstances({ instances }: EnvironmentFleet, wanted: Wanted): boolean {
  const { nodes = 1, largestNode = wanted, instanceType } = wanted;
  return instances.hasAlike(largestNode, nodes, instanceType);
}

/** None of its types is large enough, or not the one that a multi-node job names. */
function typesVerdict(
  fleet: EnvironmentFleet,
  wanted: Wanted,
  now: EpochMilliseconds,
): Without<EnvironmentVerdict> | undefined {
  if (fleet.isRegistered) return undefined;
  const verdict = oversizeVerdict(fleet, wanted, chooseFor(fleet, wanted, now));
  return verdict?.kind === 'too-few-instances' ? undefined : verdict;
}

/** Why nothing that ends lets it start. */
function lackingVerdict(
  fleet: EnvironmentFleet,
  pool: Pool,
  wanted: Wanted,
  now: EpochMilliseconds,
): Without<EnvironmentVerdict> | undefined {
  if (fleet.isRegistered) {
    const verdict = registrationVerdict(fleet, pool, wanted);
    return verdict.kind === 'awaits-registration' ? verdict : undefined;
  }
  const choice = chooseFor(fleet, wanted, now);
  return oversizeVerdict(fleet, wanted, choice) ?? minimumVerdict(fleet, wanted, choice);
}

function minimumVerdict(
  fleet: EnvironmentFleet,
  wanted: Wanted,
  choice: NodesChoice,
): VerdictWithoutName<'full-for-minimum'> | undefined {
  const { settings, allocatedvCpus, instances } = fleet;
  const { scales, minvCpus, maxvCpus } = settings;
  if (choice.kind !== 'chosen' || scales !== 'with-demand' || hasInstances(fleet, wanted)) return undefined;
  const { nodes, vcpuMillis } = wanted;
  const lacked = nodes === undefined ? 1 : nodes - instances.openOf(choice.type);
  if (!fleet.isFullForMinimum(choice.type, lacked)) return undefined;
  const amounts = { minvCpus, usedVcpus: allocatedvCpus, maxvCpus, requestedVcpus: vcpuMillis / 1000 };
  return { kind: 'full-for-minimum', ...amounts, next: named(choice.type), instances: lacked };
}

/** What would be launched for it. */
export function chooseFor(fleet: EnvironmentFleet, wanted: Wanted, now: EpochMilliseconds): NodesChoice {
  const need = nodesNeedOf(wanted);
  return need ? fleet.chooseForNodes(need, now) : fleet.choose(wanted, now);
}

/**
 * Of what was chosen for it: no type is large enough, or not the one that it names, or of none there may be enough for all nodes, and no instances that
 * are there are; undefined where they are.
 */
function oversizeVerdict(
  fleet: EnvironmentFleet,
  wanted: Wanted,
  choice: NodesChoice,
): Without<EnvironmentVerdict> | undefined {
  if (choice.kind === 'chosen' || choice.kind === 'none-available' || hasInstances(fleet, wanted)) return undefined;
  const { maxvCpus } = fleet.settings;
  const { nodes = 1 } = wanted;
  if (choice.kind === 'not-launchable') {
    const { missing, ...type } = choice;
    return { ...type, kind: 'type-not-launchable', ...(missing && { missing: requestOf(missing) }) };
  }
  if (choice.kind === 'too-few') {
    const { type, most } = choice;
    return { kind: 'too-few-instances', nodes, maxvCpus, nearest: { type: named(type), most } };
  }
  const { nearest } = choice;
  if (!nearest) return { kind: 'exceeds-types' };
  const { type, missing } = nearest;
  return { kind: 'exceeds-types', nearest: { type, missing: requestOf(missing) } };
}

function named({ name, vcpus }: LaunchType): NamedType {
  return { name, vcpus };
}

function poolProblem({ pool: id }: ComputeEnvironmentSettings, pool: Pool | undefined): string {
  const name = pool?.id ?? id;
  return name === undefined ? 'its engine has not said what it has' : `no engine has said what pool ${name} has`;
}

function capacityVerdict(
  { arn: computeEnvironmentArn, heldVcpus: held }: Candidate,
  used: number,
  maxvCpus: number,
  wanted: number,
): EnvironmentVerdict | undefined {
  if (used + wanted > maxvCpus * 1000) {
    const [usedVcpus, requestedVcpus] = [used / 1000, wanted / 1000];
    return { computeEnvironmentArn, kind: 'at-max-vcpus', usedVcpus, maxvCpus, requestedVcpus };
  }
  if (!held || used + held.capacity + wanted <= maxvCpus * 1000) return undefined;
  return { computeEnvironmentArn, kind: 'held', heldVcpus: held.capacity / 1000, holder: held.holder };
}

function poolVerdict(
  { arn: computeEnvironmentArn, heldOfPool: held }: Candidate,
  pool: Pool,
  wanted: Amount,
): EnvironmentVerdict | undefined {
  const places = pool.settings?.places;
  if (places && pool.places >= places.most)
    return { computeEnvironmentArn, kind: 'pool-unavailable', reason: places.reason, isFull: true };
  const footprint = footprintOf(wanted, pool);
  const free = freeOf(pool);
  const missing = shortage(footprint, free);
  if (!isNothing(missing)) {
    const limits = limitsOf(wanted, pool);
    return { computeEnvironmentArn, kind: 'pool-full', pool: pool.id, missing: requestOf(missing), limits };
  }
  if (!held || isNothing(shortage(footprint, subtract(free, held.capacity)))) return undefined;
  return { computeEnvironmentArn, kind: 'pool-held', pool: pool.id, holder: held.holder };
}

/**
 * How near a verdict is to a start: the nearest one of a queue's environments is why its head waits. Of what never starts the order
 * is AWS's: a machine that is too small is said before a `maxvCpus`.
 */
const distance: Readonly<Record<VerdictKind, number>> = {
  fits: 0,
  'pool-held': 1,
  held: 1,
  'pool-full': 2,
  'awaits-instance': 2,
  'at-max-vcpus': 3,
  'no-instance': 3,
  'registered-full': 3,
  'engine-unavailable': 4,
  'pool-unavailable': 4,
  'not-ready': 5,
  'awaits-registration': 5,
  'full-for-minimum': 5,
  'no-such-machine': 6,
  'exceeds-pool': 6,
  'exceeds-types': 6,
  'type-not-launchable': 6,
  'refuses-nodes': 6,
  'too-few-instances': 7,
  'too-small': 7,
  disabled: 8,
  'role-refused': 9,
  invalid: 10,
  unknown: 11,
};

/** The nearest verdict, the first of equals: environments are tried in their order. Undefined for none. */
export function nearestVerdict(verdicts: readonly EnvironmentVerdict[]): EnvironmentVerdict | undefined {
  return verdicts.reduce<EnvironmentVerdict | undefined>(
    (nearest, verdict) => (nearest && distance[nearest.kind] <= distance[verdict.kind] ? nearest : verdict),
    undefined,
  );
}

/** The environment has room, and its pool is what stands in the way. */
export function isHeldByPool(verdict: EnvironmentVerdict): boolean {
  return verdict.kind === 'pool-full' || verdict.kind === 'pool-held';
}

/** It takes the job, or would once others have ended: what else is placed changes nothing of this. */
export function isWithinReach(verdict: EnvironmentVerdict): boolean {
  const isFull = verdict.kind === 'pool-unavailable' && verdict.isFull === true;
  return verdict.kind === 'fits' || isFull || isAwaited(verdict) || isHeldByPool(verdict) || isOpen(verdict);
}

/** An instance is to come: there is one, or one is tried for. */
function isAwaited({ kind }: EnvironmentVerdict): boolean {
  return kind === 'awaits-instance' || kind === 'no-instance';
}

/** More instances would let it start. */
export function lacksInstance(verdict: EnvironmentVerdict): boolean {
  return isAwaited(verdict) || isOpen(verdict);
}

/** The environment takes jobs of this size, and only its other jobs, or what others hold of it, stand in the way. */
export function isOpen(verdict: EnvironmentVerdict): boolean {
  return verdict.kind === 'at-max-vcpus' || verdict.kind === 'registered-full' || verdict.kind === 'held';
}

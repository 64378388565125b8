import type { EpochMilliseconds } from '../../core/ids.ts';
import type { Amount } from '../amount.ts';
import type { LaunchBackoff } from './launch-backoff.ts';
import { roomFor } from './launch-room.ts';
import type { AllocationStrategy, FleetSettings, LaunchType } from './launch-type.ts';
import {
  chooseForNodes,
  type NodesChoice,
  type NodesNeed,
  type NotLaunchable,
  type TooFew,
  typeToPlaceOn,
} from './node-types.ts';
import { type Choice, jobsOn, type Need, type PassedOver, type RankedTypes } from './ranked-types.ts';
import { afterTaking, Supplies, type Supply } from './supply.ts';

/** A compute environment that may launch instances, and what it has of them. */
export interface Fleet {
  readonly settings: FleetSettings;
  /** Of these settings. */
  readonly ranked: RankedTypes;
  /** vCPUs of all instances that are not gone, also those that start, drain or end. */
  readonly allocatedvCpus: number;
  /** All instances that are not gone. */
  readonly instanceCount: number;
  /** What its idle and its starting instances have room for. */
  readonly supply: readonly Supply[];
  /** By type. */
  readonly backoffs: ReadonlyMap<string, LaunchBackoff>;
}

/** Waiting jobs of one shape in one queue. */
export interface Demand {
  readonly queueArn: string;
  /** Of each job; of a multi-node job its largest node. */
  readonly wanted: Amount;
  readonly jobs: number;
  /** Of one multi-node job: how many nodes, each of which wants an instance for itself, all of one type. */
  readonly nodes?: number;
  /** The one type that will do for those; absent: the job names none. */
  readonly instanceType?: string;
  /** Of the queue, in its order. */
  readonly environments: readonly string[];
}

/** What instances are launched for. */
export type LaunchCause =
  | { readonly kind: 'jobs'; readonly queueArn: string; readonly need: Need }
  | { readonly kind: 'nodes'; readonly queueArn: string; readonly need: NodesNeed }
  | { readonly kind: 'minimum' | 'desired'; readonly vcpus: number; readonly allocatedvCpus: number };

/** Instances of one type to launch in one environment, and why these. */
export interface Launch {
  readonly kind: 'launch';
  readonly environment: string;
  readonly type: LaunchType;
  readonly instances: number;
  readonly reason: {
    readonly cause: LaunchCause;
    readonly strategy: AllocationStrategy;
    readonly purchase: FleetSettings['purchase'];
    readonly perInstance: number;
    readonly runnerUp?: LaunchType;
    readonly passedOver: readonly PassedOver[];
  };
}

/** Why an environment does not launch all that would be needed. */
export type ShortfallReason =
  | Exclude<Choice, { readonly kind: 'chosen' }>
  | NotLaunchable
  | TooFew
  /** Each job asks for more vCPUs than the environment may ever have. */
  | { readonly kind: 'exceeds-maximum'; readonly maxvCpus: number }
  | {
      readonly kind: 'at-maximum';
      readonly type: LaunchType;
      readonly allocatedvCpus: number;
      readonly maxvCpus: number;
    }
  /** It has as many instances as its own size may bring it to. */
  | { readonly kind: 'at-most-instances'; readonly instances: number }
  /** More follow with the next plan. */
  | { readonly kind: 'turn-over' };

export interface Shortfall {
  readonly environment: string;
  readonly cause: LaunchCause;
  /** Jobs, or vCPUs of a minimum, that no instance is launched for here. */
  readonly left: number;
  readonly why: ShortfallReason;
}

export interface LaunchPlan {
  readonly launches: readonly Launch[];
  readonly shortfalls: readonly Shortfall[];
  /** Another plan, at once, would launch more. */
  readonly more: boolean;
  /** When a type may be tried again; absent if none waits for that. */
  readonly wakeAt?: EpochMilliseconds;
  /** Of each fleet, by its ARN: room that no job of the demand needs. */
  readonly spare: ReadonlyMap<string, readonly Supply[]>;
  /** By the ARN of the fleet: the first jobs for which it has no room, and no other fleet either. */
  readonly crowded: ReadonlyMap<string, Crowded>;
}

/** Jobs for which `maxvCpus` leaves no room, though it would if what is there for later ones ended. */
export interface Crowded {
  readonly queueArn: string;
  /** What would be launched for them. */
  readonly launch: Launch;
  /** Fewer of them are of no use. */
  readonly isAllOrNone: boolean;
  /** Room that neither they nor earlier jobs need. */
  readonly spare: readonly Supply[];
}

export interface LaunchRequest {
  readonly fleets: readonly Fleet[];
  /** In the order in which they are served: queues by priority, shapes by their first head. */
  readonly demand: readonly Demand[];
  readonly now: EpochMilliseconds;
  /** Most instances, but for a single multi-node job that needs more. @default 500 */
  readonly limit?: number;
}

/** Instances that one plan launches at most, but for a single multi-node job that needs more. */
export const mostLaunches = 500;

/**
 * Instances that `minvCpus` and `desiredvCpus`, which may be any number, bring an environment to at most: those of waiting jobs are bounded by the jobs. It is
 * as many as a cluster of ECS has.
 */
const mostForSize = 5_000;

/** One vCPU of a minimum is as a job that asks for no memory. */
const oneVcpu: Amount = { vcpuMillis: 1_000, memoryMiB: 0, gpus: 0 };

/**
 * Which instances to launch: first what an environment must have in any case, then what waiting jobs need beyond the room that idle and starting instances
 * have, in the first environment of their queue that can give it, and what that cannot in the next one. Costs shapes by types, never jobs or instances.
 */
export function planLaunches({ fleets, demand, now, limit = mostLaunches }: LaunchRequest): LaunchPlan {
  const plan = new Planning(now, Math.min(limit, mostLaunches));
  const growing = new Map(fleets.map((fleet) => [fleet.settings.arn, new Growing(fleet)]));
  for (const arn of [...growing.keys()].sort()) {
    const fleet = growing.get(arn);
    if (fleet) plan.keepSize(fleet);
  }
  for (const one of demand) {
    const fleets = one.environments.flatMap((arn) => growing.get(arn) ?? []);
    if (one.nodes === undefined) plan.serve(one, fleets);
    else plan.serveNodes(one, one.nodes, fleets);
  }
  const spare = new Map([...growing].map(([arn, { supplies }]) => [arn, supplies.groups] as const));
  return { ...plan.result(), spare };
}

/** A fleet in the course of a plan. */
class Growing {
  readonly fleet: Fleet;
  readonly supplies: Supplies;
  allocatedvCpus: number;

  constructor(fleet: Fleet) {
    this.fleet = fleet;
    this.supplies = new Supplies(fleet.supply);
    this.allocatedvCpus = fleet.allocatedvCpus;
  }

  /** Instances of a type that may still be launched. */
  roomFor({ vcpus }: LaunchType): number {
    return roomFor(this.fleet.settings, this.allocatedvCpus, vcpus);
  }

  /** Instances of a type that have to be launched beside those that are free. */
  missingOf(type: LaunchType, nodes: number): number {
    return nodes - this.supplies.wholeOf(type);
  }

  /** What it has, without free instances of a type that a multi-node job would have. */
  spareBeside(type: LaunchType, nodes: number): readonly Supply[] {
    const others = new Supplies(this.supplies.groups);
    others.takeWhole(type.capacity, Math.min(nodes, others.wholeOf(type)), type.name);
    return others.groups;
  }

  /** Gives a multi-node job free instances; answers false, and gives none, if there are too few of a type that will do. */
  takeForNodes(need: NodesNeed, choice: NodesChoice): boolean {
    const { wanted, nodes } = need;
    const type = typeToPlaceOn(need, choice, (one) => this.missingOf(one, nodes) <= this.roomFor(one));
    return this.supplies.takeWhole(wanted, nodes, type);
  }
}

class Planning {
  readonly #now: EpochMilliseconds;
  readonly #launches: Launch[] = [];
  readonly #shortfalls: Shortfall[] = [];
  readonly #crowded = new Map<string, Crowded>();
  /** Why what maxvCpus leaves no room for would be launched. */
  readonly #reasons = new Map<Shortfall, Launch['reason']>();
  #left: number;
  #more = false;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(now: EpochMilliseconds, limit: number) {
    this.#now = now;
    this.#left = limit;
  }

  keepSize(growing: Growing): void {
    const { minvCpus, maxvCpus, desiredvCpus, scales } = growing.fleet.settings;
    if (scales === 'not-at-all') return;
    const desired = scales === 'with-demand' ? Math.min(desiredvCpus, maxvCpus) : 0;
    const kind = desired > minvCpus ? 'desired' : 'minimum';
    const vcpus = Math.max(minvCpus, desired);
    const { allocatedvCpus } = growing;
    const jobs = vcpus - allocatedvCpus;
    if (jobs > 0) this.#launch(growing, { kind, vcpus, allocatedvCpus }, { wanted: oneVcpu, jobs });
  }

  serve({ queueArn, wanted, jobs }: Demand, fleets: readonly Growing[]): void {
    const open = fleets.filter(({ fleet }) => fleet.settings.scales === 'with-demand');
    let left = jobs;
    const before = this.#shortfalls.length;
    for (const growing of open) {
      left = growing.supplies.take(wanted, left);
      if (left === 0) return;
      const need = { wanted, jobs: left };
      left = this.#launch(growing, { kind: 'jobs', queueArn, need }, need);
    }
    if (left > 0) this.#noteCrowded(queueArn, this.#shortfalls.slice(before), open);
  }

  /** All nodes or none: what cannot start is not waited for with some of its instances. */
  serveNodes({ queueArn, wanted, instanceType }: Demand, nodes: number, fleets: readonly Growing[]): void {
    const need = { wanted, nodes, instanceType };
    const before = this.#shortfalls.length;
    for (const growing of fleets)
      if (growing.fleet.settings.scales === 'with-demand' && this.#serveNodesIn(growing, queueArn, need)) return;
    this.#noteCrowded(queueArn, this.#shortfalls.slice(before), fleets);
  }

  /** Nothing was given to others since: what is spare now is what they leave. */
  #noteCrowded(queueArn: string, shortfalls: readonly Shortfall[], fleets: readonly Growing[]): void {
    for (const shortfall of shortfalls) {
      const { environment, cause, left, why } = shortfall;
      const growing = fleets.find(({ fleet }) => fleet.settings.arn === environment);
      const reason = this.#reasons.get(shortfall);
      if (why.kind !== 'at-maximum' || !reason || !growing || this.#crowded.has(environment)) continue;
      const { type } = why;
      const isAllOrNone = cause.kind === 'nodes';
      const spare = isAllOrNone ? growing.spareBeside(type, cause.need.nodes) : growing.supplies.groups;
      const instances = cause.kind === 'jobs' ? Math.ceil(left / jobsOn(type.capacity, cause.need.wanted)) : left;
      const launch: Launch = { kind: 'launch', environment, type, instances, reason };
      this.#crowded.set(environment, { queueArn, launch, isAllOrNone, spare });
    }
  }

  /** Answers whether they have their instances there, or will have them with the next plan. */
  #serveNodesIn(growing: Growing, queueArn: string, need: NodesNeed): boolean {
    const { settings } = growing.fleet;
    const { arn: environment, maxvCpus, strategy, purchase } = settings;
    const { wanted, nodes } = need;
    const cause = { kind: 'nodes', queueArn, need } as const;
    const short = (left: number, why: ShortfallReason, reason?: Launch['reason']) =>
      this.#short({ environment, cause, left, why }, reason);
    const choice = chooseForNodes(growing.fleet, need, this.#now);
    if (growing.takeForNodes(need, choice)) return true;
    if ('passedOver' in choice) this.#wakeFor(choice.passedOver);
    if (choice.kind !== 'chosen') {
      short(nodes, choice);
      return false;
    }
    const { type, perInstance, passedOver } = choice;
    const missing = growing.missingOf(type, nodes);
    const reason = { cause, strategy, purchase, perInstance, passedOver };
    if (missing > growing.roomFor(type)) {
      short(missing, { kind: 'at-maximum', type, allocatedvCpus: growing.allocatedvCpus, maxvCpus }, reason);
      return false;
    }
    // One of more nodes than a plan launches instances would be put off for ever.
    if (missing > this.#left && this.#launches.length > 0) {
      this.#more = true;
      short(missing, { kind: 'turn-over' });
      return true;
    }
    this.#launches.push({ kind: 'launch', environment, type, instances: missing, reason });
    this.#left = Math.max(0, this.#left - missing);
    growing.allocatedvCpus += missing * type.vcpus;
    growing.supplies.add({ type: type.name, room: type.capacity, instances: missing });
    growing.supplies.takeWhole(wanted, nodes, type.name);
    return true;
  }

  result(): Omit<LaunchPlan, 'spare'> {
    const wakeAt = Number.isFinite(this.#wakeAt) ? { wakeAt: this.#wakeAt } : {};
    const [launches, shortfalls, crowded, more] = [this.#launches, this.#shortfalls, this.#crowded, this.#more];
    return { launches, shortfalls, crowded, more, ...wakeAt };
  }

  /** Launches what it can; answers how many of the jobs are left. */
  #launch(growing: Growing, cause: LaunchCause, need: Need): number {
    const { settings, ranked, backoffs } = growing.fleet;
    const { arn: environment, maxvCpus, strategy, purchase } = settings;
    const short = (left: number, why: ShortfallReason, reason?: Launch['reason']): number =>
      this.#short({ environment, cause, left, why }, reason);
    if (need.wanted.vcpuMillis > maxvCpus * 1_000) return short(need.jobs, { kind: 'exceeds-maximum', maxvCpus });
    const choice = ranked.choose(need, backoffs, this.#now);
    if (choice.kind !== 'none-large-enough') this.#wakeFor(choice.passedOver);
    if (choice.kind !== 'chosen') return short(need.jobs, choice);
    const { kind: _, type, perInstance, ...compared } = choice;
    const most = cause.kind === 'jobs' ? Number.POSITIVE_INFINITY : mostForSize - growing.fleet.instanceCount;
    const [asked, room] = [Math.min(Math.ceil(need.jobs / perInstance), Math.max(0, most)), growing.roomFor(type)];
    const instances = Math.min(asked, room, this.#left);
    const reason = { cause, strategy, purchase, perInstance, ...compared };
    if (instances > 0) {
      this.#launches.push({ kind: 'launch', environment, type, instances, reason });
      this.#left -= instances;
      growing.allocatedvCpus += instances * type.vcpus;
    }
    const taken = Math.min(need.jobs, instances * perInstance);
    const group = { type: type.name, room: type.capacity, instances };
    for (const rest of cause.kind === 'jobs' ? afterTaking(group, need.wanted, perInstance, taken) : [group])
      growing.supplies.add(rest);
    const left = need.jobs - taken;
    if (left === 0) return 0;
    if (instances === asked) return short(left, { kind: 'at-most-instances', instances: mostForSize });
    if (instances === room)
      return short(left, { kind: 'at-maximum', type, allocatedvCpus: growing.allocatedvCpus, maxvCpus }, reason);
    this.#more = true;
    short(left, { kind: 'turn-over' });
    // The next plan launches them here: not in a later environment of the queue.
    return 0;
  }

  /** Answers how many are left. */
  #short(shortfall: Shortfall, reason: Launch['reason'] | undefined): number {
    this.#shortfalls.push(shortfall);
    if (reason) this.#reasons.set(shortfall, reason);
    return shortfall.left;
  }

  #wakeFor(passedOver: readonly PassedOver[]): void {
    for (const { why } of passedOver) if (why.kind === 'backing-off') this.#wakeAt = Math.min(this.#wakeAt, why.until);
  }
}

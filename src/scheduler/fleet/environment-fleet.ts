import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import type { Amount } from '../amount.ts';
import { mayLaunchAfterEnds } from './ends-for-launch.ts';
import { FleetInstances } from './fleet-instances.ts';
import type { Instance, InstanceFilter } from './instance.ts';
import { instanceIdOf } from './instance-id.ts';
import { afterFailure, type LaunchBackoff } from './launch-backoff.ts';
import type { Fleet, Launch } from './launch-plan.ts';
import { roomFor } from './launch-room.ts';
import type { FleetSettings, LaunchType } from './launch-type.ts';
import { chooseForNodes, type NodesChoice, type NodesNeed, typeToPlaceOn } from './node-types.ts';
import { type Choice, RankedTypes } from './ranked-types.ts';
import { TaskEnds } from './task-ends.ts';

/** How a compute environment has instances, beside what is said of it in any case. */
export interface FleetOptions
  extends Pick<FleetSettings, 'strategy' | 'purchase' | 'types' | 'bidPercentage' | 'minvCpus'> {
  /** What ids of instances are made of: unique, and never given to another environment. */
  readonly uuid: string;
  /** How long an instance stays that no job runs on, as asked for. @default a minute, and not if it stands in the way of another one */
  readonly scaleInDelay?: Milliseconds;
  /** It has what somebody registers: it launches nothing, and ends nothing that somebody may still want. */
  readonly isRegistered?: true;
}

/** How an environment has instances that somebody registers. */
export function registeredFleet(uuid: string): FleetOptions {
  const nothing = { strategy: 'BEST_FIT', purchase: 'on-demand', types: [], bidPercentage: 100, minvCpus: 0 } as const;
  return { uuid, ...nothing, isRegistered: true };
}

/** What is stored of a fleet beside its instances. */
export interface StoredFleet {
  /** The number of the instance that is launched next: none is given twice. */
  readonly nextOrder: number;
  /** A size that was asked for and is not reached yet. */
  readonly desiredvCpus?: number;
  /** The size that its instances were launched for, if that was not jobs: they may have more. Absent once any came for jobs, or an idle one went. */
  readonly targetvCpus?: number;
  /** By type. */
  readonly backoffs: Readonly<Record<string, LaunchBackoff>>;
}

/** Instances that are launched: they are in the model already, as starting ones. */
export interface LaunchDecision {
  readonly kind: 'launch';
  readonly computeEnvironmentArn: string;
  readonly type: LaunchType;
  readonly instances: readonly { readonly id: string; readonly order: number }[];
  readonly reason: Launch['reason'];
}

/** Where nothing is asked for. */
export const usualScaleInDelay: Milliseconds = 60_000;

type Scales = FleetSettings['scales'];

/** The instances of a compute environment, and how it grows and shrinks. */
export class EnvironmentFleet implements Fleet {
  readonly instances = new FleetInstances();
  readonly ends = new TaskEnds();
  readonly #backoffs = new Map<string, LaunchBackoff>();
  /** Jobs by the ids of instances that they run on and that are not known: their launch was lost, or another environment had them. */
  readonly #strangers = new Map<string, number>();
  readonly #arn: string;
  #options: FleetOptions;
  #ranked: RankedTypes;
  #settings: FleetSettings;
  #nextOrder = 1;
  #desiredvCpus: number | undefined;
  #targetvCpus: number | undefined;

  constructor(arn: string, options: FleetOptions, maxvCpus: number, scales: Scales) {
    this.#arn = arn;
    this.#options = options;
    this.#settings = this.#settingsOf(options, maxvCpus, scales);
    this.#ranked = new RankedTypes(this.#settings);
  }

  put(options: FleetOptions, maxvCpus: number, scales: Scales): void {
    this.#options = options;
    const settings = this.#settingsOf(options, maxvCpus, scales);
    const { types, strategy, purchase, bidPercentage } = this.#settings;
    const isSame =
      types === settings.types &&
      strategy === settings.strategy &&
      purchase === settings.purchase &&
      bidPercentage === settings.bidPercentage;
    this.#settings = settings;
    if (!isSame) this.#ranked = new RankedTypes(settings);
  }

  /** Its instances are registered, and none is launched. */
  get isRegistered(): boolean {
    return this.#options.isRegistered === true;
  }

  get uuid(): string {
    return this.#options.uuid;
  }

  get settings(): FleetSettings {
    return this.#settings;
  }

  get ranked(): RankedTypes {
    return this.#ranked;
  }

  get allocatedvCpus(): number {
    return this.instances.allocatedvCpus;
  }

  get instanceCount(): number {
    return this.instances.size;
  }

  get supply() {
    return this.instances.supply();
  }

  get backoffs(): ReadonlyMap<string, LaunchBackoff> {
    return this.#backoffs;
  }

  /** As asked for; undefined if it was not. */
  get scaleInDelay(): Milliseconds | undefined {
    return this.#options.scaleInDelay;
  }

  /** Takes over what was stored. */
  restore({ nextOrder, desiredvCpus, targetvCpus, backoffs }: StoredFleet): void {
    this.#targetvCpus = targetvCpus;
    this.#nextOrder = nextOrder;
    this.#backoffs.clear();
    for (const [type, backoff] of Object.entries(backoffs)) this.#backoffs.set(type, backoff);
    this.#desire(desiredvCpus);
  }

  stored(): StoredFleet {
    return {
      nextOrder: this.#nextOrder,
      ...(this.#desiredvCpus !== undefined && { desiredvCpus: this.#desiredvCpus }),
      ...(this.#targetvCpus !== undefined && { targetvCpus: this.#targetvCpus }),
      backoffs: Object.fromEntries(this.#backoffs),
    };
  }

  /** Whether it may launch anything, as far as maxvCpus goes. */
  get canGrow(): boolean {
    return this.#settings.types.some((type) => this.hasRoomFor(type, 1));
  }

  /** Whether so many more instances of a type may be launched. */
  hasRoomFor({ vcpus }: Pick<LaunchType, 'vcpus'>, instances: number): boolean {
    return instances <= this.roomAt(this.allocatedvCpus, { vcpus });
  }

  /** Instances of a type that might be launched if it had so many vCPUs. */
  roomAt(allocatedvCpus: number, { vcpus }: Pick<LaunchType, 'vcpus'>): number {
    return roomFor(this.#settings, allocatedvCpus, vcpus);
  }

  /**
   * How many of a type would be launched in the place of what ends, if that leaves so many vCPUs: what is asked for, and then as many as bring it to minvCpus
   * again. Undefined if maxvCpus leaves no room for that.
   */
  launchedAt(leftvCpus: number, type: Pick<LaunchType, 'vcpus'>, least: number): number | undefined {
    const instances = Math.max(least, Math.ceil((this.#settings.minvCpus - leftvCpus) / type.vcpus));
    return instances <= this.roomAt(leftvCpus, type) ? instances : undefined;
  }

  /**
   * Whether what minvCpus keeps leaves no room for so many instances of a type, whatever ends, and though those might be launched in the place of what is there.
   * Of instances that are all idle that may be more than minvCpus, if each is larger than what is beyond it.
   */
  isFullForMinimum(type: Pick<LaunchType, 'name' | 'vcpus'>, instances: number): boolean {
    const { allocatedvCpus } = this;
    const { minvCpus } = this.#settings;
    if (allocatedvCpus < minvCpus) return false;
    const staysSo = this.instances.isIdle && this.instances.leastIdlevCpus > allocatedvCpus - minvCpus;
    if (this.roomAt(staysSo ? allocatedvCpus : minvCpus, type) >= instances) return false;
    const { openvCpus } = this.instances;
    return !mayLaunchAfterEnds(openvCpus, this.instances.othersThan(type), type, instances, {
      roomAt: (left) => this.roomAt(left, type),
      launchedAt: (left) => this.launchedAt(left, type, instances),
    });
  }

  /**
   * Instances that must end before so many of a type may be launched: those that are idle first, since others get no job any more until all are; then the oldest,
   * which stay the same whatever ends. None if that would not be enough.
   */
  inTheWay(type: Pick<LaunchType, 'vcpus'>, least: number, kept: InstanceFilter): readonly Instance[] {
    const found: Instance[] = [];
    let left = this.instances.openvCpus;
    if (this.launchedAt(left, type, least) !== undefined) return found;
    for (const one of this.instances.idleAndOthers()) {
      if (kept.has(one)) continue;
      found.push(one);
      left -= one.vcpus;
      if (this.launchedAt(left, type, least) !== undefined) return found;
    }
    return [];
  }

  /** Whether it has fewer vCPUs than it must have in any case, or was asked to have. */
  get isShort(): boolean {
    const { scales, minvCpus, desiredvCpus } = this.#settings;
    if (scales === 'not-at-all') return false;
    return this.allocatedvCpus < (scales === 'with-demand' ? Math.max(minvCpus, desiredvCpus) : minvCpus);
  }

  /** Which type would be launched for a job. */
  choose(wanted: Amount, now: EpochMilliseconds): Choice {
    return this.#ranked.choose({ wanted, jobs: 1 }, this.#backoffs, now);
  }

  /** Which type would be launched for the nodes of a multi-node job. */
  chooseForNodes(need: NodesNeed, now: EpochMilliseconds): NodesChoice {
    return chooseForNodes(this, need, now);
  }

  /** The type of the instances that the nodes of a multi-node job wait for: one of which enough are there, or are to be. */
  typeForNodes(need: NodesNeed, now: EpochMilliseconds): string | undefined {
    const choice = this.chooseForNodes(need, now);
    const there = () => this.instances.typeOfAlike(need.wanted, need.nodes);
    const chosen = () => (choice.kind === 'chosen' ? choice.type.name : undefined);
    return this.#typeToPlaceOn(need, choice) ?? there() ?? chosen();
  }

  /** Idle instances for the nodes of a multi-node job, none of those that are kept; undefined if there are too few. */
  idleForNodes(
    need: NodesNeed,
    now: EpochMilliseconds,
    kept: InstanceFilter | undefined,
  ): readonly string[] | undefined {
    const type = this.#typeToPlaceOn(need, this.chooseForNodes(need, now));
    return this.instances.idleAlike(need.wanted, need.nodes, kept, type);
  }

  #typeToPlaceOn(need: NodesNeed, choice: NodesChoice): string | undefined {
    return typeToPlaceOn(need, choice, (type) => this.hasRoomFor(type, need.nodes - this.instances.emptyOf(type)));
  }

  launch({ type, instances: count, reason }: Launch): LaunchDecision {
    const instances = Array.from({ length: count }, () => this.#nextInstance());
    const { cause } = reason;
    if (cause.kind === 'jobs' || cause.kind === 'nodes') this.#targetvCpus = undefined;
    else if (this.allocatedvCpus === 0) this.#targetvCpus = cause.vcpus;
    const { name, vcpus, capacity } = type;
    for (const one of instances) this.instances.launch({ ...one, type: name, vcpus, capacity });
    this.#desire(this.#desiredvCpus);
    return { kind: 'launch', computeEnvironmentArn: this.#arn, type, instances, reason };
  }

  #nextInstance(): { readonly id: string; readonly order: number } {
    const next = this.nextInstance();
    this.#nextOrder = next.order + 1;
    return next;
  }

  /** What the next instance will be called. One whose launch was lost has its id for as long as jobs run there. */
  nextInstance(): { readonly id: string; readonly order: number } {
    for (let order = this.#nextOrder; ; order += 1) {
      const id = instanceIdOf(this.uuid, order);
      if (!this.#strangers.has(id)) return { id, order };
    }
  }

  /** `count` jobs run on an instance, `undefined`: each of which has the whole of it. Of one that is not known nothing is held. */
  hold(id: string, wanted: Amount | undefined, count: number): void {
    if (this.instances.has(id)) this.instances.hold(id, wanted, count);
    else this.#strangers.set(id, (this.#strangers.get(id) ?? 0) + count);
  }

  /** A job on it has ended. One of an environment that is gone may not be known at all. */
  release(id: string, wanted: Amount | undefined, at: EpochMilliseconds): void {
    const jobs = this.#strangers.get(id);
    if (jobs === undefined) {
      if (this.instances.has(id)) this.instances.release(id, wanted, at);
    } else if (jobs > 1) this.#strangers.set(id, jobs - 1);
    else this.#strangers.delete(id);
  }

  ready(id: string, at: EpochMilliseconds): void {
    this.instances.ready(id, at);
    this.#backoffs.delete(this.instances.get(id)?.type ?? '');
  }

  /** It never came: its type is not tried again for a while. */
  failed(id: string, at: EpochMilliseconds): void {
    const type = this.instances.get(id)?.type ?? '';
    this.instances.remove(id);
    this.#backoffs.set(type, afterFailure(this.#backoffs.get(type), at));
  }

  /**
   * An instance ends: what was asked for once is not asked for again. `isClosed`: it took no more jobs, as where all are replaced. The size that was
   * asked for is to be there again.
   */
  end(id: string, isClosed: boolean): void {
    this.instances.remove(id);
    if (!isClosed) this.#targetvCpus = undefined;
    this.#desire(isClosed ? (this.#desiredvCpus ?? this.#targetvCpus) : undefined);
  }

  /** What is reached is asked for no more. */
  #desire(desiredvCpus: number | undefined): void {
    const isReached = desiredvCpus === undefined || desiredvCpus <= this.allocatedvCpus;
    this.#desiredvCpus = isReached ? undefined : desiredvCpus;
    this.#settings = { ...this.#settings, desiredvCpus: this.#desiredvCpus ?? this.#settings.minvCpus };
  }

  #settingsOf(options: FleetOptions, maxvCpus: number, scales: Scales): FleetSettings {
    const { strategy, purchase, types, bidPercentage, minvCpus } = options;
    const desiredvCpus = this.#desiredvCpus ?? minvCpus;
    return { arn: this.#arn, strategy, purchase, types, bidPercentage, minvCpus, maxvCpus, desiredvCpus, scales };
  }
}

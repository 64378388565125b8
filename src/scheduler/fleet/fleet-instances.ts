import { invariant } from '../../core/errors.ts';
import type { EpochMilliseconds, JobId } from '../../core/ids.ts';
import { SortedList } from '../../core/sorted-list.ts';
import { type Amount, add, covers, subtract, times } from '../amount.ts';
import { Bins } from './bins.ts';
import type { Alike } from './ends-for-launch.ts';
import type { Instance, InstanceFilter } from './instance.ts';
import type { LaunchType } from './launch-type.ts';
import { byIdleSince, type IdleInstance } from './scale-in.ts';
import type { Supply } from './supply.ts';

/** An instance that is about to be launched, or was. */
export interface NewInstance {
  readonly id: string;
  readonly order: number;
  readonly type: string;
  readonly vcpus: number;
  readonly capacity: Amount;
}

/** `closed` instances take no more jobs: they drain, or were interrupted. */
export type InstanceState = 'starting' | 'ready' | 'closed';

/** What is kept of an instance; what is free of it follows from the jobs that run. */
export interface StoredInstance extends NewInstance {
  readonly state: InstanceState;
  /** When it became ready, or its last job ended; old once a job runs, and absent before it is ready. */
  readonly idleSince?: EpochMilliseconds;
  /** The multi-node job that waits for it with others. Without meaning once it is closed. */
  readonly reservedFor?: JobId;
}

/** An instance as it is now. */
export interface FleetInstance extends Instance {
  readonly vcpus: number;
  readonly state: InstanceState;
  /** Places that are held on it; a node of a multi-node job has it for itself. */
  readonly jobs: number;
  readonly idleSince: EpochMilliseconds;
  readonly reservedFor?: JobId | undefined;
}

interface Known extends FleetInstance {
  state: InstanceState;
  jobs: number;
  idleSince: EpochMilliseconds;
  reservedFor?: JobId | undefined;
}

const none: ReadonlySet<FleetInstance> = new Set();
const nobody: readonly string[] = [];

/** Instances of one type that registered with the same: of each type one, but where catalogues changed. */
interface Kind {
  readonly type: string;
  readonly vcpus: number;
  readonly capacity: Amount;
  /** Those that are not closed. */
  open: number;
  starting: number;
  /** Those that no job runs on, the oldest first. */
  readonly idle: SortedList<Known>;
  /** The same, in the order of `byIdleSince`. */
  readonly idlest: SortedList<IdleInstance>;
}

/** The instances of one environment: what is allocated, what has room, what is idle. Each change costs microseconds, whatever their number. */
export class FleetInstances {
  /** Those that are ready and not closed, by what they have free. */
  readonly bins = new Bins();
  readonly #known = new Map<string, Known>();
  /** There are few of them, however many instances. */
  readonly #kinds = new Map<string, Kind>();
  /** Those that are not closed, the oldest first. */
  readonly #open = new SortedList<Known>(byOrder);
  /** Closed ones that no job runs on. */
  readonly #closed = new Set<string>();
  readonly #reserved = new Map<JobId, Set<Known>>();
  /** Ids of those that are reserved for another job, or for none, since that was asked last. */
  readonly #reservedAnew = new Set<string>();
  #allocatedvCpus = 0;
  #starting = 0;

  /** vCPUs of all that are not removed: what counts against maxvCpus. */
  get allocatedvCpus(): number {
    return this.#allocatedvCpus;
  }

  get size(): number {
    return this.#known.size;
  }

  /** How many have been launched and are not ready. */
  get starting(): number {
    return this.#starting;
  }

  /** How many are not closed. */
  get open(): number {
    return [...this.#kinds.values()].reduce((sum, { open }) => sum + open, 0);
  }

  /** vCPUs of those that are not closed. */
  get openvCpus(): number {
    return [...this.#kinds.values()].reduce((sum, { open, vcpus }) => sum + open * vcpus, 0);
  }

  /** vCPUs of those that are idle. */
  get idlevCpus(): number {
    return [...this.#kinds.values()].reduce((sum, { idle, vcpus }) => sum + idle.size * vcpus, 0);
  }

  /** Whether any is. */
  get hasIdle(): boolean {
    for (const { idle } of this.#kinds.values()) if (idle.size > 0) return true;
    return false;
  }

  /** Whether all of them are. */
  get isIdle(): boolean {
    return this.idlevCpus === this.#allocatedvCpus;
  }

  /** vCPUs of the smallest that is idle; infinite if none is. */
  get leastIdlevCpus(): number {
    return Math.min(...[...this.#kinds.values()].flatMap(({ idle, vcpus }) => (idle.size > 0 ? [vcpus] : [])));
  }

  /** What is not closed of other types than one, those with most vCPUs first. */
  othersThan({ name }: Pick<LaunchType, 'name'>): readonly Alike[] {
    return this.#kindsByvCpus().filter(({ type }) => type !== name);
  }

  /** Those that are idle, those with most vCPUs first; then all that are not closed, the oldest first. */
  *idleAndOthers(): Iterable<FleetInstance> {
    for (const { idle } of this.#kindsByvCpus()) yield* idle.rows();
    for (const one of this.#open.rows()) if (one.jobs > 0 || one.state === 'starting') yield one;
  }

  #kindsByvCpus(): readonly Kind[] {
    return [...this.#kinds.values()].sort((one, other) => other.vcpus - one.vcpus || bySize(one, other));
  }

  /** Closed ones whose jobs have all ended, oldest first. */
  closedAndEmpty(): readonly string[] {
    if (this.#closed.size === 0) return nobody;
    return [...this.#closed].sort((one, other) => this.#get(one).order - this.#get(other).order);
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  all(): Iterable<FleetInstance> {
    return this.#known.values();
  }

  /** Whether an instance that starts would hold it. */
  startsFor(wanted: Amount): boolean {
    if (this.#starting === 0) return false;
    return [...this.#kinds.values()].some(({ starting, capacity }) => starting > 0 && covers(capacity, wanted));
  }

  /** Whether so many of one type are there that each would hold it if nothing else ran there. `type`: of this one. */
  hasAlike(wanted: Amount, count: number, type?: string): boolean {
    for (const kind of this.#kinds.values()) if (kind.open >= count && holds(kind, wanted, type)) return true;
    return false;
  }

  /** The smallest type of which so many are there that each would hold it if nothing else ran there. `type`: this one only. */
  typeOfAlike(wanted: Amount, count: number, type?: string): string | undefined {
    const enough = this.#kindsThatHold(wanted, type).filter(({ open }) => open >= count);
    return enough.sort(bySize)[0]?.type;
  }

  /** Those that are ready and that no job runs on: for each type a list, in the order of `byIdleSince`. Those with most vCPUs first. */
  idle(): readonly Iterable<IdleInstance>[] {
    return this.#kindsByvCpus().flatMap(({ idlest }) => (idlest.size > 0 ? [idlest.rows()] : []));
  }

  /** So many idle instances of one type, each of which holds what is wanted: of the smallest such type, the oldest. `type`: of this one only. */
  idleAlike(
    wanted: Amount,
    count: number,
    kept: InstanceFilter | undefined,
    type?: string,
  ): readonly string[] | undefined {
    const enough = this.#kindsThatHold(wanted, type).filter(({ idle }) => idle.size >= count);
    for (const { idle } of enough.sort(bySize)) {
      const found: string[] = [];
      for (const instance of idle.rows()) {
        if (!kept?.has(instance)) found.push(instance.id);
        if (found.length === count) return found;
      }
    }
    return undefined;
  }

  /** What starting and idle instances have room for. */
  supply(): readonly Supply[] {
    return [...this.#kinds.values()].flatMap((kind) => {
      const instances = emptyOf(kind);
      return instances > 0 ? [{ type: kind.type, room: kind.capacity, instances }] : [];
    });
  }

  /** How many of a type start or are idle. */
  emptyOf({ name, vcpus, capacity }: Pick<LaunchType, 'name' | 'vcpus' | 'capacity'>): number {
    const kind = this.#kinds.get(keyOf(name, vcpus, capacity));
    return kind ? emptyOf(kind) : 0;
  }

  /** How many of a type are not closed. */
  openOf({ name, vcpus, capacity }: Pick<LaunchType, 'name' | 'vcpus' | 'capacity'>): number {
    return this.#kinds.get(keyOf(name, vcpus, capacity))?.open ?? 0;
  }

  /** How many of a type start. */
  startingOf({ name, vcpus, capacity }: Pick<LaunchType, 'name' | 'vcpus' | 'capacity'>): number {
    return this.#kinds.get(keyOf(name, vcpus, capacity))?.starting ?? 0;
  }

  launch(given: NewInstance): void {
    this.restore({ ...given, state: 'starting' }, []);
  }

  /** An instance as it was stored, and what each of its jobs asks for. */
  restore({ idleSince = 0, ...stored }: StoredInstance, running: readonly Amount[]): void {
    const { id, order, type, capacity, vcpus, state, reservedFor } = stored;
    invariant(!this.#known.has(id), `instance ${id} is known already`);
    const [free, jobs] = [running.reduce(subtract, capacity), running.length];
    // All alike, so that reading one costs least.
    const given = { id, order, type, capacity, vcpus, state, free, jobs, idleSince };
    const instance: Known = { ...given, reservedFor: undefined, group: undefined };
    this.#known.set(id, instance);
    this.#allocatedvCpus += vcpus;
    if (state === 'starting') this.#countStarting(instance, 1);
    if (state === 'ready') this.bins.add(instance);
    if (state === 'closed' && instance.jobs === 0) this.#closed.add(id);
    if (state !== 'closed') {
      this.#kindOf(instance).open += 1;
      this.#open.add(instance);
    }
    if (state === 'ready' && instance.jobs === 0) this.#beIdle(instance);
    if (reservedFor !== undefined && state !== 'closed') this.#reserveOne(instance, reservedFor);
  }

  /** Those that wait, with others, for a multi-node job; none if they do for no such job. */
  reservedFor(jobId: JobId): ReadonlySet<FleetInstance> {
    return this.#reserved.get(jobId) ?? none;
  }

  /** Jobs for which some are reserved. */
  reservations(): Iterable<JobId> {
    return this.#reserved.keys();
  }

  /** These, and no others, are reserved for a job; none: no longer any. What was for another one is not any more. */
  reserve(jobId: JobId, ids: readonly string[]): void {
    const wanted = new Set(ids);
    for (const instance of this.#reserved.get(jobId) ?? []) if (!wanted.has(instance.id)) this.#unreserve(instance);
    for (const id of ids) {
      const instance = this.#get(id);
      if (instance.reservedFor === jobId) continue;
      this.#unreserve(instance);
      this.#reserveOne(instance, jobId);
      this.#reservedAnew.add(id);
    }
  }

  /** Ids of those that are reserved for another job, or for none, since this was asked last. */
  takeReservedAnew(): readonly string[] {
    if (this.#reservedAnew.size === 0) return [];
    const known = [...this.#reservedAnew].flatMap((id) => this.#known.get(id) ?? []);
    this.#reservedAnew.clear();
    return known.sort(byOrder).map(({ id }) => id);
  }

  #reserveOne(instance: Known, jobId: JobId): void {
    instance.reservedFor = jobId;
    const reserved = this.#reserved.get(jobId);
    if (reserved) reserved.add(instance);
    else this.#reserved.set(jobId, new Set([instance]));
  }

  #unreserve(instance: Known): void {
    const { reservedFor, id } = instance;
    if (reservedFor === undefined) return;
    const reserved = this.#reserved.get(reservedFor);
    reserved?.delete(instance);
    if (reserved?.size === 0) this.#reserved.delete(reservedFor);
    instance.reservedFor = undefined;
    this.#reservedAnew.add(id);
  }

  /** It takes jobs from now on. */
  ready(id: string, at: EpochMilliseconds): void {
    const instance = this.#get(id);
    invariant(instance.state === 'starting', `instance ${id} is ${instance.state} already`);
    instance.state = 'ready';
    instance.idleSince = at;
    this.#countStarting(instance, -1);
    this.bins.add(instance);
    this.#beIdle(instance);
  }

  /** A job may be placed on it. */
  demandOpen(id: string): void {
    const { state } = this.#get(id);
    invariant(state === 'ready', `instance ${id} is ${state}, and takes no jobs`);
  }

  /** `count` jobs run on it, `undefined`: each of which has the whole of it. One that was decided before may have been closed since. */
  hold(id: string, wanted: Amount | undefined, count = 1): void {
    const instance = this.#get(id);
    const { state, capacity } = instance;
    invariant(state !== 'starting', `instance ${id} is starting, and runs no jobs`);
    if (instance.jobs === 0 && state === 'ready') this.#leaveIdle(instance);
    instance.jobs += count;
    this.#closed.delete(id);
    const free = subtract(instance.free, times(wanted ?? capacity, count));
    if (state === 'ready') this.bins.setFree(instance, free);
    else instance.free = free;
  }

  /** A job on it has ended. */
  release(id: string, wanted: Amount | undefined, at: EpochMilliseconds): void {
    const instance = this.#get(id);
    invariant(instance.jobs > 0, `no job runs on instance ${id}`);
    instance.jobs -= 1;
    const free = add(instance.free, wanted ?? instance.capacity);
    if (instance.state === 'closed') {
      instance.free = free;
      if (instance.jobs === 0) this.#closed.add(id);
      return;
    }
    this.bins.setFree(instance, free);
    if (instance.jobs > 0) return;
    instance.idleSince = at;
    this.#beIdle(instance);
  }

  /** It takes no more jobs; those on it go on. Closing it twice changes nothing. */
  close(id: string): void {
    const instance = this.#get(id);
    const { state } = instance;
    if (state === 'closed') return;
    if (state === 'starting') this.#countStarting(instance, -1);
    else if (instance.jobs === 0) this.#leaveIdle(instance);
    if (state === 'ready') this.bins.remove(instance);
    instance.state = 'closed';
    this.#unreserve(instance);
    this.#reservedAnew.delete(id);
    this.#leaveKind(instance);
    if (instance.jobs === 0) this.#closed.add(id);
  }

  /** It is gone; its jobs have ended before. */
  remove(id: string): void {
    this.close(id);
    const instance = this.#get(id);
    invariant(instance.jobs === 0, `${instance.jobs} jobs run on instance ${id}`);
    this.#known.delete(id);
    this.#closed.delete(id);
    this.#allocatedvCpus -= instance.vcpus;
  }

  #kindsThatHold(wanted: Amount, only: string | undefined): Kind[] {
    return [...this.#kinds.values()].filter((kind) => holds(kind, wanted, only));
  }

  #beIdle(instance: Known): void {
    const { idle, idlest } = this.#kindOf(instance);
    idle.add(instance);
    idlest.add(instance);
  }

  #leaveIdle(instance: Known): void {
    const { idle, idlest } = this.#kindOf(instance);
    const wasIdle = idle.remove(instance) && idlest.remove(instance);
    invariant(wasIdle, `instance ${instance.id} is not idle`);
  }

  #countStarting(instance: Known, change: 1 | -1): void {
    this.#starting += change;
    this.#kindOf(instance).starting += change;
  }

  #kindOf({ type, vcpus, capacity }: NewInstance): Kind {
    const key = keyOf(type, vcpus, capacity);
    const known = this.#kinds.get(key);
    if (known) return known;
    const lists = { idle: new SortedList(byOrder), idlest: new SortedList(byIdleSince) };
    const kind: Kind = { type, vcpus, capacity, open: 0, starting: 0, ...lists };
    this.#kinds.set(key, kind);
    return kind;
  }

  #leaveKind(instance: Known): void {
    this.#open.remove(instance);
    const kind = this.#kindOf(instance);
    kind.open -= 1;
    if (kind.open === 0) this.#kinds.delete(keyOf(kind.type, kind.vcpus, kind.capacity));
  }

  /** As it is now; undefined for one that is not there. */
  get(id: string): FleetInstance | undefined {
    return this.#known.get(id);
  }

  #get(id: string): Known {
    const instance = this.#known.get(id);
    invariant(instance, `instance ${id} is not known`);
    return instance;
  }
}

function holds({ type, capacity }: Kind, wanted: Amount, only: string | undefined): boolean {
  return (only === undefined || type === only) && covers(capacity, wanted);
}

function keyOf(type: string, vcpus: number, { vcpuMillis, memoryMiB, gpus }: Amount): string {
  return `${vcpus} ${vcpuMillis} ${memoryMiB} ${gpus} ${type}`;
}

/** Those that start or are idle. */
function emptyOf({ starting, idle }: Kind): number {
  return starting + idle.size;
}

function byOrder(one: Known, other: Known): number {
  return one.order - other.order;
}

function bySize(one: Kind, other: Kind): number {
  return (
    one.capacity.gpus - other.capacity.gpus ||
    one.capacity.vcpuMillis - other.capacity.vcpuMillis ||
    one.capacity.memoryMiB - other.capacity.memoryMiB ||
    (one.type < other.type ? -1 : one.type > other.type ? 1 : one.vcpus - other.vcpus)
  );
}

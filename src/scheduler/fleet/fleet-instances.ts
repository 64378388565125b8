import { invariant } from '../../core/errors.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { SortedList } from '../../core/sorted-list.ts';
import { type Amount, add, covers, subtract, times } from '../amount.ts';
import { Bins } from './bins.ts';
import type { Instance } from './instance.ts';
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
}

/** An instance as it is now. */
export interface FleetInstance extends Instance {
  readonly vcpus: number;
  readonly state: InstanceState;
  /** Places that are held on it; a node of a multi-node job has it for itself. */
  readonly jobs: number;
  readonly idleSince: EpochMilliseconds;
}

interface Known extends FleetInstance {
  state: InstanceState;
  jobs: number;
  idleSince: EpochMilliseconds;
}

/** The instances of one environment: what is allocated, what has room, what is idle. Each change costs microseconds, whatever their number. */
export class FleetInstances {
  /** Those that are ready and not closed, by what they have free. */
  readonly bins = new Bins();
  /** Those of them that no job runs on, in the order of `byIdleSince`. */
  readonly idle = new SortedList<IdleInstance>(byIdleSince);
  readonly #known = new Map<string, Known>();
  /** Starting and idle ones, by capacity. */
  readonly #empty = new Map<string, Supply>();
  /** Closed ones that no job runs on. */
  readonly #closed = new Set<string>();
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

  /** Closed ones whose jobs have all ended, oldest first. */
  closedAndEmpty(): readonly string[] {
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
    // Mostly none starts, and there may be ten thousand that do not.
    if (this.#starting === 0) return false;
    for (const { state, capacity } of this.#known.values())
      if (state === 'starting' && covers(capacity, wanted)) return true;
    return false;
  }

  /** So many idle instances of one type, each of which holds what is wanted: of the smallest such type, the oldest. */
  idleAlike(wanted: Amount, count: number, kept: ReadonlySet<Instance> | undefined): readonly string[] | undefined {
    const byType = new Map<string, Known[]>();
    for (const { id } of this.idle.from(() => true)) {
      const instance = this.#get(id);
      if (kept?.has(instance) || !covers(instance.capacity, wanted)) continue;
      const ofType = byType.get(instance.type) ?? [];
      byType.set(instance.type, ofType);
      ofType.push(instance);
    }
    const enough = [...byType.values()].filter((ofType) => ofType.length >= count);
    const [best] = enough.sort(([one], [other]) => (one && other ? bySize(one, other) : 0));
    const oldest = best?.sort((one, other) => one.order - other.order);
    return oldest?.slice(0, count).map(({ id }) => id);
  }

  /** What starting and idle instances have room for. */
  supply(): readonly Supply[] {
    return [...this.#empty.values()];
  }

  launch(given: NewInstance): void {
    this.restore({ ...given, state: 'starting' }, []);
  }

  /** An instance as it was stored, and what each of its jobs asks for. */
  restore({ idleSince = 0, ...stored }: StoredInstance, running: readonly Amount[]): void {
    const { id, capacity, vcpus, state } = stored;
    invariant(!this.#known.has(id), `instance ${id} is known already`);
    const instance: Known = { ...stored, free: running.reduce(subtract, capacity), jobs: running.length, idleSince };
    this.#known.set(id, instance);
    this.#allocatedvCpus += vcpus;
    if (state === 'starting') this.#starting += 1;
    if (state === 'ready') this.bins.add(instance);
    if (state === 'closed' && instance.jobs === 0) this.#closed.add(id);
    if (state === 'closed' || instance.jobs > 0) return;
    if (state === 'ready') this.idle.add(instance);
    this.#count(instance, 1);
  }

  /** It takes jobs from now on. */
  ready(id: string, at: EpochMilliseconds): void {
    const instance = this.#get(id);
    invariant(instance.state === 'starting', `instance ${id} is ${instance.state} already`);
    instance.state = 'ready';
    instance.idleSince = at;
    this.#starting -= 1;
    this.bins.add(instance);
    this.idle.add(instance);
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
    this.idle.add(instance);
    this.#count(instance, 1);
  }

  /** It takes no more jobs; those on it go on. Closing it twice changes nothing. */
  close(id: string): void {
    const instance = this.#get(id);
    const { state } = instance;
    if (state === 'closed') return;
    if (state === 'starting') {
      this.#starting -= 1;
      this.#count(instance, -1);
    } else if (instance.jobs === 0) this.#leaveIdle(instance);
    if (state === 'ready') this.bins.remove(instance);
    instance.state = 'closed';
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

  #leaveIdle(instance: Known): void {
    invariant(this.idle.remove(instance), `instance ${instance.id} is not idle`);
    this.#count(instance, -1);
  }

  #count({ capacity }: Known, change: 1 | -1): void {
    const key = `${capacity.vcpuMillis} ${capacity.memoryMiB} ${capacity.gpus}`;
    const instances = (this.#empty.get(key)?.instances ?? 0) + change;
    if (instances > 0) this.#empty.set(key, { room: capacity, instances });
    else this.#empty.delete(key);
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

function bySize(one: FleetInstance, other: FleetInstance): number {
  return (
    one.capacity.gpus - other.capacity.gpus ||
    one.capacity.vcpuMillis - other.capacity.vcpuMillis ||
    one.capacity.memoryMiB - other.capacity.memoryMiB ||
    (one.type < other.type ? -1 : 1)
  );
}

import { invariant } from '../../core/errors.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { SortedList } from '../../core/sorted-list.ts';
import { type Amount, add, subtract } from '../amount.ts';
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

/** `closed` instances take no more jobs: they drain, were interrupted, or end. */
export type InstanceState = 'starting' | 'ready' | 'closed';

/** What is kept of an instance; what is free of it follows from the jobs that run. */
export interface StoredInstance extends NewInstance {
  readonly state: InstanceState;
  /** When it became ready, or its last job ended; old once a job runs, and absent before it is ready. */
  readonly idleSince?: EpochMilliseconds;
}

interface Known extends Instance {
  readonly vcpus: number;
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
  #allocatedvCpus = 0;

  /** vCPUs of all that are not removed: what counts against maxvCpus. */
  get allocatedvCpus(): number {
    return this.#allocatedvCpus;
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
    if (state === 'ready') this.bins.add(instance);
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
    this.bins.add(instance);
    this.idle.add(instance);
  }

  /** A job is placed on it. */
  occupy(id: string, wanted: Amount): void {
    const instance = this.#get(id);
    invariant(instance.state === 'ready', `instance ${id} is ${instance.state}, and takes no jobs`);
    if (instance.jobs === 0) this.#leaveIdle(instance);
    instance.jobs += 1;
    this.bins.setFree(instance, subtract(instance.free, wanted));
  }

  /** A job on it has ended. */
  release(id: string, wanted: Amount, at: EpochMilliseconds): void {
    const instance = this.#get(id);
    invariant(instance.jobs > 0, `no job runs on instance ${id}`);
    instance.jobs -= 1;
    const free = add(instance.free, wanted);
    if (instance.state === 'closed') {
      instance.free = free;
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
    if (state === 'starting') this.#count(instance, -1);
    else if (instance.jobs === 0) this.#leaveIdle(instance);
    if (state === 'ready') this.bins.remove(instance);
    instance.state = 'closed';
  }

  /** It is gone; its jobs have ended before. */
  remove(id: string): void {
    this.close(id);
    const instance = this.#get(id);
    invariant(instance.jobs === 0, `${instance.jobs} jobs run on instance ${id}`);
    this.#known.delete(id);
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

  #get(id: string): Known {
    const instance = this.#known.get(id);
    invariant(instance, `instance ${id} is not known`);
    return instance;
  }
}

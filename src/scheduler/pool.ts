import type { MachineKind, ResourceName } from '../core/job.ts';
import { type Amount, add, amountOf, covers, nothing, requestOf, subtract, times } from './amount.ts';
import type { PoolSettings } from './scheduler-event.ts';

/** A dimension in which the pool is smaller than the request: the job is held to what there is. */
export interface Limit {
  readonly resource: 'vcpus' | 'memoryMiB';
  readonly requested: number;
  readonly given: number;
}

/** Machines that an engine reports as one: a host, a cluster, a partition. Environments share it, other pools do not bound it. */
export interface Pool {
  readonly id: string;
  /** Absent while no engine has reported the pool. */
  settings: PoolSettings | undefined;
  capacity: Amount;
  /** How many placed jobs ask for the same, by that: there are few such shapes, however many jobs. */
  readonly shapes: Map<string, { readonly wanted: Amount; count: number }>;
  /** The footprints of all jobs placed in it. More than `capacity` only after the pool has lost some. */
  used: Amount;
  /** How many places are held in it. */
  places: number;
}

export function newPool(id: string): Pool {
  return { id, settings: undefined, capacity: nothing, shapes: new Map(), used: nothing, places: 0 };
}

/** What an engine says of the pool; undefined once none does. A new capacity means new footprints, as after a restart. */
export function setCapacity(pool: Pool, settings: PoolSettings | undefined): void {
  pool.settings = settings;
  pool.capacity = settings ? capacityOf(settings) : nothing;
  pool.used = nothing;
  for (const { wanted, count } of pool.shapes.values())
    pool.used = add(pool.used, times(footprintOf(wanted, pool), count));
}

/** Adds the footprints of `count` jobs; negative takes them away. */
export function occupy(pool: Pool, wanted: Amount, count: number): void {
  const key = `${wanted.vcpuMillis}|${wanted.memoryMiB}|${wanted.gpus}`;
  const shape = pool.shapes.get(key) ?? { wanted, count: 0 };
  shape.count += count;
  pool.places += count;
  if (shape.count === 0) pool.shapes.delete(key);
  else pool.shapes.set(key, shape);
  pool.used = add(pool.used, times(footprintOf(wanted, pool), count));
}

/** What a pool offers, in whole units: never more memory than it has. */
function capacityOf(settings: PoolSettings): Amount {
  return { ...amountOf(settings), memoryMiB: Math.floor(settings.memoryMiB) };
}

/**
 * What a request takes of a pool: the one place that says so. Of one that shrinks no more than it has: vCPUs and memory
 * are limits that a job is held to, so a machine smaller than the request holds it to what there is. A GPU is a device
 * that the job's code counts on: it is never left out. Of any other pool, and of one not known, the whole request.
 */
export function footprintOf(wanted: Amount, pool: Pool): Amount {
  if (!pool.settings?.shrinks) return wanted;
  return {
    vcpuMillis: Math.min(wanted.vcpuMillis, pool.capacity.vcpuMillis),
    memoryMiB: Math.min(wanted.memoryMiB, pool.capacity.memoryMiB),
    gpus: wanted.gpus,
  };
}

export function freeOf(pool: Pool): Amount {
  return subtract(pool.capacity, pool.used);
}

/** A dimension in which a request is more than the whole pool, which will not shrink it. */
export interface Excess {
  readonly resource: ResourceName;
  readonly requested: number;
  readonly offered: number;
}

/** Why a request never fits into a pool that is known, were it empty; undefined if it does. */
export function excessOf(wanted: Amount, pool: Pool): Excess | undefined {
  const footprint = footprintOf(wanted, pool);
  if (covers(pool.capacity, footprint)) return undefined;
  const asked = requestOf(footprint);
  const has = requestOf(pool.capacity);
  const resource = resources.find((one) => asked[one] > has[one]);
  return resource && { resource, requested: asked[resource], offered: has[resource] };
}

/** Whether a pool has machines of a kind. Of one that does not say what it has all that is known is that it runs Linux. */
export function hasMachine({ settings }: Pool, machine: MachineKind): boolean {
  if (machine === 'windows') return settings?.machine === 'windows';
  return settings?.machine === undefined || settings.machine === machine;
}

/** In which dimensions a request is held to what the pool has. */
export function limitsOf(wanted: Amount, pool: Pool): readonly Limit[] {
  const footprint = footprintOf(wanted, pool);
  if (covers(footprint, wanted)) return none;
  const asked = requestOf(wanted);
  const given = requestOf(footprint);
  return limitable
    .filter((resource) => given[resource] < asked[resource])
    .map((resource) => ({ resource, requested: asked[resource], given: given[resource] }));
}

const none: readonly Limit[] = [];
const resources = ['vcpus', 'memoryMiB', 'gpus'] as const satisfies readonly ResourceName[];
const limitable = ['vcpus', 'memoryMiB'] as const;

import { type Amount, covers, subtract, times } from '../amount.ts';
import type { LaunchType } from './launch-type.ts';
import { jobsOn } from './ranked-types.ts';

/** Instances of one type that have as much room as each other. */
export interface Supply {
  /** By name. */
  readonly type: string;
  readonly room: Amount;
  readonly instances: number;
}

/** Room for jobs on instances that are there, starting or about to be launched. Counted by room, not by instance. */
export class Supplies {
  #groups: readonly Supply[] = [];

  constructor(groups: Iterable<Supply> = []) {
    for (const group of groups) this.add(group);
  }

  add(group: Supply): void {
    if (group.instances > 0) this.#groups = merged([...this.#groups, group]);
  }

  get groups(): readonly Supply[] {
    return this.#groups;
  }

  /** How many instances of a type are wholly free. */
  wholeOf({ name: type, capacity: room }: LaunchType): number {
    return this.#groups.find((group) => compare(group, { type, room }) === 0)?.instances ?? 0;
  }

  /**
   * Gives whole instances of one type away, each of which holds what is wanted; answers false, and gives none, if there are too few. `type`: of this
   * one only.
   */
  takeWhole(wanted: Amount, count: number, type?: string): boolean {
    const found = this.#groups.find(
      (group) => group.instances >= count && covers(group.room, wanted) && (type === undefined || group.type === type),
    );
    if (!found) return false;
    const left = { ...found, instances: found.instances - count };
    this.#groups = this.#groups.flatMap((group) => (group !== found ? [group] : left.instances > 0 ? [left] : []));
    return true;
  }

  /** Gives room to jobs of one shape, least room first, each instance filled before the next. Answers how many have none. */
  take(wanted: Amount, jobs: number): number {
    let left = jobs;
    const groups: Supply[] = [];
    for (const group of this.#groups) {
      const each = left === 0 ? 0 : jobsOn(group.room, wanted);
      const taken = Math.min(left, each * group.instances);
      left -= taken;
      groups.push(...afterTaking(group, wanted, each, taken));
    }
    this.#groups = merged(groups);
    return left;
  }
}

/** A group of which `taken` jobs have room, `each` on an instance. */
export function afterTaking(group: Supply, wanted: Amount, each: number, taken: number): Supply[] {
  if (taken === 0) return [group];
  const { type, room, instances } = group;
  const [full, last] = [Math.floor(taken / each), taken % each];
  const groups = [
    { type, room: subtract(room, times(wanted, each)), instances: full },
    { type, room: subtract(room, times(wanted, last)), instances: last > 0 ? 1 : 0 },
    { type, room, instances: instances - full - (last > 0 ? 1 : 0) },
  ];
  return groups.filter((one) => one.instances > 0);
}

/** In order of room, then of types, equal ones together. */
function merged(groups: readonly Supply[]): readonly Supply[] {
  const all: Supply[] = [];
  for (const group of groups.toSorted(compare)) {
    const last = all.at(-1);
    if (last && compare(last, group) === 0)
      all[all.length - 1] = { ...last, instances: last.instances + group.instances };
    else all.push(group);
  }
  return all;
}

function compare(one: Omit<Supply, 'instances'>, other: Omit<Supply, 'instances'>): number {
  return byRoom(one.room, other.room) || (one.type < other.type ? -1 : one.type > other.type ? 1 : 0);
}

/** As jobs are placed: where fewest GPUs are free, then vCPUs, then memory. */
function byRoom(one: Amount, other: Amount): number {
  return one.gpus - other.gpus || one.vcpuMillis - other.vcpuMillis || one.memoryMiB - other.memoryMiB;
}

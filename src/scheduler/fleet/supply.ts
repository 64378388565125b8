import { type Amount, covers, subtract, times } from '../amount.ts';
import { jobsOn } from './ranked-types.ts';

/** Instances that have as much room as each other. */
export interface Supply {
  readonly room: Amount;
  readonly instances: number;
}

/** Room for jobs on instances that are there, starting or about to be launched. Counted by room, not by instance. */
export class Supplies {
  #groups: readonly Supply[] = [];

  constructor(groups: Iterable<Supply> = []) {
    for (const group of groups) this.add(group);
  }

  add({ room, instances }: Supply): void {
    if (instances > 0) this.#groups = merged([...this.#groups, { room, instances }]);
  }

  get groups(): readonly Supply[] {
    return this.#groups;
  }

  /** How many instances have so much room. */
  wholeOf(room: Amount): number {
    return this.#groups.find((group) => byRoom(group.room, room) === 0)?.instances ?? 0;
  }

  /** Gives whole instances of one kind away, each of which holds what is wanted; answers false, and gives none, if there are too few. */
  takeWhole(wanted: Amount, count: number): boolean {
    const found = this.#groups.find(({ room, instances }) => instances >= count && covers(room, wanted));
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
export function afterTaking({ room, instances }: Supply, wanted: Amount, each: number, taken: number): Supply[] {
  if (taken === 0) return [{ room, instances }];
  const [full, last] = [Math.floor(taken / each), taken % each];
  const groups = [
    { room: subtract(room, times(wanted, each)), instances: full },
    { room: subtract(room, times(wanted, last)), instances: last > 0 ? 1 : 0 },
    { room, instances: instances - full - (last > 0 ? 1 : 0) },
  ];
  return groups.filter((group) => group.instances > 0);
}

/** In order of room, equal ones together. */
function merged(groups: readonly Supply[]): readonly Supply[] {
  const all: Supply[] = [];
  for (const group of groups.toSorted((one, other) => byRoom(one.room, other.room))) {
    const last = all.at(-1);
    if (last && byRoom(last.room, group.room) === 0)
      all[all.length - 1] = { room: last.room, instances: last.instances + group.instances };
    else all.push(group);
  }
  return all;
}

/** As jobs are placed: where fewest GPUs are free, then vCPUs, then memory. */
function byRoom(one: Amount, other: Amount): number {
  return one.gpus - other.gpus || one.vcpuMillis - other.vcpuMillis || one.memoryMiB - other.memoryMiB;
}

import { firstIndex } from '../../core/first-index.ts';
import { SortedList } from '../../core/sorted-list.ts';
import { type Amount, covers } from '../amount.ts';
import type { Instance } from './instance.ts';

/** Some instances. */
export type InstanceFilter = Pick<ReadonlySet<Instance>, 'has'>;

/** Instances that have as many vCPUs free as each other, by free memory. */
interface Level {
  readonly vcpuMillis: number;
  readonly instances: SortedList<Instance>;
}

/**
 * The open instances of an environment, by what they have free. A job goes where least is left over: of the instances that hold it, the
 * one with the fewest free GPUs, then vCPUs, then memory, then the oldest. Answers cost the levels of free vCPUs, not the instances.
 */
export class Bins {
  /** Levels in ascending order, by free GPUs. */
  readonly #levels = new Map<number, Level[]>();
  /** Of each type, those with most free first. */
  readonly #byType = new Map<string, SortedList<Instance>>();
  #gpus: readonly number[] = [];

  add(instance: Instance): void {
    this.#levelOf(instance.free).instances.add(instance);
    const ofType = this.#byType.get(instance.type) ?? new SortedList<Instance>(byMostFree);
    this.#byType.set(instance.type, ofType);
    ofType.add(instance);
  }

  /** Takes out one that is in. */
  remove(instance: Instance): void {
    const { free, type } = instance;
    const levels = this.#levels.get(free.gpus) ?? [];
    const index = levelIndex(levels, free.vcpuMillis);
    const level = levels[index];
    const ofType = this.#byType.get(type);
    if (!level?.instances.remove(instance) || !ofType?.remove(instance))
      throw new RangeError(`instance ${instance.id} is not in`);
    if (ofType.size === 0) this.#byType.delete(type);
    if (level.instances.size > 0) return;
    levels.splice(index, 1);
    if (levels.length > 0) return;
    this.#levels.delete(free.gpus);
    this.#gpus = this.#gpus.filter((gpus) => gpus !== free.gpus);
  }

  /** Changes what an instance has free. */
  setFree(instance: Instance, free: Amount): void {
    this.remove(instance);
    instance.free = free;
    this.add(instance);
  }

  /** The instance where least is left over of those that hold what is wanted now. `kept` are other jobs'. */
  bestFit(wanted: Amount, kept?: InstanceFilter): Instance | undefined {
    for (const gpus of this.#gpus) {
      if (gpus < wanted.gpus) continue;
      const levels = this.#levels.get(gpus) ?? [];
      for (let at = levelIndex(levels, wanted.vcpuMillis); at < levels.length; at += 1) {
        const found = leastMemory(levels[at]?.instances, wanted.memoryMiB, kept);
        if (found) return found;
      }
    }
    return undefined;
  }

  /**
   * The instance that is nearest to holding what is wanted, of those that would if nothing ran on them: most free vCPUs, then memory, then the
   * oldest. `kept` are other jobs'; `type`: of this one only.
   */
  nearest(wanted: Amount, kept?: InstanceFilter, type?: string): Instance | undefined {
    let nearest: Instance | undefined;
    const only = type === undefined ? undefined : this.#byType.get(type);
    for (const ofType of type === undefined ? this.#byType.values() : only ? [only] : []) {
      if (!ofType.first || !covers(ofType.first.capacity, wanted)) continue;
      const first = kept ? firstExcept(ofType, kept) : ofType.first;
      if (first && (!nearest || byMostFree(first, nearest) < 0)) nearest = first;
    }
    return nearest;
  }

  /** Those of a type, with most free first. */
  ofType(type: string): Iterable<Instance> {
    return this.#byType.get(type)?.from(() => true) ?? [];
  }

  #levelOf({ gpus, vcpuMillis }: Amount): Level {
    let levels = this.#levels.get(gpus);
    if (!levels) {
      levels = [];
      this.#levels.set(gpus, levels);
      this.#gpus = [...this.#levels.keys()].sort((a, b) => a - b);
    }
    const at = levelIndex(levels, vcpuMillis);
    const known = levels[at];
    if (known?.vcpuMillis === vcpuMillis) return known;
    const level = { vcpuMillis, instances: new SortedList<Instance>(byLeastMemory) };
    levels.splice(at, 0, level);
    return level;
  }
}

function levelIndex(levels: readonly Level[], vcpuMillis: number): number {
  return firstIndex(levels.length, (at) => (levels[at]?.vcpuMillis ?? 0) >= vcpuMillis);
}

function leastMemory(
  instances: SortedList<Instance> | undefined,
  memoryMiB: number,
  kept: InstanceFilter | undefined,
): Instance | undefined {
  if (!instances?.last || instances.last.free.memoryMiB < memoryMiB) return undefined;
  for (const instance of instances.from(({ free }) => free.memoryMiB >= memoryMiB))
    if (!kept?.has(instance)) return instance;
  return undefined;
}

function firstExcept(instances: SortedList<Instance>, kept: InstanceFilter): Instance | undefined {
  for (const instance of instances.from(() => true)) if (!kept.has(instance)) return instance;
  return undefined;
}

function byLeastMemory(left: Instance, right: Instance): number {
  return left.free.memoryMiB - right.free.memoryMiB || left.order - right.order;
}

function byMostFree(left: Instance, right: Instance): number {
  return (
    right.free.vcpuMillis - left.free.vcpuMillis ||
    right.free.memoryMiB - left.free.memoryMiB ||
    left.order - right.order
  );
}

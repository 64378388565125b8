import { SortedList } from '../../core/sorted-list.ts';
import { type Amount, covers } from '../amount.ts';
import { byOrder, FreeLevels } from './free-levels.ts';
import type { Instance, InstanceFilter, InstanceGroup } from './instance.ts';

/**
 * The open instances of an environment, by what they have free. A job goes where least is left over: of the instances that hold it, the
 * one with the fewest free GPUs, then vCPUs, then memory, then the oldest. Answers cost the levels of free vCPUs, not the instances. What is
 * sorted are groups of instances that are alike: one that changes mostly goes from one group to another.
 */
export class Bins {
  /** By free GPUs. */
  readonly #levels = new Map<number, FreeLevels>();
  readonly #byType = new Map<string, FreeLevels>();
  #gpus: readonly number[] = [];

  add(instance: Instance): void {
    const group = this.#groupFor(instance.type, instance.free);
    group.instances.add(instance);
    instance.group = group;
  }

  /** Takes out one that is in. */
  remove(instance: Instance): void {
    const { group } = instance;
    if (!group?.instances.remove(instance)) throw new RangeError(`instance ${instance.id} is not in`);
    instance.group = undefined;
    if (group.instances.size === 0) this.#drop(group);
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
      const found = gpus < wanted.gpus ? undefined : this.#levels.get(gpus)?.leastFree(wanted, kept);
      if (found) return found;
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
      const most = ofType.mostFree();
      if (!most || !covers(most.capacity, wanted)) continue;
      const first = kept?.has(most) ? ofType.mostFree(kept) : most;
      if (first && (!nearest || byMostFree(first, nearest) < 0)) nearest = first;
    }
    return nearest;
  }

  /** Those of a type, with most free first. */
  ofType(type: string): Iterable<Instance> {
    return this.#byType.get(type)?.byMostFree() ?? [];
  }

  #groupFor(type: string, free: Amount): InstanceGroup {
    for (const group of this.#byType.get(type)?.at(free) ?? []) if (group.free.gpus === free.gpus) return group;
    const group = { type, free, instances: new SortedList<Instance>(byOrder) };
    this.#levelsOf(free.gpus).add(group);
    this.#levelsOfType(type).add(group);
    return group;
  }

  #levelsOf(gpus: number): FreeLevels {
    const known = this.#levels.get(gpus);
    if (known) return known;
    const levels = new FreeLevels();
    this.#levels.set(gpus, levels);
    this.#gpus = [...this.#levels.keys()].sort((a, b) => a - b);
    return levels;
  }

  #levelsOfType(type: string): FreeLevels {
    const levels = this.#byType.get(type) ?? new FreeLevels();
    this.#byType.set(type, levels);
    return levels;
  }

  #drop(group: InstanceGroup): void {
    const { type, free } = group;
    const [levels, ofType] = [this.#levels.get(free.gpus), this.#byType.get(type)];
    levels?.remove(group);
    ofType?.remove(group);
    if (ofType?.isEmpty) this.#byType.delete(type);
    if (!levels?.isEmpty) return;
    this.#levels.delete(free.gpus);
    this.#gpus = this.#gpus.filter((gpus) => gpus !== free.gpus);
  }
}

function byMostFree(left: Instance, right: Instance): number {
  return (
    right.free.vcpuMillis - left.free.vcpuMillis ||
    right.free.memoryMiB - left.free.memoryMiB ||
    left.order - right.order
  );
}

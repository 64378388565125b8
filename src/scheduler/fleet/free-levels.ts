import { firstIndex } from '../../core/first-index.ts';
import { SortedList } from '../../core/sorted-list.ts';
import type { Amount } from '../amount.ts';
import type { Instance, InstanceFilter, InstanceGroup } from './instance.ts';

/** Groups with as much memory free as each other, on one level. */
interface Cell {
  readonly memoryMiB: number;
  readonly groups: InstanceGroup[];
}

/** Groups with as many vCPUs free as each other, by free memory. */
interface Level {
  readonly vcpuMillis: number;
  readonly cells: SortedList<Cell>;
}

/** Groups of instances by free vCPUs, then memory. Whoever moves an instance between groups that are in touches nothing here. */
export class FreeLevels {
  /** In ascending order. None is empty, nor is any of their cells. */
  readonly #levels: Level[] = [];

  get isEmpty(): boolean {
    return this.#levels.length === 0;
  }

  add(group: InstanceGroup): void {
    const { vcpuMillis, memoryMiB } = group.free;
    const at = this.#indexOf(vcpuMillis);
    let level = this.#levels[at];
    if (level?.vcpuMillis !== vcpuMillis) {
      level = { vcpuMillis, cells: new SortedList<Cell>(byMemory) };
      this.#levels.splice(at, 0, level);
    }
    const cell = cellIn(level, memoryMiB);
    if (cell) cell.groups.push(group);
    else level.cells.add({ memoryMiB, groups: [group] });
  }

  /** Takes out one that is in. */
  remove(group: InstanceGroup): void {
    const { vcpuMillis, memoryMiB } = group.free;
    const at = this.#indexOf(vcpuMillis);
    const level = this.#levels[at];
    const cell = level && cellIn(level, memoryMiB);
    if (!cell) return;
    cell.groups.splice(cell.groups.indexOf(group), 1);
    if (cell.groups.length > 0) return;
    level.cells.remove(cell);
    if (level.cells.size === 0) this.#levels.splice(at, 1);
  }

  /** Those that have just so much free. */
  at({ vcpuMillis, memoryMiB }: Amount): readonly InstanceGroup[] {
    const level = this.#levels[this.#indexOf(vcpuMillis)];
    const cell = level?.vcpuMillis === vcpuMillis ? cellIn(level, memoryMiB) : undefined;
    return cell?.groups ?? none;
  }

  /** Of the instances that have so much free the one with the fewest vCPUs, then the least memory, then the oldest. */
  leastFree({ vcpuMillis, memoryMiB }: Amount, kept: InstanceFilter | undefined): Instance | undefined {
    for (let at = this.#indexOf(vcpuMillis); at < this.#levels.length; at += 1) {
      const cells = this.#levels[at]?.cells;
      if (!cells?.last || cells.last.memoryMiB < memoryMiB) continue;
      const isEnough = (cell: Cell) => cell.memoryMiB >= memoryMiB;
      const first = cells.firstFrom(isEnough);
      const found = (first && oldest(first, kept)) ?? (kept && oldestOf(cells.from(isEnough), kept));
      if (found) return found;
    }
    return undefined;
  }

  /** The instance with most vCPUs free, then most memory, then the oldest. */
  mostFree(kept?: InstanceFilter): Instance | undefined {
    const cell = this.#levels.at(-1)?.cells.last;
    const first = cell && oldest(cell, kept);
    if (first || !kept) return first;
    for (const instance of this.byMostFree()) if (!kept.has(instance)) return instance;
    return undefined;
  }

  /** All instances, in that order. */
  *byMostFree(): Generator<Instance> {
    for (let at = this.#levels.length - 1; at >= 0; at -= 1)
      for (const { groups } of this.#levels[at]?.cells.rowsBack() ?? []) yield* byAge(groups);
  }

  #indexOf(vcpuMillis: number): number {
    return firstIndex(this.#levels.length, (at) => (this.#levels[at]?.vcpuMillis ?? 0) >= vcpuMillis);
  }
}

const none: readonly InstanceGroup[] = [];

function cellIn({ cells }: Level, memoryMiB: number): Cell | undefined {
  const cell = cells.firstFrom((one) => one.memoryMiB >= memoryMiB);
  return cell?.memoryMiB === memoryMiB ? cell : undefined;
}

function oldestOf(cells: Iterable<Cell>, kept: InstanceFilter): Instance | undefined {
  for (const cell of cells) {
    const found = oldest(cell, kept);
    if (found) return found;
  }
  return undefined;
}

function oldest({ groups }: Cell, kept: InstanceFilter | undefined): Instance | undefined {
  let found: Instance | undefined;
  for (const { instances } of groups) {
    const first = firstOf(instances, kept);
    if (first && (!found || first.order < found.order)) found = first;
  }
  return found;
}

function firstOf(instances: SortedList<Instance>, kept: InstanceFilter | undefined): Instance | undefined {
  const { first } = instances;
  if (!first || !kept?.has(first)) return first;
  for (const instance of instances.rows()) if (!kept.has(instance)) return instance;
  return undefined;
}

/** Of several groups in one order. */
function* byAge(groups: readonly InstanceGroup[]): Generator<Instance> {
  const [only, ...others] = groups;
  if (only && others.length === 0) yield* only.instances.rows();
  else yield* groups.flatMap(({ instances }) => [...instances.rows()]).sort(byOrder);
}

export function byOrder(one: Instance, other: Instance): number {
  return one.order - other.order;
}

function byMemory(one: Cell, other: Cell): number {
  return one.memoryMiB - other.memoryMiB;
}

import { firstIndex } from '../core/first-index.ts';
import type { JobId } from '../core/ids.ts';
import type { Dependency } from '../core/job.ts';
import { ShardedMap } from '../core/sharded-map.ts';
import { type Keyed, restoring } from './restoring.ts';
import type { Run } from './runs.ts';
import type { JobTransaction } from './transaction.ts';

const nobody: readonly JobId[] = [];

/**
 * Who waits for whom, in memory only: what a job depends on is stored with it. An edge that has been told is gone; one
 * whose job no longer waits is told all the same, and changes nothing. A million jobs may each wait for another: hence maps
 * in shards.
 */
export class DependencyGraph {
  readonly #dependents = new ShardedMap<JobId, JobId[]>();
  readonly #ofChildren = new ShardedMap<JobId, Map<number, JobId[]>>();
  readonly #pairs = new ShardedMap<JobId, JobId[]>();
  readonly #names = new ShardedMap<JobId, number>();

  clear(): void {
    this.#dependents.clear();
    this.#ofChildren.clear();
    this.#pairs.clear();
    this.#names.clear();
  }

  /** `dependent` waits for a job, or with `index` for a child of an array. */
  add(transaction: JobTransaction | undefined, on: JobId, index: number | undefined, dependent: JobId): void {
    if (index === undefined) {
      push(transaction, this.#dependents, on, dependent);
      return;
    }
    const children = this.#ofChildren.get(on) ?? new Map<number, JobId[]>();
    if (!this.#ofChildren.has(on)) transaction?.onRollback(() => this.#ofChildren.delete(on));
    this.#ofChildren.set(on, children);
    push(transaction, children, index, dependent);
  }

  /** Each child of the array `dependent` waits for the child of its index of `on`, or for `on` if that is no array. */
  addPair(transaction: JobTransaction | undefined, on: JobId, dependent: JobId): void {
    push(transaction, this.#pairs, on, dependent);
  }

  /** Takes out those who wait for a job. */
  take(transaction: JobTransaction, on: JobId): readonly JobId[] {
    const dependents = this.#dependents.get(on);
    if (!dependents) return nobody;
    restoring(transaction, this.#dependents, on);
    this.#dependents.delete(on);
    return dependents;
  }

  /** Takes out those who wait for a child. */
  takeOfChild(transaction: JobTransaction, on: JobId, index: number): readonly JobId[] {
    const children = this.#ofChildren.get(on);
    const dependents = children?.get(index);
    if (!children || !dependents) return nobody;
    restoring(transaction, children, index);
    children.delete(index);
    return dependents;
  }

  /** Children of an array that somebody waits for, among those of `runs`, which rise. */
  awaitedChildren(on: JobId, runs: readonly Run[]): readonly number[] {
    const children = this.#ofChildren.get(on);
    if (!children) return [];
    const [only] = runs;
    if (only && runs.length === 1 && only[0] === only[1]) return children.has(only[0]) ? [only[0]] : [];
    return [...children.keys()].filter((index) => {
      const run = runs[firstIndex(runs.length, (at) => (runs[at]?.[1] ?? index) >= index)];
      return run !== undefined && run[0] <= index;
    });
  }

  /** Arrays whose children wait for those of `on`: as of now, for the caller to keep. */
  pairsOf(on: JobId): readonly JobId[] {
    const pairs = this.#pairs.get(on);
    return pairs ? [...pairs] : nobody;
  }

  /** All children of `on` have been told of. */
  forget(transaction: JobTransaction, on: JobId): void {
    restoring(transaction, this.#pairs, on);
    restoring(transaction, this.#ofChildren, on);
    this.#pairs.delete(on);
    this.#ofChildren.delete(on);
  }

  /** Whether anybody waits for a job or a part of it. */
  hasEdges(on: JobId): boolean {
    return this.#dependents.has(on) || this.#ofChildren.has(on) || this.#pairs.has(on);
  }

  /** Who waits for a job, for a child of it, or with each child for the one of its index. */
  *edgesOf(on: JobId): Generator<readonly [dependent: JobId, dependency: Dependency]> {
    for (const dependent of this.#dependents.get(on) ?? nobody) yield [dependent, { on }];
    for (const [index, dependents] of this.#ofChildren.get(on) ?? [])
      for (const dependent of dependents) yield [dependent, { on, index }];
    for (const dependent of this.#pairs.get(on) ?? nobody) yield [dependent, { on, type: 'N_TO_N' }];
  }

  /** Jobs that somebody waits for, ended ones that are not yet told of among them, with one of those that wait. */
  *awaitedJobs(): Generator<readonly [on: JobId, dependent: JobId]> {
    for (const [on, [dependent]] of this.#dependents.entries()) if (dependent) yield [on, dependent];
    for (const [on, children] of this.#ofChildren.entries()) {
      for (const [dependent] of children.values()) if (dependent) yield [on, dependent];
    }
    for (const [on, [dependent]] of this.#pairs.entries()) if (dependent) yield [on, dependent];
  }

  /** Jobs for which arrays wait child by child. */
  *pairedWith(): Generator<JobId> {
    for (const [on] of this.#pairs.entries()) yield on;
  }

  /** An unfinished job names others (`by` 1), or no longer needs to (-1). */
  name(transaction: JobTransaction | undefined, ids: readonly JobId[], by: 1 | -1): void {
    this.#count(ids, by);
    if (ids.length > 0) transaction?.onRollback(() => this.#count(ids, by === 1 ? -1 : 1));
  }

  /** Whether an unfinished job names this one: it could not be rebuilt if this one were forgotten. */
  isNamed(jobId: JobId): boolean {
    return this.#names.has(jobId);
  }

  #count(ids: readonly JobId[], by: number): void {
    for (const id of ids) {
      const count = (this.#names.get(id) ?? 0) + by;
      if (count === 0) this.#names.delete(id);
      else this.#names.set(id, count);
    }
  }
}

function push<Key>(
  transaction: JobTransaction | undefined,
  lists: Keyed<Key, JobId[]>,
  key: Key,
  dependent: JobId,
): void {
  const list = lists.get(key);
  if (list) list.push(dependent);
  else lists.set(key, [dependent]);
  transaction?.onRollback(() => {
    const added = lists.get(key);
    added?.pop();
    if (added?.length === 0) lists.delete(key);
  });
}

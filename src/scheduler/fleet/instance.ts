import type { SortedList } from '../../core/sorted-list.ts';
import type { Amount } from '../amount.ts';

/** A container instance of a compute environment: what of its registered capacity is free now. */
export interface Instance {
  readonly id: string;
  /** Older instances have lower numbers. Unique in its environment. */
  readonly order: number;
  readonly type: string;
  /** What it registered with: all that it ever offers. */
  readonly capacity: Amount;
  free: Amount;
  /** Where it stands in the bins, if it does: theirs alone. */
  group?: InstanceGroup | undefined;
}

/** Instances of one type that have as much free as each other. */
export interface InstanceGroup {
  readonly type: string;
  readonly free: Amount;
  /** The oldest first. */
  readonly instances: SortedList<Instance>;
}

/** Some instances. */
export type InstanceFilter = Pick<ReadonlySet<Instance>, 'has'>;

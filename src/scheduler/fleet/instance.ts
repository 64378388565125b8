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
}

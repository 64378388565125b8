import type { Amount } from '../amount.ts';

/** An instance type that an environment may launch. */
export interface LaunchType {
  readonly name: string;
  /** What counts against maxvCpus. */
  readonly vcpus: number;
  /** What an instance registers with: all that it offers to jobs. */
  readonly capacity: Amount;
  /** US dollars an hour. */
  readonly onDemand: number;
  /** US dollars an hour. */
  readonly spot: number;
  /** How often Spot takes one back: 0 for the rarest class, 4 for the most frequent. */
  readonly interruption: number;
}

export type AllocationStrategy =
  | 'BEST_FIT'
  | 'BEST_FIT_PROGRESSIVE'
  | 'BEST_FIT_PROGRESSIVE_ORDERED'
  | 'SPOT_CAPACITY_OPTIMIZED'
  | 'SPOT_PRICE_CAPACITY_OPTIMIZED'
  | 'SPOT_CAPACITY_OPTIMIZED_PRIORITIZED';

/** How a compute environment grows and shrinks. */
export interface FleetSettings {
  readonly arn: string;
  readonly strategy: AllocationStrategy;
  readonly purchase: 'on-demand' | 'spot';
  /** In the order in which they were named. */
  readonly types: readonly LaunchType[];
  /** Spot instances are launched while they cost less than this part of the price on demand, in hundredths. */
  readonly bidPercentage: number;
  readonly minvCpus: number;
  readonly maxvCpus: number;
  /** Size that was asked for and is not reached yet; `minvCpus` if none was. */
  readonly desiredvCpus: number;
  /** A DISABLED environment keeps its minimum; one that is not valid launches nothing. */
  readonly scales: 'with-demand' | 'to-minimum' | 'not-at-all';
}

import type { RandomSource } from '../../core/random.ts';
import type { Ledger } from '../../store/index.ts';

export interface Ec2Options {
  readonly ledger: Ledger;
  readonly random: RandomSource;
}

/** What the operations of EC2 work with. */
export type Ec2Runtime = Ec2Options;

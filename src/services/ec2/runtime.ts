import type { LaunchedInstances } from '../../core/launched-instances.ts';
import type { RandomSource } from '../../core/random.ts';
import type { InstanceTypes } from '../../instance-types/index.ts';
import type { Ledger } from '../../store/index.ts';

export interface Ec2Options {
  readonly ledger: Ledger;
  readonly random: RandomSource;
  /** The instance types there are. Asked when they are looked up: most servers never do. */
  readonly instanceTypes: () => InstanceTypes;
  /** Those that compute environments have launched: no others run. */
  readonly instances: LaunchedInstances;
}

/** What the operations of EC2 work with. */
export type Ec2Runtime = Ec2Options;

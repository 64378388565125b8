import type { Clock } from '../../core/clock.ts';
import type { RandomSource } from '../../core/random.ts';
import type { PolicyReads } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { Changes } from './changes.ts';

export interface IamOptions {
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** What the operations of IAM work with. */
export interface IamRuntime extends IamOptions {
  readonly changes: Changes;
  readonly policies: PolicyReads;
}

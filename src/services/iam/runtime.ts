import type { Clock } from '../../core/clock.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Ledger } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { Changes } from './changes.ts';
import type { RoleUses } from './service-linked-roles.ts';
import type { StoredPolicies } from './stored-policies.ts';

export interface IamOptions {
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly roleUses: RoleUses;
  /** Hears of each change that decisions may hang on. @default nobody does */
  readonly onChange?: () => void;
}

/** What the operations of IAM work with. */
export interface IamRuntime extends IamOptions {
  readonly changes: Changes;
  readonly policies: StoredPolicies;
}

import type { AccountId, Arn } from '../../core/ids.ts';
import type { CompiledPolicy } from '../policy/index.ts';

/** What is known of who may do what, as decisions need it: in memory, answered at once. */
export interface PolicyReads {
  /** Grows with every change that a decision in this account may hang on. */
  generation(account: AccountId): number;
  user(account: AccountId, userName: string): StoredIdentity | undefined;
  /** By name alone: a path is no part of its identity. */
  role(account: AccountId, roleName: string): StoredRole | undefined;
  /** The default version of a policy of the account or of AWS. */
  managedPolicy(account: AccountId, arn: string): CompiledPolicy | undefined;
}

/** A user or role with its policies. */
export interface StoredIdentity {
  readonly arn: Arn;
  /** `AIDA...`, `AROA...`. */
  readonly uniqueId: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Its own, those attached to it, and those of its groups. */
  readonly policies: readonly CompiledPolicy[];
  readonly boundary?: CompiledPolicy;
}

export interface StoredRole extends StoredIdentity {
  readonly trust: CompiledPolicy;
  /** Seconds. */
  readonly maxSessionDuration: number;
}

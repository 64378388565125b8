import type { Invoke } from '../../core/invoke.ts';
import type { Ledger } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';

export interface SsmOptions {
  readonly ledger: Ledger;
  readonly vault: Vault;
  /** For parameters that stand for secrets of Secrets Manager. */
  readonly invoke: Invoke;
}

/** What the operations of Systems Manager work with. */
export type SsmRuntime = SsmOptions;

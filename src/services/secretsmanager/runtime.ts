import type { Clock } from '../../core/clock.ts';
import type { RandomSource } from '../../core/random.ts';
import type { DueWork, Ledger } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';

export interface SecretsManagerOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly vault: Vault;
}

/** What the operations of Secrets Manager work with. */
export type SecretsManagerRuntime = SecretsManagerOptions;

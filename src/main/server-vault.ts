import type { Logger } from '../core/logger.ts';
import { trailKeysAtRest } from '../services/cloudtrail/index.ts';
import { connectionSecretsAtRest } from '../services/events/index.ts';
import { accessKeysAtRest } from '../services/iam/index.ts';
import { secretValuesAtRest } from '../services/secretsmanager/index.ts';
import { parameterValuesAtRest } from '../services/ssm/index.ts';
import type { Ledger } from '../store/index.ts';
import { KeyRotation, Vault, type VaultOptions } from '../vault/index.ts';
import type { DataDirectory } from './data-directory.ts';

/** The vault of a server, and what seals its values anew. */
export interface ServerVault {
  readonly vault: Vault;
  readonly rotation: KeyRotation;
}

interface ServerVaultOptions extends Omit<VaultOptions, 'directory'> {
  readonly directory: Pick<DataDirectory, 'path'>;
  readonly ledger: Ledger;
  readonly logger: Logger;
}

/** Opens the vault of the data directory; its values are those of all services. Throws what the file system does. */
export function openVault({ directory, clock, random, logger, ledger }: ServerVaultOptions): ServerVault {
  const vault = new Vault({ directory: directory.path, clock, random });
  const values = [
    secretValuesAtRest,
    parameterValuesAtRest,
    accessKeysAtRest,
    trailKeysAtRest,
    connectionSecretsAtRest,
  ];
  return { vault, rotation: new KeyRotation({ vault, ledger, values, clock, logger }) };
}

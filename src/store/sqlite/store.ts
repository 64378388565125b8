import type { InstallationId } from '../../core/ids.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Store } from '../contract.ts';
import { newInstallationId } from '../installation.ts';
import type { ReadName } from '../reads.ts';
import { storeOn } from '../store-on.ts';
import { encodeChange } from './changes.ts';
import type { Column } from './connection.ts';
import { reads } from './reads.ts';
import { WorkerLink } from './worker-link.ts';

export interface SqliteStoreOptions {
  /** The data directory, made (0700) if it is missing; the database in it is `store.sqlite`. */
  readonly directory: string;
  readonly random: RandomSource;
  /**
   * For a directory that has none yet; one that has keeps its own.
   * @default a new one
   */
  readonly installationId?: InstallationId;
  /**
   * How large the database may grow, in bytes; beyond it commits fail as on a full disk.
   * @default no limit
   */
  readonly maximumBytes?: number;
}

/**
 * Opens the embedded store of a data directory and begins a new epoch. All SQLite work is done in a worker thread.
 * Rejects with `StoreUnavailable`: another server has the directory, or a newer release wrote it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { directory, random, installationId = newInstallationId(random), maximumBytes } = options;
  const link = new WorkerLink({
    directory,
    newInstallationId: installationId,
    ...(maximumBytes === undefined ? {} : { maximumBytes }),
  });
  const opened = await link.opened();
  return storeOn<Column>({
    installationId: opened.installationId as InstallationId,
    epoch: opened.epoch,
    readNames: Object.keys(reads) as ReadName[],
    encode: encodeChange,
    write: (batch) => link.write(batch),
    read: (name, ...input) => link.read(name, ...input),
    endOfTurn: setImmediate,
    close: () => link.close(),
  });
}

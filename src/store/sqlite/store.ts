import type { InstallationId } from '../../core/ids.ts';
import type { RandomSource } from '../../core/random.ts';
import type { BeforeWrite } from '../commit-queue.ts';
import type { LastingStore } from '../contract.ts';
import { newInstallationId } from '../installation.ts';
import type { ReadName } from '../reads.ts';
import { storeOn } from '../store-on.ts';
import { encodeChange } from './changes.ts';
import type { Column } from './connection.ts';
import type { DatabaseOrigin } from './open.ts';
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
   * Whose the directory is, as far as it is known: the database of a copy gets an installation id of its own.
   * @default 'own'
   */
  readonly origin?: DatabaseOrigin;
  /**
   * Where commits are known to be lost, lead all the same: the operator wants to go on with what is left.
   * @default false
   */
  readonly acceptLostCommits?: boolean;
  /**
   * Hears, in words for the log, of what is not as it should be and keeps nothing from working.
   * @default nobody
   */
  readonly onNote?: (words: string) => void;
  /**
   * How large the database may grow, in bytes; beyond it commits fail as on a full disk.
   * @default no limit
   */
  readonly maximumBytes?: number;
  /**
   * Asked when changes are about to be written, which waits for the answer; if it rejects they are not, and the commit has failed.
   * @default nothing is waited for
   */
  readonly beforeWrite?: BeforeWrite;
}

/**
 * Opens the embedded store of a data directory. It holds the kernel's lock from then on, so that nobody else leads. All SQLite
 * work is done in a worker thread.
 * Rejects with `StoreUnavailable`: another server has the directory, or a newer release wrote it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<LastingStore> {
  const { directory, random, installationId = newInstallationId(random), onNote = () => {}, ...rest } = options;
  const { origin = 'own', acceptLostCommits = false, maximumBytes, beforeWrite } = rest;
  const request = { directory, newInstallationId: installationId, origin, acceptLostCommits };
  const link = new WorkerLink({ ...request, ...(maximumBytes === undefined ? {} : { maximumBytes }) }, onNote);
  const opened = await link.opened();
  const store = storeOn<Column>({
    installationId: opened.installationId as InstallationId,
    readNames: Object.keys(reads) as ReadName[],
    takeLead: () => link.takeLead(),
    encode: encodeChange,
    write: (batch) => link.write(batch),
    read: (name, ...input) => link.read(name, ...input),
    endOfTurn: setImmediate,
    ...(beforeWrite && { beforeWrite }),
    close: () => link.close(),
  });
  return {
    ...store,
    copied: opened.copied,
    backUp: async (path) => {
      // What was committed before is in it, if it became durable.
      await store.settled().catch(() => undefined);
      await link.backUp(path);
    },
  };
}

import type { Logger } from '../core/logger.ts';
import { quotePosix } from '../core/quote-posix.ts';
import type { RandomSource } from '../core/random.ts';
import { forgetTasks } from '../engines/process/index.ts';
import { type LastingStore, openSqliteStore, type Store } from '../store/index.ts';
import { type DataIdentity, identify, recordIdentity } from './data-identity.ts';

export interface OwnStoreOptions {
  /** Absolute. */
  readonly directory: string;
  readonly moved: boolean;
  readonly acceptLostCommits: boolean;
  readonly random: RandomSource;
  readonly logger: Logger;
}

/**
 * Opens the store of a data directory, after asking whether the directory is the installation's own. A copy becomes an
 * installation of its own and adopts nothing: what the copied files say of running tasks is the original's.
 */
export async function openOwnStore(options: OwnStoreOptions): Promise<LastingStore> {
  const { directory, moved, acceptLostCommits, random, logger } = options;
  const identity = identify(directory, moved);
  const copied = identity.kind === 'copied';
  const onNote = (words: string) => logger.warn({}, words);
  const store = await openSqliteStore({ directory, random, copied, acceptLostCommits, onNote });
  try {
    if (copied) forgetTasks(directory);
    if (identity.kind !== 'same') recordIdentity(directory);
    for (const words of wordsOf(identity, store, directory)) logger.warn({}, words);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

function wordsOf(identity: DataIdentity, { installationId, lostCommits }: Store, directory: string): readonly string[] {
  const lost = lostCommits ? [lostCommitsWords(lostCommits, directory)] : [];
  switch (identity.kind) {
    case 'new':
    case 'same':
      return lost;
    case 'moved':
      return [`${directory} was moved: it goes on as installation ${installationId}`, ...lost];
    case 'copied':
      return [
        `${directory} is a copy of another data directory: it is an installation of its own now (${installationId}) and ` +
          'takes over no running job; jobs that ran are retried if attempts remain. Had it been moved: ' +
          `batchyard start --data ${quotePosix(directory)} --moved`,
        ...lost,
      ];
    case 'damaged':
      return [
        `the identity of ${directory} was damaged; it is now ${identity.setAside}, and a new one was written`,
        ...lost,
      ];
  }
}

/** Why nothing is placed. */
export function lostCommitsWords({ witnessed, found }: NonNullable<Store['lostCommits']>, directory: string): string {
  return (
    `the database in ${directory} had ${witnessed} commits and now has ${found}: what happened since is lost, so no job is ` +
    'placed. Put a whole backup in its place (batchyard restore), or go on with what is left: ' +
    `batchyard start --data ${quotePosix(directory)} --accept-lost-commits`
  );
}

import { bootId } from '../core/boot-id.ts';
import { isDiskFull } from '../core/disk-full.ts';
import { CommitFailed } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { quotePosix } from '../core/quote-posix.ts';
import type { RandomSource } from '../core/random.ts';
import { forgetTasks, runnersOf } from '../engines/process/index.ts';
import { type BeforeWrite, type LastingStore, openSqliteStore } from '../store/index.ts';
import { type DataIdentity, identify, recordIdentity } from './data-identity.ts';

export interface OwnStoreOptions {
  /** Absolute. */
  readonly directory: string;
  readonly moved: boolean;
  readonly acceptLostCommits: boolean;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** See `SqliteStoreOptions`. */
  readonly beforeWrite?: BeforeWrite;
}

/** What proves a directory to be its installation's own; undefined: nothing does. */
type Proof = 'identity' | 'runner' | 'operator' | undefined;

/**
 * Opens the store of a data directory, after asking whether the directory is the installation's own. With its first lead a
 * copy becomes an installation of its own and adopts nothing: what the copied files say of running tasks is the original's.
 */
export async function openOwnStore(options: OwnStoreOptions): Promise<LastingStore> {
  const { directory, moved, acceptLostCommits, random, logger, beforeWrite } = options;
  const boot = bootId();
  const identity = identify(directory, boot);
  const proof = proofOf(identity, directory, moved);
  const origin = proof !== undefined ? 'own' : identity.kind === 'copied' ? 'copied' : 'unproven';
  const onNote = (words: string) => logger.warn({}, words);
  const store = await openSqliteStore({
    ...{ directory, random, origin, acceptLostCommits, onNote },
    ...(beforeWrite && { beforeWrite }),
  });
  let isSettled = false;
  const settle = () => {
    if (store.copied) forgetTasks(directory);
    if (identity.kind !== 'same' || !identity.isCurrent) writeIdentity(directory, boot);
    for (const words of wordsOf(identity, proof, store, directory)) logger.warn({}, words);
    isSettled = true;
  };
  return {
    ...store,
    takeLead: async () => {
      const lead = await store.takeLead();
      if (!isSettled) settle();
      return lead;
    },
  };
}

/** Without it the next start would ask again whose the directory is: nothing may begin before. */
function writeIdentity(directory: string, boot: string): void {
  try {
    recordIdentity(directory, boot);
  } catch (cause) {
    if (!isDiskFull(cause)) throw cause;
    throw new CommitFailed('disk-full', `no space left for identity.json in ${directory}`, { cause });
  }
}

/** A copy has no runner that works in it: whatever became of the identity, jobs go on there. */
function proofOf(identity: DataIdentity, directory: string, moved: boolean): Proof {
  if (identity.kind === 'same') return 'identity';
  if (moved) return 'operator';
  return runnersOf(directory).length > 0 ? 'runner' : undefined;
}

function* wordsOf(identity: DataIdentity, proof: Proof, store: LastingStore, directory: string): Generator<string> {
  const { installationId, copied } = store;
  if (identity.kind === 'damaged')
    yield `the identity of ${directory} was damaged; it is now ${identity.setAside}, and a new one was written`;
  if (identity.kind !== 'same' && proof === 'operator')
    yield `${directory} was moved: it goes on as installation ${installationId}`;
  if (copied)
    yield `${directory} ${copyWords[identity.kind]}: it is an installation of its own now (${installationId}) and ` +
      'takes over no running job; jobs that ran are retried if attempts remain. Had it been moved: ' +
      `batchyard start --data ${quotePosix(directory)} --moved`;
}

const copyWords: Readonly<Record<DataIdentity['kind'], string>> = {
  same: 'is a copy of another data directory',
  copied: 'is a copy of another data directory',
  missing: 'has no identity.json, so it may be a copy of another data directory',
  damaged: 'has lost its identity, so it may be a copy of another data directory',
};

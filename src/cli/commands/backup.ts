import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { quotePosix } from '../../core/quote-posix.ts';
import { BackupRefused, restoreBackup, writeBackup } from '../../main/backup.ts';
import { isInDataDirectory } from '../../main/data-directory.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { databaseFile, ServerRunning, withDataLocked } from '../data-directory.ts';
import { CommandError, type ExitCode, type Invocation } from '../invocation.ts';
import { resolveOptions } from '../option-flags.ts';
import { Printer } from '../output/printer.ts';

/** What the server answers to CreateBackup, as far as this command needs it. */
interface CreateBackupOutput {
  readonly lacks: readonly string[];
}

/** `batchyard backup DIRECTORY`: a backup of a data directory, by its server if one runs, else by this process. */
export async function backup(invocation: Invocation, flags: ConnectionFlags, to: string): Promise<ExitCode> {
  const target = resolve(invocation.directory, to);
  const { directory } = resolveOptions(invocation, flags, ['data']).data;
  if (!isInDataDirectory(directory, databaseFile)) {
    throw new CommandError(
      `${directory} holds no database to back up: name the data directory of a server with --data`,
    );
  }
  const lacks = await write(invocation, { ...flags, data: directory }, target);
  const [from, into] = [quotePosix(target), quotePosix(directory)];
  const printer = new Printer(invocation);
  for (const words of lacks) printer.note(`Warning: ${words}.`);
  printer.note(`${target} is a backup of ${directory}. To put it back: batchyard restore ${from} --data ${into}`);
  return 0;
}

async function write(invocation: Invocation, flags: ConnectionFlags & { readonly data: string }, target: string) {
  try {
    return await withDataLocked(flags.data, () => inWords(() => writeBackup(filesOf(flags.data), target)));
  } catch (error) {
    if (!(error instanceof ServerRunning)) throw error;
    return askServer(invocation, flags, target);
  }
}

/** Asks the server that holds the lock, whatever others the environment names. */
async function askServer(
  invocation: Invocation,
  flags: ConnectionFlags,
  directory: string,
): Promise<readonly string[]> {
  return await withClient(invocation, flags, async (client) => {
    return (await client.extension<CreateBackupOutput>('CreateBackup', { directory })).lacks;
  });
}

/** `batchyard restore DIRECTORY`: makes an empty or missing data directory of a backup. */
export async function restore(
  invocation: Invocation,
  flags: { readonly config?: string },
  from: string,
): Promise<ExitCode> {
  const { directory } = resolveOptions(invocation, flags, ['data']).data;
  await inWords(() => restoreBackup(resolve(invocation.directory, from), directory));
  new Printer(invocation).note(
    `${directory} is restored. It becomes an installation of its own when a server starts on it; jobs that ran when the ` +
      'backup was made end as lost, and are retried if attempts remain.',
  );
  return 0;
}

/** The lock moves what was in the write-ahead log into the database: the file alone is whole. */
function filesOf(dataDirectory: string) {
  return { dataDirectory, backUpDatabase: (path: string) => cp(join(dataDirectory, databaseFile), path) };
}

async function inWords<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupRefused) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

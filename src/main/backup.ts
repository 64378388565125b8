import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeDirectory } from '../core/make-directory.ts';
import { quotePosix } from '../core/quote-posix.ts';
import { syncPath, syncTree } from '../core/sync-tree.ts';
import { isSystemError, systemErrorWords } from '../core/system-error.ts';
import { isWithin } from '../core/within.ts';
import { StoreUnavailable } from '../store/index.ts';
import { keyFileName, keysLackedBy } from '../vault/index.ts';
import { copyLiving, copyOne } from './copy-living.ts';
import { archivesName, isInDataDirectory } from './data-directory.ts';
import { markAsCopy } from './data-identity.ts';
import { rootCredentialsName } from './root-credentials.ts';

/** A backup or restore that cannot be made. The message is for the operator. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';
}

/** What a data directory holds beside the database that a backup keeps: what engines note of running tasks is not. */
const keptFiles = [rootCredentialsName, keyFileName] as const;
/** Log segments, records of calls, archives of events: files are sealed, packed and let go of while they are copied. */
const living = ['logs', 'audit', archivesName] as const;
const database = 'store.sqlite';

export interface BackupSource {
  readonly dataDirectory: string;
  /**
   * Writes the database, as it is at one moment, to a new file. The keys of the values in it are copied after it, and must
   * stay until then.
   */
  readonly backUpDatabase: (path: string) => Promise<void>;
}

/**
 * Writes a backup of a data directory to a new directory (0700), which appears under its name once it is whole and on the medium. Log
 * segments are copied after the database: those that it knows of are there, and a line that is being written may be cut.
 * Records of calls are there whether packed meanwhile or not.
 * Answers what it lacks, in words. Throws `BackupRefused` if `to` exists or lies in the data directory.
 */
export async function writeBackup(
  { dataDirectory, backUpDatabase }: BackupSource,
  to: string,
): Promise<readonly string[]> {
  if (existsSync(to)) throw new BackupRefused(`${to} exists already: name a directory that does not`);
  if (isWithin(resolve(to), resolve(dataDirectory)))
    throw new BackupRefused(`${to} lies in the data directory: name one outside`);
  const draft = `${to}.partial`;
  rmSync(draft, { recursive: true, force: true });
  makeDirectory(draft, 0o700);
  try {
    await backUpDatabase(join(draft, database));
    for (const name of keptFiles) await copyIfThere(join(dataDirectory, name), join(draft, name));
    for (const name of living)
      if (existsSync(join(dataDirectory, name))) await copyLiving(join(dataDirectory, name), join(draft, name));
    markAsCopy(draft);
    await syncTree(draft);
    renameSync(draft, to);
    await syncPath(dirname(resolve(to)));
    return [keysLackedBy(to) ?? []].flat();
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** What a backup lacks, or why none can be made. */
export type BackupOutcome = { readonly lacks: readonly string[] } | { readonly refusal: string };

/** Answers why a backup cannot be made, in words; what was not foreseen is thrown. */
export async function writeBackupInWords(source: BackupSource, to: string): Promise<BackupOutcome> {
  try {
    return { lacks: await writeBackup(source, to) };
  } catch (error) {
    if (error instanceof BackupRefused || error instanceof StoreUnavailable) return { refusal: error.message };
    if (isSystemError(error)) return { refusal: systemErrorWords(error) };
    throw error;
  }
}

/**
 * Makes a data directory of a backup. What it holds becomes an installation of its own at its first start. Throws
 * `BackupRefused` if `from` is no backup, or the directory holds anything. The database comes last: a restore cut short,
 * by a power failure too, leaves no directory that a server would start on with less.
 */
export async function restoreBackup(from: string, dataDirectory: string): Promise<void> {
  if (!isBackup(from)) throw new BackupRefused(`${from} is no backup: it has no ${database}`);
  if (existsSync(dataDirectory) && readdirSync(dataDirectory).length > 0) {
    throw new BackupRefused(`${dataDirectory} is not empty: ${roomWords(dataDirectory)}`);
  }
  const draft = join(dataDirectory, 'restoring');
  makeDirectory(draft, 0o700);
  try {
    for (const name of [...keptFiles, ...living, database]) await copyIfThere(join(from, name), join(draft, name));
    markAsCopy(draft);
    await syncTree(draft);
    const names = readdirSync(draft).filter((name) => name !== database);
    for (const name of names) renameSync(join(draft, name), join(dataDirectory, name));
    await syncPath(dataDirectory);
    renameSync(join(draft, database), join(dataDirectory, database));
    await syncPath(dataDirectory);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Throws what the system does if this user may not look. */
function isBackup(directory: string): boolean {
  try {
    return statSync(join(directory, database)).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** `batchyard reset` keeps its hands off what is no data directory. */
function roomWords(directory: string): string {
  if (!isDataDirectory(directory)) return 'move it away, or name another directory with --data';
  return `move it away, or empty it with batchyard reset --data ${quotePosix(directory)}`;
}

/** Whether a directory is one of ours, so that a mistyped path cannot cost anybody their files. */
export function isDataDirectory(directory: string): boolean {
  return isInDataDirectory(directory, database) || isInDataDirectory(directory, rootCredentialsName);
}

async function copyIfThere(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await copyOne(from, to);
}

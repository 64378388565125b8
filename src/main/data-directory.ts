import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { makeDirectory } from '../core/make-directory.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { OptionsError } from './options.ts';

/** Where a server keeps its files. */
export interface DataDirectory {
  readonly path: string;
  /** Removes what must not outlive the server: all of an ephemeral one. Nothing may be using it any more. */
  dispose(): void;
}

/** What a data directory keeps archives of events in. */
export const archivesName = 'event-archives';

/** Log streams are below it. */
export function logDirectoryOf({ path }: Pick<DataDirectory, 'path'>): string {
  return join(path, 'logs');
}

/** Archives of events are below it. */
export function archiveDirectoryOf({ path }: Pick<DataDirectory, 'path'>): string {
  return join(path, archivesName);
}

/** Records of calls are in it. */
export function auditDirectoryOf({ path }: Pick<DataDirectory, 'path'>): string {
  return join(path, 'audit');
}

/** Trails deliver below it, unless an option says otherwise. */
export function trailDirectoryOf({ path }: Pick<DataDirectory, 'path'>): string {
  return join(path, 'trails');
}

/** Makes the data directory if it is missing (0700), or a temporary one for `--ephemeral`. Throws `OptionsError`. */
export function openDataDirectory(data: CompiledOptions['data']): DataDirectory {
  if (data.ephemeral) {
    const path = mkdtempSync(join(tmpdir(), 'batchyard-'));
    return { path, dispose: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
  }
  makeDataDirectory(data.directory);
  return { path: data.directory, dispose: () => {} };
}

/** Makes a data directory if it is missing (0700). Throws `OptionsError` if it cannot be made, or not be used by this user. */
export function makeDataDirectory(directory: string): void {
  inDataDirectory(directory, () => {
    makeDirectory(directory, 0o700);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  });
}

/** Does something with the files of a data directory. Throws `OptionsError` for what `dataDirectoryRefusal` has words for. */
export function inDataDirectory<Result>(directory: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw dataDirectoryRefusal(directory, error) ?? error;
  }
}

/** Whether a data directory, or `name` in it, is there. Throws `OptionsError` if this user may not look: not seen is not absent. */
export function isInDataDirectory(directory: string, name = '.'): boolean {
  try {
    statSync(join(directory, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw dataDirectoryRefusal(directory, error) ?? error;
  }
}

const remedy = 'give another with --data';

/** Why the system would not let a data directory be used, in words; undefined for any other error. */
export function dataDirectoryRefusal(directory: string, error: unknown): OptionsError | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  if (typeof path !== 'string') return undefined;
  // Of the directory itself, or of one above it.
  const ofDirectory = `${directory}${sep}`.startsWith(path.endsWith(sep) ? path : `${path}${sep}`);
  if (!ofDirectory && !path.startsWith(`${directory}${sep}`)) return undefined;
  const words = wordsOf(code ?? '', ofDirectory ? '' : ` (its file ${path})`, ofDirectory);
  return words === undefined
    ? undefined
    : new OptionsError(`the data directory ${directory} ${words}`, { cause: error });
}

function wordsOf(code: string, file: string, ofDirectory: boolean): string | undefined {
  if (code === 'ENOTDIR' || (code === 'EEXIST' && ofDirectory)) return `is a file, or lies below one: ${remedy}`;
  if (code === 'ENOENT' && ofDirectory) return `cannot be made there: ${remedy}`;
  if (code === 'EROFS') return `is on a file system that is read-only: ${remedy}`;
  if (code === 'ENOSPC') return `is on a disk that is full: make room, or ${remedy}`;
  if (code !== 'EACCES' && code !== 'EPERM') return undefined;
  return `cannot be made or used${file} by this user (uid ${process.getuid?.()}): ${remedy}`;
}

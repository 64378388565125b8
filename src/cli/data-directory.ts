import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RandomSource } from '../core/random.ts';
import { CommandError } from './invocation.ts';

export const databaseFile = 'store.sqlite';
/** A server holds the lock of the data directory. */
export class ServerRunning extends CommandError {
  override readonly name = 'ServerRunning';
}

const trash = /^\.deleted-[0-9a-f]+$/;

/**
 * Keeps servers off a data directory while `work` runs, with the kernel lock that servers hold. Throws `CommandError`
 * if one is running. The journal mode changes so that closing our connection touches no file by name afterwards.
 */
export async function withDataLocked<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  const file = join(directory, databaseFile);
  if (!existsSync(file)) return work();
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    lock(database, directory);
    return await work();
  } finally {
    database.close();
  }
}

function lock(database: DatabaseSync, directory: string): void {
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    const code = (error as { errcode?: number }).errcode ?? 0;
    // SQLITE_NOTADB, SQLITE_CORRUPT: damaged, thus held by nobody; deleting it is what was asked.
    if (code === 26 || (code & 0xff) === 11) return;
    throw new ServerRunning(`a server is using ${directory}; stop it first`, { cause: error });
  }
}

/**
 * Empties a directory at once: everything moves into one directory inside, which a process of its own then deletes. The
 * directory itself stays, because it may be a mount point.
 */
export function emptyInBackground(directory: string, random: RandomSource): void {
  const doomed = join(directory, `.deleted-${Buffer.from(random.bytes(8)).toString('hex')}`);
  mkdirSync(doomed, { mode: 0o700 });
  for (const name of readdirSync(directory)) {
    if (!trash.test(name)) renameSync(join(directory, name), join(doomed, name));
  }
  const earlier = readdirSync(directory).filter((name) => trash.test(name));
  const remove = spawn('rm', ['-rf', '--', ...earlier], { cwd: directory, detached: true, stdio: 'ignore' });
  remove.unref();
}

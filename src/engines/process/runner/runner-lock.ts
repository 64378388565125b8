import { DatabaseSync } from 'node:sqlite';
import { makeWayForFile, setAside } from '../../../core/set-aside.ts';

export interface HeldLock {
  release(): void;
}

/**
 * A database that nobody keeps is closed when garbage is collected, and its lock is gone: two runners would serve one
 * directory.
 */
const held = new Set<DatabaseSync>();

/**
 * Takes a lock that the kernel holds for this process and drops with it, however it dies: an exclusive transaction on an
 * empty SQLite file is a POSIX lock, which Node cannot ask for itself. Undefined if another process holds it. A file that
 * is none of SQLite's is nobody's lock: it is set aside and said by `warn`.
 */
export function takeLock(path: string, warn: (words: string) => void): HeldLock | undefined {
  // SQLite looks for a journal beside it.
  for (const each of [path, `${path}-journal`]) makeWayForFile(each, warn);
  const lock = tryLock(path);
  if (lock !== 'damaged') return lock;
  warn(`the lock ${path} was damaged; it is now ${setAside(path)}`);
  const again = tryLock(path);
  if (again !== 'damaged') return again;
  throw new Error(`the lock ${path} was damaged, and is so again`);
}

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
const damageCodes: ReadonlySet<number> = new Set([11, 26]);

function tryLock(path: string): HeldLock | 'damaged' | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = OFF');
    database.exec('BEGIN EXCLUSIVE');
    // The lock alone is taken without a look at the content.
    database.exec('SELECT 1 FROM sqlite_schema');
    held.add(database);
    return { release: () => release(database) };
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) return undefined;
    if (damageCodes.has(((error as { errcode?: number }).errcode ?? 0) & 0xff)) return 'damaged';
    throw error;
  }
}

function release(database: DatabaseSync): void {
  held.delete(database);
  database.close();
}

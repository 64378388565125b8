import { DatabaseSync } from 'node:sqlite';

/**
 * Takes a lock that the kernel holds for this process and drops with it, however it dies: an exclusive transaction on an
 * empty SQLite file is a POSIX lock, which Node cannot ask for itself. Undefined if another process holds it.
 */
export function takeLock(path: string): { release(): void } | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = OFF');
    database.exec('BEGIN EXCLUSIVE');
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) return undefined;
    throw error;
  }
}

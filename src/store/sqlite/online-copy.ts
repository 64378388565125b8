import { backup, type DatabaseSync } from 'node:sqlite';
import { isWithoutCode } from './failure.ts';

/** More than any run of bad luck: a database that commits all the time is still free for a part of it. */
const mostTries = 1000;

/**
 * Copies a database as it is at one moment to a new file, some pages at a time; other work goes on between them. A copy begins
 * on another thread, and is turned away in the midst of a transaction: Node waits for the end of one only when some pages are
 * copied, and rejects with no code of an error before that.
 */
export async function copyOnline(database: DatabaseSync, path: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await backup(database, path, { rate: 500 });
      return;
    } catch (error) {
      if (!isWithoutCode(error) || tries === mostTries) throw error;
    }
  }
}

import { readFileSync } from 'node:fs';
import type { Connection } from './connection.ts';

const counters = '/proc/thread-self/io';
const pageSize = 4096;

/** How many bytes this thread has read from files, by the kernel's own count. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync(counters, 'utf8'))?.[1]);
}

/** Looking at the counter is itself a read. */
function costOfLooking(): number {
  const before = bytesRead();
  return bytesRead() - before;
}

/** How many pages of the database `work` reads, beginning with an empty cache. Linux only. */
export function pagesRead(connection: Connection, work: () => unknown): number {
  connection.execute('PRAGMA shrink_memory');
  costOfLooking();
  const looking = costOfLooking();
  const before = bytesRead();
  work();
  return Math.round((bytesRead() - before - looking) / pageSize);
}

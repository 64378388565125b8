import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { syncPath } from './sync-tree.ts';

/**
 * What an appended line is to outlive: `process` this process and any that is killed; `machine` a power failure, too; `new` the
 * same of a file whose name may not be on the medium yet.
 */
export type Lasting = 'process' | 'machine' | 'new';

/**
 * Appends a line to a file (0600), made if need be, of which the last whole line is what counts (`lastLineOf`): that costs a
 * third of another file in its place. Only syncs are waited for aside: what else is done takes the system some microseconds, and
 * ten times as much by way of another thread. Rejects with what the file system refuses, and then has added nothing that counts.
 * Who appends to one file takes turns: a line that comes between goes with the one that was refused.
 */
export async function appendLine(path: string, line: string, lasting: Lasting): Promise<void> {
  const file = openSync(path, 'a', 0o600);
  try {
    const { size } = fstatSync(file);
    try {
      // Its own end before it: what a power failure left of the line before must not become a part of this one.
      writeWhole(file, `\n${line}\n`);
      await syncAs(lasting, file, path);
    } catch (error) {
      ftruncateSync(file, size);
      throw error;
    }
  } finally {
    closeSync(file);
  }
}

/** Both syncs have ended when this rejects: the file is closed then. */
async function syncAs(lasting: Lasting, file: number, path: string): Promise<void> {
  if (lasting === 'process') return;
  const syncs = [promisify(fdatasync)(file), ...(lasting === 'new' ? [syncPath(dirname(path))] : [])];
  for (const sync of await Promise.allSettled(syncs)) if (sync.status === 'rejected') throw sync.reason;
}

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

/** The last line that has its end; empty where there is none. */
export function lastLineOf(content: Buffer): string {
  const text = content.toString();
  return (
    text
      .slice(0, text.lastIndexOf('\n') + 1)
      .trimEnd()
      .split('\n')
      .at(-1) ?? ''
  );
}

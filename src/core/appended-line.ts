import { fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncPath } from './sync-tree.ts';

/**
 * What an appended line is to outlive: `process` this process and any that is killed; `machine` a power failure, too; `new` the
 * same of a file whose name may not be on the medium yet.
 */
export type Lasting = 'process' | 'machine' | 'new';

/**
 * Appends a line to a file (0600), made if need be, of which the last whole line is what counts (`lastLineOf`): that costs a
 * third of another file in its place. Rejects with what the file system refuses, and then has added nothing that counts.
 * Who appends to one file takes turns: a line that comes between goes with the one that was refused.
 */
export async function appendLine(path: string, line: string, lasting: Lasting): Promise<void> {
  await using file = await open(path, 'a', 0o600);
  const { size } = fstatSync(file.fd);
  try {
    // Its own end before it: what a power failure left of the line before must not become a part of this one.
    writeWhole(file, `\n${line}\n`);
    if (lasting === 'machine') await file.datasync();
    if (lasting === 'new') await Promise.all([file.datasync(), syncPath(dirname(path))]);
  } catch (error) {
    ftruncateSync(file.fd, size);
    throw error;
  }
}

function writeWhole({ fd }: FileHandle, text: string): void {
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

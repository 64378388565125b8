import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonOf } from '../core/json-of.ts';
import { setAside } from '../core/set-aside.ts';

/**
 * Whether a data directory is where its installation left it. `copied`: another directory holds, or held, the same
 * installation, so that this one must not take its jobs. `moved`: as `copied`, and the operator said that it is the one.
 */
export type DataIdentity =
  | { readonly kind: 'new' }
  | { readonly kind: 'same' }
  | { readonly kind: 'moved' }
  | { readonly kind: 'copied' }
  | { readonly kind: 'damaged'; readonly setAside: string };

const fileFormat = z.object({
  formatVersion: z.literal(1),
  /** Inodes of the directory and of this file, as decimal text: they may exceed what a number holds. */
  directoryInode: z.string(),
  fileInode: z.string(),
});

function identityFile(directory: string): string {
  return join(directory, 'identity.json');
}

/**
 * Tells a copy from the original by inodes: making a copy makes new files. A rename keeps them, and so does a reboot,
 * which may number devices anew; hence the device does not count. Touches nothing but a file that is not whole.
 */
export function identify(directory: string, confirmedAsMoved: boolean): DataIdentity {
  const path = identityFile(directory);
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'new' };
    throw error;
  }
  const recorded = fileFormat.safeParse(jsonOf(content)).data;
  if (!recorded) return { kind: 'damaged', setAside: setAside(path) };
  const isSame = recorded.directoryInode === inodeOf(directory) && recorded.fileInode === inodeOf(path);
  if (isSame) return { kind: 'same' };
  return { kind: confirmedAsMoved ? 'moved' : 'copied' };
}

/** Records where the installation is. The file appears whole or not at all; a crash before it repeats the question. */
export function recordIdentity(directory: string): void {
  const path = identityFile(directory);
  const draft = `${path}.draft`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    const fileInode = String(fstatSync(descriptor, { bigint: true }).ino);
    const identity: z.infer<typeof fileFormat> = { formatVersion: 1, directoryInode: inodeOf(directory), fileInode };
    writeSync(descriptor, `${JSON.stringify(identity)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, path);
}

/** Marks a backup, so that a directory made from it is taken for the copy that it is. */
export function markAsCopy(directory: string): void {
  const nowhere: z.infer<typeof fileFormat> = { formatVersion: 1, directoryInode: '0', fileInode: '0' };
  writeFileSync(identityFile(directory), `${JSON.stringify(nowhere)}\n`, { mode: 0o600, flag: 'wx' });
}

function inodeOf(path: string): string {
  return String(statSync(path, { bigint: true }).ino);
}

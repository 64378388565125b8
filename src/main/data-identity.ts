import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonOf } from '../core/json-of.ts';
import { readOwnFile } from '../core/own-file.ts';
import { setAside } from '../core/set-aside.ts';
import { replaceFile } from '../core/whole-file.ts';

/**
 * Whether a data directory is where its installation left it, by `identity.json` alone. `copied`: another directory holds,
 * or held, the same installation. `missing` and `damaged` say nothing: of a database that is not new they prove nothing.
 */
export type DataIdentity =
  /** `isCurrent`: the file says so of this boot, too. */
  | { readonly kind: 'same'; readonly isCurrent: boolean }
  | { readonly kind: 'copied' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly setAside: string };

const fileFormat = z.object({
  formatVersion: z.literal(1),
  /** Inodes of the directory and of this file, as decimal text: they may exceed what a number holds. */
  directoryInode: z.string(),
  fileInode: z.string(),
  /** The device of their file system, and the boot for which it holds: a later one may number devices anew. */
  device: z.string(),
  bootId: z.string(),
});

type IdentityFile = z.infer<typeof fileFormat>;

function identityFile(directory: string): string {
  return join(directory, 'identity.json');
}

/**
 * Tells a copy from the original by inodes: making a copy makes new files. A rename keeps them, and so does a reboot. A copy
 * of the whole file system (a snapshot of its volume, a cloned disk) has the same ones, and within one boot another device.
 * `bootId` is empty where the system does not tell. Touches nothing but a file that is not whole.
 */
export function identify(directory: string, bootId: string): DataIdentity {
  const path = identityFile(directory);
  const content = readIdentity(path);
  if (content === undefined) return { kind: 'missing' };
  const recorded = fileFormat.safeParse(jsonOf(content)).data;
  if (!recorded) return { kind: 'damaged', setAside: setAside(path) };
  const { directoryInode, fileInode, device } = placeOf(directory, path);
  const isOfThisBoot = bootId !== '' && recorded.bootId === bootId;
  const isSame =
    recorded.directoryInode === directoryInode &&
    recorded.fileInode === fileInode &&
    (!isOfThisBoot || recorded.device === device);
  return isSame ? { kind: 'same', isCurrent: isOfThisBoot } : { kind: 'copied' };
}

/** Undefined if there is none; empty for what is no file. */
function readIdentity(path: string): string | undefined {
  const found = readOwnFile(path);
  if (found.kind === 'none') return undefined;
  return found.kind === 'read' ? found.content.toString() : '';
}

/** Records where the installation is. A crash before that is done repeats the question. */
export function recordIdentity(directory: string, bootId: string): void {
  replaceFile(identityFile(directory), (draft) => {
    // The inode of the draft is the file's.
    const identity: IdentityFile = { formatVersion: 1, ...placeOf(directory, draft), bootId };
    return `${JSON.stringify(identity)}\n`;
  });
}

/** Marks a backup, so that a directory made from it is taken for the copy that it is. */
export function markAsCopy(directory: string): void {
  const nowhere: IdentityFile = { formatVersion: 1, directoryInode: '0', fileInode: '0', device: '0', bootId: '' };
  writeFileSync(identityFile(directory), `${JSON.stringify(nowhere)}\n`, { mode: 0o600, flag: 'wx' });
}

function placeOf(directory: string, file: string): Pick<IdentityFile, 'directoryInode' | 'fileInode' | 'device'> {
  const { ino, dev } = statSync(directory, { bigint: true });
  return { directoryInode: String(ino), fileInode: String(statSync(file, { bigint: true }).ino), device: String(dev) };
}

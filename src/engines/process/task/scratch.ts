import {
  chmodSync,
  chownSync,
  type Dirent,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { chmod, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../errors.ts';
import type { Identity } from '../host/host-abilities.ts';
import type { HostFile } from '../plan/host-files.ts';
import type { ScratchDirectories } from '../plan/sandbox.ts';

/**
 * Makes those of a container's directories that it needs, outer ones first, for its user alone, the table of its mounts if it has one, for the launcher, and `files`,
 * for all to read.
 */
export function makeScratch(
  scratch: ScratchDirectories,
  identity: Identity,
  directories: readonly string[],
  mountTable: string | undefined,
  files: readonly HostFile[],
): void {
  makeUnder(scratch.root);
  for (const { path, text } of files) writeFileSync(path, text, { mode: 0o644 });
  if (mountTable !== undefined) writeFileSync(scratch.table, mountTable, { mode: 0o600 });
  for (const directory of directories) {
    // What lies in the stage is kept by that; one of them is the root directory of an image.
    mkdirSync(directory, { mode: dirname(directory) === scratch.root ? 0o700 : 0o755 });
    if (process.getuid?.() === 0 && identity.uid !== 0) chownSync(directory, identity.uid, identity.gid);
  }
}

/** Jobs pass through it to their own directories and cannot list it. Refuses one that somebody else made. */
export function makeScratchRoot(scratch: string): void {
  mkdirSync(scratch, { recursive: true, mode: 0o711 });
  const found = lstatSync(scratch);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) throw new Error(`${scratch} belongs to someone else`);
  if ((found.mode & 0o777) !== 0o711) chmodSync(scratch, 0o711);
}

/** Removes the directory of all scratch directories, if none is left in it. */
export function forgetScratchRoot(scratch: string): void {
  try {
    rmdirSync(scratch);
  } catch {
    // In use, or gone.
  }
}

/** Cleaners of /var/tmp may have taken the parent. */
function makeUnder(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o711 });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (errorCode(error) !== 'ENOENT') throw error;
    makeScratchRoot(dirname(directory));
    mkdirSync(directory, { mode: 0o711 });
  }
}

/** Makes the directory of a task's volume: for the user of the containers that mount it, or for all if they have several. */
export function makeVolume(directory: string, users: readonly Identity[]): void {
  makeUnder(dirname(directory));
  mkdirSync(directory, { mode: 0o700 });
  const [first] = users;
  if (!first || process.getuid?.() !== 0) return;
  chownSync(directory, first.uid, first.gid);
  if (users.some(({ uid }) => uid !== first.uid)) chmodSync(directory, 0o777);
}

/**
 * Removes a container's directories: most often it left nothing in them. Never in the event loop's own thread, which a
 * busy disk would hold for milliseconds.
 */
export async function removeScratch(root: string): Promise<void> {
  try {
    const layers = removeLayers(join(root, 'stage'));
    await Promise.all([...['home', 'tmp'].map((name) => removeIfThere(join(root, name))), layers]);
    for (const name of ['fstab', 'hosts', 'resolv.conf']) await rm(join(root, name), { force: true });
    await removeIfThere(root);
  } catch {
    await removeTree(root);
  }
}

/** Scratch directories there are. */
export function listScratch(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function removeIfThere(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** What the kernel makes in `work` is closed to all, and empty at the end. */
async function removeLayers(stage: string): Promise<void> {
  await removeIfThere(join(stage, 'work', 'work'));
  await Promise.all(['upper', 'work', 'root'].map((name) => removeIfThere(join(stage, name))));
  await removeIfThere(stage);
}

/** What removing a tree may meet that its job has made so. */
const ofTheJob: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'ENAMETOOLONG']);

/**
 * A job may have closed directories to its own user, who is ours when the server is not root, and made them one in the other
 * until no path leads to the last.
 */
async function removeTree(root: string): Promise<void> {
  // Closed by the kernel, which leaves in it what it marked removed files with.
  await openIfThere(join(root, 'stage', 'work', 'work'));
  try {
    await rm(root, { recursive: true, force: true });
  } catch (error) {
    if (!ofTheJob.has(errorCode(error) ?? '')) throw error;
    // The attempt that has failed may still be removing what it could.
    await openDirectories(root);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Bytes of a path below the root beyond which a directory is brought up: with its own names it stays below the 4096 of a path. */
const longestWay = 2048;

/** Opens all directories, and brings those up, into the root itself, that lie too deep. Their names are bytes, and may be no text. */
async function openDirectories(root: string): Promise<void> {
  const top = Buffer.from(root);
  const waiting: Buffer[] = [top];
  let broughtUp = 0;
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (!(await openIfThere(at))) continue;
    for (const entry of await entriesOf(at)) {
      if (!entry.isDirectory()) continue;
      const path = Buffer.concat([at, slash, entry.name]);
      const isDeep = path.length - top.length > longestWay;
      waiting.push(isDeep ? await bringUp(path, join(root, `deep-${broughtUp}`)) : path);
      if (isDeep) broughtUp += 1;
    }
  }
}

/** Answers where it is now. A directory that changes its parent must be writable itself. */
async function bringUp(path: Buffer, to: string): Promise<Buffer> {
  if (await openIfThere(path)) await rename(path, to);
  return Buffer.from(to);
}

const slash = Buffer.from('/');

async function entriesOf(directory: Buffer): Promise<readonly Dirent<Buffer>[]> {
  try {
    return await readdir(directory, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function openIfThere(directory: string | Buffer): Promise<boolean> {
  try {
    await chmod(directory, 0o700);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

import { closeSync, constants, fchmodSync, fchownSync, fstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { isSystemError } from '../core/system-error.ts';

/** As what a missing directory is made; the server's own user and group where it names none. */
export interface NewDirectory {
  readonly uid?: number;
  readonly gid?: number;
  readonly mode: number;
}

/** Linux's O_PATH, which Node does not name: a descriptor that is a place and no right to read. */
export const openPath = 0o10000000;

/**
 * Opens what has a name in a directory that is held open, a link as the link that it is, or makes a directory of it if there is
 * nothing. Throws what the file system does, also for a missing one that `as` does not say how to make.
 */
export function openOrMake(parent: number, name: string, as: NewDirectory | undefined): number {
  const way = `/proc/self/fd/${parent}/${name}`;
  try {
    return openSync(way, openPath | constants.O_NOFOLLOW);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
    if (as === undefined) throw new Error('there is no such directory', { cause: error });
  }
  return make(way, as);
}

/**
 * Makes what is missing of an absolute path, name by name and never through a link: whoever may change directories on the way
 * must not lead our rights elsewhere. For Linux. Throws what the file system does.
 */
export function makePath(path: string, as: NewDirectory): void {
  let descriptor = openSync('/', openPath | constants.O_DIRECTORY);
  try {
    for (const name of path.split('/').filter(Boolean)) {
      const next = openOrMake(descriptor, name, as);
      closeSync(descriptor);
      descriptor = next;
      if (!fstatSync(descriptor).isDirectory()) throw new Error(`${name} is no directory`);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Gives a new directory its owner by its descriptor, and nothing that somebody else put in its place meanwhile. */
function make(way: string, { uid, gid, mode }: NewDirectory): number {
  mkdirSync(way, { mode });
  const made = openSync(way, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const own = fstatSync(made).uid === process.geteuid?.() && readdirSync(`/proc/self/fd/${made}`).length === 0;
    if (!own) throw new Error(`${way} was replaced`);
    if (uid !== undefined && gid !== undefined && process.geteuid?.() === 0) fchownSync(made, uid, gid);
    fchmodSync(made, mode); // the umask of the server is not the operator's word
    return made;
  } catch (error) {
    closeSync(made);
    throw error;
  }
}

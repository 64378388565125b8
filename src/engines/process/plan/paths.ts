import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Identity } from '../host-abilities.ts';

/** Whether `path` is `directory` or lies in it. Both absolute. */
export function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || !(way === '..' || way.startsWith('../'));
}

/** How many names an absolute path has. */
export function depthOf(path: string): number {
  return path.split('/').filter(Boolean).length;
}

/** `path` with every symbolic link of its existing part followed; the rest is kept. */
export function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPath(parent), basename(absolute));
  }
}

/** The nearest of `path` and its parents that exists under `root`. */
export function nearestExisting(root: string, path: string): string {
  for (let current = path; current !== '/'; current = dirname(current)) if (exists(join(root, current))) return current;
  return '/';
}

/** Whether there is something at `path`, as far as this user can see. */
export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a directory on the way is closed, or is none
  }
}

/**
 * Whether a user can get to `path`: may search every directory above it. What lies in a closed directory needs no hiding,
 * and a sandbox that this user builds could not hide it. Groups beyond the user's own are taken to open nothing.
 */
export function canReach(path: string, { uid, gid }: Identity): boolean {
  if (uid === 0) return true;
  for (let above = dirname(path); ; above = dirname(above)) {
    const { mode, uid: owner, gid: group } = statSync(above);
    const search = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & search) === 0) return false;
    if (above === '/') return true;
  }
}

import { existsSync, lstatSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Moves a file or directory that is not whole out of the way, under a name that says so (`epoch.json.damaged-1`), beside
 * itself or, with `as`, elsewhere on the same file system, so that work goes on and nothing is thrown away. Answers the new
 * path. Throws what the file system does.
 */
export function setAside(path: string, as = path): string {
  for (let number = 1; ; number += 1) {
    const aside = `${as}.damaged-${number}`;
    if (existsSync(aside)) continue;
    renameSync(path, aside);
    return aside;
  }
}

type Warn = (words: string) => void;

/** Sets aside what lies where a directory of ours must be and is none; a link to one is none either. Says so by `warn`. */
export function makeWayForDirectory(path: string, warn: Warn): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found || found.isDirectory()) return;
  warn(`${path} should be a directory and is none; what was there is now ${setAside(path)}`);
}

/** Sets aside what lies where a file of ours must be and is none, a link to one included. Says so by `warn`. */
export function makeWayForFile(path: string, warn: Warn): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found || found.isFile()) return;
  warn(`${path} should be a file and is none; what was there is now ${setAside(path)}`);
}

/** The same for a socket of ours; a file in its place is removed as a dead one's socket is. */
export function makeWayForSocket(path: string, warn: Warn): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSocket()) return;
  makeWayForFile(path, warn);
}

/**
 * As `makeWayForDirectory`, for what keeps `path` from being made: it may lie in the place of a directory above. Links that
 * lead to a directory are followed.
 */
export function makeWayTo(path: string, warn: Warn): void {
  for (let at = path; ; at = dirname(at)) {
    const found = entryAt(at);
    if (found === 'directory' || dirname(at) === at) return;
    if (found === 'other') {
      makeWayForDirectory(at, warn);
      return;
    }
  }
}

/** `other`: a file, or a link to nowhere. */
function entryAt(path: string): 'directory' | 'other' | undefined {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'other';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return undefined;
    if (code === 'ENOENT') return lstatSync(path, { throwIfNoEntry: false }) ? 'other' : undefined;
    throw error;
  }
}

import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

/** Whether `path` is `directory` or lies in it. Both absolute. */
export function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || !(way === '..' || way.startsWith('../'));
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

export function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

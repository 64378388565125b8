import { relative } from 'node:path';

/** Whether `path` is `directory` or lies in it. Both absolute, with no link looked at. */
export function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || !(way === '..' || way.startsWith('../'));
}

import { existsSync, renameSync } from 'node:fs';

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

import { existsSync, renameSync } from 'node:fs';

/**
 * Moves a file that is not whole out of the way, beside itself under a name that says so (`epoch.json.damaged-1`), so
 * that work goes on and nothing is thrown away. Answers the new path. Throws what the file system does.
 */
export function setAside(path: string): string {
  for (let number = 1; ; number += 1) {
    const aside = `${path}.damaged-${number}`;
    if (existsSync(aside)) continue;
    renameSync(path, aside);
    return aside;
  }
}

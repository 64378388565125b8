import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory with those above it, unless it is there. Throws what the system refuses. Node's own `recursive` tries
 * for ever below a directory such as `/proc`, which exists and in which nothing can be made.
 */
export function makeDirectory(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || existsSync(above)) throw error;
    makeDirectory(above, mode);
    makeDirectory(path, mode);
  }
}

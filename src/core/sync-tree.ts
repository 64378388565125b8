import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Puts a file on the medium, or the names in a directory. */
export async function syncPath(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}

/** Puts a directory on the medium with all that is in it, files before their names. What is neither is passed over. */
export async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) await syncPath(path);
  }
  await syncPath(directory);
}

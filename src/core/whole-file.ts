import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a file is to hold; of the draft's path where it says something of the file itself. */
type Content = string | ((draft: string) => string);

/**
 * Puts a file (0600) in the place of the one at `path`, if there is one. Whatever dies meanwhile, the machine too, leaves the
 * one of before or the whole new one; what it leaves of a draft goes with the next call. Throws what the file system does,
 * for want of space too, and then leaves what was there; but where the directory cannot be synced, which comes last, the new
 * file is in its place, and a power failure may bring the old one back.
 */
export function replaceFile(path: string, content: Content): void {
  const draft = `${path}.draft`;
  rmSync(draft, { recursive: true, force: true });
  try {
    writeDraft(draft, content);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** As `replaceFile`, while the calling thread goes on. One at a time for a path. */
export async function replaceFileAside(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.draft`;
  try {
    await using file = await openDraft(draft);
    await file.writeFile(content);
    await file.sync();
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await using directory = await open(dirname(path), 'r');
  await directory.sync();
}

/** What stands in its place is looked for only if there is something: there hardly ever is. */
async function openDraft(draft: string): Promise<FileHandle> {
  try {
    return await open(draft, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await rm(draft, { recursive: true, force: true });
    return open(draft, 'wx', 0o600);
  }
}

/**
 * As `replaceFile`, but leaves a file that is there as it is. Several may try at once, each with a `draft` of its own in the
 * same directory: the first one's file stays.
 */
export function createFile(path: string, draft: string, content: Content): void {
  try {
    writeDraft(draft, content);
    linkUnlessThere(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  syncDirectory(dirname(path));
}

function linkUnlessThere(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function writeDraft(draft: string, content: Content): void {
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(descriptor, typeof content === 'string' ? content : content(draft));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes names in a directory last. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

import { existsSync } from 'node:fs';
import { cp, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../core/make-directory.ts';

/** Copies one file or directory to a name that is not there yet. */
export type CopyOne = (from: string, to: string) => Promise<void>;

export const copyOne: CopyOne = (from, to) =>
  cp(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true, errorOnExist: true });

/** Half written, and gone or under another name soon. */
const draft = /\.draft$/;

/**
 * Copies a directory in which files are made, grow, and are let go of meanwhile: whatever is there all the time, and what takes
 * the place of what went, in directories below it too. It looks again until nothing is new, since what is replaced while it is listed
 * may be in no list.
 */
export async function copyLiving(from: string, to: string, copy: CopyOne = copyOne): Promise<void> {
  makeDirectory(to, 0o700);
  const tried = new Set<string>();
  for (let fresh = await namesIn(from); fresh.length > 0; fresh = await namesIn(from, tried)) {
    for (const name of fresh) {
      tried.add(name);
      if (await isDirectory(join(from, name))) await copyLiving(join(from, name), join(to, name), copy);
      else await copyUnlessGone(join(from, name), join(to, name), copy);
    }
  }
}

/** None of a directory that is gone. */
async function namesIn(directory: string, except: ReadonlySet<string> = new Set()): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => !draft.test(name) && !except.has(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function copyUnlessGone(from: string, to: string, copy: CopyOne): Promise<void> {
  try {
    await copy(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(from)) throw error;
  }
}

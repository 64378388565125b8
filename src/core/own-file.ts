import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';

/** What lies where a small file of ours may be. `what` says of something else what it is: `a directory`. */
export type OwnFile =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly content: Buffer }
  | { readonly kind: 'other'; readonly what: string };

/** Far more than any of them has, in bytes. */
const longest = 16 * 1024 * 1024;

/** What `open` says of what can be no file. */
const byCode: Readonly<Record<string, string>> = {
  ELOOP: 'a link that leads round in a circle',
  ENXIO: 'a socket or device',
};

/**
 * Reads a small file of ours, or says what lies in its place: that may be anything, and reading a pipe would wait for its
 * writer. Links are followed. Throws what else the file system refuses.
 */
export function readOwnFile(path: string): OwnFile {
  const file = tryToOpen(path);
  if (typeof file !== 'number') return file;
  try {
    const found = fstatSync(file);
    if (found.isDirectory()) return other('a directory');
    if (!found.isFile()) return other('no file');
    return found.size > longest ? other('far too long') : { kind: 'read', content: readFileSync(file) };
  } finally {
    closeSync(file);
  }
}

function tryToOpen(path: string): number | OwnFile {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return lstatSync(path, { throwIfNoEntry: false }) ? other('a link to nowhere') : { kind: 'none' };
    const what = byCode[code];
    if (what === undefined) throw error;
    return other(what);
  }
}

function other(what: string): OwnFile {
  return { kind: 'other', what };
}

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';

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

/**
 * What lies in the place of a file of ours that some library opens itself, if it is none: `a directory`. Undefined for a file
 * and for nothing. Links are followed. Throws what the file system refuses.
 */
export function otherThanFile(path: string): string | undefined {
  const found = tryToLook(path);
  if (typeof found === 'string') return found;
  if (found === undefined || found.isFile()) return undefined;
  if (found.isDirectory()) return 'a directory';
  return found.isFIFO() ? 'a named pipe' : byCode.ENXIO;
}

function tryToLook(path: string): Stats | string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found) return found;
    return lstatSync(path, { throwIfNoEntry: false }) ? 'a link to nowhere' : undefined;
  } catch (error) {
    const what = byCode[(error as NodeJS.ErrnoException).code ?? ''];
    if (what === undefined) throw error;
    return what;
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

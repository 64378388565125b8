import type { UnpackLimits } from './limits.ts';
import { Refused, shown } from './refusal.ts';

/** The parts of a path in a tree, from its root, without `.` and `..`; none is the root. Bytes, one to a character. */
export type Parts = readonly string[];

/** What an entry of a tar is called, in parts: absolute names begin at the tree's root. Throws `Refused`. */
export function entryName(name: string, limits: UnpackLimits): Parts {
  if (name.length > limits.nameBytes) throw new Refused(`${shown(name)}: a name of ${name.length} bytes`);
  if (name.includes('\0')) throw new Refused(`${shown(name)}: a name with a zero byte`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new Refused(`${shown(name)}: a name that leads out of where it is`);
  if (parts.length > limits.depth) throw new Refused(`${shown(name)}: ${parts.length} directories deep`);
  const long = parts.find((part) => part.length > limits.componentBytes);
  if (long !== undefined) throw new Refused(`${shown(long)}: a part of a name of ${long.length} bytes`);
  return parts;
}

export function joined(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/** What the mark of a removed file means: OCI's whiteouts, which come from aufs. */
export type Mark =
  | { readonly kind: 'whiteout'; readonly name: string }
  | { readonly kind: 'opaque' }
  /** Of aufs itself, no files of the image. */
  | { readonly kind: 'bookkeeping' };

/** Reads the last part of a name as a mark. Throws `Refused` for a whiteout of what is no name. */
export function markOf(name: string): Mark | undefined {
  if (!name.startsWith('.wh.')) return undefined;
  if (name === '.wh..wh..opq') return { kind: 'opaque' };
  if (name.startsWith('.wh..wh.')) return { kind: 'bookkeeping' };
  const removed = name.slice('.wh.'.length);
  if (removed === '' || removed === '.' || removed === '..') throw new Refused(`${shown(name)}: a whiteout of no name`);
  return { kind: 'whiteout', name: removed };
}

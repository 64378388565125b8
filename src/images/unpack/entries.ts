import { closeSync, writeSync } from 'node:fs';
import type { Header } from 'tar-stream';
import { isDiskFull } from '../../core/disk-full.ts';
import { isHostShort } from '../../core/host-shortage.ts';
import { isSystemError } from '../../core/system-error.ts';
import { entryName, markOf, type Parts } from './entry-name.ts';
import type { LeftOut } from './left-out.ts';
import type { UnpackLimits } from './limits.ts';
import { Refused, shown } from './refusal.ts';
import { closeFile, type Place, type Tree } from './tree.ts';

/** What stands before an entry, with what the library's types do not tell of it. */
export interface EntryHeader extends Readonly<Pick<Header, 'name' | 'mode' | 'mtime'>> {
  /** Null where it knows none. */
  readonly type: EntryKind | null;
  readonly linkname: string | null;
  /** What extended it. */
  readonly pax: Readonly<Record<string, string>> | null;
}

type EntryKind = Header['type'];

/** Takes the bytes of an entry. */
export interface EntrySink {
  write(chunk: Uint8Array): void;
  end(): void;
}

const nothing: EntrySink = { write: () => {}, end: () => {} };

/** Lays the entries of layers on a tree, one after the other. Throws `Refused` for what no image may hold. */
export class Entries {
  readonly #tree: Tree;
  readonly #limits: UnpackLimits;
  readonly #leftOut: LeftOut;
  #count = 0;

  constructor(tree: Tree, limits: UnpackLimits, leftOut: LeftOut) {
    this.#tree = tree;
    this.#limits = limits;
    this.#leftOut = leftOut;
  }

  /** Makes what an entry speaks of; its bytes go to what is answered. */
  add(header: EntryHeader): EntrySink {
    this.#count += 1;
    if (this.#count > this.#limits.entries) throw new Refused(`more than ${this.#limits.entries} entries`);
    checkExtension(header, this.#limits);
    const name = nameBytes(header.name, header.pax?.path);
    this.#tree.directories.trim();
    try {
      return this.#make(header, entryName(name, this.#limits));
    } catch (error) {
      if (!isSystemError(error) || isDiskFull(error) || isHostShort(error)) throw error;
      throw new Refused(`${shown(name)}: ${error.code} at ${error.syscall}`, { cause: error });
    }
  }

  #make(header: EntryHeader, parts: Parts): EntrySink {
    const last = parts.at(-1);
    if (last === undefined) return this.#makeRoot(header);
    const mark = markOf(last);
    if (mark === undefined) return makers[kindOf(header)](this.#order(header, parts));
    if (mark.kind === 'opaque') this.#makeOpaque(parts.slice(0, -1));
    if (mark.kind === 'whiteout') this.#whiteOut([...parts.slice(0, -1), mark.name]);
    return nothing;
  }

  #order(header: EntryHeader, parts: Parts): Order {
    const place = this.#tree.place(parts, true);
    if (place === undefined) throw new Refused('an entry without a name');
    return { header, place, tree: this.#tree, limits: this.#limits, leftOut: this.#leftOut };
  }

  /** The root itself may have an entry, which says its mode. */
  #makeRoot(header: EntryHeader): EntrySink {
    if (kindOf(header) !== 'directory') throw new Refused(`${shown(header.name)}: no directory, where the root is`);
    this.#tree.facts.set('', { mode: directoryMode(header, this.#leftOut), modified: modifiedOf(header) });
    return nothing;
  }

  #makeOpaque(parts: Parts): void {
    const directory = this.#tree.directories.find(parts, false);
    if (directory !== undefined) this.#tree.emptyLower(directory);
  }

  #whiteOut(parts: Parts): void {
    const place = this.#tree.place(parts, false);
    if (place !== undefined) this.#tree.removeLower(place);
  }
}

interface Order {
  readonly header: EntryHeader;
  readonly place: Place;
  readonly tree: Tree;
  readonly limits: UnpackLimits;
  readonly leftOut: LeftOut;
}

const makers: Readonly<Record<EntryKind, (order: Order) => EntrySink>> = {
  file: makeFile,
  'contiguous-file': makeFile,
  directory: ({ header, place, tree, leftOut }) => {
    tree.makeDirectory(place, { mode: directoryMode(header, leftOut), modified: modifiedOf(header) });
    return nothing;
  },
  symlink: makeSymbolicLink,
  link: ({ header, place, tree, limits }) => {
    tree.makeHardLink(place, entryName(nameBytes(header.linkname ?? '', header.pax?.linkpath), limits));
    return nothing;
  },
  'character-device': leaveOut,
  'block-device': leaveOut,
  fifo: leaveOut,
};

function makeFile({ header, place, tree, leftOut }: Order): EntrySink {
  const { mode } = header;
  if ((mode & 0o6000) !== 0) leftOut.add('set-id');
  if (header.pax?.['SCHILY.xattr.security.capability'] !== undefined) leftOut.add('capability');
  const descriptor = tree.createFile(place, (mode & 0o777) | 0o400);
  const modified = modifiedOf(header);
  return {
    write: (chunk) => writeWhole(descriptor, chunk),
    end: () => closeFile(descriptor, modified),
  };
}

function makeSymbolicLink({ header, place, tree, limits }: Order): EntrySink {
  const target = nameBytes(header.linkname ?? '', header.pax?.linkpath);
  if (target === '' || target.includes('\0') || target.length >= limits.nameBytes)
    throw new Refused(`${shown(place.path)}: a symbolic link to ${target === '' ? 'nothing' : 'no name'}`);
  tree.makeSymbolicLink(place, target);
  return nothing;
}

/** What stood there in a lower layer is not the image's any more, and goes. */
function leaveOut({ header, place, tree, leftOut }: Order): EntrySink {
  const kind = kindOf(header);
  if (kind === 'character-device' || kind === 'block-device' || kind === 'fifo') leftOut.add(kind);
  tree.remove(place);
  return nothing;
}

function kindOf({ type, name, pax }: EntryHeader): EntryKind {
  const isSparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'));
  if (type === null || isSparse) throw new Refused(`${shown(name)}: an entry of a kind that images do not hold`);
  return type;
}

/** Names in a header are read as bytes, those that extend it as UTF-8. */
function nameBytes(name: string, extended: string | undefined): string {
  return extended === name ? Buffer.from(name, 'utf8').toString('latin1') : name;
}

function checkExtension({ pax, name }: EntryHeader, limits: UnpackLimits): void {
  let size = 0;
  for (const [key, value] of Object.entries(pax ?? {})) size += key.length + value.length;
  if (size > limits.headerBytes) throw new Refused(`${shown(name)}: a header of ${size} bytes`);
}

/** Without the sticky bit /tmp would not be what it is; who owns a directory may always use it. */
function directoryMode({ mode }: EntryHeader, leftOut: LeftOut): number {
  if ((mode & 0o6000) !== 0) leftOut.add('set-id');
  return (mode & 0o1777) | 0o700;
}

/** In seconds. Times that the reader could not make sense of are 1970. */
function modifiedOf({ mtime }: EntryHeader): number {
  const seconds = mtime.getTime() / 1000;
  return Number.isFinite(seconds) ? seconds : 0;
}

function writeWhole(descriptor: number, chunk: Uint8Array): void {
  try {
    for (let offset = 0; offset < chunk.length; ) offset += writeSync(descriptor, chunk, offset);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

import {
  closeSync,
  constants,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { Directories, openDirectory, tryReadLink } from './directories.ts';
import { joined, type Parts } from './entry-name.ts';
import type { UnpackLimits } from './limits.ts';
import { LookBudget } from './look-budget.ts';
import { linkTarget, pathAt } from './path-at.ts';
import { Refused, shown } from './refusal.ts';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/** What is told of a directory that an entry speaks of, set when all is in it. */
export interface DirectoryFacts {
  readonly mode: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** A name in a directory of the tree. */
export interface Place {
  /** The directory's real path. */
  readonly directory: string;
  readonly name: string;
  /** Of what has that name. */
  readonly path: string;
}

/**
 * The files of an image while its layers are laid over each other. Every name is reached through `Directories`, and made anew:
 * what was there goes first, so that nothing is ever written through a link, symbolic or hard.
 */
export class Tree {
  readonly directories: Directories;
  /** By real path. */
  readonly facts = new Map<string, DirectoryFacts>();
  /** What the layer that is laid on has brought, by real path: its marks leave that alone. */
  readonly brought = new Set<string>();

  readonly #looks: LookBudget;

  constructor(root: number, limits: Pick<UnpackLimits, 'depth' | 'looks'>) {
    this.#looks = new LookBudget(limits.looks);
    this.directories = new Directories(root, limits.depth, this.#looks);
  }

  /** Where an entry of that name goes; its directory is made if it is missing, or undefined is answered. */
  place(parts: Parts, make: boolean): Place | undefined {
    const name = parts.at(-1);
    if (name === undefined) return undefined;
    const directory = this.directories.find(parts.slice(0, -1), make);
    return directory === undefined ? undefined : { directory, name, path: joined(directory, name) };
  }

  beginLayer(): void {
    this.brought.clear();
  }

  /** A directory that is there stays, with all that is in it; anything else there goes. */
  makeDirectory(place: Place, facts: DirectoryFacts): void {
    this.directories.checkDepth(place.path);
    const path = pathAt(this.#parent(place), place.name);
    this.#making(place, () => mkdirSync(path, { mode: 0o700 }), 'directory');
    this.facts.set(place.path, facts);
    this.brought.add(place.path);
  }

  /** The descriptor of a new file, for writing. */
  createFile(place: Place, mode: number): number {
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    const path = pathAt(this.#parent(place), place.name);
    let descriptor = -1;
    this.#making(place, () => {
      descriptor = openSync(path, flags, mode);
    });
    this.brought.add(place.path);
    return descriptor;
  }

  makeSymbolicLink(place: Place, target: string): void {
    const path = pathAt(this.#parent(place), place.name);
    this.#making(place, () => symlinkSync(linkTarget(target), path));
    this.brought.add(place.path);
  }

  /** Another name for a file of the tree, or for a symbolic link. Throws `Refused` if there is no such file. */
  makeHardLink(place: Place, target: Parts): void {
    const from = this.place(target, false);
    const kind = from === undefined ? 'missing' : this.#kindAt(from);
    if (from === undefined || kind === 'missing')
      throw new Refused(`${shown(place.path)}: a hard link to ${shown(target.join('/'))}, which is not there`);
    if (kind === 'directory') throw new Refused(`${shown(place.path)}: a hard link to a directory`);
    const [old, path] = [pathAt(this.#parent(from), from.name), pathAt(this.#parent(place), place.name)];
    if (from.path !== place.path) this.#making(place, () => linkSync(old, path));
    this.brought.add(place.path);
  }

  /** What is there: nothing, a symbolic link, or anything else. */
  look(place: Place): 'missing' | 'there' | { readonly link: string } {
    const kind = this.#kindAt(place);
    if (kind !== 'other') return kind === 'missing' ? 'missing' : 'there';
    const link = tryReadLink(this.#parent(place), place.name);
    return link === undefined ? 'there' : { link };
  }

  /** What has that name goes, whatever brought it. */
  remove(place: Place): void {
    this.#remove(this.#parent(place), place.name, place.path, () => false);
  }

  /** What lower layers have there goes; what this one brought stays. */
  removeLower({ directory, name, path }: Place): void {
    this.#remove(this.directories.descriptor(directory), name, path, (each) => this.brought.has(each));
  }

  /** What lower layers have in a directory goes, the directory stays. */
  emptyLower(directory: string): void {
    const descriptor = this.directories.descriptor(directory);
    for (const name of namesIn(descriptor)) this.removeLower({ directory, name, path: joined(directory, name) });
  }

  close(): void {
    this.directories.close();
  }

  #parent({ directory }: Place): number {
    return this.directories.descriptor(directory);
  }

  /** Makes something of a new name; first tries as if nothing were there, which is so nearly always. */
  #making(place: Place, make: () => void, kept?: 'directory'): void {
    try {
      make();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (kept === 'directory' && this.#kindAt(place) === 'directory') return;
      this.remove(place);
      make();
    }
  }

  #kindAt(place: Place): 'missing' | 'directory' | 'other' {
    const found = lstatSync(pathAt(this.#parent(place), place.name), { throwIfNoEntry: false });
    if (found === undefined) return 'missing';
    return found.isDirectory() ? 'directory' : 'other';
  }

  /** Removes what is there and is not kept; answers whether the name is free then. */
  #remove(parent: number, name: string, path: string, isKept: (path: string) => boolean): boolean {
    this.#looks.spend();
    const found = lstatSync(pathAt(parent, name), { throwIfNoEntry: false });
    if (found === undefined) return true;
    const isFree = found.isDirectory() ? this.#empty(parent, name, path, isKept) : true;
    if (isKept(path) || !isFree) return false;
    if (found.isDirectory()) {
      this.directories.forget(path);
      this.facts.delete(path);
      rmdirSync(pathAt(parent, name));
    } else {
      unlinkSync(pathAt(parent, name));
    }
    this.brought.delete(path);
    return true;
  }

  #empty(parent: number, name: string, path: string, isKept: (path: string) => boolean): boolean {
    const descriptor = openDirectory(parent, name);
    try {
      let isEmpty = true;
      for (const each of namesIn(descriptor))
        isEmpty = this.#remove(descriptor, each, joined(path, each), isKept) && isEmpty;
      return isEmpty;
    } finally {
      closeSync(descriptor);
    }
  }
}

/** Bytes, one to a character. */
export function namesIn(directory: number): readonly string[] {
  return readdirSync(`/proc/self/fd/${directory}`, 'latin1');
}

/** Says when a file was last changed and closes it. */
export function closeFile(descriptor: number, modified: number): void {
  try {
    futimesSync(descriptor, modified, modified);
  } finally {
    closeSync(descriptor);
  }
}

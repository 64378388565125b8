import { closeSync, constants, mkdirSync, openSync, readlinkSync } from 'node:fs';
import { joined, type Parts } from './entry-name.ts';
import { linksOfPath, openDirectories } from './limits.ts';
import type { LookBudget } from './look-budget.ts';
import { pathAt } from './path-at.ts';
import { Refused, shown } from './refusal.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** A directory, and nothing that a link leads to. */
export function openDirectory(parent: number, name: string): number {
  return openSync(pathAt(parent, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/** Mode of a directory that no entry speaks of. */
const impliedMode = 0o755;

/**
 * The directories of a tree, by their real paths from its root: `''`, `usr`, `usr/lib`. Each is reached through descriptors only,
 * a part at a time; a symbolic link on the way is read and followed inside the tree, where `/` is the tree's root and `..` ends there.
 */
export class Directories {
  readonly root: number;
  readonly #open = new Map<string, number>();
  readonly #mostDeep: number;
  readonly #looks: LookBudget;

  /** `root` stays the caller's to close. */
  constructor(root: number, mostDeep: number, looks: LookBudget) {
    this.root = root;
    this.#mostDeep = mostDeep;
    this.#looks = looks;
  }

  /**
   * The real path of the directory that `parts` lead to. Missing ones are made, or with `make` false undefined is answered.
   * Throws `Refused` for a path through a file, or through too many links.
   */
  find(parts: Parts, make: boolean): string | undefined {
    const direct = parts.join('/');
    if (direct === '' || this.#open.has(direct)) return direct;
    const left = parts.toReversed();
    let at = '';
    for (let links = 0, name = left.pop(); name !== undefined; name = left.pop()) {
      if (links > 0) this.#looks.spend();
      if (name === '' || name === '.') continue;
      if (name === '..') {
        at = parentOf(at);
        continue;
      }
      const step = this.#step(at, name, make);
      if (step === undefined) return undefined;
      if (step.kind === 'directory') {
        at = step.path;
        continue;
      }
      links += 1;
      if (links > linksOfPath) throw new Refused(`${shown(direct)}: too many symbolic links`);
      if (step.target.startsWith('/')) at = '';
      left.push(...step.target.split('/').toReversed());
    }
    return at;
  }

  /** A descriptor of a directory by its real path; good until the next `trim` or `forget`. Throws if it is not there. */
  descriptor(path: string): number {
    if (path === '') return this.root;
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const descriptor = openDirectory(this.descriptor(path.slice(0, Math.max(0, slash))), path.slice(slash + 1));
    this.#open.set(path, descriptor);
    return descriptor;
  }

  /** The directory by that path is no more. Those below it are told of by themselves. */
  forget(path: string): void {
    const descriptor = this.#open.get(path);
    if (descriptor === undefined) return;
    closeSync(descriptor);
    this.#open.delete(path);
  }

  /** Keeps the number of open directories bounded. */
  trim(): void {
    if (this.#open.size < openDirectories.most) return;
    for (const path of this.#open.keys()) {
      if (this.#open.size <= openDirectories.kept) return;
      this.forget(path);
    }
  }

  close(): void {
    for (const path of [...this.#open.keys()]) this.forget(path);
  }

  /** One part of a path further. Opening comes first: it says all that there is to know of a directory. */
  #step(directory: string, name: string, make: boolean): Step | undefined {
    const path = joined(directory, name);
    if (this.#open.has(path)) return { kind: 'directory', path };
    const parent = this.descriptor(directory);
    const opened = tryOpen(parent, name);
    if (opened === 'missing') return make ? this.#make(path, parent, name) : undefined;
    if (opened !== 'no directory') return this.#keep(path, opened);
    const target = tryReadLink(parent, name);
    if (target !== undefined) return { kind: 'link', target };
    if (make) throw new Refused(`${shown(path)} is a file, and something is to lie below it`);
    return undefined;
  }

  #make(path: string, parent: number, name: string): Step {
    this.checkDepth(path);
    mkdirSync(pathAt(parent, name), { mode: impliedMode });
    return this.#keep(path, openDirectory(parent, name));
  }

  #keep(path: string, descriptor: number): Step {
    this.#open.set(path, descriptor);
    return { kind: 'directory', path };
  }

  /** Links could make paths deeper than any name. Throws `Refused`. */
  checkDepth(path: string): void {
    if (path.length > this.#mostDeep && path.split('/').length > this.#mostDeep)
      throw new Refused(`${shown(path)}: more than ${this.#mostDeep} directories deep`);
  }
}

type Step = { readonly kind: 'directory'; readonly path: string } | { readonly kind: 'link'; readonly target: string };

function tryOpen(parent: number, name: string): number | 'missing' | 'no directory' {
  try {
    return openDirectory(parent, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'missing';
    if (code === 'ENOTDIR' || code === 'ELOOP') return 'no directory';
    throw error;
  }
}

/** What a symbolic link says; undefined for anything else. */
export function tryReadLink(parent: number, name: string): string | undefined {
  try {
    return readlinkSync(pathAt(parent, name), 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
    throw error;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Opens the root of a tree; nothing of it can be a link. */
export function openRoot(path: string): number {
  return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

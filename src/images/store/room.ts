import { statfs } from 'node:fs/promises';
import { Turns } from '../../core/turns.ts';
import type { Digest } from '../contract.ts';
import type { BlobFile, Blobs } from './blobs.ts';
import type { Names } from './names.ts';
import { bytesOnDisk } from './programs.ts';
import type { Tree, Trees } from './trees.ts';

export interface RoomOptions {
  /** The store's own. */
  readonly directory: string;
  /** What all of it may take. */
  readonly capBytes: number;
  /** What stays free of the disk. */
  readonly reserveBytes: number;
  readonly blobs: Blobs;
  readonly trees: Trees;
  readonly names: Names;
  /** Whether a task, or a pull, needs a tree or blob now. */
  readonly isHeld: (digest: Digest) => boolean;
}

/** Removes one thing. Answers how many bytes that frees, where that is known: a tree may share its files with others. */
type Removal = () => Promise<number | undefined>;

/**
 * What goes when there is too little room: blobs first, which can be pulled again and are only needed for that, then trees,
 * each by when they were last used; never what is in use, nor what was imported.
 */
export class Room {
  readonly #options: RoomOptions;
  readonly #turns = new Turns();

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  /** Removes until the store is no larger than its cap, or nothing is left that may go. */
  async enforceCap(): Promise<void> {
    const { capBytes, directory } = this.#options;
    await this.#turns.take('removal', async () => {
      if ((await this.#atMost()) <= capBytes) return;
      let used: number | undefined;
      await this.#removeUntil(async (freed) => {
        used = used === undefined || freed === undefined ? await bytesOnDisk([directory]) : used - freed;
        return used <= capBytes;
      });
    });
  }

  /** Removes until so many bytes of the disk are free beside the reserve. Answers whether they are. */
  async makeRoom(bytes: number): Promise<boolean> {
    const { directory, reserveBytes } = this.#options;
    const isEnough = async () => {
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize >= bytes + reserveBytes;
    };
    return await this.#turns.take('removal', async () => await this.#removeUntil(isEnough));
  }

  /** Removes trees that have no name, and blobs that no tree with a name was made of. Answers bytes of the disk. */
  async removeNameless(): Promise<number> {
    const { directory, trees, names, isHeld } = this.#options;
    return await this.#turns.take('removal', async () => {
      const before = await bytesOnDisk([directory]);
      for (const { configDigest } of trees.all())
        if (names.lastUsed(configDigest) === undefined && !isHeld(configDigest)) await trees.remove(configDigest);
      await this.#removeUnneededBlobs();
      return Math.max(0, before - (await bytesOnDisk([directory])));
    });
  }

  async idle(): Promise<void> {
    await this.#turns.idle();
  }

  /** Bytes of all, with what trees share counted for each: quick, and enough as long as it is below the cap. */
  async #atMost(): Promise<number> {
    const { blobs, trees } = this.#options;
    const files = await blobs.list();
    return sum(files.map(({ bytes }) => bytes)) + sum(trees.all().map(({ facts }) => facts.bytes));
  }

  async #removeUntil(isEnough: (freed: number | undefined) => Promise<boolean>): Promise<boolean> {
    const removals = this.#removals();
    for (let freed: number | undefined; ; ) {
      if (await isEnough(freed)) return true;
      const next = await removals.next();
      if (next.done) return false;
      freed = await next.value();
    }
  }

  /** What may go, one after the other. A removal looks itself, at its very beginning, whether somebody has come to use it. */
  async *#removals(): AsyncGenerator<Removal, void, void> {
    const files = (await this.#options.blobs.list()).sort((a, b) => a.lastUsed - b.lastUsed);
    for (const file of files) yield () => this.#removeBlob(file);
    for (let tree = this.#oldestTree(); tree; tree = this.#oldestTree()) {
      const { configDigest } = tree;
      yield () => this.#removeTree(configDigest);
    }
  }

  async #removeBlob({ path, digest, bytes }: BlobFile): Promise<number> {
    if (digest !== undefined && this.#options.isHeld(digest)) return 0;
    await this.#options.blobs.remove(path);
    return bytes;
  }

  #oldestTree(): Tree | undefined {
    const { trees, names, isHeld } = this.#options;
    const imported = new Set(names.all().flatMap((ref) => (ref.imported ? [ref.configDigest] : [])));
    const free = trees.all().filter(({ configDigest }) => !isHeld(configDigest) && !imported.has(configDigest));
    return oldest(free, ({ configDigest }) => names.lastUsed(configDigest) ?? 0);
  }

  async #removeTree(configDigest: Digest): Promise<number | undefined> {
    const { trees, names, isHeld } = this.#options;
    if (isHeld(configDigest)) return 0;
    names.forget({ configDigest });
    await trees.remove(configDigest);
    await names.save();
    return undefined;
  }

  async #removeUnneededBlobs(): Promise<void> {
    const { blobs, trees } = this.#options;
    const needed = new Set(trees.all().flatMap(({ configDigest, facts }) => [configDigest, ...facts.blobs]));
    for (const file of await blobs.list())
      if (file.digest === undefined || !needed.has(file.digest)) await this.#removeBlob(file);
  }
}

function oldest<Thing>(things: readonly Thing[], by: (thing: Thing) => number): Thing | undefined {
  return things.reduce<Thing | undefined>((best, each) => (best && by(best) <= by(each) ? best : each), undefined);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

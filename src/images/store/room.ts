import { statfs } from 'node:fs/promises';
import { Turns } from '../../core/turns.ts';
import type { Digest } from '../contract.ts';
import type { BlobFile, Blobs } from './blobs.ts';
import type { Names } from './names.ts';
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

/** Removes one thing. Answers how many bytes that frees: trees share no files. */
type Removal = () => Promise<number>;

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
    const { capBytes, blobs, trees } = this.#options;
    await this.#turns.take('removal', async () => {
      let used = sizeOf(await blobs.list()) + sizeOf(trees.all().map(({ facts }) => facts));
      await this.#removeUntil(async (freed) => {
        used -= freed;
        return used <= capBytes;
      });
    });
  }

  /**
   * Removes until so many bytes of the disk are free beside the reserve; nothing, if all that may go would not be enough: whoever
   * says how much an image needs must not cost others theirs. Answers whether they are free.
   */
  async makeRoom(bytes: number): Promise<boolean> {
    const wanted = bytes + this.#options.reserveBytes;
    return await this.#turns.take('removal', async () => {
      if ((await this.#freeBytes()) + (await this.#removableBytes()) < wanted) return false;
      return await this.#removeUntil(async () => (await this.#freeBytes()) >= wanted);
    });
  }

  /** Bytes of the disk, used or not. */
  async diskBytes(): Promise<number> {
    const { blocks, bsize } = await statfs(this.#options.directory);
    return blocks * bsize;
  }

  /** Removes trees that have no name, and blobs that no tree with a name was made of. Answers bytes of the disk. */
  async removeNameless(): Promise<number> {
    const { trees, names, isHeld } = this.#options;
    return await this.#turns.take('removal', async () => {
      let freed = 0;
      for (const { configDigest, facts } of trees.all()) {
        if (names.lastUsed(configDigest) !== undefined || isHeld(configDigest)) continue;
        await trees.remove(configDigest);
        freed += facts.bytes;
      }
      return freed + (await this.#removeUnneededBlobs());
    });
  }

  async idle(): Promise<void> {
    await this.#turns.idle();
  }

  async #freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#options.directory);
    return bavail * bsize;
  }

  async #removableBytes(): Promise<number> {
    const { blobs, isHeld } = this.#options;
    const files = (await blobs.list()).filter(({ digest }) => digest === undefined || !isHeld(digest));
    return sizeOf(files) + sizeOf(this.#removableTrees().map(({ facts }) => facts));
  }

  async #removeUntil(isEnough: (freed: number) => Promise<boolean>): Promise<boolean> {
    const removals = this.#removals();
    for (let freed = 0; ; ) {
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
      const chosen = tree;
      yield () => this.#removeTree(chosen);
    }
  }

  async #removeBlob({ path, digest, bytes }: BlobFile): Promise<number> {
    if (digest !== undefined && this.#options.isHeld(digest)) return 0;
    await this.#options.blobs.remove(path);
    return bytes;
  }

  #oldestTree(): Tree | undefined {
    const { names } = this.#options;
    return oldest(this.#removableTrees(), ({ configDigest }) => names.lastUsed(configDigest) ?? 0);
  }

  /** What was imported could be brought back by nobody. */
  #removableTrees(): readonly Tree[] {
    const { trees, names, isHeld } = this.#options;
    const imported = new Set(names.all().flatMap((ref) => (ref.imported ? [ref.configDigest] : [])));
    return trees.all().filter(({ configDigest }) => !isHeld(configDigest) && !imported.has(configDigest));
  }

  async #removeTree({ configDigest, facts }: Tree): Promise<number> {
    const { trees, names, isHeld } = this.#options;
    if (isHeld(configDigest)) return 0;
    names.forget({ configDigest });
    await trees.remove(configDigest);
    await names.save();
    return facts.bytes;
  }

  async #removeUnneededBlobs(): Promise<number> {
    const { blobs, trees } = this.#options;
    const needed = new Set(trees.all().flatMap(({ configDigest, facts }) => [configDigest, ...facts.blobs]));
    let freed = 0;
    for (const file of await blobs.list())
      if (file.digest === undefined || !needed.has(file.digest)) freed += await this.#removeBlob(file);
    return freed;
  }
}

function oldest<Thing>(things: readonly Thing[], by: (thing: Thing) => number): Thing | undefined {
  return things.reduce<Thing | undefined>((best, each) => (best && by(best) <= by(each) ? best : each), undefined);
}

function sizeOf(things: readonly { readonly bytes: number }[]): number {
  return things.reduce((total, { bytes }) => total + bytes, 0);
}

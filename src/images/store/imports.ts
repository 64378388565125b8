import type { Clock } from '../../core/clock.ts';
import { type Digest, PullFailed, type PullProgress } from '../contract.ts';
import { parseReference } from '../reference/index.ts';
import { type ArchivedImage, readArchive } from '../unpack/index.ts';
import type { Holds } from './holds.ts';
import type { Install } from './install.ts';
import type { Named } from './refs-file.ts';
import type { Tree, Trees } from './trees.ts';

export interface ImportsOptions {
  readonly clock: Clock;
  readonly trees: Trees;
  readonly install: Install;
  readonly inUse: Holds<object>;
  /** As Node names it. */
  readonly architecture: string;
  /** Directories that archives which jobs name must lie in; absent: they may lie anywhere. */
  readonly archivesIn?: readonly string[] | undefined;
}

export interface ImportOrder {
  /** Absolute. */
  readonly path: string;
  /** How its one image is called, whatever the archive says. */
  readonly name?: string;
  /** Whether the archive may be gone later: then no registry or file has the image any more. */
  readonly isOnlyCopy: boolean;
}

/** An image that was in an archive, under one of its names. */
export interface Imported {
  readonly named: Named;
  readonly tree: Tree;
}

/** Takes in images of archives. Their layers are not kept beside the trees. */
export class Imports {
  readonly #options: ImportsOptions;

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /**
   * All images of an archive, by all their names; what is in use stays so until `holder` lets go. Throws `PullFailed`, also for
   * an image without a name, and for several that are to have one.
   */
  async take(
    { path, name, isOnlyCopy }: ImportOrder,
    holder: object,
    tell: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<readonly Imported[]> {
    const { trees, clock, architecture, archivesIn } = this.#options;
    tell({ phase: 'resolving', bytes: 0 });
    const scratch = await trees.draft();
    try {
      // What an operator imports may lie anywhere.
      const within = isOnlyCopy ? undefined : archivesIn;
      const reading = { path, scratch: scratch.directory, architecture, clock, signal };
      const images = await readArchive({ ...reading, ...(within && { within }) });
      if (name !== undefined && images.length > 1)
        throw new PullFailed(`${path} has ${images.length} images, and one name is given`);
      const taken: Imported[] = [];
      for (const image of images) {
        const called = name === undefined ? image.names : [name];
        taken.push(...(await this.#one(path, image, called, isOnlyCopy, holder, tell, signal)));
      }
      return taken;
    } finally {
      await trees.abandon(scratch);
    }
  }

  async #one(
    path: string,
    { configDigest, configContent, layers, digest }: ArchivedImage,
    names: readonly string[],
    isOnlyCopy: boolean,
    holder: object,
    tell: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<readonly Imported[]> {
    const all = names.map((each) => nameOf(each, { digest, configDigest, imported: isOnlyCopy }));
    const [first] = all;
    if (!first) throw new PullFailed(`an image in ${path} has no name: give it one`);
    this.#options.inUse.hold(configDigest, holder);
    const order = { configBytes: configContent, layers, blobs: [], first };
    const tree = await this.#options.install.install(order, tell, signal);
    return all.map((named) => ({ named, tree }));
  }
}

function nameOf(name: string, facts: { digest: Digest; configDigest: Digest; imported: boolean }): Named {
  return { name: parseReference(name).name, ...facts };
}

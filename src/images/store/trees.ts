import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { failpoint } from '../../core/failpoint.ts';
import { syncPath } from '../../core/sync-tree.ts';
import { isSystemError } from '../../core/system-error.ts';
import { Turns } from '../../core/turns.ts';
import { type Digest, PullFailed } from '../contract.ts';
import { digestOf, hexOf, isDigest } from '../digest.ts';
import { type Configuration, parseConfiguration } from '../manifest/index.ts';
import { removeTree } from '../remove-tree.ts';
import { named } from './refs-file.ts';

/** What is kept of an unpacked image beside its files. Version 1. */
const factsShape = z.object({
  version: z.literal(1),
  /** Of the tree, on the disk. */
  bytes: z.int().min(0),
  notes: z.array(z.string()),
  /** What it was unpacked from, if that was pulled. */
  blobs: z.array(z.custom<Digest>(isDigest)),
  /** The name it was unpacked for, should the file of names be lost. */
  first: named,
});

export type TreeFacts = Omit<z.infer<typeof factsShape>, 'version'>;

/** An unpacked image. */
export interface Tree {
  readonly configDigest: Digest;
  /** Absolute. */
  readonly root: string;
  readonly configuration: Configuration;
  readonly facts: TreeFacts;
}

/** A tree that is being made; nobody sees it before it has its name. */
export interface Draft {
  readonly directory: string;
  /** Where its files go; not made yet. */
  readonly root: string;
}

/**
 * Unpacked images, one directory each: `root/`, `config.json` (the image's configuration as it is, whose digest is the
 * directory's name) and `tree.json`. A tree is made in `tmp/` and gets its name when it is whole and on the medium; it is
 * removed by losing its name first.
 */
export class Trees {
  readonly #directory: string;
  readonly #drafts: string;
  readonly #newName: () => string;
  readonly #trees = new Map<Digest, Tree>();
  /** A tree that is made again waits until the one before has lost its name. */
  readonly #turns = new Turns();
  /** What earlier servers were about to make or remove. */
  #swept: Promise<void> = Promise.resolve();

  constructor(directory: string, drafts: string, newName: () => string) {
    this.#directory = directory;
    this.#drafts = drafts;
    this.#newName = newName;
  }

  get(configDigest: Digest): Tree | undefined {
    return this.#trees.get(configDigest);
  }

  all(): readonly Tree[] {
    return [...this.#trees.values()];
  }

  /**
   * Finds what is here. What is not whole is removed, and told of: it can be pulled again. So is what earlier servers were about to
   * make or remove. It may be much, and may resist: no server waits for that, or stays away.
   */
  async load(warn: (words: string) => void): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const path = join(this.#directory, name);
      const found = await this.#read(path, `sha256:${name}`);
      if (typeof found === 'object') this.#trees.set(found.configDigest, found);
      else {
        warn(`${path} is no whole image (${found}), and is removed`);
        await unlessRefused(warn, path, async () => void (await this.#unname(path)));
      }
    }
    const rubbish = (await readdir(this.#drafts)).map((name) => join(this.#drafts, name));
    this.#swept = sweep(rubbish, warn);
  }

  /** Resolves when what earlier servers have left is gone. */
  async close(): Promise<void> {
    await this.#swept;
  }

  async draft(): Promise<Draft> {
    const directory = join(this.#drafts, this.#newName());
    await mkdir(directory, { mode: 0o700 });
    return { directory, root: join(directory, 'root') };
  }

  /** Gives a draft whose files are on the medium its name. */
  async take({ directory }: Draft, configBytes: Buffer, facts: TreeFacts): Promise<Tree> {
    const configDigest = digestOf(configBytes);
    failpoint('images.unpacked');
    await writeDurably(join(directory, 'config.json'), configBytes);
    await writeDurably(join(directory, 'tree.json'), JSON.stringify({ version: 1, ...facts }));
    await syncPath(directory);
    failpoint('images.tree-synced');
    const path = this.#path(configDigest);
    await this.#turns.take(configDigest, async () => {
      // What could not be removed, or be said to be here, is known to nobody, and would keep its name from this one for ever.
      await unlessMissing(() => this.#discard(path));
      await rename(directory, path);
    });
    await syncPath(this.#directory);
    failpoint('images.tree-named');
    const tree = { configDigest, root: join(path, 'root'), configuration: parseConfiguration(configBytes), facts };
    this.#trees.set(configDigest, tree);
    return tree;
  }

  /** Throws away what a draft has become. */
  async abandon({ directory }: Draft): Promise<void> {
    await removeTree(directory);
  }

  /** Nobody finds it from now on; its files are gone when the promise resolves. */
  async remove(configDigest: Digest): Promise<void> {
    this.#trees.delete(configDigest);
    await this.#turns.take(configDigest, () => this.#discard(this.#path(configDigest)));
  }

  #path(configDigest: Digest): string {
    return join(this.#directory, hexOf(configDigest));
  }

  async #discard(path: string): Promise<void> {
    await removeTree(await this.#unname(path));
  }

  /** Answers where its files are from now on. */
  async #unname(path: string): Promise<string> {
    const rubbish = join(this.#drafts, this.#newName());
    await rename(path, rubbish);
    await syncPath(this.#directory);
    failpoint('images.tree-taken');
    return rubbish;
  }

  /** A tree; else what is wrong with it. */
  async #read(path: string, name: string): Promise<Tree | string> {
    if (!isDigest(name)) return 'its name is no digest';
    try {
      const configBytes = await readFile(join(path, 'config.json'));
      if (digestOf(configBytes) !== name) return 'its configuration was damaged';
      const facts = factsShape.safeParse(JSON.parse(await readFile(join(path, 'tree.json'), 'utf8')));
      if (!facts.success) return 'its tree.json was damaged, or is of another version';
      await readdir(join(path, 'root'));
      const { version: _, ...kept } = facts.data;
      return {
        configDigest: name,
        root: join(path, 'root'),
        configuration: parseConfiguration(configBytes),
        facts: kept,
      };
    } catch (error) {
      if (error instanceof SyntaxError) return 'its tree.json was damaged';
      // The bytes are those of its name, and other versions may have read them otherwise.
      if (error instanceof PullFailed) return error.message;
      if (isSystemError(error) && /^(?:ENOENT|ENOTDIR|EISDIR)$/.test(error.code ?? '')) return error.message;
      throw error;
    }
  }
}

async function sweep(paths: readonly string[], warn: (words: string) => void): Promise<void> {
  for (const path of paths) await unlessRefused(warn, path, () => removeTree(path));
}

async function unlessRefused(warn: (words: string) => void, path: string, remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    warn(`${path} cannot be removed: ${error instanceof Error ? error.message : error}`);
  }
}

async function unlessMissing(remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
  }
}

async function writeDurably(path: string, content: Buffer | string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(content);
  await file.sync();
}

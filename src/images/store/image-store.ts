import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { isHostShort } from '../../core/host-shortage.ts';
import type { TaskId } from '../../core/ids.ts';
import { type RandomSource, uuidV7 } from '../../core/random.ts';
import {
  type Digest,
  type ImageStore,
  type Pruned,
  PullFailed,
  type PullProgress,
  type PullRequest,
  PullStalled,
  type StoredImage,
} from '../contract.ts';
import { platformOf } from '../manifest/index.ts';
import {
  type ArchiveReference,
  type ImageReference,
  parseReference,
  type RegistryReference,
  type Rewrite,
  rewriteReference,
} from '../reference/index.ts';
import {
  ConnectionLost,
  type Patience,
  Registries,
  RegistrySession,
  type RegistrySettings,
  registryPatience,
} from '../registry/index.ts';
import { unpackImage } from '../unpack/index.ts';
import { Blobs } from './blobs.ts';
import { Holds } from './holds.ts';
import { type Imported, type ImportOrder, Imports } from './imports.ts';
import { Install, type Unpack } from './install.ts';
import { Names } from './names.ts';
import { makePlaces, type Places } from './places.ts';
import { Pulls } from './pulls.ts';
import type { Ref } from './refs-file.ts';
import { RegistrySlots } from './registry-slots.ts';
import { type Resolved, resolveImage } from './resolve.ts';
import { Room } from './room.ts';
import { SharedWork, type Waiter } from './shared-work.ts';
import { type Tree, Trees } from './trees.ts';

export interface ImageStoreOptions {
  /** Absolute; the store's own. One server at a time opens it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Told of what was damaged and what was done about it. */
  readonly warn: (words: string) => void;
  /** Whom trees belong to; by default this process's user. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  readonly registries?: Readonly<Record<string, RegistrySettings>>;
  readonly rewrite?: Rewrite;
  /** Directories, of paths without links, that `oci:` and `docker-archive:` of pulls may lie in; by default anywhere. */
  readonly archivesIn?: readonly string[];
  /** Bytes that all of it may take; by default 50 GiB. */
  readonly capBytes?: number;
  /** Bytes of the disk that stay free; by default 1 GiB. */
  readonly reserveBytes?: number;
  /** By default this machine's, as Node names it. */
  readonly architecture?: NodeJS.Architecture;
  readonly patience?: Partial<Patience>;
  /** By default `unpackImage`. */
  readonly unpack?: Unpack;
}

const defaults = {
  capBytes: 50 * 1024 ** 3,
  reserveBytes: 1024 ** 3,
  architecture: process.arch,
  unpack: unpackImage,
} as const;

/** Names that are asked for at registries at once. */
const resolvedAtOnce = { all: 8, ofRegistry: 4 } as const;

/** Opens the images below a directory, and makes it if it is not there. Throws what the file system does. */
export async function openImageStore(options: ImageStoreOptions): Promise<DiskImageStore> {
  const places = await makePlaces(options.directory, options.warn);
  const store = new DiskImageStore(options, places);
  await store.load();
  return store;
}

/** Images in a directory of this machine, pulled from registries. */
export class DiskImageStore implements ImageStore {
  readonly #options: ImageStoreOptions & typeof defaults;
  readonly #registries: Registries;
  readonly #blobs: Blobs;
  readonly #trees: Trees;
  readonly #names: Names;
  readonly #room: Room;
  readonly #pulls: Pulls;
  readonly #imports: Imports;
  /** What tasks need. */
  readonly #tasks = new Holds<TaskId>();
  /** What pulls need until their askers have it. */
  readonly #inUse = new Holds<object>();
  readonly #resolving = new SharedWork<PullProgress, Resolved>();
  readonly #importing = new SharedWork<PullProgress, readonly Imported[]>();
  readonly #pulling = new SharedWork<PullProgress, Tree>();
  readonly #resolveSlots = new RegistrySlots(resolvedAtOnce.all, resolvedAtOnce.ofRegistry);
  readonly #closing = new AbortController();

  constructor(given: ImageStoreOptions, places: Places) {
    const options = { ...defaults, ...given } as ImageStoreOptions & typeof defaults;
    const { clock, random, warn, registries = {}, architecture, archivesIn } = options;
    const patience = { ...registryPatience, ...options.patience };
    this.#options = options;
    this.#registries = new Registries({ clock, patience, registries });
    this.#blobs = new Blobs(places.blobs, clock, patience);
    this.#trees = new Trees(places.trees, places.drafts, () => uuidV7(clock.now(), random));
    this.#names = new Names({ path: places.names, clock, warn });
    const parts = { blobs: this.#blobs, trees: this.#trees, names: this.#names };
    this.#room = new Room({ ...options, ...parts, isHeld: (digest) => this.#isHeld(digest) });
    const install = new Install({ ...options, ...parts, ...platformOf(options.architecture) });
    const shared = { clock, install, inUse: this.#inUse };
    this.#pulls = new Pulls({ ...shared, blobs: this.#blobs, room: this.#room });
    this.#imports = new Imports({ ...shared, trees: this.#trees, architecture, archivesIn });
  }

  /** Finds what is here. Once, before anything else. */
  async load(): Promise<void> {
    await this.#trees.load(this.#options.warn);
    const rest = this.#trees.all().map(({ facts }) => facts.first);
    this.#names.load(rest, (configDigest) => this.#trees.get(configDigest) !== undefined);
    await this.#blobs.removeOldParts();
  }

  find(image: string): StoredImage | undefined {
    const reference = referenceIn(image);
    if (!reference) return undefined;
    const ref = this.#names.get(reference.name) ?? this.#byDigest(reference);
    return ref && this.#stored(reference.name, ref.digest, ref.configDigest);
  }

  async pull(request: PullRequest): Promise<StoredImage> {
    request.signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const here = request.refresh ? undefined : this.find(request.image);
    if (here) {
      if (request.holder !== undefined) this.#tasks.hold(here.configDigest, request.holder);
      this.#names.touch(here.configDigest);
      return here;
    }
    const reference = parseReference(request.image);
    try {
      if (reference.kind === 'archive') return await this.#pullArchive(reference, request);
      return await this.#pull(reference, request);
    } catch (error) {
      throw stalled(error);
    }
  }

  hold(configDigest: Digest, holder: TaskId): void {
    this.#tasks.hold(configDigest, holder);
    this.#names.touch(configDigest);
  }

  release(holder: TaskId): void {
    for (const configDigest of this.#tasks.release(holder)) this.#names.touch(configDigest);
  }

  list(): readonly StoredImage[] {
    return this.#names.all().flatMap((ref) => this.#stored(ref.name, ref.digest, ref.configDigest) ?? []);
  }

  async prune({ images }: { readonly images?: readonly string[] } = {}): Promise<Pruned> {
    const asked = images && [...new Set(images.map((image) => parseReference(image).name))];
    const here = this.#names.all().filter(({ name }) => asked?.includes(name) ?? true);
    for (const ref of here) if (!this.#isHeld(ref.configDigest)) this.#names.forget(ref);
    const inUse = asked ? here.flatMap(({ name, configDigest }) => (this.#isHeld(configDigest) ? [name] : [])) : [];
    const unknown = (asked ?? []).filter((name) => !here.some((ref) => ref.name === name));
    const freedBytes = await this.#room.removeNameless();
    await this.#names.save();
    return { freedBytes, inUse, unknown };
  }

  async importArchive(path: string, name?: string): Promise<readonly StoredImage[]> {
    this.#closing.signal.throwIfAborted();
    const taken = await this.#import({ path, ...(name !== undefined && { name }), isOnlyCopy: true }, {});
    return taken.map(({ named, tree }) => stored(named.name, named.digest, tree));
  }

  async close(): Promise<void> {
    const reason = new DOMException('the server ends', 'AbortError');
    this.#closing.abort(reason);
    const works = [this.#resolving, this.#importing, this.#pulling, this.#blobs];
    await Promise.all(works.map((work) => work.close(reason)));
    await this.#room.idle();
    await this.#trees.close();
    await this.#names.close();
    this.#registries.close();
  }

  async #pull(reference: RegistryReference, request: PullRequest): Promise<StoredImage> {
    const target = rewriteReference(reference, this.#options.rewrite ?? {});
    // Credentials are for the registry that the image names, and no mirror's to see.
    const own = target.domain === reference.domain ? request.credentials : undefined;
    const session = new RegistrySession(this.#registries, target, own);
    const waiter = { onProgress: request.onProgress, signal: request.signal };
    const resolved = await this.#resolve(target, session, keyOf(target, own), waiter);
    const { digest, configuration } = resolved;
    const asker = {};
    this.#inUse.hold(configuration.digest, asker);
    try {
      const tree =
        this.#trees.get(configuration.digest) ?? (await this.#bring(resolved, session, reference.name, waiter));
      if (request.holder !== undefined) this.#tasks.hold(tree.configDigest, request.holder);
      await this.#names.put({ name: reference.name, digest, configDigest: tree.configDigest, imported: false });
      return stored(reference.name, digest, tree);
    } finally {
      this.#inUse.release(asker);
    }
  }

  async #pullArchive(reference: ArchiveReference, request: PullRequest): Promise<StoredImage> {
    const { name, path } = reference;
    const [only] = await this.#import({ path, name, isOnlyCopy: false }, request);
    if (!only) throw new PullFailed(`there is no image in ${path}`);
    // Others that waited too, and were told first, may have let it go again.
    if (this.#trees.get(only.tree.configDigest) !== only.tree) return await this.#pullArchive(reference, request);
    if (request.holder !== undefined) this.#tasks.hold(only.tree.configDigest, request.holder);
    return stored(name, only.named.digest, only.tree);
  }

  async #import(order: ImportOrder, waiter: Waiter<PullProgress>): Promise<readonly Imported[]> {
    const key = JSON.stringify([order.path, order.name]);
    return await this.#importing.run(key, waiter, async (tell, signal) => {
      const holder = {};
      try {
        const found = await this.#imports.take(order, holder, tell, signal);
        for (const { named } of found) await this.#names.put(named);
        await this.#enforceCap();
        return found;
      } finally {
        this.#inUse.release(holder);
      }
    });
  }

  async #resolve(
    target: RegistryReference,
    session: RegistrySession,
    key: string,
    waiter: Waiter<PullProgress>,
  ): Promise<Resolved> {
    const platform = platformOf(this.#options.architecture);
    return await this.#resolving.run(key, waiter, async (tell, signal) => {
      tell({ phase: 'waiting', bytes: 0 });
      return await this.#resolveSlots.take(target.domain, signal, async () => {
        tell({ phase: 'resolving', bytes: 0 });
        return await resolveImage(session, target, platform, signal);
      });
    });
  }

  async #bring(
    resolved: Resolved,
    session: RegistrySession,
    name: string,
    waiter: Waiter<PullProgress>,
  ): Promise<Tree> {
    return await this.#pulling.run(resolved.configuration.digest, waiter, async (tell, signal) => {
      const tree = await this.#pulls.pull({ resolved, session, name }, tell, signal);
      await this.#enforceCap();
      return tree;
    });
  }

  #isHeld(digest: Digest): boolean {
    return this.#tasks.isHeld(digest) || this.#inUse.isHeld(digest);
  }

  /** The image is here whether or not others could be removed. */
  async #enforceCap(): Promise<void> {
    try {
      await this.#room.enforceCap();
    } catch (error) {
      this.#options.warn(`images take more than they may, and cannot be removed: ${wordsOf(error)}`);
    }
  }

  /** An image that is here under another name of the same repository is the one that a digest asks for. */
  #byDigest(reference: ImageReference): Ref | undefined {
    if (reference.kind === 'archive' || reference.digest === undefined) return undefined;
    const { digest, domain, repository } = reference;
    const prefix = `${domain}/${repository}`;
    return this.#names.all().find((ref) => {
      return ref.digest === digest && ref.name.startsWith(prefix) && /^[:@]/.test(ref.name.slice(prefix.length));
    });
  }

  #stored(name: string, digest: Digest, configDigest: Digest): StoredImage | undefined {
    const tree = this.#trees.get(configDigest);
    return tree && stored(name, digest, tree);
  }
}

function stored(reference: string, digest: Digest, { configDigest, root, configuration, facts }: Tree): StoredImage {
  const { config } = configuration;
  return { reference, digest, configDigest, root, config, sizeBytes: facts.bytes, notes: facts.notes };
}

/** What is no name of an image names nothing that is here. */
function referenceIn(image: string): ImageReference | undefined {
  try {
    return parseReference(image);
  } catch (error) {
    if (error instanceof PullFailed) return undefined;
    throw error;
  }
}

/** Nothing is wrong with an image whose registry cannot be reached, or for which this machine has no process or descriptor left. */
function stalled(error: unknown): unknown {
  if (error instanceof PullStalled || error instanceof PullFailed) return error;
  // Before what came of it: a connection that could not be made, to a registry that may well be there.
  if (isHostShort(error)) return new PullStalled('host-short', wordsOf(error), { cause: error });
  return error instanceof ConnectionLost ? new PullStalled('unreachable', error.message) : error;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Users who ask for one name may be told different things. In memory only. */
function keyOf({ name }: RegistryReference, credentials: PullRequest['credentials']): string {
  const who = credentials ? createHash('sha256').update(JSON.stringify(credentials)).digest('hex') : '';
  return `${name} ${who}`;
}

import { readFile } from 'node:fs/promises';
import type { Clock } from '../../core/clock.ts';
import { isDiskFull } from '../../core/disk-full.ts';
import { Slots } from '../../core/slots.ts';
import { type Digest, PullFailed, type PullProgress, PullStalled } from '../contract.ts';
import { parseConfiguration } from '../manifest/index.ts';
import type { RegistrySession } from '../registry/index.ts';
import type { LayerFile } from '../unpack/index.ts';
import type { Blobs } from './blobs.ts';
import type { Wanted } from './download.ts';
import type { Holds } from './holds.ts';
import type { Install } from './install.ts';
import { RegistrySlots } from './registry-slots.ts';
import type { Resolved } from './resolve.ts';
import type { Room } from './room.ts';
import type { Tree } from './trees.ts';

/** How much goes on at once: a pull fills most lines, and unpacking takes a core and the disk. */
const atOnce = { pulls: 6, pullsOfRegistry: 2, blobsOfPull: 3 } as const;

/** What layers grow to when they are unpacked, at a guess: room is made for it, and unpacking looks itself. */
const usualGrowth = 3;

export interface PullsOptions {
  readonly clock: Clock;
  readonly blobs: Blobs;
  readonly room: Room;
  readonly install: Install;
  /** What a pull needs stays while it goes on. */
  readonly inUse: Holds<object>;
}

export interface PullOrder {
  readonly resolved: Resolved;
  readonly session: RegistrySession;
  /** The whole name that is pulled first. */
  readonly name: string;
}

type Tell = (progress: PullProgress) => void;

/** Brings images that a registry has resolved: their blobs, several at once, and then the tree. */
export class Pulls {
  readonly #options: PullsOptions;
  readonly #slots = new RegistrySlots(atOnce.pulls, atOnce.pullsOfRegistry);

  constructor(options: PullsOptions) {
    this.#options = options;
  }

  /** Throws `PullFailed`; `PullStalled` for a full disk, whose parts are deleted; `ConnectionLost`. */
  async pull(order: PullOrder, tell: Tell, signal: AbortSignal): Promise<Tree> {
    const { inUse } = this.#options;
    const { configuration, layers } = order.resolved;
    const holder = {};
    for (const { digest } of [configuration, ...layers]) inUse.hold(digest, holder);
    try {
      return (await this.#bringAndInstall(order, tell, signal)) ?? (await this.#again(order, tell, signal));
    } catch (error) {
      if (isDiskFull(error)) throw new PullStalled('disk-full', 'there is no room on the disk for the image');
      throw error;
    } finally {
      inUse.release(holder);
    }
  }

  async #again(order: PullOrder, tell: Tell, signal: AbortSignal): Promise<Tree> {
    const tree = await this.#bringAndInstall(order, tell, signal);
    if (tree) return tree;
    throw new PullFailed(`the layers of ${order.name} do not stay whole on this disk`);
  }

  /** Undefined if blobs that were here were found damaged, and removed. */
  async #bringAndInstall(order: PullOrder, tell: Tell, signal: AbortSignal): Promise<Tree | undefined> {
    const { blobs, room, install } = this.#options;
    const { configuration, layers } = order.resolved;
    tell({ phase: 'waiting', bytes: 0 });
    const bring = () => this.#bring(order, tell, signal);
    const { configBytes, here } = await this.#slots.take(order.session.registry, signal, bring);
    if (await blobs.removeDamaged([configuration.digest])) {
      await blobs.removeDamaged(here.filter((digest) => digest !== configuration.digest));
      return undefined;
    }
    const files = layerFiles(order, configBytes, (digest) => blobs.path(digest));
    const total = totalOf(layers);
    if (!(await room.makeRoom(usualGrowth * total))) await room.makeRoom(total);
    const from = { layers: files, blobs: layers.map(({ digest }) => digest) };
    try {
      return await install.install({ configBytes, ...from, first: nameOf(order) }, tell, signal);
    } catch (error) {
      if (error instanceof PullFailed && (await blobs.removeDamaged(here))) return undefined;
      throw error;
    }
  }

  async #bring(
    { resolved, session }: PullOrder,
    tell: Tell,
    signal: AbortSignal,
  ): Promise<{ configBytes: Buffer; here: Digest[] }> {
    const { blobs } = this.#options;
    const { configuration, layers } = resolved;
    const wanted = [...new Map([configuration, ...layers].map((each) => [each.digest, each])).values()];
    await this.#checkRoom(wanted);
    const here: Digest[] = [];
    const progress = new Downloading(this.#options.clock, wanted, tell);
    const bringOne = async (each: Wanted, own: AbortSignal) => {
      const waiter = { signal: own, onProgress: (bytes: number) => progress.set(each.digest, bytes) };
      if ((await blobs.bring(each, session, waiter)) === 'here') here.push(each.digest);
    };
    await this.#allOrNone(wanted, bringOne, signal);
    return { configBytes: await readFile(blobs.path(configuration.digest)), here };
  }

  async #checkRoom(wanted: readonly Wanted[]): Promise<void> {
    const { blobs, room } = this.#options;
    let missing = 0;
    for (const each of wanted) missing += each.size - (await blobs.lengthHere(each));
    if (missing === 0 || (await room.makeRoom(missing))) return;
    const disk = await room.diskBytes();
    if (missing > disk) throw new PullFailed(`the image has ${missing} bytes, and the whole disk ${disk}`);
    throw new PullStalled('disk-full', `there is no room on the disk for ${missing} bytes of the image`);
  }

  /** The first failure ends the others, and is thrown when they have ended. For want of room, their parts are deleted. */
  async #allOrNone(
    wanted: readonly Wanted[],
    bring: (each: Wanted, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const stop = new AbortController();
    const own = AbortSignal.any([signal, stop.signal]);
    const slots = new Slots(atOnce.blobsOfPull);
    let failure: { readonly error: unknown } | undefined;
    const all = wanted.map((each) =>
      slots
        .take(() => bring(each, own), own)
        .catch((error: unknown) => {
          failure ??= { error };
          stop.abort(error);
        }),
    );
    await Promise.all(all);
    if (!failure) return;
    if (isDiskFull(failure.error)) for (const { digest } of wanted) await this.#options.blobs.removePart(digest);
    throw failure.error;
  }
}

/** Sums up what is here of an image's blobs, and tells it a few times a second. */
class Downloading {
  readonly #clock: Clock;
  readonly #tell: Tell;
  readonly #here = new Map<Digest, number>();
  readonly #totalBytes: number;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, wanted: readonly Wanted[], tell: Tell) {
    this.#clock = clock;
    this.#tell = tell;
    this.#totalBytes = totalOf(wanted);
  }

  set(digest: Digest, bytes: number): void {
    this.#here.set(digest, bytes);
    const total = this.#sum();
    const now = this.#clock.monotonic();
    if (now - this.#toldAt < 200 && total < this.#totalBytes) return;
    this.#toldAt = now;
    this.#tell({ phase: 'downloading', bytes: total, totalBytes: this.#totalBytes });
  }

  #sum(): number {
    let total = 0;
    for (const bytes of this.#here.values()) total += bytes;
    return total;
  }
}

function layerFiles(
  { resolved, name }: PullOrder,
  configBytes: Buffer,
  pathOf: (digest: Digest) => string,
): readonly LayerFile[] {
  const { diffIds } = parseConfiguration(configBytes);
  const { layers } = resolved;
  if (diffIds.length !== layers.length)
    throw new PullFailed(`${name}: its configuration has ${diffIds.length} layers, its manifest ${layers.length}`);
  return diffIds.flatMap((diffId, index) => {
    const layer = layers[index];
    return layer ? [{ path: pathOf(layer.digest), mediaType: layer.mediaType, diffId }] : [];
  });
}

function nameOf({ name, resolved }: PullOrder) {
  return { name, digest: resolved.digest, configDigest: resolved.configuration.digest, imported: false };
}

function totalOf(wanted: readonly Wanted[]): number {
  return wanted.reduce((total, { size }) => total + size, 0);
}

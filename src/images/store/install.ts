import type { Clock } from '../../core/clock.ts';
import { Slots } from '../../core/slots.ts';
import type { Digest, PullProgress } from '../contract.ts';
import { digestOf } from '../digest.ts';
import { parseConfiguration } from '../manifest/index.ts';
import type { LayerFile, TreeOwner, UnpackedTree, UnpackRequest } from '../unpack/index.ts';
import type { Named } from './refs-file.ts';
import type { Tree, Trees } from './trees.ts';

/** `unpackImage`, or what stands for it in a test. */
export type Unpack = (request: UnpackRequest) => Promise<UnpackedTree>;

export interface InstallOptions {
  readonly trees: Trees;
  readonly unpack: Unpack;
  readonly clock: Clock;
  /** Whom trees belong to; by default this process's user. */
  readonly owner?: TreeOwner;
  readonly reserveBytes: number;
  /** Of this machine, in Go's words. */
  readonly architecture: string;
}

export interface InstallOrder {
  readonly configBytes: Buffer;
  /** The lowest first. */
  readonly layers: readonly LayerFile[];
  /** What the layers' files are, where they are blobs of the store. */
  readonly blobs: readonly Digest[];
  readonly first: Named;
}

/** Makes trees of layers that are here, one at a time. */
export class Install {
  readonly #options: InstallOptions;
  readonly #slots = new Slots(1);

  constructor(options: InstallOptions) {
    this.#options = options;
  }

  /** Throws what unpacking does; then nothing is left of the tree. */
  async install(order: InstallOrder, tell: (progress: PullProgress) => void, signal: AbortSignal): Promise<Tree> {
    return await this.#slots.take(() => this.#install(order, tell, signal), signal);
  }

  async #install(order: InstallOrder, tell: (progress: PullProgress) => void, signal: AbortSignal): Promise<Tree> {
    const { trees, unpack, clock, owner, reserveBytes } = this.#options;
    const { architecture } = parseConfiguration(order.configBytes);
    const here = trees.get(digestOf(order.configBytes));
    if (here) return here;
    const draft = await trees.draft();
    tell({ phase: 'unpacking', bytes: 0 });
    try {
      const { notes, bytes } = await unpack({
        layers: order.layers,
        into: draft.root,
        ...(owner && { owner }),
        limits: { reserve: reserveBytes },
        clock,
        signal,
        onProgress: (progress) => tell({ phase: 'unpacking', ...progress }),
      });
      const all = [...notes, ...this.#foreign(architecture)];
      return await trees.take(draft, order.configBytes, {
        bytes,
        notes: all,
        blobs: [...order.blobs],
        first: order.first,
      });
    } catch (error) {
      await trees.abandon(draft);
      throw error;
    }
  }

  #foreign(architecture: string | undefined): string[] {
    const { architecture: own } = this.#options;
    if (architecture === undefined || architecture === own) return [];
    return [`made for linux/${architecture.slice(0, 40)}, and this machine is linux/${own}`];
  }
}

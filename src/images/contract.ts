import type { TaskId } from '../core/ids.ts';

/** `sha256:` and 64 hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** What an image says of how it is run, as its configuration has it; what it does not say is absent. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value`, in the image's order. */
  readonly environment: readonly string[];
  /** `name`, `name:group`, `uid`, `uid:gid`. */
  readonly user?: string;
  readonly workingDirectory?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An image that is here, unpacked. */
export interface StoredImage {
  /** The name that it was asked by, whole: `docker.io/library/alpine:3`, or `oci:DIR`, `docker-archive:FILE`. */
  readonly reference: string;
  /** What the name resolved to when it was pulled: the index's digest if there is one, else the manifest's. For `image@digest`. */
  readonly digest: Digest;
  /** Names the tree: images of the same configuration share it. */
  readonly configDigest: Digest;
  /** Its files, one flattened tree owned by the job's user; never written. Absolute. */
  readonly root: string;
  readonly config: ImageConfig;
  /** Bytes of its tree on the disk. */
  readonly sizeBytes: number;
  /** What of the image is not kept, in words: `8 character devices left out`. */
  readonly notes: readonly string[];
}

/** How far a pull is, for people. */
export interface PullProgress {
  readonly phase: 'waiting' | 'resolving' | 'downloading' | 'unpacking';
  readonly bytes: number;
  /** Absent until the manifest is known. */
  readonly totalBytes?: number;
}

export interface PullRequest {
  /** As the definition has it. */
  readonly image: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Asks the registry although an image is here under that name, and takes what it has now. */
  readonly refresh?: boolean;
  /** Names the tree as in use before the promise resolves, so that nothing removes it between; see `hold`. */
  readonly holder?: TaskId;
  readonly onProgress?: (progress: PullProgress) => void;
  /** Gives up this request; the pull goes on while others wait for it. */
  readonly signal?: AbortSignal;
}

/**
 * OCI images of this machine: pulled, verified, unpacked and removed by the server alone. One at a time opens a directory. A pull that
 * is asked for twice is made once; what is here is answered without the network.
 */
export interface ImageStore {
  /** What is here under that name now. Never asks a registry. */
  find(image: string): StoredImage | undefined;
  /**
   * What is here, else what the registry has. Rejects with `PullFailed`; with `PullStalled` where nothing is wrong with the image:
   * the disk is full, the registry did not answer, this machine can start no process.
   */
  pull(request: PullRequest): Promise<StoredImage>;
  /** The tree is kept until `release` of the same task. At start of the server: for every unreleased task, before any removal. */
  hold(configDigest: Digest, holder: TaskId): void;
  release(holder: TaskId): void;
  /** All that are here, by name. */
  list(): readonly StoredImage[];
  /** Forgets names that nobody uses; trees and blobs that are left without a name go. */
  prune(filter?: { readonly images?: readonly string[] }): Promise<Pruned>;
  /** Takes in an archive of `docker save` or an OCI layout, a directory or a tar. Answers what was in it. */
  importArchive(path: string, name?: string): Promise<readonly StoredImage[]>;
  /** Ends pulls, whose parts stay for the next, and forgets nothing. */
  close(): Promise<void>;
}

/** What pruning came to. */
export interface Pruned {
  readonly freedBytes: number;
  /** Of the images that were named, those that stay, since tasks use them. */
  readonly inUse: readonly string[];
  /** Of those, the ones that are not here. */
  readonly unknown: readonly string[];
}

/** The image cannot be had: in the words of Docker, without `CannotPullContainerError:`. */
export class PullFailed extends Error {
  override readonly name = 'PullFailed';
}

/** The image cannot be had now. */
export class PullStalled extends Error {
  override readonly name = 'PullStalled';
  /** `unreachable`: no registry answered. `disk-full`: there is no room. `host-short`: this machine has no process, descriptor or memory left. */
  readonly why: 'unreachable' | 'disk-full' | 'host-short';

  constructor(why: PullStalled['why'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.why = why;
  }
}

import type { Clock } from '../../core/clock.ts';
import type { Digest } from '../contract.ts';
import type { UnpackLimits } from './limits.ts';

/** A layer of an image, in a file: a tar, packed by gzip or zstd or not at all. What packs it is seen by its first bytes. */
export interface LayerFile {
  readonly path: string;
  /** A directory that the file must lie in, of a path without links: it came by a name of a stranger's making. */
  readonly within?: string;
  /** As the manifest has it. One that is no layer of files is refused. */
  readonly mediaType: string;
  /** Of the tar, not packed, as the configuration has it; the layer must have it. */
  readonly diffId: Digest;
}

/** Whom every file of a tree belongs to. */
export interface TreeOwner {
  readonly uid: number;
  readonly gid: number;
}

/** How far it is: bytes of the layers' files that were read, of how many. */
export interface UnpackProgress {
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface UnpackRequest {
  /** The lowest first. */
  readonly layers: readonly LayerFile[];
  /** The tree to make: an absolute path at which nothing is yet, in a directory that is there. */
  readonly into: string;
  /** By default who calls; another only where root calls. */
  readonly owner?: TreeOwner;
  /** Where these differ from `unpackLimits`. */
  readonly limits?: Partial<UnpackLimits>;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** About once a second. */
  readonly onProgress?: (progress: UnpackProgress) => void;
}

export interface UnpackedTree {
  /** What of the image is not kept, in words: `8 character devices left out`. */
  readonly notes: readonly string[];
  /** What the tree takes of the disk; what has several names counts once. */
  readonly bytes: number;
  /** Files, directories and links in the tree. */
  readonly entries: number;
}

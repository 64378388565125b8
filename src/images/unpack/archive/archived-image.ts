import type { Clock } from '../../../core/clock.ts';
import type { Digest } from '../../contract.ts';
import type { Configuration } from '../../manifest/index.ts';
import type { LayerFile } from '../request.ts';

/** An archive of images on this machine: what `docker-archive:FILE` and `oci:DIR` name, and what is imported. */
export interface ArchiveRequest {
  /** A file: what `docker save` wrote, or a tar of an OCI layout, packed or not. A directory: an OCI layout. Absolute. */
  readonly path: string;
  /** Directories, of paths without links, in one of which it must lie; by default it may lie anywhere. */
  readonly within?: readonly string[];
  /** An empty directory for the files of a tar. The caller removes it, once the layers are unpacked. */
  readonly scratch: string;
  /** In Node's words; by default this machine's. Of an index the image for it is taken. */
  readonly architecture?: string;
  /** What all that is in a tar may take; by default as `unpackLimits` has it. */
  readonly bytes?: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** An image in an archive. */
export interface ArchivedImage {
  /** As the archive has them: `busybox:1`, `docker.io/library/busybox:1`; none of an image that was saved by its id. */
  readonly names: readonly string[];
  /** Of its index if that is for several platforms, else its manifest; of an archive without manifests, of its configuration. */
  readonly digest: Digest;
  readonly configDigest: Digest;
  /** The configuration as it is, which `configDigest` is of. */
  readonly configContent: Buffer;
  readonly configuration: Configuration;
  /** Where they are in the directory, or in `scratch`. */
  readonly layers: readonly LayerFile[];
}

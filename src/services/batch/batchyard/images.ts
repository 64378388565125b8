import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { Operation } from '../../../core/operation.ts';
import {
  type EngineImages,
  EngineUnavailable,
  type Pruned,
  PullFailed,
  type PullProgress,
  PullStalled,
  type StoredImage,
} from '../../../engines/index.ts';
import { batchyardOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import type { ImageWork } from './image-work.ts';

/** An image that is here. */
export interface ShownImage {
  readonly name: string;
  /** What the name resolved to. */
  readonly digest: string;
  /** The image's id, as Docker calls it. */
  readonly imageId: string;
  readonly sizeBytes: number;
  /** What of it is not kept, in words. */
  readonly notes: readonly string[];
}

interface ListImagesOutput {
  readonly images: readonly ShownImage[];
}

/** The images that jobs of the process engine can run in without a registry. */
export function listImages(runtime: BatchRuntime): Operation<Record<string, never>, ListImagesOutput> {
  return batchyardOperation(runtime, {
    schema: z.object({}),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:ListImages', resource: '*' }],
    handler: () => inWords(async () => ({ images: imagesOf(runtime).list().map(shown) })),
  });
}

interface PullImageInput {
  readonly image: string;
}

/** Without `image` it is under way: the call is to be repeated. */
export interface PullImageOutput {
  readonly progress?: PullProgress;
  readonly image?: ShownImage;
}

/** Pulls an image before a job asks for it. Joins a pull that is under way, and answers how far it is. */
export function pullImage(
  runtime: BatchRuntime,
  pulls: ImageWork<StoredImage, PullProgress>,
): Operation<PullImageInput, PullImageOutput> {
  return batchyardOperation(runtime, {
    schema: z.object({ image: name }),
    readOnly: false,
    audit: 'management',
    access: () => [{ action: 'batchyard:PullImage', resource: '*' }],
    handler: ({ image }) =>
      inWords(async () => {
        const images = imagesOf(runtime);
        const state = await pulls.ask(image, (onProgress) => images.pull({ image, onProgress, refresh: true }));
        if (state.kind === 'done') return { image: shown(state.result) };
        return state.progress ? { progress: state.progress } : {};
      }),
  });
}

interface PruneImagesInput {
  /** These alone, whether used lately or not. Absent: all that no job uses. */
  readonly images?: readonly string[] | undefined;
}

/** Names are whole: `docker.io/library/busybox:latest`. */
export type PruneImagesOutput = Pruned;

/** Removes images that no job uses now. */
export function pruneImages(runtime: BatchRuntime): Operation<PruneImagesInput, PruneImagesOutput> {
  return batchyardOperation<PruneImagesInput, PruneImagesOutput>(runtime, {
    schema: z.object({ images: z.array(name).max(1_000).optional() }),
    readOnly: false,
    audit: 'management',
    access: () => [{ action: 'batchyard:PruneImages', resource: '*' }],
    handler: ({ images }) => inWords(async () => await imagesOf(runtime).prune(images ? { images } : undefined)),
  });
}

interface ImportImagesInput {
  /** Of the server's machine; absolute. */
  readonly path: string;
  readonly name?: string | undefined;
}

/** Without `images` it is under way: the call is to be repeated. */
export interface ImportImagesOutput {
  readonly images?: readonly ShownImage[];
}

/** Takes in an archive of `docker save`, or an OCI layout. */
export function importImages(
  runtime: BatchRuntime,
  imports: ImageWork<readonly StoredImage[], never>,
): Operation<ImportImagesInput, ImportImagesOutput> {
  return batchyardOperation<ImportImagesInput, ImportImagesOutput>(runtime, {
    schema: z.object({ path: z.string().min(1).max(4096), name: name.optional() }),
    readOnly: false,
    audit: 'management',
    access: () => [{ action: 'batchyard:ImportImages', resource: '*' }],
    handler: ({ path, name: as }) => {
      if (!isAbsolute(path)) return refuse(`path must be absolute, not ${path}`);
      return inWords(async () => {
        const images = imagesOf(runtime);
        const state = await imports.ask(JSON.stringify([path, as]), () => images.importArchive(path, as));
        return state.kind === 'done' ? { images: state.result.map(shown) } : {};
      });
    },
  });
}

const name = z.string().min(1).max(4096);

function imagesOf({ installation }: BatchRuntime): EngineImages {
  return (
    installation.images() ??
    refuse(
      'this server keeps no images: its jobs run as containers, and their daemon has the images (docker images, podman images)',
    )
  );
}

/** What is wrong with an image, or keeps the engine from it, is the caller's to know. */
async function inWords<Output>(work: () => Promise<Output>): Promise<Output> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PullFailed || error instanceof PullStalled || error instanceof EngineUnavailable)
      return refuse(error.message);
    throw error;
  }
}

function shown({ reference, digest, configDigest, sizeBytes, notes }: StoredImage): ShownImage {
  return { name: reference, digest, imageId: configDigest, sizeBytes, notes };
}

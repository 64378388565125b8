import { z } from 'zod';
import { type Digest, PullFailed } from '../contract.ts';
import { isDigest } from '../digest.ts';
import { configurationTypes, isForeign, layerTypes } from './media-types.ts';
import { listOf, strangeJson } from './strange-json.ts';

const descriptor = z.object({
  mediaType: z.string().default(''),
  digest: z.custom<Digest>(isDigest),
  /** Bytes. */
  size: z.int().min(0),
  urls: listOf(z.string(), 1_000).nullish(),
});

const indexEntry = descriptor.extend({
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().nullish() }).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});

const index = z.object({ schemaVersion: z.literal(2), manifests: listOf(indexEntry, 1_000) });

const manifest = z.object({
  schemaVersion: z.literal(2),
  config: descriptor,
  layers: listOf(descriptor, 1_000).refine((layers) => layers.length > 0, 'it has no layers'),
});

/** Bytes: it is read whole. */
const largestConfiguration = 4 * 1024 ** 2;

export type Descriptor = z.infer<typeof descriptor>;
export type IndexEntry = z.infer<typeof indexEntry>;

/** A layer as it is sent. */
export interface Layer {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

export type ImageManifest =
  | { readonly kind: 'index'; readonly entries: readonly IndexEntry[] }
  | { readonly kind: 'image'; readonly configuration: Descriptor; readonly layers: readonly Layer[] };

/**
 * Reads a manifest by its shape, whatever type it was sent as. Throws `PullFailed` for one that is none, of schema 1, both an
 * index and an image (two readers would see two images), no image to run, or with layers that lie elsewhere.
 */
export function parseManifest(content: Uint8Array): ImageManifest {
  const found = parseJson(content);
  if (found.schemaVersion === 1)
    throw new PullFailed('its manifest is of schema 1, which is not supported: push it again with a current builder');
  const isIndex = 'manifests' in found;
  if (isIndex && ('config' in found || 'layers' in found))
    throw new PullFailed('its manifest is an index and an image at once');
  return isIndex ? { kind: 'index', entries: check(index, found).manifests } : imageOf(check(manifest, found));
}

function imageOf({ config, layers }: z.infer<typeof manifest>): ImageManifest {
  if (!configurationTypes.has(config.mediaType))
    throw new PullFailed(`it is no image: its configuration is of type ${quoted(config.mediaType)}`);
  if (config.size > largestConfiguration)
    throw new PullFailed(`its configuration is larger than ${largestConfiguration} bytes`);
  for (const layer of layers) checkLayer(layer);
  return { kind: 'image', configuration: config, layers };
}

function checkLayer({ mediaType, digest, urls }: Descriptor): void {
  if (isForeign(mediaType) || (urls ?? []).length > 0)
    throw new PullFailed(`its layer ${digest} is foreign: it lies outside of the registry, and is not pulled`);
  if (!layerTypes.has(mediaType))
    throw new PullFailed(`its layer ${digest} is of type ${quoted(mediaType)}, which is not supported`);
}

function parseJson(content: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(strangeJson(content));
  } catch (error) {
    const words = error instanceof RangeError ? error.message : 'it is no JSON object';
    throw new PullFailed(`its manifest is not valid: ${words}`, { cause: error });
  }
}

function check<Schema extends z.ZodType>(schema: Schema, found: unknown): z.infer<Schema> {
  const result = schema.safeParse(found);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new PullFailed(`its manifest is not valid: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** A registry's words, short and on one line. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

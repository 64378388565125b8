import { type Digest, PullFailed } from '../contract.ts';
import {
  choosePlatform,
  type Descriptor,
  type ImageManifest,
  type Layer,
  type Platform,
  parseManifest,
} from '../manifest/index.ts';
import type { RegistryReference } from '../reference/index.ts';
import type { RegistrySession } from '../registry/index.ts';

/** What a name means at its registry now. */
export interface Resolved {
  /** Of the index if there is one, else of the manifest: it names the image for every platform. */
  readonly digest: Digest;
  readonly configuration: Descriptor;
  /** The lowest first. */
  readonly layers: readonly Layer[];
}

/** An index may list indexes. */
const deepest = 3;

/** Asks a registry what an image is, for a platform. Throws `PullFailed`, `ConnectionLost`. */
export async function resolveImage(
  session: RegistrySession,
  reference: RegistryReference,
  platform: Platform,
  signal: AbortSignal,
): Promise<Resolved> {
  let version: string = reference.digest ?? reference.tag ?? 'latest';
  let first: Digest | undefined;
  for (let depth = 0; depth < deepest; depth += 1) {
    const { content, digest } = await session.manifest(version, signal);
    first ??= digest;
    const found = inWords(reference, () => parseManifest(content));
    if (found.kind === 'image') return { digest: first, configuration: found.configuration, layers: found.layers };
    version = inWords(reference, () => choosePlatform(found.entries, platform)).digest;
  }
  throw new PullFailed(`${reference.familiar}: its index leads to indexes only`);
}

function inWords<Found extends ImageManifest | { digest: Digest }>(
  { familiar }: RegistryReference,
  read: () => Found,
): Found {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PullFailed) || error.message.startsWith('no matching')) throw error;
    throw new PullFailed(`${familiar}: ${error.message}`, { cause: error });
  }
}

import { type Digest, PullFailed } from '../../contract.ts';
import {
  choosePlatform,
  type Descriptor,
  type ImageManifest,
  type IndexEntry,
  type Platform,
  parseConfiguration,
  parseManifest,
} from '../../manifest/index.ts';
import { type ArchiveFiles, blobName, readBlob, readContent } from './archive-files.ts';
import type { ArchivedImage } from './archived-image.ts';

/** Indexes that lead to indexes. */
const mostNested = 3;

/** The images of an OCI layout, for one platform. Rejects with `PullFailed`. */
export async function readLayout(files: ArchiveFiles, platform: Platform): Promise<readonly ArchivedImage[]> {
  const content = await readContent(files, 'index.json');
  if (content === undefined) throw new PullFailed('index.json is missing: it is no OCI layout');
  const index = parseManifest(content);
  if (index.kind !== 'index') throw new PullFailed('index.json is no index');
  const images: ArchivedImage[] = [];
  for (const { names, entries } of imagesOf(index.entries)) {
    const entry = chosen(entries, platform);
    images.push({ names, ...(await readImage(files, entry.digest, platform)) });
  }
  return images;
}

interface NamedEntries {
  readonly names: readonly string[];
  /** For one platform each, where there are several. */
  readonly entries: readonly IndexEntry[];
}

/** Entries of one name are one image for several platforms, and so are those without a name that say for which they are. */
function imagesOf(entries: readonly IndexEntry[]): readonly NamedEntries[] {
  const byName = new Map<string, IndexEntry[]>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const key = name === undefined && !entry.platform ? `@${entry.digest}` : `=${name ?? ''}`;
    byName.set(key, [...(byName.get(key) ?? []), entry]);
  }
  return [...byName.values()].map((of) => ({
    names: of.slice(0, 1).flatMap((entry) => nameOf(entry) ?? []),
    entries: of,
  }));
}

/** containerd's is whole, where OCI's is often the tag alone. */
function nameOf({ annotations }: IndexEntry): string | undefined {
  return annotations?.['io.containerd.image.name'] ?? annotations?.['org.opencontainers.image.ref.name'];
}

function chosen(entries: readonly IndexEntry[], platform: Platform): IndexEntry {
  const [only] = entries;
  return only !== undefined && entries.length === 1 && !only.platform ? only : choosePlatform(entries, platform);
}

async function readImage(
  files: ArchiveFiles,
  digest: Digest,
  platform: Platform,
): Promise<Omit<ArchivedImage, 'names'>> {
  const { configuration: described, layers } = await readManifest(files, digest, platform);
  const configContent = await readBlob(files, described.digest);
  const configuration = parseConfiguration(configContent);
  const { diffIds } = configuration;
  if (diffIds.length !== layers.length)
    throw new PullFailed(`it has ${layers.length} layers, and its configuration ${diffIds.length}`);
  return {
    digest,
    configDigest: described.digest,
    configContent,
    configuration,
    layers: diffIds.map((diffId, index) => layerFile(files, diffId, layers[index])),
  };
}

type Image = ImageManifest & { readonly kind: 'image' };

async function readManifest(files: ArchiveFiles, digest: Digest, platform: Platform): Promise<Image> {
  let manifest = parseManifest(await readBlob(files, digest));
  for (let nested = 0; manifest.kind === 'index'; nested += 1) {
    if (nested === mostNested) throw new PullFailed('its index leads to indexes alone');
    manifest = parseManifest(await readBlob(files, choosePlatform(manifest.entries, platform).digest));
  }
  return manifest;
}

function layerFile(
  files: ArchiveFiles,
  diffId: Digest,
  layer: Pick<Descriptor, 'digest' | 'mediaType'> | undefined,
): ArchivedImage['layers'][number] {
  const path = layer && files.pathOf(blobName(layer.digest));
  if (path === undefined) throw new PullFailed(`${layer?.digest ?? diffId} is not in the archive`);
  const { within } = files;
  return { path, mediaType: layer?.mediaType ?? '', diffId, ...(within !== undefined && { within }) };
}

import { z } from 'zod';
import { type Digest, PullFailed } from '../../contract.ts';
import { digestOf } from '../../digest.ts';
import { listOf, parseConfiguration, strangeJson } from '../../manifest/index.ts';
import { type ArchiveFiles, readContent, shortened } from './archive-files.ts';
import type { ArchivedImage } from './archived-image.ts';
import { memberName } from './member-name.ts';

const saved = z.object({
  Config: z.string().max(4096),
  RepoTags: listOf(z.string().max(4096), 1_000).nullish(),
  Layers: listOf(z.string().max(4096), 500).nullish(),
});

const manifest = listOf(saved, 1_000).refine((images) => images.length > 0);

/** The images that `docker save` wrote, by its `manifest.json`. Rejects with `PullFailed`. */
export async function readSaved(files: ArchiveFiles): Promise<readonly ArchivedImage[]> {
  const content = await readContent(files, 'manifest.json');
  if (content === undefined)
    throw new PullFailed('neither manifest.json nor oci-layout is in it: it is no archive of images');
  const images: ArchivedImage[] = [];
  for (const image of parse(content)) images.push(await readImage(files, image));
  return images;
}

function parse(content: Buffer): z.infer<typeof manifest> {
  try {
    return manifest.parse(strangeJson(content));
  } catch (error) {
    throw new PullFailed('its manifest.json is not valid', { cause: error });
  }
}

async function readImage(
  files: ArchiveFiles,
  { Config, RepoTags, Layers }: z.infer<typeof saved>,
): Promise<ArchivedImage> {
  const configContent = await readContent(files, memberName(Config));
  if (configContent === undefined) throw new PullFailed(`${shortened(Config)}, the configuration, is not in it`);
  const configuration = parseConfiguration(configContent);
  const { diffIds } = configuration;
  const layers = Layers ?? [];
  if (diffIds.length !== layers.length)
    throw new PullFailed(`it has ${layers.length} layers, and its configuration ${diffIds.length}`);
  const configDigest = digestOf(configContent);
  return {
    names: RepoTags ?? [],
    // It has no manifest; what Docker calls the image's id is what is left to name it by.
    digest: configDigest,
    configDigest,
    configContent,
    configuration,
    layers: diffIds.map((diffId, index) => layerFile(files, diffId, layers[index] ?? '')),
  };
}

function layerFile(files: ArchiveFiles, diffId: Digest, name: string): ArchivedImage['layers'][number] {
  const path = files.pathOf(memberName(name));
  if (path === undefined) throw new PullFailed(`${shortened(name)}, a layer, is not in it`);
  return { path, mediaType: 'application/vnd.docker.image.rootfs.diff.tar', diffId };
}

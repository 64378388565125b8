import type { ImageConfig } from '../../../images/index.ts';
import type { ContainerSpec } from '../../contract.ts';
import { CannotStart } from '../errors.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';

/** The files that a container sees as its root. */
export interface RootFiles {
  readonly directory: string;
  /** The host's own root, a directory that the operator mapped the image to, or the image itself. */
  readonly kind: 'host' | 'mapped' | 'image';
  /** What is said beside the files of how they are run. */
  readonly config: ImageConfig;
  readonly notes: readonly string[];
}

/** Finds the root of a container: the operator's mapping, the image, or the host's files where that is allowed. */
export function resolveImage(
  { image, imageRoot }: Pick<ContainerSpec, 'image' | 'imageRoot'>,
  config: RunnerConfig,
): RootFiles {
  const mapped = mappedRoot(image, config.rootFilesystems);
  if (mapped) {
    const { directory, command = [], environment = {} } = mapped;
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    return { directory, kind: 'mapped', config: { ...unsaid, command, environment: variables }, notes: [] };
  }
  if (imageRoot) {
    const { root, config, digest } = imageRoot;
    return { directory: root, kind: 'image', config, notes: [`image ${image} is ${digest}`, ...imageRoot.notes] };
  }
  if (!config.allowUnmappedImages) throw new CannotStart(refusal(image));
  const words = `image ${image} has no root file system here: the command runs on the files of this host`;
  return { directory: '/', kind: 'host', config: unsaid, notes: image === hostImage ? [] : [words] };
}

/** The name of no image: the files of this host, asked for as such. */
export const hostImage = 'host';

/** Whether the operator has mapped an image to a directory. */
export function isMapped(image: string, rootFilesystems: RunnerConfig['rootFilesystems']): boolean {
  return mappedRoot(image, rootFilesystems) !== undefined;
}

/** Names are jobs' own: none may be found among what every object has (`constructor`). */
function mappedRoot(image: string, rootFilesystems: RunnerConfig['rootFilesystems']) {
  const name = [image, withoutTag(image)].find((each) => Object.hasOwn(rootFilesystems, each));
  return name === undefined ? undefined : rootFilesystems[name];
}

const unsaid: ImageConfig = { entrypoint: [], command: [], environment: [], labels: {} };

function refusal(image: string): string {
  return (
    `CannotPullContainerError: the process engine has no root file system for image ${image}: map the image name to a ` +
    'directory, or use an engine that pulls images'
  );
}

/** `name` for `name:latest`: an image named without a tag means its latest. */
function withoutTag(image: string): string {
  return image.endsWith(':latest') ? image.slice(0, -':latest'.length) : image;
}

import { CannotStart } from '../errors.ts';
import type { RunnerConfig } from '../runner-config.ts';

/** The files that a container sees as its root. */
export interface RootFiles {
  readonly directory: string;
  /** Whether the operator mapped the image; else it is the host's own root. */
  readonly mapped: boolean;
  readonly notes: readonly string[];
}

/** Finds the root file system of an image: the operator's mapping, or the host's files where that is allowed. */
export function resolveImage(image: string, config: RunnerConfig): RootFiles {
  const directory = config.rootFilesystems[image] ?? config.rootFilesystems[withoutTag(image)];
  if (directory !== undefined) return { directory, mapped: true, notes: [] };
  if (!config.allowUnmappedImages) throw new CannotStart(refusal(image));
  return {
    directory: '/',
    mapped: false,
    notes: [`image ${image} has no root file system here: the command runs on the files of this host`],
  };
}

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

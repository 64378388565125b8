import { type ImageReference, PullFailed, parseReference, rewriteReference } from '../../../images/index.ts';
import { CannotStart } from '../cannot-start.ts';

/** The place that an image is fetched from, its name there, and which of it: Docker's rules for what is left out. */
export interface ImageName {
  /** As it is asked for: `docker.io/library/busybox`, or shorter as it was written. */
  readonly repository: string;
  /** A tag, or a digest with its algorithm. */
  readonly version: string;
  /** As one word: `repository:tag` or `repository@digest`. */
  readonly whole: string;
}

/** Reads an image's name; without tag or digest it is `latest`, since Docker would fetch all of a repository otherwise. */
export function parseImageName(image: string): ImageName {
  const [named = '', digest] = image.split('@');
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const repository = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? 'latest' : named.slice(colon + 1);
  return digest === undefined
    ? { repository, version: tag, whole: `${repository}:${tag}` }
    : { repository, version: digest, whole: `${repository}@${digest}` };
}

/** The host of the registry that a repository is in. */
export function registryOf(repository: string): string {
  const [first = '', ...rest] = repository.split('/');
  const isHost = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  return isHost ? first : 'docker.io';
}

/**
 * The name under which an image is fetched instead: that of its mirror, by the rule of all engines (`rewriteReference`). What has
 * none keeps the name as it was written: what that means is the daemon's to say, as of an image that was built there. Throws
 * `CannotStart` for a mirror that is no name.
 */
export function rewriteImage(image: string, rewrites: ReadonlyMap<string, string>): string {
  const reference = referenceOf(image);
  if (reference?.kind !== 'registry') return image;
  try {
    const moved = rewriteReference(reference, Object.fromEntries(rewrites));
    return moved === reference ? image : moved.name;
  } catch (error) {
    if (!(error instanceof PullFailed)) throw error;
    throw new CannotStart(`CannotPullContainerError: ${image} at its mirror (images.rewrite): ${error.message}`);
  }
}

/** The id of an image is no name, also where it could be one. */
function referenceOf(image: string): ImageReference | undefined {
  if (image.startsWith('sha256:')) return undefined;
  try {
    return parseReference(image);
  } catch (error) {
    if (error instanceof PullFailed) return undefined;
    throw error;
  }
}

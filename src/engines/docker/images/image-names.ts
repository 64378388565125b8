import { PullFailed, parseReference, type RegistryReference, rewriteReference } from '../../../images/index.ts';
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

/** The registry that a repository is in, by the rule of all engines (`parseReference`); undefined for what is no name. */
export function registryOf(repository: string): string | undefined {
  return referenceOf(repository)?.domain;
}

/** Whether two names are those of one repository: daemons shorten them, or do not. */
export function isSameRepository(one: string, other: string): boolean {
  const [first, second] = [referenceOf(one), referenceOf(other)];
  return first !== undefined && first.domain === second?.domain && first.repository === second.repository;
}

/**
 * The name under which an image is fetched instead: that of its mirror, by the rule of all engines (`rewriteReference`). What has
 * none keeps the name as it was written: what that means is the daemon's to say, as of an image that was built there. Throws
 * `CannotStart` for a mirror that is no name.
 */
export function rewriteImage(image: string, rewrites: ReadonlyMap<string, string>): string {
  const reference = referenceOf(image);
  if (!reference) return image;
  try {
    const moved = rewriteReference(reference, Object.fromEntries(rewrites));
    return moved === reference ? image : moved.name;
  } catch (error) {
    if (!(error instanceof PullFailed)) throw error;
    throw cannotPull(`${image} at its mirror (images.rewrite): ${error.message}`);
  }
}

/** Why a name is none that a daemon could know: what is read from the disk is the process engine's. `CannotStart` in words. */
export function refuseDiskImage(image: string): void {
  if (!/^(?:oci|docker-archive):\//.test(image)) return;
  throw cannotPull(
    `image ${image} is read where jobs are processes alone: load it into the daemon and name it as it is there`,
  );
}

/** No registry is asked for what names the files of this machine where jobs are processes. `CannotStart` in words. */
export function refuseToPullHost(image: string): void {
  if (image !== 'host') return;
  throw cannotPull('image host means the files of this machine, on which jobs run as processes alone: name an image');
}

/** In our words, not in the daemon's. */
function cannotPull(words: string): CannotStart {
  return new CannotStart(`CannotPullContainerError: ${words}`);
}

/** The id of an image is no name, also where it could be one. */
function referenceOf(image: string): RegistryReference | undefined {
  if (image.startsWith('sha256:')) return undefined;
  try {
    const reference = parseReference(image);
    return reference.kind === 'registry' ? reference : undefined;
  } catch (error) {
    if (error instanceof PullFailed) return undefined;
    throw error;
  }
}

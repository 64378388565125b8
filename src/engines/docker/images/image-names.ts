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
 * The name under which an image is fetched instead: the longest prefix that the operator has mapped, up to a slash, a tag or
 * the end, is put in the place of itself. Names without a host are Docker Hub's, with `library/` before those without a slash.
 */
export function rewriteImage(image: string, rewrites: ReadonlyMap<string, string>): string {
  const prefixes = [...rewrites.keys()].sort((a, b) => b.length - a.length);
  for (const name of [image, fullName(image)]) {
    const prefix = prefixes.find(
      (each) => name === each || (name.startsWith(each) && /^[/:@]/.test(name.slice(each.length) || '/')),
    );
    if (prefix !== undefined) return `${rewrites.get(prefix) ?? ''}${name.slice(prefix.length)}`;
  }
  return image;
}

function fullName(image: string): string {
  const { repository } = parseImageName(image);
  if (registryOf(repository) !== 'docker.io') return image;
  const short = image.startsWith('docker.io/') ? image.slice('docker.io/'.length) : image;
  return `docker.io/${repository.replace(/^docker\.io\//, '').includes('/') ? '' : 'library/'}${short}`;
}

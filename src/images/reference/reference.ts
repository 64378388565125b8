import { type Digest, PullFailed } from '../contract.ts';
import { isDigest } from '../digest.ts';

/** An image of a registry. */
export interface RegistryReference {
  readonly kind: 'registry';
  /** `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly domain: string;
  /** `library/alpine`. */
  readonly repository: string;
  /** `latest` where neither tag nor digest is given. */
  readonly tag?: string;
  /** Decides alone where there is a tag too. */
  readonly digest?: Digest;
  /** Whole: `docker.io/library/alpine:3`. One image has one. */
  readonly name: string;
  /** As people write it, without tag: `alpine`, `ghcr.io/a/b`. For messages. */
  readonly familiar: string;
}

/** An image on the disk. */
export interface ArchiveReference {
  readonly kind: 'archive';
  readonly form: 'oci' | 'docker-archive';
  readonly path: string;
  /** `oci:DIR`, `docker-archive:FILE`. */
  readonly name: string;
}

export type ImageReference = RegistryReference | ArchiveReference;

const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainForm = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryForm = new RegExp(`^${component}(?:/${component})*$`);
const tagForm = /^\w[\w.-]{0,127}$/;
const longestName = 255;
/** Docker takes 64 hexadecimal digits for an image's id. */
const imageId = /^[0-9a-f]{64}$/;

/**
 * Reads the name of an image as Docker does: without a domain it is Docker Hub's, without a tag `latest`. `oci:DIR` and
 * `docker-archive:FILE` name images on the disk. Throws `PullFailed` in Docker's words.
 */
export function parseReference(text: string): ImageReference {
  return parseArchive(text) ?? parseRegistry(text);
}

function parseArchive(text: string): ArchiveReference | undefined {
  const found = /^(oci|docker-archive):(\/.*)$/s.exec(text);
  if (!found?.[2]) return undefined;
  return { kind: 'archive', form: found[1] === 'oci' ? 'oci' : 'docker-archive', path: found[2], name: text };
}

function parseRegistry(text: string): RegistryReference {
  if (imageId.test(text))
    throw new PullFailed(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const { rest, digest } = splitDigest(text);
  const { remainder, domain } = splitDomain(rest);
  const { repository, tag } = splitTag(remainder);
  checkRepository(domain, repository);
  if (tag !== undefined && !tagForm.test(tag)) throw new PullFailed('invalid reference format');
  return assemble(domain, repository, tag, digest);
}

function assemble(
  domain: string,
  repository: string,
  givenTag: string | undefined,
  digest: Digest | undefined,
): RegistryReference {
  const tag = givenTag ?? (digest ? undefined : 'latest');
  const versions = `${tag === undefined ? '' : `:${tag}`}${digest ? `@${digest}` : ''}`;
  return {
    kind: 'registry',
    domain,
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest && { digest }),
    name: `${domain}/${repository}${versions}`,
    familiar: familiarOf(domain, repository),
  };
}

function familiarOf(domain: string, repository: string): string {
  const official = /^library\/([^/]+)$/.exec(repository)?.[1];
  const short = official ?? repository;
  return domain === 'docker.io' && !isDomain(firstOf(short)) ? short : `${domain}/${repository}`;
}

function splitDigest(text: string): { rest: string; digest: Digest | undefined } {
  const at = text.indexOf('@');
  if (at < 0) return { rest: text, digest: undefined };
  const digest = text.slice(at + 1);
  if (isDigest(digest)) return { rest: text.slice(0, at), digest };
  if (/^sha(?:384|512):[0-9a-f]{96,128}$/.test(digest))
    throw new PullFailed(`unsupported digest algorithm: ${digest.split(':')[0]}`);
  throw new PullFailed('invalid reference format');
}

/** What stands before the first `/`, if there is one. */
function firstOf(text: string): string {
  return text.slice(0, Math.max(0, text.indexOf('/')));
}

function isDomain(first: string): boolean {
  return /[.:[]/.test(first) || first === 'localhost' || first.toLowerCase() !== first;
}

function splitDomain(text: string): { domain: string; remainder: string } {
  const first = firstOf(text);
  const domain = isDomain(first) && first !== 'index.docker.io' ? first : 'docker.io';
  const remainder = isDomain(first) ? text.slice(first.length + 1) : text;
  if (!domainForm.test(domain) || !isHost(domain)) throw new PullFailed('invalid reference format');
  return { domain, remainder: domain === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder };
}

/** Ports end at 65535, and what looks like an address must be one. */
function isHost(domain: string): boolean {
  return URL.canParse(`https://${domain}`);
}

function splitTag(text: string): { repository: string; tag: string | undefined } {
  const colon = text.indexOf(':');
  if (colon < 0) return { repository: text, tag: undefined };
  return { repository: text.slice(0, colon), tag: text.slice(colon + 1) };
}

function checkRepository(domain: string, repository: string): void {
  if (repository.toLowerCase() !== repository)
    throw new PullFailed(`invalid reference format: repository name (${repository}) must be lowercase`);
  if (!repositoryForm.test(repository)) throw new PullFailed('invalid reference format');
  if (`${domain}/${repository}`.length > longestName)
    throw new PullFailed(`repository name must not be longer than ${longestName} characters`);
}

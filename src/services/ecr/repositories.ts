import { formatArn, type Scope } from '../../core/arn.ts';
import { ServiceError } from '../../core/errors.ts';
import type { EcrRuntime, LocalImage } from './runtime.ts';

/** A repository of this account's registry, with what is here of it. */
export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly uri: string;
  /** By digest. */
  readonly images: readonly RepositoryImage[];
}

export interface RepositoryImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly sizeBytes: number;
}

/** Where AWS has the registry of an account. */
export function registryHost({ account, region }: Scope): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Every repository of which an image is here, by name. Images of other registries are none of ECR's. */
export function repositoriesOf({ images }: EcrRuntime, scope: Scope): readonly Repository[] {
  const named = images().flatMap((image) => {
    const name = readName(scope, image);
    return name ? [{ ...name, image }] : [];
  });
  return [...Map.groupBy(named, ({ repository }) => repository)]
    .map(([name, own]) => ({
      name,
      arn: formatArn('ecr', scope, `repository/${name}`),
      uri: `${registryHost(scope)}/${name}`,
      images: imagesOf(own),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

interface NamedImage {
  readonly tag: string | undefined;
  readonly image: LocalImage;
}

/** One for each digest, whatever tags lead to it. */
function imagesOf(named: readonly NamedImage[]): readonly RepositoryImage[] {
  return [...Map.groupBy(named, ({ image }) => image.digest)]
    .map(([digest, alike]) => ({
      digest,
      tags: alike.flatMap(({ tag }) => (tag === undefined ? [] : [tag])).sort(),
      sizeBytes: alike[0]?.image.sizeBytes ?? 0,
    }))
    .sort((one, other) => (one.digest < other.digest ? -1 : 1));
}

/** The repository and the tag of `REGISTRY/app:1`; no tag of `REGISTRY/app@sha256:...`. Undefined for another registry's. */
function readName(scope: Scope, { reference }: LocalImage) {
  const prefix = `${registryHost(scope)}/`;
  if (!reference.startsWith(prefix)) return undefined;
  const [path = ''] = reference.slice(prefix.length).split('@');
  const colon = path.lastIndexOf(':');
  return colon < 0
    ? { repository: path, tag: undefined }
    : { repository: path.slice(0, colon), tag: path.slice(colon + 1) };
}

/** How a call names a repository. */
interface RepositoryName {
  readonly repositoryName: string;
  readonly registryId?: string | undefined;
}

/** Throws `RepositoryNotFoundException`. */
export function findRepository(runtime: EcrRuntime, scope: Scope, asked: RepositoryName): Repository {
  const found = (asked.registryId ?? scope.account) === scope.account ? repositoriesOf(runtime, scope) : [];
  return found.find(({ name }) => name === asked.repositoryName) ?? noRepository(scope, asked);
}

/** Throws `RepositoryNotFoundException`. */
export function noRepository(scope: Scope, { repositoryName, registryId = scope.account }: RepositoryName): never {
  const message = `The repository with name '${repositoryName}' does not exist in the registry with id '${registryId}'`;
  throw new ServiceError('RepositoryNotFoundException', message);
}

/** How a call names an image. */
export interface ImageId {
  readonly imageDigest?: string | undefined;
  readonly imageTag?: string | undefined;
}

export function findImage({ images }: Repository, { imageDigest, imageTag }: ImageId): RepositoryImage | undefined {
  return images.find(
    ({ digest, tags }) =>
      (imageDigest === undefined || imageDigest === digest) && (imageTag === undefined || tags.includes(imageTag)),
  );
}

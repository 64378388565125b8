import { type ImageReference, PullFailed, parseReference, type StoredImage } from '../../../images/index.ts';
import type { ContainerOutlook, ContainerSpec, ImageRoot } from '../../contract.ts';
import { hostImage, isMapped } from '../plan/images.ts';
import type { AllowedPath, RunnerConfig } from '../runner/runner-config.ts';
import { archiveRefusal } from './archive-places.ts';
import type { ImagePolicy } from './image-policy.ts';
import type { RegistryRest } from './registry-rest.ts';

/** What a container runs on. */
export type ImageChoice =
  /** A directory that the operator mapped, or the host's files. */
  | { readonly kind: 'directory'; readonly hostFilesBecause?: string }
  | { readonly kind: 'image'; readonly image: StoredImage }
  /** `reason` begins with AWS's name of the error. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface ChoiceGround {
  readonly policy: ImagePolicy;
  readonly rootFilesystems: RunnerConfig['rootFilesystems'];
  /** Why this host can run no images. */
  readonly refusal: string | undefined;
  readonly rest: RegistryRest;
  /** Below which a task may have images of files of this machine. */
  readonly allowed: readonly AllowedPath[];
}

/**
 * What a container runs on, in the order of the operator's map, `host`, and what is here; `pull` if that is for its registry to say.
 */
export function chooseImage({ image }: Pick<ContainerSpec, 'image'>, ground: ChoiceGround): ImageChoice | 'pull' {
  const { policy, refusal, rest, allowed } = ground;
  if (isMapped(image, ground.rootFilesystems)) return { kind: 'directory' };
  if (image === hostImage) return policy.unmapped === 'host' ? { kind: 'directory' } : cannotPull(noHostFiles);
  if (refusal !== undefined) return standIn(image, refusal, policy);
  const reference = referenceOf(image);
  if (typeof reference === 'string') return standIn(image, reference, policy);
  const isArchive = reference.kind === 'archive';
  const forbidden = isArchive ? archiveRefusal(reference.path, allowed) : undefined;
  if (forbidden !== undefined) return cannotPull(forbidden);
  const found = policy.store.find(image);
  if (found) return { kind: 'image', image: found };
  if (isArchive) return 'pull';
  if (policy.pull === 'never') return standIn(image, 'it is not here, and images.pull is never', policy);
  const why = policy.unmapped === 'host' ? rest.reason(reference.domain) : undefined;
  return why === undefined ? 'pull' : standIn(image, why, policy);
}

/** What a name means, or in words why it means nothing. */
function referenceOf(image: string): ImageReference | string {
  try {
    return parseReference(image);
  } catch (error) {
    if (error instanceof PullFailed) return error.message;
    throw error;
  }
}

/** The host's files instead of an image that cannot be had, where they may be. */
export function standIn(image: string, why: string, { unmapped }: ImagePolicy): ImageChoice {
  if (unmapped === 'host') return { kind: 'directory', hostFilesBecause: why };
  return cannotPull(`image ${image}: ${why}`);
}

export function cannotPull(words: string): ImageChoice & { readonly kind: 'refused' } {
  return { kind: 'refused', reason: `CannotPullContainerError: ${words}` };
}

/** The container as its runner gets it. The login has done its work; what stands in for an image is not called by its name. */
export function withImage(container: ContainerSpec, choice: Exclude<ImageChoice, { kind: 'refused' }>): ContainerSpec {
  const { registryCredentials: _login, ...rest } = container;
  if (choice.kind === 'image') return { ...rest, imageRoot: imageRoot(choice.image) };
  const words = withoutImage(container, choice);
  return words === undefined ? rest : { ...rest, image: hostImage, ungranted: [...(container.ungranted ?? []), words] };
}

/** What a container runs without that has the host's files for those of its image. */
function withoutImage(
  { image }: Pick<ContainerSpec, 'image'>,
  { hostFilesBecause }: ImageChoice & { readonly kind: 'directory' },
): string | undefined {
  return hostFilesBecause && `image ${image}: the files of this host stand in, since ${hostFilesBecause}`;
}

/** What is known of a container's image before its registry is asked. */
export function imageOutlook(container: Pick<ContainerSpec, 'image'>, ground: ChoiceGround): ContainerOutlook {
  const choice = chooseImage(container, ground);
  if (choice === 'pull' || choice.kind === 'image') return { without: [] };
  if (choice.kind === 'refused') return { refusal: choice.reason, without: [] };
  const words = withoutImage(container, choice);
  return { without: words === undefined ? [] : [words] };
}

function imageRoot({ root, config, digest, configDigest, notes }: StoredImage): ImageRoot {
  return { root, config, digest, configDigest, notes };
}

const noHostFiles =
  'image host means the files of this host, which jobs of this server do not get (process.unmapped): name an image';

import { demand, invalid } from '../refusals.ts';
import type { GivenComputeResources } from '../schemas/compute-environment.ts';
import { type KnownTypes, takesGpuImage } from './instance-types.ts';

/** What runs the jobs of an environment: containers of ECS, or pods. */
export type Orchestration = 'ECS' | 'EKS';

export type Images = NonNullable<GivenComputeResources['ec2Configuration']>;
type Chosen = Pick<GivenComputeResources, 'ec2Configuration' | 'instanceTypes'>;

/**
 * Every kind of image, by what runs on it (spec 04 §3.3; those of 2023 from the API reference). AWS refuses those of Amazon Linux 2 since
 * July 2026; here the end of their support is of no matter.
 */
const imageTypes: Readonly<Record<Orchestration, readonly string[]>> = {
  ECS: ['ECS_AL1', 'ECS_AL2', 'ECS_AL2_NVIDIA', 'ECS_AL2023', 'ECS_AL2023_NVIDIA'],
  EKS: ['EKS_AL2', 'EKS_AL2_NVIDIA', 'EKS_AL2023', 'EKS_AL2023_NVIDIA'],
};
/** They exist for x86 only. */
const onlyX86 = /^ECS_AL1$|_NVIDIA$/;
const mostImages = 2;

/** Oldest first: those of the guide (spec 04 §9.3), and those of its later editions. AWS drops the old ones. */
const kubernetesVersions = Array.from({ length: 12 }, (_, after) => `1.${23 + after}`);

/** Checks how images are chosen. Of two rules no words are reported: how many there may be, and what is only for x86. */
export function checkImages(
  { ec2Configuration = [], instanceTypes = [] }: Chosen,
  orchestration: Orchestration,
  types: KnownTypes,
): void {
  const known = ec2Configuration.every(({ imageType }) => imageTypes[orchestration].includes(imageType));
  demand(known, 'Invalid imageType in ComputeResources.ec2Configuration');
  demand(ec2Configuration.length <= mostImages, `ec2Configuration can have at most ${mostImages} elements.`);
  const versions = ec2Configuration.flatMap(({ imageKubernetesVersion }) => imageKubernetesVersion ?? []);
  const supported = versions.every((version) => kubernetesVersions.includes(version));
  // Spec 06 item 34.
  demand(supported, 'At least one imageKubernetesVersion in EC2Configuration is not supported.');
  const odd = ec2Configuration.find(({ imageType }) => onlyX86.test(imageType))?.imageType;
  if (odd && instanceTypes.some((type) => types.find(type)?.architecture === 'arm64')) {
    invalid(`imageType ${odd} cannot be used with arm-based instance types.`);
  }
}

/**
 * The images that AWS takes where none are given: one for types without GPUs, one for those with (spec 04 §3.3, §9.2). Of Kubernetes
 * it is the latest version that is supported, since no cluster is asked.
 */
export function defaultImages(
  instanceTypes: readonly string[],
  orchestration: Orchestration,
  types: KnownTypes,
): Images {
  const withGpus = instanceTypes.filter((type) => takesGpuImage(type, types)).length;
  const kinds = [
    ...(withGpus < instanceTypes.length || withGpus === 0 ? [''] : []),
    ...(withGpus > 0 ? ['_NVIDIA'] : []),
  ];
  const latest = kubernetesVersions.at(-1);
  return kinds.map((kind) => ({
    imageType: `${orchestration}_AL2023${kind}`,
    ...(orchestration === 'EKS' && latest ? { imageKubernetesVersion: latest } : {}),
  }));
}

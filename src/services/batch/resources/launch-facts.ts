import { partitionOf } from '../../../core/arn.ts';
import { ecsImages, machineImageId } from '../../../core/ecs-images.ts';
import type { Tags } from '../../../store/index.ts';
import type { InstanceRecord, LaunchSetupRecord, TemplateSetup } from '../records.ts';
import { architectureOf, familyOf } from './instance-types.ts';
import { mergedUserData } from './user-data.ts';

/** Where the image of an instance comes from, first of those that there are (spec 04 §8.4). */
export type ImageSource = 'launch-template' | 'imageIdOverride' | 'imageId' | 'service';

/** What one instance was launched with. */
export interface LaunchFacts {
  readonly image: { readonly id: string; readonly from: ImageSource; readonly type: string };
  readonly subnetId?: string;
  readonly groupIds: readonly string[];
  readonly keyName?: string;
  readonly placementGroup?: string;
  /** The ARN of its profile. */
  readonly profile?: string;
  readonly template?: TemplateSetup['template'];
  /** Those of its template, those of the environment, and the service's own. */
  readonly tags: Tags;
}

/** On all that Batch makes for itself (spec 06 item 11). */
const serviceTag: Tags = { AWSBatchServiceTag: 'batch' };

/** What an instance was launched with: of its setup what is for its type. */
export function launchFactsOf(setup: LaunchSetupRecord, instance: InstanceRecord): LaunchFacts {
  const { type, order } = instance;
  const template = templateFor(setup, type);
  const keyName = setup.keyName ?? template.keyName;
  const placementGroup = setup.placementGroup ?? template.placementGroup;
  const subnet = subnetFor(setup, order);
  const groupIds = setup.groupIds.length > 0 ? setup.groupIds : (template.groupIds ?? []);
  return {
    image: imageFor(setup, template, instance),
    groupIds,
    tags: { ...template.tags, ...setup.tags, ...serviceTag },
    ...(subnet && { subnetId: subnet.id }),
    ...(keyName === undefined ? {} : { keyName }),
    ...(placementGroup === undefined ? {} : { placementGroup }),
    ...(setup.instanceRole === undefined ? {} : { profile: profileArn(setup, setup.instanceRole) }),
    ...(template.template && { template: template.template }),
  };
}

/** What it runs when it boots, in base64: what its template says, and then how it finds its cluster. */
export function userDataOf(setup: LaunchSetupRecord, { type }: InstanceRecord, clusterArn: string): string {
  const own = [`echo "ECS_CLUSTER=${clusterArn}" >> /etc/ecs/ecs.config`];
  return mergedUserData(templateFor(setup, type).userData, own);
}

/** Instances go into the subnets in turn. */
export function subnetFor(
  { subnets }: LaunchSetupRecord,
  order: number,
): LaunchSetupRecord['subnets'][number] | undefined {
  return subnets[order % subnets.length];
}

const noTemplate: TemplateSetup = { tags: {} };

/** One that is for the type, before one that is for its family, before one that is for all. */
function templateFor({ templates }: LaunchSetupRecord, type: string): TemplateSetup {
  const isFor = (name: string) => templates.find(({ targets }) => targets?.includes(name));
  return isFor(type) ?? isFor(familyOf(type)) ?? templates.find(({ targets }) => !targets) ?? noTemplate;
}

function imageFor(
  setup: LaunchSetupRecord,
  template: TemplateSetup,
  { type, capacity }: InstanceRecord,
): LaunchFacts['image'] {
  const architecture = architectureOf(type);
  const image = imageTypeFor(setup, capacity.gpus > 0, architecture);
  const kind = image.imageType;
  if (template.imageId) return { id: template.imageId, from: 'launch-template', type: kind };
  if (image.imageIdOverride) return { id: image.imageIdOverride, from: 'imageIdOverride', type: kind };
  if (setup.imageId) return { id: setup.imageId, from: 'imageId', type: kind };
  return { id: machineImageId(setup.region, serviceImage(kind, architecture)), from: 'service', type: kind };
}

type SetupImage = LaunchSetupRecord['images'][number];

/** Those for GPUs are for all types of x86, those that are not for types without (spec 04 §3.3). */
function imageTypeFor({ images }: LaunchSetupRecord, hasGpus: boolean, architecture: string): SetupImage {
  const isForGpus = ({ imageType }: SetupImage) => imageType.endsWith('_NVIDIA');
  const own = images.find((image) => isForGpus(image) === hasGpus);
  const other = !hasGpus && architecture === 'x86_64' ? images.find(isForGpus) : undefined;
  return own ?? other ?? { imageType: hasGpus ? 'ECS_AL2023_NVIDIA' : 'ECS_AL2023' };
}

/** Where AWS's parameters have the image of each type. */
const paths: Readonly<Record<string, string>> = {
  ECS_AL2: 'amazon-linux-2',
  ECS_AL2_NVIDIA: 'amazon-linux-2/gpu',
  ECS_AL2023: 'amazon-linux-2023',
  ECS_AL2023_NVIDIA: 'amazon-linux-2023/gpu',
};

/** The name of the service's own image. The parameters of AWS have it under the same id. */
function serviceImage(imageType: string, architecture: string): string {
  const path = paths[imageType] ?? '';
  const arm = architecture === 'arm64' ? ecsImages[`${path}/arm64`] : undefined;
  return (arm ?? ecsImages[path])?.image_name ?? imageType;
}

function profileArn({ account, region }: LaunchSetupRecord, role: string): string {
  return role.startsWith('arn:') ? role : `arn:${partitionOf(region)}:iam::${account}:instance-profile/${role}`;
}

import { isDeepStrictEqual } from 'node:util';
import type { ComputeEnvironmentRecord, ComputeResources } from '../records.ts';
import { demand, invalid, refuse } from '../refusals.ts';
import type { GivenComputeResources, UpdateComputeEnvironmentInput } from '../schemas/compute-environment.ts';
import { checkCapacity, checkComputeResources, isFargate } from './compute-resources.ts';
import { defaultImages, type Images, type Orchestration } from './image-types.ts';
import type { KnownTypes } from './instance-types.ts';
import { checkManagedInstances, isManagedInstances, updatedProvider } from './managed-instances.ts';
import { isServiceLinkedRole } from './roles.ts';

type Given = NonNullable<UpdateComputeEnvironmentInput['computeResources']>;
type Members = Readonly<Record<string, unknown>>;

/** What an update makes of the resources of an environment. */
export interface ResourceUpdate {
  readonly resources: ComputeResources;
  /** The members that change what instances are: with any of them it is an infrastructure update (spec 04 §8.3). */
  readonly infrastructure: readonly string[];
}

/** They change how many instances there are, and until when; all others what they are (spec 04 §8.1). */
const scalingMembers: readonly string[] = ['minvCpus', 'maxvCpus', 'desiredvCpus', 'scalingPolicy'];
/** An empty text takes them away (spec 04 §8.6). */
const removableTexts: readonly string[] = ['imageId', 'ec2KeyPair', 'placementGroup'];
const fargateMembers: readonly string[] = ['maxvCpus', 'subnets', 'securityGroupIds'];
const managedInstancesMembers: readonly string[] = ['maxvCpus', 'managedInstancesProvider', 'capacityTags'];

/** Judges an update of compute resources by spec 04 §8. What is given as it already is changes nothing. */
export function updateResources(record: ComputeEnvironmentRecord, given: Given, types: KnownTypes): ResourceUpdate {
  const { kind, computeResources: resources } = record;
  if (kind !== 'MANAGED' || !resources)
    return invalid('computeResources is not applicable for unmanaged Compute Environments');
  const members = withoutUndefined(given);
  if (isFargate(resources)) return updateFargate(resources, members, types);
  if (isManagedInstances(resources)) return updateManagedInstances(resources, members, types);
  return updateEc2(record, resources, members, types);
}

function updateEc2(
  record: ComputeEnvironmentRecord,
  resources: ComputeResources,
  given: Given,
  types: KnownTypes,
): ResourceUpdate {
  refuseOtherType(given, ['EC2', 'SPOT']);
  const orchestration = record.kubernetes ? 'EKS' : 'ECS';
  const desired = given.desiredvCpus === undefined || orchestration === 'ECS';
  demand(desired, 'desiredvCpus is not applicable for EKS Compute Environments.');
  const { updateToLatestImageVersion, ...settings } = changedMembers(
    resources,
    meaningOf(resources, given, orchestration, types),
  );
  const names = Object.keys(settings).filter((member) => !scalingMembers.includes(member));
  const infrastructure = [...names, ...(updateToLatestImageVersion ? ['updateToLatestImageVersion'] : [])];
  refuseIrreplaceable(record, infrastructure);
  const after = scaled(resources, withoutUndefined({ ...resources, ...settings }), given);
  // The numbers alone are checked already, and what stands beside them may be older than a rule.
  if (names.length > 0 || 'scalingPolicy' in settings) checkComputeResources(asGiven(after), orchestration, types);
  return { resources: after, infrastructure };
}

/**
 * Refuses to replace the instances of an environment with a role or a strategy for which AWS does not (spec 04 §8.3). The words of the
 * role: ASFHyP3/hyp3 pull request 1051, where the names of the fields are left out; of the strategy none are reported.
 */
function refuseIrreplaceable(record: ComputeEnvironmentRecord, fields: readonly string[]): void {
  if (fields.length === 0) return;
  const named = `Following fields [${fields.join(', ')}]`;
  if (!isServiceLinkedRole(record.serviceRole ?? '')) {
    refuse(`${named} can be updated only for Non-fargate Compute Environment having a Batch Service Linked Role`);
  }
  if ((record.computeResources?.allocationStrategy ?? 'BEST_FIT') === 'BEST_FIT')
    refuse(`${named} cannot be updated for a Compute Environment with allocation strategy BEST_FIT`);
}

/** What an update means: an empty text or template takes away, an empty list of images stands for AWS's own. */
function meaningOf(
  resources: ComputeResources,
  given: Given,
  orchestration: Orchestration,
  types: KnownTypes,
): Members {
  const { launchTemplate } = given;
  const images = imagesAfter(resources, given, orchestration, types);
  const texts = Object.entries(given).map(([member, value]) => {
    return [member, value === '' && removableTexts.includes(member) ? undefined : value] as const;
  });
  return {
    ...Object.fromEntries(texts),
    ...(launchTemplate && { launchTemplate: remainingTemplate(launchTemplate) }),
    ...(images && { ec2Configuration: images }),
  };
}

/** Undefined if they stay. Where AWS's own are taken, other instance types may have others. */
function imagesAfter(
  resources: ComputeResources,
  given: Given,
  orchestration: Orchestration,
  types: KnownTypes,
): Images | undefined {
  const { instanceTypes = resources.instanceTypes ?? [], ec2Configuration } = given;
  const images = ec2Configuration?.map(({ imageIdOverride, ...image }) => {
    return imageIdOverride ? { ...image, imageIdOverride } : image;
  });
  if (images && images.length > 0) return images;
  const before = defaultImages(resources.instanceTypes ?? [], orchestration, types);
  const own = images !== undefined || isDeepStrictEqual(resources.ec2Configuration, before);
  return own ? defaultImages(instanceTypes, orchestration, types) : undefined;
}

function remainingTemplate(template: NonNullable<Given['launchTemplate']>): Members | undefined {
  const { launchTemplateId, launchTemplateName, ...rest } = template;
  const removed = launchTemplateId === '' || launchTemplateName === '';
  const remaining = withoutUndefined({
    ...rest,
    ...(launchTemplateId ? { launchTemplateId } : {}),
    ...(launchTemplateName ? { launchTemplateName } : {}),
  });
  const isNamed = Boolean(launchTemplateId ?? launchTemplateName) || Boolean(template.overrides?.length);
  return removed && !isNamed ? undefined : remaining;
}

/** The numbers of vCPUs after an update. The two spaces are AWS's (opensupplyhub/open-apparel-registry issue 2043). */
function scaled(before: ComputeResources, after: ComputeResources, given: Given): ComputeResources {
  const { minvCpus = before.minvCpus ?? 0, maxvCpus = before.maxvCpus } = given;
  const current = before.desiredvCpus ?? minvCpus;
  const { desiredvCpus = Math.max(minvCpus, Math.min(current, maxvCpus)) } = given;
  checkCapacity({ minvCpus, maxvCpus, desiredvCpus });
  if (given.desiredvCpus !== undefined && given.desiredvCpus < current) {
    refuse(
      'Manually scaling down compute environment is not supported.  Disconnecting job queues from compute environment will cause it to scale-down to minvCpus.',
    );
  }
  return { ...after, minvCpus, maxvCpus, desiredvCpus };
}

/**
 * Spec 04 §8.7; empty lists count as not given. With any service role: hashicorp/terraform-provider-aws pull request 16819 changed
 * networks of such environments before there was a linked one.
 */
function updateFargate(resources: ComputeResources, given: Given, types: KnownTypes): ResourceUpdate {
  refuseOtherType(given, [resources.type]);
  const named = Object.entries(given).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  const changed = changedMembers(resources, Object.fromEntries(named));
  refuseMembers(changed, fargateMembers, 'Fargate');
  const after = { ...resources, ...changed };
  checkComputeResources(asGiven(after), 'ECS', types);
  return { resources: after, infrastructure: Object.keys(changed).filter((member) => member !== 'maxvCpus') };
}

/** The capacity provider of ECS takes on its changes by itself: it is no infrastructure update of Batch's. */
function updateManagedInstances(resources: ComputeResources, given: Given, types: KnownTypes): ResourceUpdate {
  refuseOtherType(given, [resources.type]);
  const changed = changedMembers(resources, given);
  refuseMembers(changed, managedInstancesMembers, resources.type);
  const { managedInstancesProvider: before } = asGiven(resources);
  const provider = given.managedInstancesProvider;
  const after = {
    ...resources,
    ...changed,
    ...(before && provider ? { managedInstancesProvider: updatedProvider(before, provider) } : {}),
  };
  checkManagedInstances(asGiven(after), types);
  checkCapacity({ maxvCpus: after.maxvCpus });
  return { resources: after, infrastructure: [] };
}

/** No words are reported of AWS. */
function refuseOtherType({ type }: Given, possible: readonly string[]): void {
  if (type === undefined || possible.includes(type)) return;
  invalid(`The compute resource type can only be updated to one of [${possible.join(', ')}].`);
}

function refuseMembers(changed: Members, possible: readonly string[], type: string): void {
  for (const member of Object.keys(changed))
    demand(possible.includes(member), `${member} is not applicable for ${type}.`);
}

/** What is given otherwise than it is. `updateToLatestImageVersion: false` says nothing. */
function changedMembers(resources: ComputeResources, given: Members): Members {
  const stored: Members = { updateToLatestImageVersion: false, ...resources };
  return Object.fromEntries(
    Object.entries(given).filter(([member, value]) => !isDeepStrictEqual(value, stored[member])),
  );
}

function withoutUndefined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;
}

/** What is stored was given once: `CreateComputeEnvironment` and updates put nothing else there. */
function asGiven(resources: ComputeResources): GivenComputeResources {
  return resources as unknown as GivenComputeResources;
}

import type { AccessRequest } from '../../../core/operation.ts';
import { structureOf } from '../../../core/unvalidated.ts';
import { demand } from '../refusals.ts';
import type { GivenComputeResources, UpdateComputeEnvironmentInput } from '../schemas/compute-environment.ts';
import { checkInstanceType, type KnownTypes } from './instance-types.ts';
import { isInstanceProfileArn, isRoleArn, passRole } from './roles.ts';

type Provider = NonNullable<GivenComputeResources['managedInstancesProvider']>;
type ProviderUpdate = NonNullable<
  NonNullable<UpdateComputeEnvironmentInput['computeResources']>['managedInstancesProvider']
>;

/** What such an environment says in its provider instead, or has not (API reference, ManagedInstancesProvider). */
const strangeMembers = [
  'allocationStrategy',
  'bidPercentage',
  'desiredvCpus',
  'ec2Configuration',
  'ec2KeyPair',
  'imageId',
  'instanceRole',
  'instanceTypes',
  'launchTemplate',
  'minvCpus',
  'placementGroup',
  'scalingPolicy',
  'securityGroupIds',
  'spotIamFleetRole',
  'subnets',
  'tags',
] as const;
const onlyThere = ['managedInstancesProvider', 'capacityTags'] as const;
const scaleIn = { never: -1, most: 3600 };

const values: Readonly<Record<string, readonly string[]>> = {
  propagateTags: ['CAPACITY_PROVIDER', 'NONE'],
  capacityOptionType: ['ON_DEMAND', 'SPOT'],
  monitoring: ['BASIC', 'DETAILED'],
  reservationPreference: ['RESERVATIONS_ONLY', 'RESERVATIONS_FIRST', 'RESERVATIONS_EXCLUDED'],
};

export function isManagedInstances({ type }: { readonly type: string | undefined }): boolean {
  return type === 'ECS_MANAGED_INSTANCES';
}

/** What a request with a provider or capacity tags needs leave for (API reference, ComputeResource). Nobody has validated it yet. */
export function managedInstancesAccess(resource: string, computeResources: unknown): AccessRequest[] {
  const { managedInstancesProvider, capacityTags } = structureOf(computeResources);
  const { infrastructureRoleArn } = structureOf(managedInstancesProvider);
  return [
    ...passRole('ecs.amazonaws.com', resource, infrastructureRoleArn),
    ...(capacityTags === undefined ? [] : [{ action: 'batch:SetCapacityTags', resource }]),
  ];
}

/** Refuses what only managed instances have. In this file no words are reported of AWS. */
export function refuseManagedInstances(given: { readonly [Member in (typeof onlyThere)[number]]?: unknown }): void {
  for (const member of onlyThere)
    demand(given[member] === undefined, `${member} is only applicable for ECS_MANAGED_INSTANCES.`);
}

/** Checks an environment on instances that ECS manages. */
export function checkManagedInstances(given: GivenComputeResources, types: KnownTypes): void {
  for (const member of strangeMembers)
    demand(given[member] === undefined, `${member} is not applicable for ECS_MANAGED_INSTANCES.`);
  demand(given.managedInstancesProvider, 'managedInstancesProvider is required for ECS_MANAGED_INSTANCES.');
  checkProvider(given.managedInstancesProvider, types);
}

function checkProvider(provider: Provider, types: KnownTypes): void {
  const { infrastructureRoleArn, infrastructureOptimization, instanceLaunchTemplate: template } = provider;
  demand(isRoleArn(infrastructureRoleArn), 'infrastructureRoleArn must be the ARN of an IAM role.');
  const profile = isInstanceProfileArn(template.ec2InstanceProfileArn);
  demand(profile, 'ec2InstanceProfileArn must be the ARN of an instance profile.');
  const { subnets, securityGroups } = template.networkConfiguration;
  demand(subnets.length > 0, 'Subnets are required.');
  demand(securityGroups.length > 0, 'Security group ids are required.');
  for (const type of template.instanceRequirements?.allowedInstanceTypes ?? []) checkInstanceType(type, types);
  const after = infrastructureOptimization?.scaleInAfter ?? 0;
  const { never, most } = scaleIn;
  demand(after >= never && after <= most, `scaleInAfter must be ${never}, or between 0 and ${most}.`);
  demand((template.storageConfiguration?.storageSizeGiB ?? 1) >= 1, 'storageSizeGiB must be at least 1.');
  checkValues({ ...provider, ...template, ...template.capacityReservations });
}

function checkValues(given: Readonly<Record<string, unknown>>): void {
  for (const [member, allowed] of Object.entries(values)) {
    const value = given[member];
    const fits = value === undefined || (typeof value === 'string' && allowed.includes(value));
    demand(fits, `${member} must be one of [${allowed.join(', ')}].`);
  }
}

/** The provider after an update: each member given replaces the one there was, in the launch template too. */
export function updatedProvider(before: Provider, { instanceLaunchTemplate, ...given }: ProviderUpdate): Provider {
  const template = { ...before.instanceLaunchTemplate, ...defined(instanceLaunchTemplate ?? {}) };
  return { ...before, ...defined(given), instanceLaunchTemplate: template };
}

function defined<Given extends object>(given: Given): { [Member in keyof Given]?: Exclude<Given[Member], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Member in keyof Given]?: Exclude<Given[Member], undefined>;
  };
}

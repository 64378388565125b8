import { z } from 'zod';
import { integer, long, stringMap, strings, tags } from '../schema-members.ts';

const state = z.enum(['ENABLED', 'DISABLED']).optional();
const userdataType = z.enum(['EKS_BOOTSTRAP_SH', 'EKS_NODEADM']).optional();
const strategies = [
  'BEST_FIT',
  'BEST_FIT_PROGRESSIVE',
  'BEST_FIT_PROGRESSIVE_ORDERED',
  'SPOT_CAPACITY_OPTIMIZED',
  'SPOT_CAPACITY_OPTIMIZED_PRIORITIZED',
  'SPOT_PRICE_CAPACITY_OPTIMIZED',
] as const;

const launchTemplate = z.object({
  launchTemplateId: z.string().optional(),
  launchTemplateName: z.string().optional(),
  version: z.string().optional(),
  overrides: z
    .array(
      z.object({
        launchTemplateId: z.string().optional(),
        launchTemplateName: z.string().optional(),
        version: z.string().optional(),
        targetInstanceTypes: strings.optional(),
        userdataType,
      }),
    )
    .optional(),
  userdataType,
});

const ec2Configuration = z.array(
  z.object({
    imageType: z.string().min(1).max(256),
    imageIdOverride: z.string().optional(),
    imageKubernetesVersion: z.string().optional(),
  }),
);

const capacity = {
  minvCpus: integer.optional(),
  desiredvCpus: integer.optional(),
};

const infrastructure = {
  instanceTypes: strings.optional(),
  imageId: z.string().optional(),
  subnets: strings.optional(),
  securityGroupIds: strings.optional(),
  ec2KeyPair: z.string().optional(),
  instanceRole: z.string().optional(),
  tags: stringMap.optional(),
  placementGroup: z.string().optional(),
  bidPercentage: integer.optional(),
  launchTemplate: launchTemplate.optional(),
  ec2Configuration: ec2Configuration.optional(),
  scalingPolicy: z.object({ minScaleDownDelayMinutes: integer.optional() }).optional(),
  capacityTags: tags,
};

const networkConfiguration = z.object({ subnets: strings, securityGroups: strings });
const instanceTemplate = {
  instanceRequirements: z.object({ allowedInstanceTypes: strings.optional() }).optional(),
  storageConfiguration: z.object({ storageSizeGiB: integer.optional() }).optional(),
  monitoring: z.string().optional(),
  capacityReservations: z
    .object({ reservationGroupArn: z.string().optional(), reservationPreference: z.string().optional() })
    .optional(),
  instanceMetadataTagsPropagation: z.boolean().optional(),
  localStorageConfiguration: z.object({ useLocalStorage: z.boolean().optional() }).optional(),
};
const provider = {
  propagateTags: z.string().optional(),
  infrastructureOptimization: z.object({ scaleInAfter: integer.optional() }).optional(),
};
const managedInstancesProvider = z.object({
  ...provider,
  infrastructureRoleArn: z.string(),
  instanceLaunchTemplate: z.object({
    ...instanceTemplate,
    ec2InstanceProfileArn: z.string(),
    networkConfiguration,
    capacityOptionType: z.string().optional(),
    fipsEnabled: z.boolean().optional(),
  }),
});
const updatedProvider = z.object({
  ...provider,
  infrastructureRoleArn: z.string().optional(),
  instanceLaunchTemplate: z
    .object({
      ...instanceTemplate,
      ec2InstanceProfileArn: z.string().optional(),
      networkConfiguration: networkConfiguration.optional(),
    })
    .optional(),
});
const ecsSettings = z.object({ containerInsights: z.enum(['ENABLED', 'ENHANCED', 'DISABLED']).optional() }).optional();

const type = z.enum(['EC2', 'SPOT', 'FARGATE', 'FARGATE_SPOT', 'ECS_MANAGED_INSTANCES']);

export const createComputeEnvironment = z.object({
  computeEnvironmentName: z.string(),
  type: z.enum(['MANAGED', 'UNMANAGED']),
  state,
  unmanagedvCpus: integer.optional(),
  computeResources: z
    .object({
      ...infrastructure,
      ...capacity,
      type,
      allocationStrategy: z.enum(strategies).optional(),
      maxvCpus: integer,
      spotIamFleetRole: z.string().optional(),
      managedInstancesProvider: managedInstancesProvider.optional(),
    })
    .optional(),
  serviceRole: z.string().optional(),
  tags,
  eksConfiguration: z.object({ eksClusterArn: z.string(), kubernetesNamespace: z.string() }).optional(),
  context: z.string().optional(),
  ecsSettings,
});

export const updateComputeEnvironment = z.object({
  computeEnvironment: z.string(),
  state,
  unmanagedvCpus: integer.optional(),
  computeResources: z
    .object({
      ...infrastructure,
      ...capacity,
      maxvCpus: integer.optional(),
      type: type.optional(),
      allocationStrategy: z.enum(strategies.filter((strategy) => strategy !== 'BEST_FIT')).optional(),
      updateToLatestImageVersion: z.boolean().optional(),
      managedInstancesProvider: updatedProvider.optional(),
    })
    .optional(),
  serviceRole: z.string().optional(),
  updatePolicy: z
    .object({ terminateJobsOnUpdate: z.boolean().optional(), jobExecutionTimeoutMinutes: long.optional() })
    .optional(),
  context: z.string().optional(),
  ecsSettings,
});

export type CreateComputeEnvironmentInput = z.infer<typeof createComputeEnvironment>;
export type UpdateComputeEnvironmentInput = z.infer<typeof updateComputeEnvironment>;
export type GivenComputeResources = NonNullable<CreateComputeEnvironmentInput['computeResources']>;

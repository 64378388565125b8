import type { DeviceCgroupPermission, PlatformCapability, RetryAction } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { integer, keyValuePairs, long, resourceRequirements, stringMap, strings, tags } from '../schema-members.ts';
import { eksProperties, eksPropertiesOverride } from './pod-schema.ts';

/** Any letter case is taken, and read back as given (spec 02 §8). */
const retryAction = z.custom<RetryAction>((value) => typeof value === 'string' && /^(retry|exit)$/i.test(value), {
  error: 'action must be RETRY or EXIT',
});

export const retryStrategy = z
  .object({
    attempts: integer.optional(),
    evaluateOnExit: z
      .array(
        z.object({
          onStatusReason: z.string().optional(),
          onReason: z.string().optional(),
          onExitCode: z.string().optional(),
          action: retryAction,
        }),
      )
      .optional(),
  })
  .optional();

export const timeout = z.object({ attemptDurationSeconds: integer.optional() }).optional();

/** Which texts are one, `container-rules.ts` says in AWS's words. */
const devicePermission = z.custom<DeviceCgroupPermission>((value) => typeof value === 'string');
/** Which texts are one, `definition.ts` says in AWS's words. */
const platformCapability = z.custom<PlatformCapability>((value) => typeof value === 'string');

const toggle = z.enum(['ENABLED', 'DISABLED']);
const secrets = z.array(z.object({ name: z.string(), valueFrom: z.string() }));

const volumes = z.array(
  z.object({
    host: z.object({ sourcePath: z.string().optional() }).optional(),
    name: z.string().optional(),
    efsVolumeConfiguration: z
      .object({
        fileSystemId: z.string(),
        rootDirectory: z.string().optional(),
        transitEncryption: toggle.optional(),
        transitEncryptionPort: integer.optional(),
        authorizationConfig: z.object({ accessPointId: z.string().optional(), iam: toggle.optional() }).optional(),
      })
      .optional(),
    s3filesVolumeConfiguration: z
      .object({
        fileSystemArn: z.string(),
        rootDirectory: z.string().optional(),
        transitEncryptionPort: integer.optional(),
        accessPointArn: z.string().optional(),
      })
      .optional(),
  }),
);

const linuxParameters = z.object({
  devices: z
    .array(
      z.object({
        hostPath: z.string(),
        containerPath: z.string().optional(),
        permissions: z.array(devicePermission).optional(),
      }),
    )
    .optional(),
  initProcessEnabled: z.boolean().optional(),
  sharedMemorySize: integer.optional(),
  tmpfs: z.array(z.object({ containerPath: z.string(), size: integer, mountOptions: strings.optional() })).optional(),
  maxSwap: integer.optional(),
  swappiness: integer.optional(),
});

const logConfiguration = z.object({
  logDriver: z.enum(['awsfirelens', 'awslogs', 'fluentd', 'gelf', 'journald', 'json-file', 'splunk', 'syslog']),
  options: stringMap.optional(),
  secretOptions: secrets.optional(),
});

/** What every form of a definition says of one container. */
const containerMembers = {
  image: z.string().optional(),
  command: strings.optional(),
  environment: keyValuePairs.optional(),
  mountPoints: z
    .array(
      z.object({
        containerPath: z.string().optional(),
        readOnly: z.boolean().optional(),
        sourceVolume: z.string().optional(),
      }),
    )
    .optional(),
  readonlyRootFilesystem: z.boolean().optional(),
  privileged: z.boolean().optional(),
  ulimits: z.array(z.object({ hardLimit: integer, name: z.string(), softLimit: integer })).optional(),
  user: z.string().optional(),
  resourceRequirements: resourceRequirements.optional(),
  linuxParameters: linuxParameters.optional(),
  logConfiguration: logConfiguration.optional(),
  secrets: secrets.optional(),
  repositoryCredentials: z.object({ credentialsParameter: z.string() }).optional(),
};

/** What every form says of the task around it. */
const taskMembers = {
  executionRoleArn: z.string().optional(),
  volumes: volumes.optional(),
  networkConfiguration: z.object({ assignPublicIp: toggle.optional() }).optional(),
  enableExecuteCommand: z.boolean().optional(),
  ephemeralStorage: z.object({ sizeInGiB: integer }).optional(),
  runtimePlatform: z
    .object({ operatingSystemFamily: z.string().optional(), cpuArchitecture: z.string().optional() })
    .optional(),
};

/** All of `containerProperties` (spec 02 §5). */
const containerProperties = z.object({
  ...containerMembers,
  ...taskMembers,
  vcpus: integer.optional(),
  memory: integer.optional(),
  jobRoleArn: z.string().optional(),
  instanceType: z.string().optional(),
  fargatePlatformConfiguration: z.object({ platformVersion: z.string().optional() }).optional(),
});

/** All of an element of `ecsProperties.taskProperties` (spec 03 §2.1). */
const taskProperties = z.object({
  ...taskMembers,
  containers: z.array(
    z.object({
      ...containerMembers,
      image: z.string(),
      name: z.string().optional(),
      essential: z.boolean().optional(),
      dependsOn: z
        .array(z.object({ containerName: z.string().optional(), condition: z.string().optional() }))
        .optional(),
      firelensConfiguration: z
        .object({ type: z.enum(['fluentd', 'fluentbit']), options: stringMap.optional() })
        .optional(),
      startTimeout: integer.optional(),
      stopTimeout: integer.optional(),
    }),
  ),
  taskRoleArn: z.string().optional(),
  platformVersion: z.string().optional(),
  ipcMode: z.string().optional(),
  pidMode: z.string().optional(),
  networkMode: z.string().optional(),
});

const ecsProperties = z.object({ taskProperties: z.array(taskProperties) });

/** Consumable resources that a job needs, of a definition or a submission. */
export const consumableResourceProperties = z
  .object({
    consumableResourceList: z
      .array(z.object({ consumableResource: z.string().optional(), quantity: long.optional() }))
      .optional(),
  })
  .optional();

/** All of `nodeProperties` (spec 02 §7). */
const nodeProperties = z.object({
  numNodes: integer,
  mainNode: integer,
  nodeRangeProperties: z.array(
    z.object({
      targetNodes: z.string(),
      container: containerProperties.optional(),
      ecsProperties: ecsProperties.optional(),
      instanceTypes: strings.optional(),
      eksProperties: eksProperties.optional(),
      consumableResourceProperties,
    }),
  ),
});

/** What a submission may say otherwise of its container. */
export const containerOverrides = z.object({
  vcpus: integer.optional(),
  memory: integer.optional(),
  command: strings.optional(),
  instanceType: z.string().optional(),
  environment: keyValuePairs.optional(),
  resourceRequirements: resourceRequirements.optional(),
});

/** What a submission may say otherwise of the containers of a task: each by its name. */
export const ecsPropertiesOverride = z.object({
  taskProperties: z
    .array(
      z.object({
        containers: z
          .array(
            z.object({
              name: z.string().optional(),
              command: strings.optional(),
              environment: keyValuePairs.optional(),
              resourceRequirements: resourceRequirements.optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});

/** What a submission may say otherwise of its nodes. */
export const nodeOverrides = z.object({
  numNodes: integer.optional(),
  nodePropertyOverrides: z
    .array(
      z.object({
        targetNodes: z.string(),
        containerOverrides: containerOverrides.optional(),
        ecsPropertiesOverride: ecsPropertiesOverride.optional(),
        instanceTypes: strings.optional(),
        eksPropertiesOverride: eksPropertiesOverride.optional(),
        consumableResourcePropertiesOverride: consumableResourceProperties,
      }),
    )
    .optional(),
});

export const registerJobDefinition = z.object({
  jobDefinitionName: z.string(),
  type: z.enum(['container', 'multinode']),
  parameters: stringMap.optional(),
  schedulingPriority: integer.optional(),
  containerProperties: containerProperties.optional(),
  nodeProperties: nodeProperties.optional(),
  retryStrategy,
  propagateTags: z.boolean().optional(),
  timeout,
  tags,
  platformCapabilities: z.array(platformCapability).optional(),
  eksProperties: eksProperties.optional(),
  ecsProperties: ecsProperties.optional(),
  consumableResourceProperties,
});

export type RegisterJobDefinitionInput = z.infer<typeof registerJobDefinition>;
export type Container = z.infer<typeof containerProperties>;
export type Task = z.infer<typeof taskProperties>;
export type TaskContainer = Task['containers'][number];
export type NodeProperties = z.infer<typeof nodeProperties>;
export type GivenNodeRange = NodeProperties['nodeRangeProperties'][number];
export type NodeOverrides = z.infer<typeof nodeOverrides>;
export type ContainerOverrides = z.infer<typeof containerOverrides>;
export type EcsPropertiesOverride = z.infer<typeof ecsPropertiesOverride>;
export type GivenConsumables = z.infer<typeof consumableResourceProperties>;
export type GivenRetryStrategy = z.infer<typeof retryStrategy>;
export type GivenTimeout = z.infer<typeof timeout>;

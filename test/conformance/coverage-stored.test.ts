import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as batchSdk from '@aws-sdk/client-batch';
import {
  type ContainerProperties,
  CreateComputeEnvironmentCommand,
  type CreateComputeEnvironmentCommandInput,
  CreateJobQueueCommand,
  type EcsTaskProperties,
  type EksContainer,
  type EksPodProperties,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
  UpdateComputeEnvironmentCommand,
  type UpdateComputeEnvironmentCommandInput,
  UpdateJobQueueCommand,
} from '@aws-sdk/client-batch';
import { batchClaims } from '../../scripts/coverage/claims/batch.ts';
import { fieldsClaimed } from '../../scripts/coverage/claims.ts';
import { sdkOperations } from '../../scripts/coverage/sdk-operations.ts';
import { describeJob } from '../support/wait.ts';
import { account, arnPrefix, describeDefinition, openYard, settledEnvironment, settledQueue } from './yard.ts';

const { batch } = await openYard();

const role = `arn:aws:iam::${account}:role/r`;
const size = [
  { type: 'VCPU' as const, value: '1' },
  { type: 'MEMORY' as const, value: '2048' },
];

/** Every path in a value, as coverage writes them: `a`, `a.b`, `a[].b`. */
function pathsIn(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const member = path === '' ? name : `${path}.${name}`;
    return [member, ...pathsIn(inner, member)];
  });
}

/** Fails unless every field that coverage lists as kept for an operation is in one of the inputs that it was given. */
function assertWhole(name: keyof typeof batchClaims, inputs: readonly object[]): void {
  const operation = sdkOperations(batchSdk).find((each) => each.name === name) ?? assert.fail(name);
  const given = new Set(inputs.flatMap((input) => pathsIn(input)));
  const kept = (['stored', 'failsAtStart'] as const).flatMap((kind) =>
    fieldsClaimed(kind, batchClaims[name], operation),
  );
  assert.deepEqual(
    kept.map(({ field }) => field).filter((field) => !given.has(field)),
    [],
  );
}

/** What only EC2 has, and what all have. */
const onEc2: ContainerProperties = {
  image: 'i',
  command: ['true'],
  resourceRequirements: size,
  environment: [],
  mountPoints: [],
  ulimits: [],
  jobRoleArn: role,
  executionRoleArn: role,
  volumes: [
    {
      name: 'efs',
      efsVolumeConfiguration: {
        fileSystemId: 'fs-12345678',
        rootDirectory: '/',
        transitEncryption: 'ENABLED',
        transitEncryptionPort: 2049,
        authorizationConfig: { accessPointId: 'fsap-1', iam: 'ENABLED' },
      },
    },
    {
      name: 's3',
      s3filesVolumeConfiguration: {
        fileSystemArn: `arn:aws:s3files:us-east-1:${account}:file-system/fs-1`,
        rootDirectory: '/data',
        transitEncryptionPort: 2050,
        accessPointArn: `arn:aws:s3files:us-east-1:${account}:file-system/fs-1/access-point/fsap-1`,
      },
    },
  ],
  privileged: true,
  linuxParameters: {
    devices: [{ hostPath: '/dev/fuse', containerPath: '/dev/f', permissions: ['READ', 'MKNOD'] }],
    initProcessEnabled: true,
    sharedMemorySize: 64,
    tmpfs: [{ containerPath: '/fast', size: 16, mountOptions: ['noexec', 'mode=1777'] }],
    maxSwap: 128,
    swappiness: 10,
  },
  logConfiguration: {
    logDriver: 'splunk',
    options: { 'splunk-url': 'https://splunk.example' },
    secretOptions: [{ name: 'splunk-token', valueFrom: 'token' }],
  },
  secrets: [{ name: 'PASSWORD', valueFrom: 'parameter' }],
  repositoryCredentials: { credentialsParameter: 'registry' },
  enableExecuteCommand: true,
};

const onFargate: ContainerProperties = {
  image: 'i',
  command: ['true'],
  resourceRequirements: size,
  environment: [],
  mountPoints: [],
  ulimits: [],
  volumes: [],
  secrets: [],
  executionRoleArn: role,
  networkConfiguration: { assignPublicIp: 'ENABLED' },
  fargatePlatformConfiguration: { platformVersion: '1.4.0' },
  ephemeralStorage: { sizeInGiB: 21 },
  runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'ARM64' },
};

/** What is said of a task around its containers, and of them what is shown of each. */
const aTask: EcsTaskProperties = {
  executionRoleArn: role,
  taskRoleArn: role,
  platformVersion: '1.4.0',
  networkConfiguration: { assignPublicIp: 'ENABLED' },
  ephemeralStorage: { sizeInGiB: 21 },
  enableExecuteCommand: true,
  volumes: [],
  containers: [
    {
      image: 'i',
      essential: true,
      resourceRequirements: size,
      command: [],
      environment: [],
      mountPoints: [],
      ulimits: [],
      secrets: [],
      dependsOn: [],
    },
  ],
};

/** All of a pod. */
const onEks: EksPodProperties = {
  serviceAccountName: 'robot',
  hostNetwork: false,
  dnsPolicy: 'ClusterFirst',
  imagePullSecrets: [{ name: 'registry' }],
  shareProcessNamespace: true,
  containers: [podContainer('main')],
  initContainers: [podContainer('first')],
  volumes: [
    { name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
    { name: 'host', hostPath: { path: '/data' } },
    { name: 'secret', secret: { secretName: 's', optional: true } },
    { name: 'claim', persistentVolumeClaim: { claimName: 'c', readOnly: true } },
  ],
  metadata: { labels: { team: 'a' }, annotations: { note: 'n' }, namespace: 'mine' },
};

function podContainer(name: string): EksContainer {
  const quantities = { cpu: '1', memory: '4Mi' };
  return {
    name,
    image: 'i',
    imagePullPolicy: 'Never',
    command: ['sh'],
    args: ['-c', 'true'],
    env: [{ name: 'A', value: '1' }],
    resources: { limits: quantities, requests: quantities },
    volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'p', readOnly: true }],
    securityContext: {
      runAsUser: 1000,
      runAsGroup: 1000,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    },
  };
}

test('every field of RegisterJobDefinition that is only stored is read back exactly as given', async () => {
  const common = {
    type: 'container' as const,
    schedulingPriority: 7,
    consumableResourceProperties: { consumableResourceList: [{ consumableResource: 'licences', quantity: 2 }] },
  };
  const inputs: RegisterJobDefinitionCommandInput[] = [
    { jobDefinitionName: 'on-ec2', ...common, propagateTags: true, containerProperties: onEc2 },
    {
      jobDefinitionName: 'task',
      ...common,
      platformCapabilities: ['FARGATE'],
      ecsProperties: { taskProperties: [aTask] },
    },
    { jobDefinitionName: 'on-eks', ...common, eksProperties: { podProperties: onEks } },
    {
      jobDefinitionName: 'on-fargate',
      ...common,
      platformCapabilities: ['FARGATE'],
      containerProperties: onFargate,
    },
  ];
  for (const input of inputs) {
    await batch.send(new RegisterJobDefinitionCommand(input));
    const { jobDefinitionArn, revision, status, containerOrchestrationType, parameters, tags, ...described } =
      await describeDefinition(batch, `${input.jobDefinitionName}:1`);
    assert.deepEqual(described, input);
    assert.deepEqual(
      [parameters, tags, revision, status, containerOrchestrationType],
      [{}, {}, 1, 'ACTIVE', input.eksProperties ? 'EKS' : 'ECS'],
    );
    assert.equal(jobDefinitionArn, `${arnPrefix}:job-definition/${input.jobDefinitionName}:1`);
  }
  assertWhole('RegisterJobDefinition', inputs);
});

type Resources = NonNullable<CreateComputeEnvironmentCommandInput['computeResources']>;
type UpdatedResources = NonNullable<UpdateComputeEnvironmentCommandInput['computeResources']>;

const onSpot: Resources = {
  type: 'SPOT',
  allocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED',
  minvCpus: 2,
  maxvCpus: 16,
  desiredvCpus: 4,
  instanceTypes: ['c5', 'm5.large'],
  imageId: 'ami-12345678',
  subnets: ['subnet-1', 'subnet-2'],
  securityGroupIds: ['sg-1'],
  ec2KeyPair: 'me',
  instanceRole: `arn:aws:iam::${account}:instance-profile/ecsInstanceRole`,
  tags: { Name: 'worker' },
  placementGroup: 'near',
  bidPercentage: 60,
  spotIamFleetRole: role,
  launchTemplate: {
    launchTemplateName: 'mine',
    version: '$Latest',
    userdataType: 'EKS_NODEADM',
    overrides: [
      {
        launchTemplateId: 'lt-1',
        version: '3',
        targetInstanceTypes: ['c5.large'],
        userdataType: 'EKS_BOOTSTRAP_SH',
      },
      { launchTemplateName: 'other', targetInstanceTypes: ['m5.large'] },
    ],
  },
  ec2Configuration: [{ imageType: 'ECS_AL2', imageIdOverride: 'ami-87654321', imageKubernetesVersion: '1.29' }],
  scalingPolicy: { minScaleDownDelayMinutes: 20 },
};
const byTemplateId: Resources = { ...onSpot, launchTemplate: { launchTemplateId: 'lt-2', version: '1' } };

async function createEnvironment(input: CreateComputeEnvironmentCommandInput) {
  await batch.send(new CreateComputeEnvironmentCommand(input));
  return settledEnvironment(batch, input.computeEnvironmentName ?? '');
}

const unmanaged = { type: 'UNMANAGED' as const, serviceRole: role, unmanagedvCpus: 12, context: 'reserved' };
const provider: NonNullable<Resources['managedInstancesProvider']> = {
  propagateTags: 'CAPACITY_PROVIDER',
  infrastructureRoleArn: role,
  instanceLaunchTemplate: {
    ec2InstanceProfileArn: `arn:aws:iam::${account}:instance-profile/ecsInstanceRole`,
    networkConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
    instanceRequirements: { allowedInstanceTypes: ['m5.large'] },
    capacityOptionType: 'SPOT',
    storageConfiguration: { storageSizeGiB: 100 },
    monitoring: 'DETAILED',
    fipsEnabled: false,
    capacityReservations: { reservationGroupArn: 'arn:aws:g', reservationPreference: 'RESERVATIONS_FIRST' },
    instanceMetadataTagsPropagation: true,
    localStorageConfiguration: { useLocalStorage: true },
  },
  infrastructureOptimization: { scaleInAfter: -1 },
};
const managedInstances: Resources = {
  type: 'ECS_MANAGED_INSTANCES',
  maxvCpus: 16,
  managedInstancesProvider: provider,
  capacityTags: { cost: 'low' },
};

test('every field of CreateComputeEnvironment that is only stored is read back exactly as given', async () => {
  const inputs: CreateComputeEnvironmentCommandInput[] = [
    { computeEnvironmentName: 'spot', type: 'MANAGED', computeResources: onSpot, serviceRole: role, context: 'c' },
    { computeEnvironmentName: 'template', type: 'MANAGED', computeResources: byTemplateId, serviceRole: role },
    { computeEnvironmentName: 'unmanaged', ...unmanaged, ecsSettings: { containerInsights: 'ENHANCED' } },
    { computeEnvironmentName: 'instances', type: 'MANAGED', computeResources: managedInstances, serviceRole: role },
    {
      computeEnvironmentName: 'kubernetes',
      type: 'MANAGED',
      computeResources: { ...onSpot, ec2Configuration: [{ imageType: 'EKS_AL2', imageKubernetesVersion: '1.29' }] },
      eksConfiguration: {
        eksClusterArn: `arn:aws:eks:us-east-1:${account}:cluster/mine`,
        kubernetesNamespace: 'mine',
      },
    },
  ];
  for (const input of inputs) {
    const { computeResources, serviceRole, unmanagedvCpus, context, type, eksConfiguration, ecsSettings } =
      await createEnvironment(input);
    const described = {
      computeEnvironmentName: input.computeEnvironmentName,
      type,
      ...(eksConfiguration ? { eksConfiguration } : { serviceRole }),
      ...(ecsSettings && { ecsSettings }),
    };
    const { unmanagedvCpus: vCpus, context: note, computeResources: resources, ...rest } = input;
    assert.deepEqual(described, rest);
    assert.deepEqual([unmanagedvCpus, context, computeResources], [vCpus, note, resources]);
  }
  assertWhole('CreateComputeEnvironment', inputs);
});

/** Other than `onSpot` in every member. */
const otherwise: UpdatedResources = {
  type: 'EC2',
  allocationStrategy: 'BEST_FIT_PROGRESSIVE_ORDERED',
  instanceTypes: ['m6i', 'c5.large'],
  imageId: 'ami-11111111',
  subnets: ['subnet-3'],
  securityGroupIds: ['sg-2', 'sg-3'],
  ec2KeyPair: 'you',
  instanceRole: `arn:aws:iam::${account}:instance-profile/other`,
  tags: { Name: 'other' },
  placementGroup: 'far',
  bidPercentage: 50,
  launchTemplate: {
    launchTemplateName: 'other',
    version: '7',
    userdataType: 'EKS_BOOTSTRAP_SH',
    overrides: [
      { launchTemplateId: 'lt-9', version: '1', targetInstanceTypes: ['m6i'], userdataType: 'EKS_NODEADM' },
      { launchTemplateName: 'mine', targetInstanceTypes: ['c5.large'] },
    ],
  },
  ec2Configuration: [{ imageType: 'ECS_AL2023', imageIdOverride: 'ami-22222222', imageKubernetesVersion: '1.30' }],
  scalingPolicy: { minScaleDownDelayMinutes: 30 },
};
const otherTemplateId: UpdatedResources = { launchTemplate: { launchTemplateId: 'lt-10' } };
const { capacityOptionType, fipsEnabled, ...fixedTemplate } = provider.instanceLaunchTemplate ?? assert.fail();
const otherProvider: UpdatedResources['managedInstancesProvider'] = {
  propagateTags: 'NONE',
  infrastructureRoleArn: `${role}-2`,
  instanceLaunchTemplate: {
    ...fixedTemplate,
    networkConfiguration: { subnets: ['subnet-9'], securityGroups: ['sg-9'] },
    monitoring: 'BASIC',
  },
  infrastructureOptimization: { scaleInAfter: 60 },
};

test('every field of UpdateComputeEnvironment that is only stored is read back exactly as given', async () => {
  const computeResources = { ...onSpot };
  await createEnvironment({ computeEnvironmentName: 'm', type: 'MANAGED', computeResources, serviceRole: role });
  await createEnvironment({ computeEnvironmentName: 'linked', type: 'MANAGED', computeResources });
  await createEnvironment({ computeEnvironmentName: 'i', type: 'MANAGED', computeResources: managedInstances });
  await createEnvironment({ computeEnvironmentName: 'u', ...unmanaged });
  const serviceRole = `arn:aws:iam::${account}:role/another`;
  const capacity = { minvCpus: 3, desiredvCpus: 5 };
  const updatePolicy = { terminateJobsOnUpdate: true, jobExecutionTimeoutMinutes: 45 };
  const ecsSettings = { containerInsights: 'ENABLED' as const };
  const capacityTags = { cost: 'high' };
  const inputs = [
    { computeEnvironment: 'm', computeResources: capacity, context: 'new', serviceRole, ecsSettings },
    { computeEnvironment: 'linked', computeResources: otherwise, updatePolicy },
    { computeEnvironment: 'i', computeResources: { managedInstancesProvider: otherProvider, capacityTags } },
    { computeEnvironment: 'u', unmanagedvCpus: 24 },
  ];
  for (const input of inputs) await batch.send(new UpdateComputeEnvironmentCommand(input));
  const managed = await settledEnvironment(batch, 'm');
  assert.deepEqual(managed.computeResources, { ...onSpot, ...capacity });
  assert.deepEqual([managed.context, managed.serviceRole, managed.ecsSettings], ['new', serviceRole, ecsSettings]);
  const linked = await settledEnvironment(batch, 'linked');
  assert.deepEqual(linked.computeResources, { ...onSpot, ...otherwise });
  assert.deepEqual(linked.updatePolicy, updatePolicy);
  const byId = { computeEnvironment: 'linked', computeResources: otherTemplateId };
  await batch.send(new UpdateComputeEnvironmentCommand(byId));
  const { computeResources: renamed } = await settledEnvironment(batch, 'linked');
  assert.deepEqual(renamed, { ...onSpot, ...otherwise, ...otherTemplateId });
  const { computeResources: instances } = await settledEnvironment(batch, 'i');
  const fixed = { capacityOptionType, fipsEnabled };
  const instanceLaunchTemplate = { ...otherProvider.instanceLaunchTemplate, ...fixed };
  assert.deepEqual(instances, {
    ...managedInstances,
    capacityTags,
    managedInstancesProvider: { ...otherProvider, instanceLaunchTemplate },
  });
  const { unmanagedvCpus, context, serviceRole: sameRole } = await settledEnvironment(batch, 'u');
  assert.deepEqual([unmanagedvCpus, context, sameRole], [24, unmanaged.context, role]);
  assertWhole('UpdateComputeEnvironment', [...inputs, byId]);
});

const actions = ['CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT'].map(
  (reason, index) => ({ reason, state: 'RUNNABLE' as const, maxTimeSeconds: 600 + index, action: 'CANCEL' as const }),
);
const queue = { priority: 1, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'default' }] };

test('every field of CreateJobQueue that is only stored is read back exactly as given', async () => {
  const given = { jobQueueType: 'ECS' as const, jobStateTimeLimitActions: actions };
  const input = { jobQueueName: 'created', ...queue, ...given };
  await batch.send(new CreateJobQueueCommand(input));
  const { jobQueueType, jobStateTimeLimitActions } = await settledQueue(batch, 'created');
  assert.deepEqual({ jobQueueType, jobStateTimeLimitActions }, given);
  assertWhole('CreateJobQueue', [input]);
});

test('every field of UpdateJobQueue that is only stored is read back exactly as given', async () => {
  await batch.send(new CreateJobQueueCommand({ jobQueueName: 'updated', ...queue }));
  await settledQueue(batch, 'updated');
  const input = { jobQueue: 'updated', jobStateTimeLimitActions: actions };
  await batch.send(new UpdateJobQueueCommand(input));
  assert.deepEqual((await settledQueue(batch, 'updated')).jobStateTimeLimitActions, actions);
  assertWhole('UpdateJobQueue', [input]);
});

test('every field of SubmitJob that is only stored is read back exactly as given', async () => {
  const containerProperties = { image: 'i', vcpus: 300, memory: 4 };
  await batch.send(
    new RegisterJobDefinitionCommand({ jobDefinitionName: 'waits', type: 'container', containerProperties }),
  );
  const input = { jobName: 'j', jobQueue: 'default', jobDefinition: 'waits', propagateTags: true };
  const { jobId = '' } = await batch.send(new SubmitJobCommand(input));
  assert.equal((await describeJob(batch, jobId)).propagateTags, true);
  assertWhole('SubmitJob', [input]);
});

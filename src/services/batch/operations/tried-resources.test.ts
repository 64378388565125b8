import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fargateEnvironment, openBench, smallEnvironment } from '../batch.fixture.ts';
import { refusedAsTried, type Tried } from './tried-answers.fixture.ts';

const managed = (change: object) => ({
  ...smallEnvironment,
  computeResources: { ...smallEnvironment.computeResources, ...change },
});
const managedFargate = (change: object) => ({
  ...fargateEnvironment,
  computeResources: { ...fargateEnvironment.computeResources, ...change },
});
const overrides = (...given: object[]) =>
  managed({
    instanceTypes: ['c5'],
    launchTemplate: { overrides: given.map((override) => ({ launchTemplateId: 'lt-1', ...override })) },
  });
const targets = (...targetInstanceTypes: string[]) => ({ targetInstanceTypes });
const unmanaged = { computeEnvironmentName: 'u', type: 'UNMANAGED', serviceRole: 'batch' };
const linkedRole = 'arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch';
const many = (count: number, prefix: string) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);

const environments: readonly Tried[] = [
  {
    rule: 'ce-allocation-strategy-compute-type',
    input: managed({ type: 'SPOT', allocationStrategy: 'BEST_FIT_PROGRESSIVE_ORDERED' }),
    words: 'Allocation strategy BEST_FIT_PROGRESSIVE_ORDERED requires compute resource type EC2.',
  },
  {
    rule: 'ce-bid-percentage-range',
    input: managed({ bidPercentage: 101 }),
    words: 'Bid percentage must be between 0 to 100.',
  },
  {
    rule: 'ce-desired-vcpus-range',
    input: managed({ desiredvCpus: 9999 }),
    words: 'desiredvCpus should be between minvCpus and maxvCpus.',
  },
  {
    rule: 'ce-ec2-config-image-type',
    input: managed({ ec2Configuration: [{ imageType: 'EKS_AL2' }] }),
    words: 'Invalid imageType in ComputeResources.ec2Configuration',
  },
  {
    rule: 'ce-fargate-security-groups-max',
    input: managedFargate({ securityGroupIds: many(6, 'sg') }),
    words: 'Fargate supports a maximum of 5 security groups.',
  },
  {
    rule: 'ce-fargate-subnets-max',
    input: managedFargate({ subnets: many(17, 'subnet') }),
    words: 'Fargate supports a maximum of 16 subnets.',
  },
  {
    rule: 'ce-instance-role-required',
    input: managed({ instanceRole: undefined }),
    words: 'Instance role is required.',
  },
  {
    rule: 'ce-instance-types-architecture',
    input: managed({ instanceTypes: ['c6g', 'c5'] }),
    words: 'arm-based instance type cannot be used with other instance types.',
  },
  {
    rule: 'ce-instance-types-required',
    input: managed({ instanceTypes: [] }),
    words: 'Resource instanceTypes are required.',
  },
  {
    rule: 'ce-launch-template-id-or-name',
    input: managed({ launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'n' } }),
    words: 'One of LaunchTemplateId and LaunchTemplateName or LaunchTemplate.Overrides is required.',
  },
  {
    rule: 'ce-launch-template-override-id-or-name',
    input: overrides({ launchTemplateName: 'n', ...targets('c5') }),
    words: 'LaunchTemplate.overrides should have either LaunchTemplateId or LaunchTemplateName but not both.',
  },
  {
    rule: 'ce-launch-template-override-target-overlap',
    input: overrides(targets('c5'), targets('c5')),
    words: 'LaunchTemplate.overrides have duplicate targetInstanceTypes: [c5]',
  },
  {
    rule: 'ce-launch-template-override-target-subset',
    input: overrides(targets('c5.large'), targets('m5')),
    words: 'LaunchTemplate.overrides:[m5] have targetInstanceTypes that do not exist in computeResource.InstanceTypes.',
  },
  {
    rule: 'ce-launch-template-override-targets',
    input: overrides(targets()),
    words: 'LaunchTemplate.overrides.targetInstanceTypes[] is required for every override and cannot be empty.',
  },
  {
    rule: 'ce-launch-template-overrides-max',
    input: overrides(...many(11, 'c5').map((type) => targets(type))),
    words: 'LaunchTemplate.overrides size cannot be greater than 10',
  },
  {
    rule: 'ce-launch-template-version',
    input: managed({ launchTemplate: { launchTemplateId: 'lt-1', version: 'newest' } }),
    words: 'LaunchTemplateVersion must be either empty or a number or $Default or $Latest.',
  },
  {
    rule: 'ce-min-vcpus-negative',
    input: managed({ minvCpus: -1 }),
    words: 'minvCpus should be greater than or equal to 0.',
  },
  {
    rule: 'ce-name',
    input: { ...unmanaged, computeEnvironmentName: 'テスト用' },
    words: 'Compute Environment name should match a valid pattern.',
  },
  {
    rule: 'ce-ordered-strategy-instance-bundles',
    input: managed({ allocationStrategy: 'BEST_FIT_PROGRESSIVE_ORDERED', instanceTypes: ['optimal'] }),
    words:
      'Instance type bundles (e.g. optimal, default_x86_64) are not allowed for BEST_FIT_PROGRESSIVE_ORDERED allocation strategy. Specify instance families or types directly.',
  },
  {
    rule: 'ce-security-groups-required',
    input: managed({ subnets: ['subnet-1'], securityGroupIds: [] }),
    words: 'Security group ids are required.',
  },
  {
    rule: 'ce-spot-fleet-role',
    input: managed({ type: 'SPOT' }),
    words: 'compute resource spotIamFleetRole is required.',
  },
  {
    rule: 'ce-state-enabled',
    input: { ...smallEnvironment, state: 'DISABLED' },
    words: 'Compute Environment must be created in ENABLED state.',
  },
  {
    rule: 'ce-unmanaged-service-linked-role',
    input: { ...unmanaged, serviceRole: linkedRole },
    words: 'Service Linked Role cannot be used with UNMANAGED Compute Environment.',
  },
  {
    rule: 'ce-unmanaged-service-role',
    input: { ...unmanaged, serviceRole: undefined },
    words: 'ServiceRole is required.',
  },
  {
    rule: 'ce-unmanaged-vcpus',
    input: { ...smallEnvironment, unmanagedvCpus: 4 },
    words: 'unmanagedvCpus is not applicable for managed Compute Environment.',
  },
  {
    rule: 'ce-vcpus-order',
    input: managed({ minvCpus: 9999 }),
    words: 'maxvCpus should be greater than or equal to minvCpus.',
  },
  {
    rule: 'fargate-ce-fields',
    input: managedFargate({ allocationStrategy: 'BEST_FIT' }),
    words: 'allocationStrategy is not applicable for Fargate.',
  },
  {
    rule: 'managed-compute-resources',
    input: { ...smallEnvironment, computeResources: undefined },
    words: 'computeResources must be provided for a MANAGED compute environment',
  },
  {
    rule: 'unmanaged-fargate',
    input: { ...unmanaged, computeResources: fargateEnvironment.computeResources },
    words: 'Cannot create an UNMANAGED Fargate Compute Environment.',
  },
];

test('what AWS refused of compute environments when it was tried there is refused in the same words', async () => {
  const bench = await openBench();
  await refusedAsTried(bench, 'CreateComputeEnvironment', environments);
  // A target may be what the environment names itself, of its families, or of a set.
  await bench.call('CreateComputeEnvironment', overrides(targets('c5.large')));
  const anything = managed({
    instanceTypes: ['optimal'],
    launchTemplate: { overrides: [{ launchTemplateId: 'lt-1', ...targets('m5') }] },
  });
  await bench.call('CreateComputeEnvironment', { ...anything, computeEnvironmentName: 'n' });
});

const order = (...names: string[]) => names.map((computeEnvironment, at) => ({ order: at + 1, computeEnvironment }));
const queue = { jobQueueName: 'q', priority: 1, computeEnvironmentOrder: order('m') };
const limit = (action: string) => ({
  reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
  state: 'RUNNABLE',
  maxTimeSeconds: 600,
  action,
});

const serviceOrder = (serviceEnvironment: string) => [{ order: 1, serviceEnvironment }];
const served = { jobQueueName: 'q', priority: 1, serviceEnvironmentOrder: serviceOrder('se') };
const service = {
  serviceEnvironmentName: 'se',
  serviceEnvironmentType: 'SAGEMAKER_TRAINING',
  capacityLimits: [{ maxCapacity: 1, capacityUnit: 'NUM_INSTANCES' }],
};
const quotaSharePolicy = { idleResourceAssignmentStrategy: 'FIFO' };

const queues: readonly Tried[] = [
  {
    rule: 'jq-name',
    input: { ...queue, jobQueueName: 'テスト用' },
    words: 'Job Queue name should match a valid pattern.',
  },
  {
    rule: 'jq-ce-order-duplicate-ce',
    input: { ...queue, computeEnvironmentOrder: order('m', 'm') },
    words: 'Duplicate ComputeEnvironments within order list.',
  },
  {
    rule: 'jq-ce-order-duplicate-order',
    input: { ...queue, computeEnvironmentOrder: [...order('m'), ...order('n')] },
    words: 'Duplicate ComputeEnvironment order values.',
  },
  {
    rule: 'jq-ce-order-max',
    input: { ...queue, computeEnvironmentOrder: order('m', 'n', 'o', 'p') },
    words: 'Only 3 environments are allowed in job queue request.',
  },
  {
    rule: 'jq-jstla-action-cancel-for-ecs',
    input: { ...queue, jobStateTimeLimitActions: [limit('TERMINATE')] },
    words: 'Invalid job action. Valid job actions: [CANCEL]',
  },
  {
    rule: 'jq-jstla-duplicate',
    input: { ...queue, jobStateTimeLimitActions: [limit('CANCEL'), limit('CANCEL')] },
    words: 'Duplicate job state limit actions are not allowed.',
  },
  {
    rule: 'jq-sagemaker-requires-service-env',
    input: { ...queue, jobQueueType: 'SAGEMAKER_TRAINING' },
    words: 'Job queues of type SAGEMAKER_TRAINING must have serviceEnvironmentOrder.',
  },
  {
    rule: 'jq-service-env-order-single',
    input: { ...served, serviceEnvironmentOrder: [...serviceOrder('se'), ...serviceOrder('te')] },
    words: 'Job queue can only have 1 service environment.',
  },
  {
    rule: 'jq-jstla-action-terminate-for-sagemaker',
    input: { ...served, jobStateTimeLimitActions: [limit('CANCEL')] },
    words: 'Invalid job action. Valid job actions: [TERMINATE]',
  },
  {
    rule: 'jq-quota-share-policy-requires-sagemaker',
    input: { ...queue, schedulingPolicyArn: 'arn:aws:batch:us-east-1:123456789012:scheduling-policy/quota' },
    words: 'Quota Management feature is only supported for SageMaker Training job queues.',
  },
  {
    rule: 'jq-scheduling-policy-arn-type',
    input: { ...queue, schedulingPolicyArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/x' },
    words: 'Only scheduling policy Arn can be allowed.',
  },
  {
    rule: 'queue-order-required',
    input: { ...queue, computeEnvironmentOrder: [] },
    words: 'computeEnvironmentOrder is required.',
  },
];

test('what AWS refused of job queues when it was tried there is refused in the same words', async () => {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  await bench.call('CreateServiceEnvironment', service);
  await bench.call('CreateSchedulingPolicy', { name: 'quota', quotaSharePolicy });
  await refusedAsTried(bench, 'CreateJobQueue', queues);
  const typed = { ...served, jobQueueType: 'ECS' };
  const mistyped = 'The jobQueueType provided is ECS, which is incompatible with the provided serviceEnvironmentOrder.';
  assert.equal(await bench.refusal('CreateJobQueue', typed), mistyped);
  const missing = { ...served, serviceEnvironmentOrder: serviceOrder('no') };
  const words = 'Service environments must be created and valid before attaching them to a job queue.';
  assert.equal(await bench.refusal('CreateJobQueue', missing), words);
});

const capacity = (...units: string[]) => ({
  ...service,
  capacityLimits: units.map((capacityUnit) => ({ maxCapacity: 1, capacityUnit })),
});

const serviceEnvironments: readonly Tried[] = [
  {
    rule: 'se-name',
    input: { ...service, serviceEnvironmentName: 'a b' },
    words: 'Service environment name should match a valid pattern.',
  },
  { rule: 'se-capacity-limits-empty', input: capacity(), words: 'Capacitylimits are required.' },
  {
    rule: 'se-capacity-limits-max',
    input: capacity(...many(6, 'ml.c5')),
    words: 'Number of capacity limits exceeds 5.',
  },
  {
    rule: 'se-max-capacity-min',
    input: { ...service, capacityLimits: [{ maxCapacity: 0, capacityUnit: 'NUM_INSTANCES' }] },
    words: 'Max capacity must be more than 0.',
  },
  {
    rule: 'se-capacity-unit-mix',
    input: capacity('NUM_INSTANCES', 'ml.c5.large'),
    words: 'Capacity units must specify either number of instances OR instance type, but not both',
  },
  {
    // There the types that SageMaker has stand in the brackets.
    rule: 'se-capacity-unit-value',
    input: capacity('VCPU'),
    words: 'VCPU is unknown capacity unit in [NUM_INSTANCES, ml.*]',
  },
];

test('what AWS refused of service environments and policies is refused in the same words', async () => {
  const bench = await openBench();
  await refusedAsTried(bench, 'CreateServiceEnvironment', serviceEnvironments);
  await refusedAsTried(bench, 'CreateSchedulingPolicy', [
    {
      rule: 'sp-quota-share-idle-strategy-value',
      input: { name: 'p', quotaSharePolicy: { idleResourceAssignmentStrategy: 'LIFO' } },
      words: 'Idle resource assignment strategy must be one of [FIFO].',
    },
    {
      rule: 'sp-fairshare-quotashare-exclusive',
      input: { name: 'p', quotaSharePolicy, fairsharePolicy: {} },
      words: 'A scheduling policy can have either fairsharePolicy or quotaSharePolicy',
    },
  ]);
});

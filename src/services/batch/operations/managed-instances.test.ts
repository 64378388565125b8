import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench } from '../batch.fixture.ts';
import { described, managed } from './environments.fixture.ts';

const role = 'arn:aws:iam::123456789012:role/ecsInfrastructureRole';
const template = {
  ec2InstanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/ecsInstanceRole',
  networkConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
};
const whole = {
  propagateTags: 'CAPACITY_PROVIDER',
  infrastructureRoleArn: role,
  instanceLaunchTemplate: {
    ...template,
    instanceRequirements: { allowedInstanceTypes: ['m5.large', 'g5'] },
    capacityOptionType: 'ON_DEMAND',
    storageConfiguration: { storageSizeGiB: 100 },
    monitoring: 'BASIC',
    fipsEnabled: true,
    capacityReservations: { reservationPreference: 'RESERVATIONS_FIRST', reservationGroupArn: 'arn:aws:x' },
    instanceMetadataTagsPropagation: true,
    localStorageConfiguration: { useLocalStorage: true },
  },
  infrastructureOptimization: { scaleInAfter: 300 },
};
const minimal = { infrastructureRoleArn: role, instanceLaunchTemplate: template };
const environment = (managedInstancesProvider: object | undefined, more: object = {}) => ({
  computeEnvironmentName: 'i',
  type: 'MANAGED',
  computeResources: { type: 'ECS_MANAGED_INSTANCES', maxvCpus: 64, managedInstancesProvider, ...more },
});

test('an environment of managed instances is VALID and shows its provider as given', async () => {
  const bench = await openBench();
  const given = environment(whole, { capacityTags: { cost: 'low' } });
  await bench.call('CreateComputeEnvironment', given);
  const { status, computeResources, containerOrchestrationType } = await described(bench, 'i');
  assert.deepEqual([status, containerOrchestrationType], ['VALID', 'ECS']);
  assert.deepEqual(computeResources, given.computeResources);
});

test('an update of managed instances replaces each member that it gives, in the launch template too', async () => {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', environment(whole, { capacityTags: { cost: 'low' } }));
  const networkConfiguration = { subnets: ['subnet-2'], securityGroups: ['sg-2'] };
  await bench.call('UpdateComputeEnvironment', {
    computeEnvironment: 'i',
    computeResources: {
      maxvCpus: 32,
      capacityTags: { cost: 'high' },
      managedInstancesProvider: { propagateTags: 'NONE', instanceLaunchTemplate: { networkConfiguration } },
    },
  });
  const { status, statusReason, computeResources } = await described(bench, 'i');
  assert.deepEqual([status, statusReason], ['VALID', 'ComputeEnvironment Healthy']);
  assert.deepEqual(computeResources, {
    type: 'ECS_MANAGED_INSTANCES',
    maxvCpus: 32,
    capacityTags: { cost: 'high' },
    managedInstancesProvider: {
      ...whole,
      propagateTags: 'NONE',
      instanceLaunchTemplate: { ...whole.instanceLaunchTemplate, networkConfiguration },
    },
  });
  const refused = (computeResources: object) =>
    bench.refusal('UpdateComputeEnvironment', { computeEnvironment: 'i', computeResources });
  assert.equal(await refused({ minvCpus: 1 }), 'minvCpus is not applicable for ECS_MANAGED_INSTANCES.');
  assert.match(await refused({ type: 'EC2' }), /can only be updated to one of \[ECS_MANAGED_INSTANCES\]/);
  assert.equal(
    await refused({ managedInstancesProvider: { propagateTags: 'ALL' } }),
    'propagateTags must be one of [CAPACITY_PROVIDER, NONE].',
  );
});

/** The API reference's ManagedInstancesProvider and InstanceLaunchTemplate. */
const refusals: readonly (readonly [why: string, input: object, words: string])[] = [
  ['without provider', environment(undefined), 'managedInstancesProvider is required for ECS_MANAGED_INSTANCES.'],
  [
    'with instance types beside it',
    environment(minimal, { instanceTypes: ['c5'] }),
    'instanceTypes is not applicable for ECS_MANAGED_INSTANCES.',
  ],
  ['with least vCPUs', environment(minimal, { minvCpus: 0 }), 'minvCpus is not applicable for ECS_MANAGED_INSTANCES.'],
  [
    'of a role that is none',
    environment({ ...minimal, infrastructureRoleArn: 'ecsInfrastructureRole' }),
    'infrastructureRoleArn must be the ARN of an IAM role.',
  ],
  [
    'of a profile that is none',
    inTemplate({ ec2InstanceProfileArn: role }),
    'ec2InstanceProfileArn must be the ARN of an instance profile.',
  ],
  [
    'without subnets',
    inTemplate({ networkConfiguration: { subnets: [], securityGroups: ['sg-1'] } }),
    'Subnets are required.',
  ],
  [
    'without security groups',
    inTemplate({ networkConfiguration: { subnets: ['subnet-1'], securityGroups: [] } }),
    'Security group ids are required.',
  ],
  [
    'of another price',
    inTemplate({ capacityOptionType: 'CHEAP' }),
    'capacityOptionType must be one of [ON_DEMAND, SPOT].',
  ],
  ['watched otherwise', inTemplate({ monitoring: 'SOME' }), 'monitoring must be one of [BASIC, DETAILED].'],
  [
    'that prefers otherwise',
    inTemplate({ capacityReservations: { reservationPreference: 'NEVER' } }),
    'reservationPreference must be one of [RESERVATIONS_ONLY, RESERVATIONS_FIRST, RESERVATIONS_EXCLUDED].',
  ],
  [
    'with a disk of nothing',
    inTemplate({ storageConfiguration: { storageSizeGiB: 0 } }),
    'storageSizeGiB must be at least 1.',
  ],
  [
    'idle for too long',
    environment({ ...minimal, infrastructureOptimization: { scaleInAfter: 3601 } }),
    'scaleInAfter must be -1, or between 0 and 3600.',
  ],
  [
    'on instances that ECS does not manage',
    managed({ managedInstancesProvider: minimal }),
    'managedInstancesProvider is only applicable for ECS_MANAGED_INSTANCES.',
  ],
  [
    'with tags of capacity elsewhere',
    managed({ capacityTags: { a: 'b' } }),
    'capacityTags is only applicable for ECS_MANAGED_INSTANCES.',
  ],
  [
    'that is unmanaged',
    { ...environment(minimal), type: 'UNMANAGED', serviceRole: 'r' },
    'Cannot create an UNMANAGED ECS_MANAGED_INSTANCES Compute Environment.',
  ],
];

function inTemplate(change: object): object {
  return environment({ ...minimal, instanceLaunchTemplate: { ...template, ...change } });
}

for (const [why, input, words] of refusals) {
  test(`an environment of managed instances ${why} is refused`, async () => {
    const { refusal } = await openBench();
    assert.equal(await refusal('CreateComputeEnvironment', input), words);
  });
}

test('an instance type that can be none and too many capacity tags are refused', async () => {
  const { refusal } = await openBench();
  const odd = inTemplate({ instanceRequirements: { allowedInstanceTypes: ['Large One'] } });
  assert.match(await refusal('CreateComputeEnvironment', odd), /^Instance type can only be one of .*, got Large One$/);
  const capacityTags = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, '']));
  const words = await refusal('CreateComputeEnvironment', environment(minimal, { capacityTags }));
  assert.match(words, /at most 50 tags, got 51/);
});

test('a provider hands a role to ECS, and capacity tags need leave of their own', async () => {
  const { access, call } = await openBench();
  await call('CreateComputeEnvironment', environment(minimal));
  const resource = 'arn:aws:batch:us-east-1:123456789012:compute-environment/i';
  const passed = {
    action: 'iam:PassRole',
    resource: role,
    conditions: { 'iam:PassedToService': 'ecs.amazonaws.com', 'iam:AssociatedResourceArn': resource },
  };
  const tagged = { action: 'batch:SetCapacityTags', resource };
  const resources = { managedInstancesProvider: minimal, capacityTags: { a: 'b' } };
  const created = await access('CreateComputeEnvironment', environment(minimal, { capacityTags: { a: 'b' } }));
  assert.deepEqual(created.slice(1), [passed, tagged]);
  const updated = await access('UpdateComputeEnvironment', { computeEnvironment: 'i', computeResources: resources });
  assert.deepEqual(updated.slice(1), [passed, tagged]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, fargateEnvironment, openBench } from '../batch.fixture.ts';
import { launchSetupRecords, setupKey } from '../records.ts';
import { described, kubernetes, managed, replaceable } from './environments.fixture.ts';

/** A bench with the environment `m`, and what an update of it makes, or the words that refuse it. */
async function updating(environment: object = replaceable) {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', environment);
  return { bench, ...updates(bench, 'm') };
}

function updates(bench: Bench, computeEnvironment: string) {
  return {
    updated: async (change: object) => {
      await bench.call('UpdateComputeEnvironment', { computeEnvironment, ...change });
      return described(bench, computeEnvironment);
    },
    refused: (change: object) => bench.refusal('UpdateComputeEnvironment', { computeEnvironment, ...change }),
  };
}

/** The setups that instances are or will be launched with: older ones go where none has them. */
function setupsOf({ ledger }: Bench): string {
  return [...ledger.all(launchSetupRecords)].map(({ environment, number }) => setupKey(environment, number)).join();
}

/** Every field of spec 04 §8.3 [L8597-8625]. */
const infrastructure: readonly (readonly [field: string, value: unknown])[] = [
  ['allocationStrategy', 'BEST_FIT_PROGRESSIVE_ORDERED'],
  ['bidPercentage', 60],
  ['ec2Configuration', [{ imageType: 'ECS_AL2', imageIdOverride: 'ami-1' }]],
  ['ec2KeyPair', 'me'],
  ['imageId', 'ami-2'],
  ['instanceRole', 'otherRole'],
  ['instanceTypes', ['m5', 'm6i']],
  ['launchTemplate', { launchTemplateName: 'mine', version: '2' }],
  ['placementGroup', 'near'],
  ['securityGroupIds', ['sg-2']],
  ['subnets', ['subnet-2', 'subnet-3']],
  ['tags', { Name: 'worker' }],
  ['type', 'SPOT'],
];
for (const [field, value] of infrastructure) {
  test(`an update of ${field} is one of the infrastructure: it needs the service-linked role and another strategy than BEST_FIT`, async () => {
    const change = { computeResources: { [field]: value } };
    const { bench, updated, refused } = await updating();
    const { computeResources, status, statusReason } = await updated(change);
    assert.deepEqual([computeResources[field], status], [value, 'VALID']);
    assert.equal(statusReason, 'ComputeEnvironment Healthy');
    assert.equal(setupsOf(bench), 'm 2');
    // The same again changes nothing.
    await updated(change);
    assert.equal(setupsOf(bench), 'm 2');
    assert.equal(await refused({ computeResources: {} }), 'At least one compute-resources attribute must be specified');
    const ofRole = await updating({ ...replaceable, serviceRole: 'AWSBatchServiceRole' });
    assert.equal(
      await ofRole.refused(change),
      `Following fields [${field}] can be updated only for Non-fargate Compute Environment having a Batch Service Linked Role`,
    );
    const best = await updating(managed({ subnets: ['subnet-1'], securityGroupIds: ['sg-1'] }));
    assert.equal(
      await best.refused(change),
      `Following fields [${field}] cannot be updated for a Compute Environment with allocation strategy BEST_FIT`,
    );
  });
}

test('updateToLatestImageVersion is an infrastructure update of its own where it is true, and nothing where it is not', async () => {
  const { bench, updated } = await updating();
  const latest = (value: boolean) => updated({ computeResources: { updateToLatestImageVersion: value } });
  await latest(true);
  assert.equal(setupsOf(bench), 'm 2');
  const { computeResources } = await latest(false);
  assert.equal(setupsOf(bench), 'm 2');
  assert.ok(!('updateToLatestImageVersion' in computeResources));
});

test('numbers of vCPUs, state, context and scaling policy are scaling updates: for any role and strategy', async () => {
  const { updated } = await updating({ ...managed({}), serviceRole: 'AWSBatchServiceRole' });
  const { state, context, computeResources, statusReason } = await updated({
    state: 'DISABLED',
    context: 'c',
    computeResources: { minvCpus: 1, desiredvCpus: 2, maxvCpus: 3, scalingPolicy: { minScaleDownDelayMinutes: 20 } },
  });
  assert.equal(statusReason, 'ComputeEnvironment Healthy');
  assert.deepEqual([state, context], ['DISABLED', 'c']);
  const { minvCpus, desiredvCpus, maxvCpus, scalingPolicy } = computeResources;
  assert.deepEqual(
    { minvCpus, desiredvCpus, maxvCpus, scalingPolicy },
    { minvCpus: 1, desiredvCpus: 2, maxvCpus: 3, scalingPolicy: { minScaleDownDelayMinutes: 20 } },
  );
});

test('scaling and infrastructure are updated in one call, and the refusal names what is of the infrastructure', async () => {
  const change = { state: 'DISABLED', computeResources: { maxvCpus: 64, ec2KeyPair: 'me', bidPercentage: 50 } };
  const { updated } = await updating();
  const { state, computeResources } = await updated(change);
  assert.deepEqual([state, computeResources.maxvCpus, computeResources.ec2KeyPair], ['DISABLED', 64, 'me']);
  const { refused } = await updating(managed({}));
  assert.match(await refused(change), /^Following fields \[ec2KeyPair, bidPercentage\] cannot be updated/);
});

/** Spec 04 §8.6 [L8236, L8247, L8342, L8637-8642]. */
const removals: readonly (readonly [what: string, before: object, change: object, after: object])[] = [
  ['a launch template by its id', template({ launchTemplateId: 'lt-1' }), template({ launchTemplateId: '' }), none()],
  ['a launch template by its name', template({ launchTemplateId: 'l' }), template({ launchTemplateName: '' }), none()],
  [
    'the overrides of a launch template that are not given again',
    template({
      launchTemplateId: 'lt-1',
      overrides: [{ launchTemplateId: 'lt-2', targetInstanceTypes: ['c5.large'] }],
    }),
    template({ launchTemplateId: 'lt-1' }),
    template({ launchTemplateId: 'lt-1' }),
  ],
  ['the image', { imageId: 'ami-1' }, { imageId: '' }, { imageId: undefined }],
  [
    'the image of an image type',
    { ec2Configuration: [{ imageType: 'ECS_AL2', imageIdOverride: 'ami-1' }] },
    { ec2Configuration: [{ imageType: 'ECS_AL2', imageIdOverride: '' }] },
    { ec2Configuration: [{ imageType: 'ECS_AL2' }] },
  ],
  [
    'all image types',
    { ec2Configuration: [{ imageType: 'ECS_AL2', imageIdOverride: 'ami-1' }] },
    { ec2Configuration: [] },
    { ec2Configuration: [{ imageType: 'ECS_AL2023' }] },
  ],
  ['the key pair', { ec2KeyPair: 'me' }, { ec2KeyPair: '' }, { ec2KeyPair: undefined }],
  ['the placement group', { placementGroup: 'near' }, { placementGroup: '' }, { placementGroup: undefined }],
  ['the subnets', {}, { subnets: [] }, { subnets: [] }],
  [
    'the security groups, where the launch template has others',
    template({ launchTemplateId: 'lt-1' }),
    { securityGroupIds: [] },
    { securityGroupIds: [] },
  ],
];

function template(launchTemplate: object): object {
  return { launchTemplate };
}

function none(): object {
  return { launchTemplate: undefined };
}

for (const [what, before, change, after] of removals) {
  test(`an update removes ${what}`, async () => {
    const resources = { ...replaceable.computeResources, ...before };
    const { bench, updated } = await updating({ ...replaceable, computeResources: resources });
    const shown = (await described(bench, 'm')).computeResources;
    const { computeResources } = await updated({ computeResources: change });
    assert.deepEqual(computeResources, JSON.parse(JSON.stringify({ ...shown, ...after })));
  });
}

test('what an update leaves is checked as a whole, in the words of creation', async () => {
  const { refused } = await updating();
  const resources = (computeResources: object) => refused({ computeResources });
  assert.equal(await resources({ securityGroupIds: [] }), 'Security group ids are required.');
  assert.equal(await resources({ instanceTypes: [] }), 'Resource instanceTypes are required.');
  assert.equal(await resources({ instanceRole: '' }), 'Instance role is required.');
  assert.equal(
    await resources({ allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED' }),
    'Allocation strategy SPOT_CAPACITY_OPTIMIZED requires compute resource type SPOT.',
  );
  assert.equal(
    await resources({ launchTemplate: { version: '2' } }),
    'One of LaunchTemplateId and LaunchTemplateName or LaunchTemplate.Overrides is required.',
  );
  assert.match(
    await resources({ scalingPolicy: { minScaleDownDelayMinutes: 19 } }),
    /^minScaleDownDelayMinutes must be/,
  );
  assert.match(
    await resources({ type: 'FARGATE' }),
    /^The compute resource type can only be updated to one of \[EC2, SPOT\]/,
  );
});

test('images that AWS takes by itself follow the instance types, and those that were given stay', async () => {
  const own = await updating();
  const gpu = { computeResources: { instanceTypes: ['p4d'] } };
  assert.deepEqual((await own.updated(gpu)).computeResources.ec2Configuration, [{ imageType: 'ECS_AL2023_NVIDIA' }]);
  const ec2Configuration = [{ imageType: 'ECS_AL2' }];
  const given = await updating({
    ...replaceable,
    computeResources: { ...replaceable.computeResources, ec2Configuration },
  });
  assert.deepEqual((await given.updated(gpu)).computeResources.ec2Configuration, ec2Configuration);
});

test('an INVALID environment is repaired by an update of what is wrong with it', async () => {
  const instanceRole = 'arn:aws:iam::123456789012:role/ecsInstanceRole';
  const resources = { ...replaceable.computeResources, instanceRole };
  const { bench, updated } = await updating({ ...replaceable, computeResources: resources });
  const { status, statusReason } = await described(bench, 'm');
  assert.equal(status, 'INVALID');
  // Spec 06 §9.2.
  assert.equal(statusReason, `CLIENT_ERROR - Instance profile ${instanceRole} does not exist`);
  const profile = 'arn:aws:iam::123456789012:instance-profile/path/ecsInstanceRole';
  assert.equal((await updated({ computeResources: { instanceRole: profile } })).status, 'VALID');
  const odd = await updated({ computeResources: { instanceRole: 'two words' } });
  assert.equal(
    odd.statusReason,
    'CLIENT_ERROR - Instance profile arn:aws:iam::123456789012:instance-profile/two words does not exist',
  );
});

test('Fargate takes other networks and vCPUs, with any role, and nothing else; empty lists say nothing', async () => {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', { ...fargateEnvironment, serviceRole: 'AWSBatchServiceRole' });
  const { updated, refused } = updates(bench, 'f');
  // Spec 04 §8.7, and §8.6 of the lists.
  const change = { subnets: ['subnet-2'], securityGroupIds: ['sg-2', 'sg-3'], maxvCpus: 32 };
  const { computeResources } = await updated({ computeResources: change });
  assert.deepEqual(computeResources, { type: 'FARGATE', ...change });
  const same = await updated({ computeResources: { type: 'FARGATE', subnets: [], securityGroupIds: [] } });
  assert.deepEqual(same.computeResources, computeResources);
  const resources = (given: object) => refused({ computeResources: given });
  for (const [member, value] of Object.entries({
    minvCpus: 1,
    desiredvCpus: 1,
    ...Object.fromEntries(infrastructure),
  })) {
    if (['subnets', 'securityGroupIds', 'type'].includes(member)) continue;
    assert.equal(await resources({ [member]: value }), `${member} is not applicable for Fargate.`);
  }
  assert.match(await resources({ type: 'FARGATE_SPOT' }), /can only be updated to one of \[FARGATE\]/);
  const many = Array.from({ length: 17 }, (_, at) => `subnet-${at}`);
  assert.equal(await resources({ subnets: many }), 'Fargate supports a maximum of 16 subnets.');
});

test('an update policy has the defaults of AWS, is changed member by member, and may be all that is given', async () => {
  const { bench, updated, refused } = await updating();
  assert.equal((await described(bench, 'm')).updatePolicy, undefined);
  const policy = async (updatePolicy: object) => (await updated({ updatePolicy })).updatePolicy;
  const expected = { terminateJobsOnUpdate: false, jobExecutionTimeoutMinutes: 30 };
  assert.deepEqual(await policy({}), expected);
  assert.deepEqual(await policy({ jobExecutionTimeoutMinutes: 7200 }), {
    ...expected,
    jobExecutionTimeoutMinutes: 7200,
  });
  const both = { terminateJobsOnUpdate: true, jobExecutionTimeoutMinutes: 7200 };
  assert.deepEqual(await policy({ terminateJobsOnUpdate: true }), both);
  for (const jobExecutionTimeoutMinutes of [0, 7201]) {
    assert.equal(
      await refused({ updatePolicy: { jobExecutionTimeoutMinutes } }),
      'jobExecutionTimeoutMinutes must be between 1 and 7200.',
    );
  }
});

test('an update policy is ignored on Fargate, and refused of an unmanaged environment, as are compute resources', async () => {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', fargateEnvironment);
  const unmanaged = { computeEnvironmentName: 'u', type: 'UNMANAGED', serviceRole: 'r' };
  await bench.call('CreateComputeEnvironment', unmanaged);
  const fargate = await updates(bench, 'f').updated({ updatePolicy: { terminateJobsOnUpdate: true } });
  assert.equal(fargate.updatePolicy, undefined);
  const { refused } = updates(bench, 'u');
  assert.match(await refused({ updatePolicy: {} }), /^updatePolicy is not applicable for unmanaged/);
  assert.match(
    await refused({ computeResources: { maxvCpus: 1 } }),
    /^computeResources is not applicable for unmanaged/,
  );
});

test('Container Insights are set at creation, changed by an update, and refused where pods run', async () => {
  const { bench, updated } = await updating({ ...replaceable, ecsSettings: { containerInsights: 'ENHANCED' } });
  assert.deepEqual((await described(bench, 'm')).ecsSettings, { containerInsights: 'ENHANCED' });
  const off = { ecsSettings: { containerInsights: 'DISABLED' } };
  assert.deepEqual((await updated(off)).ecsSettings, off.ecsSettings);
  const words = 'ecsSettings is not applicable for EKS Compute Environments.';
  assert.equal(await bench.refusal('CreateComputeEnvironment', { ...kubernetes, ...off }), words);
  await bench.call('CreateComputeEnvironment', kubernetes);
  assert.equal(await updates(bench, 'k').refused(off), words);
});

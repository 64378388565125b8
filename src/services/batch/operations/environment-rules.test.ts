import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench } from '../batch.fixture.ts';
import type { FindTemplate } from '../resources/launch-template.ts';
import { described, kubernetes, managed, replaceable } from './environments.fixture.ts';

const images = (...ec2Configuration: object[]) => managed({ ec2Configuration });
const versions = (...given: string[]) => ({
  ...kubernetes,
  computeResources: {
    ...kubernetes.computeResources,
    ec2Configuration: given.map((imageKubernetesVersion) => ({ imageType: 'EKS_AL2023', imageKubernetesVersion })),
  },
});
const overrides = (...types: string[][]) =>
  managed({
    instanceTypes: ['c5', 'm5.large'],
    launchTemplate: {
      overrides: types.map((targetInstanceTypes) => ({ launchTemplateId: 'lt-1', targetInstanceTypes })),
    },
  });
const unsupported = 'At least one imageKubernetesVersion in EC2Configuration is not supported.';

const refusals: readonly (readonly [why: string, input: object, words: string])[] = [
  // Spec 04 §3.3 [L8410-8448].
  [
    'of an image type that is none',
    images({ imageType: 'ECS_AL3' }),
    'Invalid imageType in ComputeResources.ec2Configuration',
  ],
  [
    'of three image types',
    images({ imageType: 'ECS_AL2' }, { imageType: 'ECS_AL2_NVIDIA' }, { imageType: 'ECS_AL2023' }),
    'ec2Configuration can have at most 2 elements.',
  ],
  [
    'of GPU images for Arm',
    managed({ instanceTypes: ['c7g'], ec2Configuration: [{ imageType: 'ECS_AL2_NVIDIA' }] }),
    'imageType ECS_AL2_NVIDIA cannot be used with arm-based instance types.',
  ],
  // Spec 04 §3.3 [L7194].
  [
    'of the newest and the oldest GPUs',
    managed({ instanceTypes: ['p5.48xlarge', 'p2'] }),
    'Instance type p5 cannot be used with p2: no image supports both.',
  ],
  // Spec 06 item 34 [L14051-14081], 04 §18.
  ['of Kubernetes 1.22', versions('1.22'), unsupported],
  ['of a Kubernetes that is none', versions('1.29', 'newest'), unsupported],
  // The API reference's LaunchTemplateSpecificationOverride.
  [
    'with a launch template for a set of types',
    overrides(['optimal']),
    'LaunchTemplate.overrides cannot have targetInstanceTypes: [optimal]',
  ],
  [
    'with launch templates for a family and one of its sizes',
    overrides(['c5'], ['c5.large']),
    'LaunchTemplate.overrides have targetInstanceTypes that overlap with their families: [c5.large]',
  ],
  [
    'with a launch template for a family of which it has one size',
    overrides(['m5']),
    'LaunchTemplate.overrides:[m5] have targetInstanceTypes that do not exist in computeResource.InstanceTypes.',
  ],
];
for (const [why, input, words] of refusals) {
  test(`an environment ${why} is refused`, async () => {
    const { refusal } = await openBench();
    assert.equal(await refusal('CreateComputeEnvironment', input), words);
  });
}

test('an instance type, family or set that is not in the catalogue is refused with the list of all that are', async () => {
  const { call, refusal } = await openBench();
  for (const type of ['c5.9large', 'c99', 'C5', 'optimum', 'Large One']) {
    const words = await refusal('CreateComputeEnvironment', managed({ instanceTypes: ['c5', type] }));
    assert.ok(words.startsWith('Instance type can only be one of [optimal, default_'), words.slice(0, 80));
    assert.match(words, /, c5, .*, c5\.metal, /);
    assert.ok(words.endsWith(`], got ${type}`));
  }
  // Metal sizes are meant only by their own names (spec 04 §1.21).
  await call('CreateComputeEnvironment', managed({ instanceTypes: ['c5.metal', 'optimal'] }));
});

const plain = Buffer.from('#!/bin/bash').toString('base64');
const archive = Buffer.from(
  'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/x-shellscript\n\necho\n--b--\n',
).toString('base64');
/** Templates by name: what their only version has. */
const templates: Readonly<Record<string, object>> = {
  plain: { UserData: plain },
  archive: { UserData: archive, ImageId: 'ami-1' },
};
const findTemplate: FindTemplate = (_, { launchTemplateName = '' }) => {
  const data = templates[launchTemplateName];
  return data && { id: `lt-${launchTemplateName}`, version: 3, data: { ...data } };
};
const launching = (launchTemplate: object) => ({
  ...replaceable,
  computeResources: { ...replaceable.computeResources, launchTemplate },
});

test('user data of a launch template that are no MIME archive make an environment INVALID until it has another', async () => {
  const bench = await openBench({ findTemplate });
  const words = 'CLIENT_ERROR - Launch Template UserData is not MIME multipart format';
  await bench.call('CreateComputeEnvironment', launching({ launchTemplateName: 'plain' }));
  const { status, statusReason } = await described(bench, 'm');
  assert.deepEqual([status, statusReason], ['INVALID', words]);
  const update = async (launchTemplate: object) => {
    await bench.call('UpdateComputeEnvironment', { computeEnvironment: 'm', computeResources: { launchTemplate } });
    return described(bench, 'm');
  };
  assert.equal((await update({ launchTemplateName: 'archive' })).status, 'VALID');
  const overrides = [{ launchTemplateName: 'plain', targetInstanceTypes: ['c5.large'] }];
  assert.equal((await update({ launchTemplateName: 'archive', overrides })).statusReason, words);
  assert.equal((await update({ launchTemplateName: 'not-here' })).status, 'VALID');
});

test('a way to set up nodes needs a launch template with an image, as far as the template is known', async () => {
  const { call, refusal } = await openBench({ findTemplate });
  const userdataType = 'EKS_NODEADM';
  const words =
    'The userdataType attribute is only allowed when the launch template has an imageId. Launch template lt-plain version 3 does not have an imageId.';
  const wrong = { launchTemplateName: 'plain', userdataType };
  assert.equal(await refusal('CreateComputeEnvironment', launching(wrong)), words);
  await call('CreateComputeEnvironment', launching({ launchTemplateName: 'archive', userdataType }));
  const update = (launchTemplate: object) => ({ computeEnvironment: 'm', computeResources: { launchTemplate } });
  const overrides = [{ ...wrong, targetInstanceTypes: ['c5.large'] }];
  assert.equal(await refusal('UpdateComputeEnvironment', update({ overrides })), words);
  await call('UpdateComputeEnvironment', update({ launchTemplateName: 'not-here', userdataType }));
});

test('every version of Kubernetes that AWS supports, or did, is taken', async () => {
  const { call } = await openBench();
  const known = Array.from({ length: 12 }, (_, at) => `1.${23 + at}`);
  for (const version of known)
    await call('CreateComputeEnvironment', { ...versions(version), computeEnvironmentName: version.replace('.', '-') });
});

/** Spec 04 §3.3 and §9.2 [L8658-8689]. */
const defaults: readonly (readonly [instanceTypes: readonly string[], ecs: readonly string[]])[] = [
  [['optimal'], ['ECS_AL2023']],
  [['c6g', 'm7g.large'], ['ECS_AL2023']],
  [['p4d', 'g4dn.xlarge'], ['ECS_AL2023_NVIDIA']],
  [
    ['g5', 'c5'],
    ['ECS_AL2023', 'ECS_AL2023_NVIDIA'],
  ],
  // Images for GPUs are built for x86.
  [['g5g'], ['ECS_AL2023']],
];
for (const [instanceTypes, expected] of defaults) {
  test(`without image types ${instanceTypes.join(' and ')} get ${expected.join(' and ')}, or the same of Kubernetes`, async () => {
    const bench = await openBench();
    for (const ec2Configuration of [undefined, []]) {
      const name = ec2Configuration ? 'empty' : 'absent';
      const environment = managed({ instanceTypes, ec2Configuration });
      await bench.call('CreateComputeEnvironment', { ...environment, computeEnvironmentName: name });
      const { computeResources } = await described(bench, name);
      assert.deepEqual(
        computeResources.ec2Configuration,
        expected.map((imageType) => ({ imageType })),
      );
    }
    const resources = { ...kubernetes.computeResources, instanceTypes };
    await bench.call('CreateComputeEnvironment', { ...kubernetes, computeResources: resources });
    const { computeResources } = await described(bench, 'k');
    assert.deepEqual(
      computeResources.ec2Configuration,
      expected.map((type) => ({ imageType: type.replace('ECS', 'EKS'), imageKubernetesVersion: '1.34' })),
    );
  });
}

test('an environment of Kubernetes is INVALID with words while no engine runs pods, and VALID once one does', async () => {
  const without = await openBench();
  await without.call('CreateComputeEnvironment', kubernetes);
  const { status, statusReason } = await described(without, 'k');
  assert.equal(status, 'INVALID');
  assert.equal(
    statusReason,
    'CLIENT_ERROR - Unable to validate Kubernetes Namespace: no Kubernetes engine is configured',
  );
  // A server that has one repairs it at its start.
  const engines = { default: 'process', enabled: ['process', 'kubernetes'] } as const;
  const withOne = await openBench({ engines, store: without.store });
  assert.deepEqual(
    [(await described(withOne, 'k')).status, (await described(withOne, 'k')).statusReason],
    ['VALID', 'ComputeEnvironment Healthy'],
  );
});

test('an environment that is INVALID for another reason stays so over a restart', async () => {
  const first = await openBench();
  await first.call('CreateComputeEnvironment', { ...managed({}), serviceRole: 'arn:aws:iam::123456789012:user/me' });
  const before = await described(first, 'm');
  assert.equal(before.status, 'INVALID');
  assert.deepEqual(await described(await openBench({ store: first.store }), 'm'), before);
});

test('vCPUs desired of an environment of Kubernetes are given at creation only', async () => {
  const bench = await openBench();
  const resources = { ...kubernetes.computeResources, desiredvCpus: 2 };
  await bench.call('CreateComputeEnvironment', { ...kubernetes, computeResources: resources });
  const words = await bench.refusal('UpdateComputeEnvironment', {
    computeEnvironment: 'k',
    computeResources: { desiredvCpus: 4 },
  });
  assert.equal(words, 'desiredvCpus is not applicable for EKS Compute Environments.');
});

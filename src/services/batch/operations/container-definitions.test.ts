import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fargateContainer, openBench, smallDefinition } from '../batch.fixture.ts';

// Citations: spec 02 is [L2952-5461] of the guide; D numbers are of spec 08 §2, dates of spec 09.

const role = fargateContainer.executionRoleArn;
const small = smallDefinition.containerProperties;
const onEc2 = (change: object, more: object = {}) => ({
  ...smallDefinition,
  containerProperties: { ...small, ...change },
  ...more,
});
const onFargate = (change: object) => ({
  ...smallDefinition,
  platformCapabilities: ['FARGATE'],
  containerProperties: { ...fargateContainer, ...change },
});
const size = (vcpus: string, memory: string) => [
  { type: 'VCPU', value: vcpus },
  { type: 'MEMORY', value: memory },
];
const newer = (resourceRequirements: object[]) => onEc2({ vcpus: undefined, memory: undefined, resourceRequirements });
const linux = (linuxParameters: object) => onEc2({ linuxParameters });
const volumes = (...given: object[]) => onEc2({ volumes: given });
const efs = (change: object) => volumes({ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1', ...change } });
const rule = (given: object) => ({ ...smallDefinition, retryStrategy: { attempts: 2, evaluateOnExit: [given] } });
const windows = (change: object) =>
  onFargate({ runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_FULL' }, ...change });

const accepted: readonly (readonly [what: string, input: object])[] = [
  ['a name of 128 characters [L3880]', { ...smallDefinition, jobDefinitionName: `${'a-_'.repeat(42)}xy` }],
  ['integers of vCPUs and memory [L4380]', onEc2({ vcpus: 1, memory: 4 })],
  ['the newer forms of both [L4501]', newer(size('1', '4'))],
  ['integers beside a GPU alone (spec 08 item 5)', onEc2({ resourceRequirements: [{ type: 'GPU', value: '1' }] })],
  ['one of each form (D1)', onEc2({ vcpus: undefined, resourceRequirements: [{ type: 'VCPU', value: '2' }] })],
  ['no command, and an empty one (spec 08 item 6)', onEc2({ command: [] })],
  ['an image of 255 characters with a digest [L4014]', onEc2({ image: `${'x'.repeat(180)}@sha256:${'0'.repeat(67)}` })],
  ['an empty instance type (D16)', onEc2({ instanceType: '' })],
  ['a scheduling priority of 9999 [L5350]', { ...smallDefinition, schedulingPriority: 9999 }],
  ['ten attempts [L5283]', { ...smallDefinition, retryStrategy: { attempts: 10 } }],
  ['an action in small letters [L5344]', rule({ onExitCode: '13*', action: 'retry' })],
  ['a reason of 512 characters [L5324]', rule({ onReason: `${'a'.repeat(511)}*`, action: 'EXIT' })],
  ['a reason with points, colons and tabs [L5324]', rule({ onStatusReason: 'Host EC2: a.b\t*', action: 'EXIT' })],
  ['a timeout of 60 seconds [L5384]', { ...smallDefinition, timeout: { attemptDurationSeconds: 60 } }],
  ['no swap at all [L4137]', linux({ maxSwap: 0, swappiness: 0 })],
  ['a swappiness of 100 [L4166]', linux({ maxSwap: 1, swappiness: 100 })],
  [
    'mount options with values [L4213]',
    linux({ tmpfs: [{ containerPath: '/t', size: 1, mountOptions: ['mode=1777', 'ro'] }] }),
  ],
  [
    'every permission of a device [L4118]',
    linux({ devices: [{ hostPath: '/d', permissions: ['READ', 'WRITE', 'MKNOD'] }] }),
  ],
  ['no limit as the hard one [L4613]', onEc2({ ulimits: [{ name: 'core', softLimit: 1, hardLimit: -1 }] })],
  ['every log driver [L4330]', onEc2({ logConfiguration: { logDriver: 'gelf' } })],
  ['a volume without name (D12)', volumes({ host: {} })],
  ['a volume name of 255 characters [L4728]', volumes({ name: 'v'.repeat(255) })],
  [
    'an access point at the root [L4776]',
    efs({
      rootDirectory: '/',
      transitEncryption: 'ENABLED',
      authorizationConfig: { accessPointId: 'a', iam: 'ENABLED' },
    }),
  ],
  ['port 65535 [L4824]', efs({ transitEncryptionPort: 65_535 })],
  ['50 tags (spec 06 §5.3)', onEc2({}, { tags: tags(50) })],
  ['unprivileged Fargate [L4479]', onFargate({ privileged: false })],
  ['an init process on Fargate [L4130]', onFargate({ linuxParameters: { initProcessEnabled: true } })],
  ['splunk on Fargate [L4288]', onFargate({ logConfiguration: { logDriver: 'splunk' } })],
  ['200 GiB on Fargate [L3122]', onFargate({ ephemeralStorage: { sizeInGiB: 200 } })],
  ['a public address on Fargate [L4465]', onFargate({ networkConfiguration: { assignPublicIp: 'ENABLED' } })],
  ['a volume of the task on Fargate [L4742]', onFargate({ volumes: [{ name: 'v', host: {} }] })],
  ['Windows on Fargate [L3122]', windows({ resourceRequirements: size('1', '2048') })],
  ['ARM64 on Fargate [L3122]', onFargate({ runtimePlatform: { cpuArchitecture: 'ARM64' } })],
  ['platform version 1.4.0 [L3993]', onFargate({ fargatePlatformConfiguration: { platformVersion: '1.4.0' } })],
];
for (const [what, input] of accepted) {
  test(`a definition may have ${what}`, async () => {
    const { call } = await openBench();
    assert.equal((await call('RegisterJobDefinition', input)).revision, 1);
  });
}

const notForFargate = (member: string) => `linuxParameter.${member} is not allowed for Fargate.`;
const refused: readonly (readonly [what: string, input: object, words: string])[] = [
  [
    'a name of 129 characters [L3880]',
    { ...smallDefinition, jobDefinitionName: 'a'.repeat(129) },
    'Job definition name should match a valid pattern.',
  ],
  ['no name [L3880]', { ...smallDefinition, jobDefinitionName: '' }, 'Job definition name is required.'],
  [
    'half a vCPU on EC2 [L4557]',
    newer(size('0.5', '4')),
    'Value 0.5 for type VCPU in resourceRequirement is not valid. Please provide a numeric value.',
  ],
  ['no vCPU on EC2 [L4557]', onEc2({ vcpus: 0 }), 'vCPU must be at least 1, got 0.'],
  ['3 MiB of memory [L4536]', onEc2({ memory: 3 }), 'Memory must be at least 4 Mib, got 3 Mib.'],
  ['no memory [L4376]', onEc2({ memory: undefined }), 'Memory is not provided.'],
  [
    'memory in both forms (D1)',
    onEc2({ resourceRequirements: [{ type: 'MEMORY', value: '4' }] }),
    'Cannot use both ECS containerProperties memory and resourceRequirement MEMORY.',
  ],
  [
    'a priority below 0 [L5350]',
    { ...smallDefinition, schedulingPriority: -1 },
    'Scheduling priority must be between 0 and 9999.',
  ],
  [
    'eleven attempts [L5283]',
    { ...smallDefinition, retryStrategy: { attempts: 11 } },
    'RetryAttempts must be between 1 and 10.',
  ],
  [
    'no attempt [L5283]',
    { ...smallDefinition, retryStrategy: { attempts: 0 } },
    'RetryAttempts must be between 1 and 10.',
  ],
  [
    'an asterisk inside [L5324]',
    rule({ onReason: 'a*b', action: 'EXIT' }),
    'Evaluate on exit condition contains restricted characters.',
  ],
  [
    'a timeout of 59 seconds [L5384]',
    { ...smallDefinition, timeout: { attemptDurationSeconds: 59 } },
    'AttemptDurationSeconds in Timeout must be at least 60 seconds.',
  ],
  [
    'a reserved variable [L3956]',
    onEc2({ environment: [{ name: 'AWS_BATCH_X', value: '1' }] }),
    'Environment variable name AWS_BATCH_X cannot start with AWS_BATCH: it is reserved.',
  ],
  ['an empty word in its command', onEc2({ command: ['a', ''] }), 'Command field cannot have empty strings'],
  [
    'shared memory of nothing [L4154]',
    linux({ sharedMemorySize: 0 }),
    'Invalid shared memory size: 0, must be positive.',
  ],
  [
    'a relative tmpfs [L4201]',
    linux({ tmpfs: [{ containerPath: 't', size: 1 }] }),
    'containerPath of a tmpfs must be an absolute path.',
  ],
  [
    'a volume name of 256 characters [L4728]',
    volumes({ name: 'v'.repeat(256) }),
    `Volume name is not valid: ${'v'.repeat(256)}`,
  ],
  ['a volume name with a point [L4728]', volumes({ name: 'a.b' }), 'Volume name is not valid: a.b'],
  [
    'a root directory of 4097 characters [L4802]',
    efs({ rootDirectory: `/${'a'.repeat(4096)}` }),
    'EFS rootDirectory has more than 4096 characters.',
  ],
  ['51 tags (spec 06 §5.3)', onEc2({}, { tags: tags(51) }), 'A resource can have at most 50 tags, got 51.'],
  [
    'a size of its own on EC2 [L3122]',
    onEc2({ ephemeralStorage: { sizeInGiB: 30 } }),
    'ephemeralStorage not applicable for EC2.',
  ],
  [
    '201 GiB on Fargate [L3122]',
    onFargate({ ephemeralStorage: { sizeInGiB: 201 } }),
    'Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB.',
  ],
  [
    'an instance type on Fargate [L4033]',
    onFargate({ instanceType: 'c5.large' }),
    'instanceType is not applicable for Fargate.',
  ],
  [
    'integers of memory on Fargate [L4376]',
    onFargate({ memory: 512 }),
    'memory is not applicable for Fargate. Use resource requirements instead.',
  ],
  [
    'a tmpfs on Fargate [L4189]',
    onFargate({ linuxParameters: { tmpfs: [{ containerPath: '/t', size: 1 }] } }),
    notForFargate('tmpfs'),
  ],
  ['swappiness on Fargate [L4166]', onFargate({ linuxParameters: { swappiness: 1 } }), notForFargate('swappiness')],
  [
    'a platform version that is none [L3993]',
    onFargate({ fargatePlatformConfiguration: { platformVersion: '2' } }),
    'Fargate platform version is not valid: 2',
  ],
  [
    'an unknown system [L3122]',
    onFargate({ runtimePlatform: { operatingSystemFamily: 'BSD' } }),
    'operatingSystemFamily is not valid: BSD',
  ],
  [
    'a role that is none',
    onEc2({ executionRoleArn: `${role}`.replace('role', 'user') }),
    `executionRoleArn ${role.replace('role', 'user')} is not an iam role arn`,
  ],
  ['a job role that is none', onEc2({ jobRoleArn: 'jobs' }), 'jobRoleArn jobs is not an iam role arn'],
];
for (const [what, input, words] of refused) {
  test(`a definition with ${what} is refused`, async () => {
    const { refusal } = await openBench();
    assert.equal(await refusal('RegisterJobDefinition', input), words);
  });
}

/** [L4542-4553], whole: by vCPUs the first and last MiB, and the step. */
const fargateSizes: readonly (readonly [vcpus: string, memories: readonly number[]])[] = [
  ['0.25', [512, 1024, 2048]],
  ['0.5', steps(1024, 4096, 1024)],
  ['1', steps(2048, 8192, 1024)],
  ['2', steps(4096, 16_384, 1024)],
  ['4', steps(8192, 30_720, 1024)],
  ['8', steps(16_384, 61_440, 4096)],
  ['16', steps(32_768, 122_880, 8192)],
];
test('Fargate takes every size of the guide, and no other [L4542-4553]', async () => {
  const { call } = await openBench();
  const isTaken = (vcpus: string, memory: number) =>
    call('RegisterJobDefinition', onFargate({ resourceRequirements: size(vcpus, String(memory)) })).then(
      () => true,
      () => false,
    );
  const asked = [...steps(512, 131_072, 512), 4, 511, 513, 30_721];
  for (const [vcpus, memories] of [...fargateSizes, ['3', []], ['32', []]] as const) {
    const taken: number[] = [];
    for (const memory of asked) if (await isTaken(vcpus, memory)) taken.push(memory);
    assert.deepEqual(taken, memories, `${vcpus} vCPUs`);
  }
});

function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}

function tags(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
}

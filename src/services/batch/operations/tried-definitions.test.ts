import { test } from 'node:test';
import { fargateContainer, openBench, smallDefinition } from '../batch.fixture.ts';
import { refusedAsTried, type Tried } from './tried-answers.fixture.ts';

const container = smallDefinition.containerProperties;
const onEc2 = (change: object) => ({ ...smallDefinition, containerProperties: { ...container, ...change } });
const onFargate = (change: object) => ({
  ...smallDefinition,
  platformCapabilities: ['FARGATE'],
  containerProperties: { ...fargateContainer, ...change },
});
const needs = (type: string, value: string) => ({ type, value });
const ofSize = (vcpus: string, memory: string) => [needs('VCPU', vcpus), needs('MEMORY', memory)];
const efs = (change: object) => onEc2({ volumes: [{ efsVolumeConfiguration: { fileSystemId: 'fs-1', ...change } }] });
const exitRule = (rule: object) => ({
  ...smallDefinition,
  retryStrategy: { attempts: 2, evaluateOnExit: [{ action: 'RETRY', ...rule }] },
});
const linux = (linuxParameters: object) => onEc2({ linuxParameters });
const ofFargateOnly = 'linuxParameter.sharedMemorySize is not allowed for Fargate.';

const definitions: readonly Tried[] = [
  {
    rule: 'jd-container-type-requires-props',
    input: onEc2({ image: undefined }),
    words: 'ECS Container Image must be provided.',
  },
  {
    rule: 'jd-device-permissions-value',
    input: linux({ devices: [{ hostPath: '/dev/null', permissions: ['EXECUTE'] }] }),
    words: 'Invalid permission: EXECUTE for device /dev/null',
  },
  {
    rule: 'jd-efs-access-point-root-directory',
    input: efs({ transitEncryption: 'ENABLED', rootDirectory: '/a', authorizationConfig: { accessPointId: 'fsap-1' } }),
    words: 'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
  },
  {
    rule: 'jd-efs-access-point-transit-encryption',
    input: efs({ authorizationConfig: { accessPointId: 'fsap-1' } }),
    words: 'EFS IAM access point requires TransitEncryption to be enabled.',
  },
  {
    rule: 'jd-efs-file-system-id-format',
    input: efs({ fileSystemId: 'my-file-system' }),
    words: 'EFS configuration fileSystemId is not valid: my-file-system.',
  },
  {
    rule: 'jd-efs-iam-transit-encryption',
    input: efs({ authorizationConfig: { iam: 'ENABLED' } }),
    words: 'EFS IAM authorization requires TransitEncryption to be enabled.',
  },
  {
    rule: 'jd-efs-transit-encryption-port-range',
    input: efs({ transitEncryptionPort: 70_000 }),
    words: 'TransitEncryptionPort must be a valid port number.',
  },
  {
    rule: 'jd-env-name-required',
    input: onEc2({ environment: [{ value: '1' }] }),
    words: 'Environment variable name is required.',
  },
  {
    rule: 'jd-evaluate-on-exit-condition-required',
    input: exitRule({}),
    words: 'EvaluateOnExit should contain at least one of onExitCode, onReason or onStatusReason.',
  },
  {
    rule: 'jd-evaluate-on-exit-exitcode-format',
    input: exitRule({ onExitCode: 'a' }),
    words: 'Evaluate on exit condition contains restricted characters.',
  },
  {
    rule: 'jd-evaluate-on-exit-pattern-length',
    input: exitRule({ onReason: 'a'.repeat(513) }),
    words: 'Evaluate on exit condition cannot exceed 512 characters.',
  },
  {
    rule: 'jd-evaluate-on-exit-requires-attempts',
    input: { ...smallDefinition, retryStrategy: { evaluateOnExit: [{ action: 'EXIT', onExitCode: '1' }] } },
    words: 'RetryAttempts must be provided with retry strategy.',
  },
  {
    rule: 'retry-attempts',
    input: { ...smallDefinition, retryStrategy: { attempts: 11 } },
    words: 'RetryAttempts must be between 1 and 10.',
  },
  {
    rule: 'timeout-minimum',
    input: { ...smallDefinition, timeout: { attemptDurationSeconds: 30 } },
    words: 'AttemptDurationSeconds in Timeout must be at least 60 seconds.',
  },
  {
    rule: 'jd-legacy-and-resource-requirements',
    input: onEc2({ vcpus: 1, memory: undefined, resourceRequirements: ofSize('1', '4') }),
    words: 'Cannot use both ECS containerProperties vcpus and resourceRequirement VCPU.',
  },
  {
    rule: 'jd-linux-max-swap-negative',
    input: linux({ maxSwap: -1 }),
    words: 'When container specified swap memory, swappiness value is required.',
  },
  {
    rule: 'jd-max-swap-requires-swappiness',
    input: linux({ maxSwap: 64 }),
    words: 'When container specified swap memory, swappiness value is required.',
  },
  {
    rule: 'jd-linux-swappiness-range',
    input: linux({ maxSwap: 64, swappiness: 150 }),
    words: 'Invalid swappiness: 150, must be between 0 and 100.',
  },
  {
    rule: 'jd-log-awslogs-unknown-option',
    input: onEc2({ logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-not-a-real-option': 'x' } } }),
    words: 'Log driver awslogs disallows options: awslogs-not-a-real-option',
  },
  { rule: 'jd-memory-minimum', input: onEc2({ memory: 2 }), words: 'Memory must be at least 4 Mib, got 2 Mib.' },
  {
    rule: 'jd-name',
    input: { ...smallDefinition, jobDefinitionName: 'テスト用' },
    words: 'Job definition name should match a valid pattern.',
  },
  {
    rule: 'jd-platform-capabilities-single',
    input: { ...smallDefinition, platformCapabilities: ['EC2', 'FARGATE'] },
    words: 'Exactly 1 capability must be provided.',
  },
  {
    rule: 'jd-platform-capability-value',
    input: { ...smallDefinition, platformCapabilities: ['EKS'] },
    words: 'Capability EKS is not valid. Valid capabilities: [FARGATE, EC2, MANAGED_INSTANCES]',
  },
  {
    rule: 'jd-resource-requirements-duplicate-type',
    input: onEc2({ vcpus: undefined, resourceRequirements: [needs('VCPU', '1'), needs('VCPU', '1')] }),
    words: 'Cannot provide duplicates in resourceRequirements.',
  },
  {
    rule: 'jd-resource-requirements-gpu-integer',
    input: onEc2({ resourceRequirements: [needs('GPU', '0.5')] }),
    words: 'Value 0.5 for type GPU in resourceRequirement is not valid. Please provide a numeric value.',
  },
  {
    rule: 'jd-resource-requirements-required',
    input: { ...smallDefinition, containerProperties: { image: 'busybox' } },
    words: 'vCPU is required.',
  },
  {
    rule: 'jd-resource-requirements-vcpu-min',
    input: { ...smallDefinition, containerProperties: { image: 'busybox', resourceRequirements: ofSize('0', '2048') } },
    words: 'vCPU must be at least 1, got 0.',
  },
  {
    rule: 'jd-runtime-platform-ec2-only',
    input: onEc2({ runtimePlatform: { cpuArchitecture: 'X86_64' } }),
    words: 'runtimePlatform is not applicable for EC2.',
  },
  {
    rule: 'jd-fargate-platform-config-on-ec2',
    input: onEc2({ fargatePlatformConfiguration: { platformVersion: 'LATEST' } }),
    words: 'fargatePlatformConfiguration not applicable for EC2.',
  },
  {
    rule: 'jd-s3files-requires-job-role',
    input: onEc2({ volumes: [{ name: 'v', s3filesVolumeConfiguration: { fileSystemArn: 'arn:aws:s3files:x' } }] }),
    words: 'A jobRoleArn/taskRoleArn is required when using s3filesVolumeConfiguration.',
  },
  {
    rule: 'jd-scheduling-priority-range',
    input: { ...smallDefinition, schedulingPriority: 10_000 },
    words: 'Scheduling priority must be between 0 and 9999.',
  },
  {
    rule: 'jd-secrets-requires-execution-role',
    input: onEc2({ secrets: [{ name: 'A', valueFrom: 'a' }] }),
    words: 'executionRoleArn cannot be empty when using secrets or secretOptions',
  },
  {
    rule: 'jd-tmpfs-size-min',
    input: linux({ tmpfs: [{ containerPath: '/t', size: 0 }] }),
    words: 'Size of a tmpfs is invalid. The size is required and must be a positive integer.',
  },
  {
    rule: 'jd-volume-config-exclusive',
    input: onEc2({ volumes: [{ name: 'v', host: {}, efsVolumeConfiguration: { fileSystemId: 'fs-1' } }] }),
    words: 'When the volume parameter is specified, only one volume configuration type should be used.',
  },
  {
    rule: 'fargate-cpu-memory',
    input: onFargate({ resourceRequirements: ofSize('0.25', '8192') }),
    words: 'Fargate resource requirements (0.25 vCPU, 8192 MiB) not valid.',
  },
  {
    rule: 'fargate-execution-role',
    input: onFargate({ executionRoleArn: undefined }),
    words: 'executionRoleArn is required for Fargate jobs.',
  },
  {
    rule: 'jd-fargate-efs-platform-version',
    input: onFargate({
      fargatePlatformConfiguration: { platformVersion: '1.3.0' },
      volumes: [{ efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
    }),
    words: 'EFS is supported for Fargate platform versions 1.4.0 or later, provided 1.3.0',
  },
  {
    rule: 'jd-fargate-ephemeral-storage-range',
    input: onFargate({ ephemeralStorage: { sizeInGiB: 20 } }),
    words: 'Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB.',
  },
  {
    rule: 'jd-fargate-shared-memory-size',
    input: onFargate({ linuxParameters: { sharedMemorySize: 64 } }),
    words: ofFargateOnly,
  },
  {
    rule: 'jd-fargate-log-driver',
    input: onFargate({ logConfiguration: { logDriver: 'journald' } }),
    words: 'Log driver for Fargate is not valid: journald',
  },
  {
    rule: 'jd-fargate-privileged',
    input: onFargate({ privileged: true }),
    words: 'Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.',
  },
  {
    rule: 'jd-fargate-ulimits',
    input: onFargate({ ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 1 }] }),
    words: 'ulimits is not applicable for Fargate.',
  },
  {
    rule: 'jd-fargate-volume-host-source-path',
    input: onFargate({ volumes: [{ name: 'v', host: { sourcePath: '/x' } }] }),
    words: 'host.sourcePath should not be set for volumes in Fargate.',
  },
  {
    rule: 'jd-resource-requirements-gpu-not-fargate',
    input: onFargate({ resourceRequirements: [...ofSize('1', '2048'), needs('GPU', '1')] }),
    words: 'GPU is not applicable for Fargate.',
  },
  {
    rule: 'jd-runtime-platform-cpu-arch-value',
    input: onFargate({ runtimePlatform: { cpuArchitecture: 'RISC' } }),
    words: 'cpuArchitecture for Fargate LINUX tasks can be only one from [X86_64, ARM64].',
  },
  {
    rule: 'jd-runtime-platform-windows-vcpu-min',
    input: onFargate({
      runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE', cpuArchitecture: 'X86_64' },
      resourceRequirements: ofSize('0.5', '1024'),
    }),
    words: 'vCPU must be at least 1 for Windows Job definition, got 0.5.',
  },
  {
    rule: 'jd-runtime-platform-windows-x86',
    input: onFargate({
      runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE', cpuArchitecture: 'ARM64' },
    }),
    words: 'Windows supported only by X86_64 cpuArchitecture',
  },
];

test('what AWS refused of job definitions when it was tried there is refused in the same words', async () => {
  await refusedAsTried(await openBench(), 'RegisterJobDefinition', definitions);
});

import type { ResourceRequest } from '../../../core/job.ts';
import { demand, invalid } from '../refusals.ts';
import type { Container } from './schema.ts';

/** MiB of memory that a number of vCPUs may have: from, to, step. Spec 02 §5.14. */
const sizes: Readonly<Record<number, readonly [from: number, to: number, step: number]>> = {
  0.5: [1024, 4096, 1024],
  1: [2048, 8192, 1024],
  2: [4096, 16384, 1024],
  4: [8192, 30720, 1024],
  8: [16384, 61440, 4096],
  16: [32768, 122880, 8192],
};
const quarterSizes = [512, 1024, 2048];

const logDrivers = ['awslogs', 'splunk', 'awsfirelens'];
const platformVersions = ['LATEST', '1.4.0', '1.3.0'];
const ec2OnlyLinuxParameters = ['devices', 'sharedMemorySize', 'tmpfs', 'maxSwap', 'swappiness'] as const;
const architectures = ['X86_64', 'ARM64'];
const windowsFamily = /^WINDOWS_SERVER_(2019|2022)_(CORE|FULL)$/;

/** Checks that Fargate has a task of this size. The words: terraform-aws-modules/terraform-aws-batch pull request 6. */
export function checkFargateSize({ vcpus, memoryMiB }: ResourceRequest): void {
  const size = sizes[vcpus];
  const fits =
    vcpus === 0.25
      ? quarterSizes.includes(memoryMiB)
      : size && memoryMiB >= size[0] && memoryMiB <= size[1] && (memoryMiB - size[0]) % size[2] === 0;
  demand(fits, `Fargate resource requirements (${vcpus.toFixed(2)} vCPU, ${memoryMiB} MiB) not valid.`);
}

/**
 * The rules of spec 04 §12.2: what a Fargate container must say and what it must not. The words: cdk-preflight, but for those of
 * instance types, platform versions and families of operating systems, of which none are reported.
 */
export function checkFargateContainer(container: Container): void {
  demand(container.executionRoleArn, 'executionRoleArn is required for Fargate jobs.');
  demand(!container.privileged, 'Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.');
  demand(!container.instanceType, 'instanceType is not applicable for Fargate.');
  demand((container.ulimits ?? []).length === 0, 'ulimits is not applicable for Fargate.');
  for (const member of ec2OnlyLinuxParameters) {
    const given = container.linuxParameters?.[member];
    if (given === undefined || (Array.isArray(given) && given.length === 0)) continue;
    invalid(`linuxParameter.${member} is not allowed for Fargate.`);
  }
  const driver = container.logConfiguration?.logDriver;
  if (driver && !logDrivers.includes(driver)) invalid(`Log driver for Fargate is not valid: ${driver}`);
  checkEphemeralStorage(container);
  checkPlatformVersion(container);
  checkRuntimePlatform(container);
  for (const { host } of container.volumes ?? []) {
    demand(!host?.sourcePath, 'host.sourcePath should not be set for volumes in Fargate.');
  }
}

/** Refuses on EC2 what only Fargate has. The words: cdk-preflight; of ephemeral storage none are reported. */
export function refuseFargateMembers(container: Container): void {
  demand(container.runtimePlatform === undefined, 'runtimePlatform is not applicable for EC2.');
  const members = ['networkConfiguration', 'fargatePlatformConfiguration', 'ephemeralStorage'] as const;
  for (const member of members) demand(container[member] === undefined, `${member} not applicable for EC2.`);
}

/** Checks what a checked Fargate container asks for, beyond the sizes of tasks: Windows needs a whole vCPU. The words: cdk-preflight. */
export function checkWindowsSize(
  { runtimePlatform }: Pick<Container, 'runtimePlatform'>,
  { vcpus }: ResourceRequest,
): void {
  const windows = (runtimePlatform?.operatingSystemFamily ?? 'LINUX') !== 'LINUX';
  demand(!windows || vcpus >= 1, `vCPU must be at least 1 for Windows Job definition, got ${vcpus}.`);
}

function checkEphemeralStorage({ ephemeralStorage }: Container): void {
  if (!ephemeralStorage) return;
  const fits = ephemeralStorage.sizeInGiB >= 21 && ephemeralStorage.sizeInGiB <= 200;
  demand(fits, 'Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB.');
}

function checkPlatformVersion(container: Container): void {
  const version = container.fargatePlatformConfiguration?.platformVersion;
  if (!version) return;
  demand(platformVersions.includes(version), `Fargate platform version is not valid: ${version}`);
  const efs = (container.volumes ?? []).some(({ efsVolumeConfiguration }) => efsVolumeConfiguration);
  if (efs && version === '1.3.0') {
    invalid(`EFS is supported for Fargate platform versions 1.4.0 or later, provided ${version}`);
  }
}

function checkRuntimePlatform({ runtimePlatform }: Container): void {
  const family = runtimePlatform?.operatingSystemFamily ?? 'LINUX';
  const architecture = runtimePlatform?.cpuArchitecture ?? 'X86_64';
  demand(family === 'LINUX' || windowsFamily.test(family), `operatingSystemFamily is not valid: ${family}`);
  if (family !== 'LINUX') demand(architecture === 'X86_64', 'Windows supported only by X86_64 cpuArchitecture');
  const known = architectures.includes(architecture);
  demand(known, `cpuArchitecture for Fargate LINUX tasks can be only one from [${architectures.join(', ')}].`);
}

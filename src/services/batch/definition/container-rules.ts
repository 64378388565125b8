import type { KeyValuePair } from '@aws-sdk/client-batch';
import { parseArn } from '../../../core/arn.ts';
import { demand, invalid } from '../refusals.ts';
import { checkLogConfiguration } from './awslogs-options.ts';
import { checkFargateContainer, checkWindowsSize, refuseFargateMembers } from './fargate.ts';
import { checkRequirements, type Platform, refuseBothForms, resourcesOf } from './resources.ts';
import type { Container } from './schema.ts';
import { checkRegistryCredentials, checkSecrets } from './secret-rules.ts';

/** Spec 02 §5.6. Which characters an image may have is not asked here: `image.ts`. */
export const longestImage = 255;
/** AWS's own pattern, as it says it where a user is refused (nextflow-io/nextflow discussion 2900). */
const userPattern = '^([a-z0-9_][a-z0-9_-]{0,30})$';
/** The same, and a group after a colon, as Docker takes it. */
const user = /^[a-z0-9_][a-z0-9_-]{0,30}(:[a-z0-9_][a-z0-9_-]{0,30})?$/;

/** The words: aws/containers-roadmap issue 2573. */
export const firelensMissing =
  'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers';

/**
 * Checks the container of a single-node definition: every rule that one look at it tells. Spec 02 §5, 04 §12.2. The words are
 * cdk-preflight's where nothing else is said, but for those of images that are too long, instance types, names and values of
 * secrets and ulimits, negative swap, shared memory, paths and mount options of a tmpfs, the EFA device, and mount points: of
 * these none are reported.
 */
export function checkContainer(container: Container, platform: Platform): void {
  // A container of this form can have no such object.
  demand(container.logConfiguration?.logDriver !== 'awsfirelens', firelensMissing);
  checkParts(container, platform);
  const resources = resourcesOf(container, platform);
  if (platform === 'FARGATE') checkWindowsSize(container, resources);
}

/** The same, but for whether all that it asks for can be had together. */
export function checkParts(container: Container, platform: Platform): void {
  demand(container.image, 'ECS Container Image must be provided.');
  demand(container.image.length <= longestImage, `Container image has more than ${longestImage} characters.`);
  if (container.user) demand(user.test(container.user), `User '${container.user}' does not match regex ${userPattern}`);
  if (platform === 'EC2') {
    demand(!container.instanceType, 'instanceType is only applicable for multi-node parallel jobs.');
    refuseFargateMembers(container);
  } else checkFargateContainer(container);
  checkRequirements(container, platform);
  refuseBothForms(container);
  checkRole('jobRoleArn', container.jobRoleArn);
  checkRole('executionRoleArn', container.executionRoleArn);
  checkCommand(container.command);
  checkEnvironment(container.environment);
  for (const { name } of container.secrets ?? []) checkVariableName(name);
  checkSecrets(container);
  checkRegistryCredentials(container);
  checkVolumes(container);
  checkLinuxParameters(container.linuxParameters);
  checkLogConfiguration(container.logConfiguration);
  checkUlimits(container.ulimits);
}

/** Only its form. The words are those of an execution role, kestra-io/plugin-aws issue 432; of the others none are reported. */
export function checkRole(member: 'jobRoleArn' | 'executionRoleArn' | 'taskRoleArn', arn: string | undefined): void {
  if (!arn) return;
  const parts = parseArn(arn);
  const role = parts?.service === 'iam' && parts.resource.startsWith('role/');
  demand(role, `${member} ${arn} is not an iam role arn`);
}

function checkUlimits(ulimits: Container['ulimits']): void {
  for (const { name, softLimit, hardLimit } of ulimits ?? []) {
    demand(name, 'name of a ulimit is required.');
    const ordered = hardLimit === -1 || (softLimit !== -1 && softLimit <= hardLimit);
    demand(ordered, `softLimit of ulimit ${name} is above its hardLimit.`);
  }
}

type LinuxParameters = NonNullable<Container['linuxParameters']>;
type Device = NonNullable<LinuxParameters['devices']>[number];

/** Spec 02 §5.9. */
const mountOptions = new Set(
  (
    'defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime ' +
    'nodiratime bind rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime ' +
    'strictatime nostrictatime mode uid gid nr_inodes nr_blocks mpol'
  ).split(' '),
);
const efaDevice = '/dev/infiniband/uverbs0';
const devicePermissions: readonly string[] = ['READ', 'WRITE', 'MKNOD'];

/** Checks `linuxParameters`. Spec 02 §5.9, 04 §13. */
export function checkLinuxParameters(parameters: LinuxParameters | undefined): void {
  if (!parameters) return;
  const { maxSwap, swappiness, sharedMemorySize } = parameters;
  const whole = maxSwap === undefined || swappiness !== undefined;
  demand(whole, 'When container specified swap memory, swappiness value is required.');
  if (maxSwap !== undefined && maxSwap < 0) {
    invalid(`Invalid swap memory size: ${maxSwap}, must be non-negative.`);
  }
  if (swappiness !== undefined && (swappiness < 0 || swappiness > 100)) {
    invalid(`Invalid swappiness: ${swappiness}, must be between 0 and 100.`);
  }
  if (sharedMemorySize !== undefined && sharedMemorySize < 1) {
    invalid(`Invalid shared memory size: ${sharedMemorySize}, must be positive.`);
  }
  for (const device of parameters.devices ?? []) checkDevice(device);
  for (const tmpfs of parameters.tmpfs ?? []) {
    demand(tmpfs.containerPath.startsWith('/'), 'containerPath of a tmpfs must be an absolute path.');
    demand(tmpfs.size >= 1, 'Size of a tmpfs is invalid. The size is required and must be a positive integer.');
    const unknown = tmpfs.mountOptions?.find((option) => !mountOptions.has(option.split('=')[0] ?? ''));
    demand(unknown === undefined, `Invalid tmpfs mount option: ${unknown}`);
  }
}

function checkDevice({ hostPath, containerPath, permissions }: Device): void {
  demand(hostPath, 'hostPath of a device is required.');
  const odd = permissions?.find((permission) => !devicePermissions.includes(permission));
  demand(odd === undefined, `Invalid permission: ${odd} for device ${hostPath}`);
  if (hostPath !== efaDevice) return;
  const same = containerPath === undefined || containerPath === hostPath;
  demand(same, `containerPath of the EFA device must be ${efaDevice}.`);
  const whole = !permissions?.length || new Set(permissions).size === 3;
  demand(whole, 'permissions of the EFA device must be READ, WRITE and MKNOD.');
}

type Volume = NonNullable<Container['volumes']>[number];
type Efs = NonNullable<Volume['efsVolumeConfiguration']>;

/** Spec 02 §5.11; no points (Netflix/metaflow pull request 676). */
const volumeName = /^[A-Za-z0-9_-]{1,255}$/;
const longestRootDirectory = 4096;

/** Checks volumes and the mount points that name them. Spec 02 §5.11, §5.18-5.20. */
export function checkVolumes(container: Container): void {
  const volumes = container.volumes ?? [];
  for (const volume of volumes) checkVolume(volume);
  const s3files = volumes.some(({ s3filesVolumeConfiguration }) => s3filesVolumeConfiguration);
  demand(
    !s3files || container.jobRoleArn,
    'A jobRoleArn/taskRoleArn is required when using s3filesVolumeConfiguration.',
  );
  const names = volumes.flatMap(({ name }) => (name === undefined ? [] : [name]));
  demand(new Set(names).size === names.length, 'Volume names must be unique.');
  for (const { sourceVolume, containerPath } of container.mountPoints ?? []) {
    demand(sourceVolume, 'sourceVolume of a mount point is required.');
    demand(containerPath, 'containerPath of a mount point is required.');
    checkNoNul('containerPath of a mount point', [containerPath]);
    demand(names.includes(sourceVolume), `Unknown volume '${sourceVolume}' in mountPoints.`);
  }
}

function checkVolume(volume: Volume): void {
  const { name, host, efsVolumeConfiguration, s3filesVolumeConfiguration } = volume;
  demand(name === undefined || volumeName.test(name), `Volume name is not valid: ${name}`);
  const kinds = [host, efsVolumeConfiguration, s3filesVolumeConfiguration].filter((kind) => kind !== undefined);
  if (kinds.length > 1) {
    invalid('When the volume parameter is specified, only one volume configuration type should be used.');
  }
  checkNoNul('sourcePath of a volume', host?.sourcePath === undefined ? [] : [host.sourcePath]);
  if (efsVolumeConfiguration) checkEfs(efsVolumeConfiguration);
}

/** An access point needs encryption and no other root; IAM needs encryption. */
function checkEfs(efs: Efs): void {
  demand(efs.fileSystemId, 'EFS configuration fileSystemId is required.');
  demand(efs.fileSystemId.startsWith('fs-'), `EFS configuration fileSystemId is not valid: ${efs.fileSystemId}.`);
  const root = efs.rootDirectory;
  demand(
    (root?.length ?? 0) <= longestRootDirectory,
    `EFS rootDirectory has more than ${longestRootDirectory} characters.`,
  );
  const port = efs.transitEncryptionPort ?? 0;
  demand(port >= 0 && port <= 65_535, 'TransitEncryptionPort must be a valid port number.');
  const encrypted = efs.transitEncryption === 'ENABLED';
  if (efs.authorizationConfig?.accessPointId) {
    const whole = root === undefined || root === '/';
    demand(whole, 'When using an EFS access point, the root directory must either be set to "/" or be omitted.');
    demand(encrypted, 'EFS IAM access point requires TransitEncryption to be enabled.');
  }
  const iam = efs.authorizationConfig?.iam === 'ENABLED';
  demand(!iam || encrypted, 'EFS IAM authorization requires TransitEncryption to be enabled.');
}

/**
 * Spec 01 §0.17, 02 §5.3: kept for the variables that the service sets, and refused as the guide says. Users report that AWS takes
 * such a variable and drops it in silence (raster-foundry pull request 2525, raster-vision pull request 926): a job that needs it
 * does not do there what it was asked to either, so that being told is better. The words are ours.
 */
const reservedPrefix = 'AWS_BATCH';

/** Checks environment variables of a definition or an override. */
export function checkEnvironment(environment: readonly KeyValuePair[] | undefined): void {
  for (const { name, value } of environment ?? []) {
    checkVariableName(name);
    checkNoNul(`Value of environment variable ${name}`, value === undefined ? [] : [value]);
  }
}

/** Checks a command, of a definition or an override. The words are reported of AWS (kislyuk/aegea issue 49). */
export function checkCommand(command: readonly string[] | undefined): void {
  demand(!command?.includes(''), 'Command field cannot have empty strings');
  checkNoNul('command', command);
}

/** Checks the name of a variable, of a secret's too. */
export function checkVariableName(name: string | undefined): void {
  demand(name, 'Environment variable name is required.');
  const reserved = name.startsWith(reservedPrefix);
  demand(!reserved, `Environment variable name ${name} cannot start with ${reservedPrefix}: it is reserved.`);
  demand(!/[=\0]/.test(name), `Environment variable name ${name} is not valid.`);
}

/** No process can be given a NUL character: the kernel ends every string there. */
export function checkNoNul(what: string, texts: readonly string[] | undefined): void {
  demand(!texts?.some((text) => text.includes('\0')), `${what} has a NUL character.`);
}

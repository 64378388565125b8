import type { KeyValuePair } from '@aws-sdk/client-batch';
import { demand, invalid, refuse } from '../refusals.ts';
import { checkFargateContainer, refuseFargateMembers } from './fargate.ts';
import { checkRequirements, type Platform, refuseBothForms, resourcesOf } from './resources.ts';
import type { Container } from './schema.ts';

/** Spec 02 §5.6, with `@` for digests, which AWS's own list of characters leaves out. */
const image = /^[A-Za-z0-9_\-:./#@]{1,255}$/;
/** AWS's own pattern, as it says it where a user is refused (nextflow-io/nextflow discussion 2900). */
const userPattern = '^([a-z0-9_][a-z0-9_-]{0,30})$';
/** The same, and a group after a colon, as Docker takes it. */
const user = /^[a-z0-9_][a-z0-9_-]{0,30}(:[a-z0-9_][a-z0-9_-]{0,30})?$/;

const awslogsOptions = new Set([
  'awslogs-group',
  'awslogs-region',
  'awslogs-stream-prefix',
  'awslogs-datetime-format',
  'awslogs-multiline-pattern',
  'awslogs-create-group',
  'mode',
  'max-buffer-size',
]);

/** Checks the container of a single-node definition: every rule that one look at it tells. Spec 02 §5, 04 §12.2. */
export function checkContainer(container: Container, platform: Platform): void {
  checkParts(container, platform);
  resourcesOf(container, platform);
}

/** The same, but for whether all that it asks for can be had together. */
export function checkParts(container: Container, platform: Platform): void {
  demand(container.image, 'Container image is required.');
  demand(image.test(container.image), `Container image is not valid: ${container.image}`);
  if (container.user) demand(user.test(container.user), `User '${container.user}' does not match regex ${userPattern}`);
  if (platform === 'EC2') {
    demand(!container.instanceType, 'instanceType is only applicable for multi-node parallel jobs.');
    refuseFargateMembers(container);
  } else checkFargateContainer(container);
  checkRequirements(container, platform);
  refuseBothForms(container);
  checkCommand(container.command);
  checkEnvironment(container.environment);
  checkSecrets(container);
  checkVolumes(container);
  checkLinuxParameters(container.linuxParameters);
  checkLogConfiguration(container.logConfiguration);
  checkUlimits(container.ulimits);
  if (container.enableExecuteCommand) {
    refuse('containerProperties.enableExecuteCommand is not supported by this version of Batchyard.');
  }
}

function checkSecrets({ secrets = [], logConfiguration, executionRoleArn }: Container): void {
  const options = logConfiguration?.secretOptions ?? [];
  for (const { name } of secrets) checkVariableName(name);
  for (const { name, valueFrom } of [...secrets, ...options]) {
    demand(name && valueFrom, 'name and valueFrom of a secret are required.');
  }
  if (secrets.length + options.length === 0) return;
  demand(executionRoleArn, 'executionRoleArn cannot be empty when using secrets or secretOptions');
}

function checkLogConfiguration(logs: Container['logConfiguration']): void {
  if (logs?.logDriver !== 'awslogs') return;
  const unknown = Object.keys(logs.options ?? {}).find((option) => !awslogsOptions.has(option));
  if (unknown !== undefined) invalid(`Log driver awslogs disallows options: ${unknown}`);
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

/** Checks `linuxParameters`. Spec 02 §5.9, 04 §13. */
export function checkLinuxParameters(parameters: LinuxParameters | undefined): void {
  if (!parameters) return;
  const { maxSwap, swappiness, sharedMemorySize } = parameters;
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
    demand(tmpfs.size >= 1, `Invalid tmpfs size: ${tmpfs.size}, must be positive.`);
    const unknown = tmpfs.mountOptions?.find((option) => !mountOptions.has(option.split('=')[0] ?? ''));
    demand(unknown === undefined, `Invalid tmpfs mount option: ${unknown}`);
  }
}

function checkDevice({ hostPath, containerPath, permissions }: Device): void {
  demand(hostPath, 'hostPath of a device is required.');
  if (hostPath !== efaDevice) return;
  const same = containerPath === undefined || containerPath === hostPath;
  demand(same, `containerPath of the EFA device must be ${efaDevice}.`);
  const whole = permissions === undefined || new Set(permissions).size === 3;
  demand(whole, 'permissions of the EFA device must be READ, WRITE and MKNOD.');
}

type Volume = NonNullable<Container['volumes']>[number];
type Efs = NonNullable<Volume['efsVolumeConfiguration']>;

const volumeName = /^[A-Za-z0-9_-]{1,255}$/;
const longestRootDirectory = 4096;

/** Checks volumes and the mount points that name them. Spec 02 §5.11, §5.18-5.20. */
export function checkVolumes(container: Container): void {
  const volumes = container.volumes ?? [];
  for (const volume of volumes) checkVolume(volume);
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
  const root = efs.rootDirectory;
  demand(
    (root?.length ?? 0) <= longestRootDirectory,
    `EFS rootDirectory has more than ${longestRootDirectory} characters.`,
  );
  const port = efs.transitEncryptionPort ?? 0;
  demand(port >= 0 && port <= 65_535, 'EFS transitEncryptionPort must be between 0 and 65535.');
  const encrypted = efs.transitEncryption === 'ENABLED';
  if (efs.authorizationConfig?.accessPointId) {
    const whole = root === undefined || root === '/';
    demand(whole, 'When using an EFS access point, the root directory must either be set to "/" or omitted');
    demand(encrypted, 'EFS access point requires TransitEncryption to be enabled.');
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

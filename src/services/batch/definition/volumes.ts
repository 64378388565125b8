import { demand, invalid } from '../refusals.ts';
import type { Container } from '../schemas/job-definition.ts';
import { checkNoNul } from './environment.ts';

type Volume = NonNullable<Container['volumes']>[number];
type Efs = NonNullable<Volume['efsVolumeConfiguration']>;

const volumeName = /^[A-Za-z0-9_-]{1,255}$/;
const fileSystemId = /^fs-[0-9a-f]{8,40}$/;
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
  demand(fileSystemId.test(efs.fileSystemId), `EFS configuration fileSystemId is not valid: ${efs.fileSystemId}.`);
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

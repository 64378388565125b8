import type { ContainerDetail } from '@aws-sdk/client-batch';
import type { EngineCapabilities } from '../../../engines/index.ts';

type Demand = (container: ContainerDetail, capabilities: EngineCapabilities) => string | undefined;

/** What a container asks for that its engine cannot give, in words; undefined if nothing. */
export function unmetDemand(container: ContainerDetail, capabilities: EngineCapabilities): string | undefined {
  for (const demand of demands) {
    const words = demand(container, capabilities);
    if (words !== undefined) return words;
  }
  return undefined;
}

const demands: readonly Demand[] = [
  ({ volumes = [] }, can) => {
    const efs = volumes.find(({ efsVolumeConfiguration }) => efsVolumeConfiguration);
    return efs && !can.volumes.includes('efs')
      ? `volume ${efs.name}: EFS file systems cannot be mounted here`
      : undefined;
  },
  ({ volumes = [] }, can) => {
    const s3 = volumes.find(({ s3filesVolumeConfiguration }) => s3filesVolumeConfiguration);
    return s3 && !can.volumes.includes('s3files')
      ? `volume ${s3.name}: S3 file systems cannot be mounted here`
      : undefined;
  },
  ({ volumes = [] }, can) => {
    const host = volumes.find(({ host: path }) => path?.sourcePath);
    return host && !can.volumes.includes('host')
      ? `volume ${host.name}: paths of the host cannot be mounted here`
      : undefined;
  },
  ({ logConfiguration }, can) => {
    const { logDriver: driver = 'awslogs' } = logConfiguration ?? {};
    if (can.logDrivers.includes(driver)) return undefined;
    return `log driver ${driver} is not available here, only ${can.logDrivers.join(', ')}`;
  },
  // No engine's: nothing here can resolve them yet.
  ({ secrets = [], logConfiguration }) =>
    secrets.length + (logConfiguration?.secretOptions ?? []).length > 0
      ? 'secrets cannot be resolved by this version'
      : undefined,
  ({ linuxParameters }, can) =>
    (linuxParameters?.devices ?? []).length > 0 && !can.devices
      ? 'linuxParameters.devices cannot be mapped by this version'
      : undefined,
];

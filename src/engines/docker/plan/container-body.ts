import { statSync } from 'node:fs';
import { isSystemError } from '../../../core/system-error.ts';
import type { ContainerOutline, ContainerOutlook, DeviceSpec } from '../../contract.ts';
import type { ContainerWithGpus } from '../../gpus.ts';
import { CannotStart, cannotStartContainer } from '../cannot-start.ts';
import type { CompiledOptions } from '../options.ts';
import { logConfig } from './log-config.ts';
import { allowedPath, type MountRules, mountSource } from './mount-sources.ts';
import type { Namespaces } from './namespaces.ts';

/** What a container's body is made from, beside what it asks for. */
export interface BodyParts {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaces: Namespaces;
  /** Names of the task's own volumes, by what its containers call them. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Ids of its GPUs. */
  readonly gpuIds: readonly string[];
  readonly options: CompiledOptions;
  readonly rules: MountRules;
  readonly isPodman: boolean;
}

const mebibyte = 1024 ** 2;

/**
 * The body of `POST /containers/create` for a container. Its variables, secrets among them, go to the daemon in it, through the
 * socket. Throws `CannotStart` for what is not allowed here.
 */
export function containerBody(spec: ContainerWithGpus, parts: BodyParts): object {
  const { image, labels } = parts;
  const variables = { ...spec.environment, ...spec.secrets };
  return {
    Image: image,
    // An empty command leaves the image's own; the entry point is always the image's.
    ...(spec.command.length > 0 ? { Cmd: spec.command } : {}),
    Env: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    Labels: labels,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    HostConfig: hostConfig(spec, parts),
  };
}

function hostConfig(spec: ContainerWithGpus, parts: BodyParts): object {
  const { options, namespaces, isPodman } = parts;
  refusePrivileged(spec, options);
  const devices = (spec.devices ?? []).map((device) => checkDevice(device, options));
  return {
    ...namespaces,
    AutoRemove: false,
    RestartPolicy: { Name: 'no' },
    ...memoryLimits(spec, isPodman),
    CpuShares: Math.max(2, Math.round(spec.vcpus * 1024)),
    ...(options.cpuQuota ? { NanoCpus: Math.round(spec.vcpus * 1e9) } : {}),
    PidsLimit: options.pidsLimit,
    Ulimits: spec.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    Privileged: spec.privileged,
    // On the machine's network it would be the right to listen in: to other jobs' tokens, to calls of this server.
    ...(spec.privileged ? {} : { CapDrop: ['NET_RAW'] }),
    ReadonlyRootfs: spec.readonlyRootFilesystem,
    ...(spec.init ? { Init: true } : {}),
    ...(spec.sharedMemoryMiB === undefined ? {} : { ShmSize: spec.sharedMemoryMiB * mebibyte }),
    Tmpfs: Object.fromEntries(
      spec.temporaryFileSystems.map(({ target, sizeMiB, options: words = [] }) => [
        target,
        [`size=${sizeMiB}m`, ...words].join(','),
      ]),
    ),
    Mounts: mountsOf(spec, parts),
    Devices: devices.map(({ source, target }) => ({
      PathOnHost: source,
      PathInContainer: target,
      CgroupPermissions: 'rwm',
    })),
    // One that only exists for the sake of scheduling is nothing to the daemon.
    ...(spec.gpuDevices?.length ? { DeviceRequests: [{ DeviceIDs: parts.gpuIds, Capabilities: [['gpu']] }] } : {}),
    LogConfig: logConfig(spec, parts.rules),
    OomScoreAdj: 500,
  };
}

/**
 * What `containerBody` would throw, of that which the words of a container and the operator's decide; where its paths lead is looked
 * up, and nothing is made.
 */
export function outlookOf(
  spec: ContainerOutline,
  { options, rules }: Pick<BodyParts, 'options' | 'rules'>,
): ContainerOutlook {
  try {
    refusePrivileged(spec, options);
    for (const device of spec.devices ?? []) checkDevice(device, options);
    for (const mount of spec.mounts) allowedPath(mount, rules);
    if (spec.logDriver) logConfig({ logDriver: spec.logDriver }, rules);
    return { without: [] };
  } catch (error) {
    if (error instanceof CannotStart) return { refusal: error.message, without: [] };
    // A loop of links, or a path that is closed or too long: it fails the start in these words too.
    if (isSystemError(error)) return { refusal: cannotStartContainer(error.message).message, without: [] };
    throw error;
  }
}

function refusePrivileged({ privileged }: ContainerOutline, options: CompiledOptions): void {
  if (privileged && !options.privileged)
    throw cannotStartContainer('containers may not be privileged here (docker.privileged of the server)');
}

/** Swap beyond memory is none unless it is asked for. Swappiness is one of control groups of version 1 alone: Docker ignores it elsewhere. */
function memoryLimits({ memoryMiB, swap }: ContainerWithGpus, isPodman: boolean): object {
  const memory = Math.floor(memoryMiB) * mebibyte;
  const { maximumMiB = 0, swappiness } = swap ?? {};
  const isGiven = swappiness !== undefined && !isPodman;
  return {
    Memory: memory,
    MemorySwap: memory + maximumMiB * mebibyte,
    ...(isGiven ? { MemorySwappiness: swappiness } : {}),
  };
}

function mountsOf({ mounts, scratchMounts = [] }: ContainerWithGpus, { rules, volumes, labels }: BodyParts): object[] {
  const ofHost = mounts.map((mount) => ({
    Type: 'bind',
    Source: mountSource(mount, rules),
    Target: mount.target,
    ReadOnly: mount.readOnly,
  }));
  const own = scratchMounts.map(({ volume, target, readOnly }) => ({
    Type: 'volume',
    Source: volumes.get(volume) ?? '',
    Target: target,
    ReadOnly: readOnly,
    VolumeOptions: { Labels: labels },
  }));
  return [...ofHost, ...own];
}

function checkDevice(device: DeviceSpec, { devices }: CompiledOptions): DeviceSpec {
  if (!devices.includes(device.source)) {
    const words = devices.length === 0 ? 'none is' : `these are: ${devices.join(', ')}`;
    throw cannotStartContainer(`device ${device.source} is not given to jobs, ${words} (devices of the server)`);
  }
  const stat = statSync(device.source, { throwIfNoEntry: false });
  if (stat?.isCharacterDevice() || stat?.isBlockDevice()) return device;
  throw cannotStartContainer(`device ${device.source} is not there, or is no device`);
}

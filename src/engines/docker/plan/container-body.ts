import { statSync } from 'node:fs';
import type { ContainerOutline, DeviceSpec } from '../../contract.ts';
import type { ContainerWithGpus } from '../../gpus.ts';
import { cannotStartContainer } from '../cannot-start.ts';
import type { DaemonFacts } from '../daemon/daemon-facts.ts';
import type { CompiledOptions } from '../options.ts';
import { logConfig } from './log-config.ts';
import { memoryFileSystem } from './memory-file-systems.ts';
import { type MountRules, mountSource } from './mount-sources.ts';
import type { Namespaces } from './namespaces.ts';
import { checkPodmanPaths } from './podman-paths.ts';

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
  /** Of its daemon, as far as that has said them. */
  readonly facts: DaemonFacts | undefined;
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
  const { options, namespaces, facts } = parts;
  refusePrivileged(spec, options);
  const devices = (spec.devices ?? []).map((device) => checkDevice(device, options));
  return {
    ...namespaces,
    AutoRemove: false,
    RestartPolicy: { Name: 'no' },
    ...memoryLimits(spec, facts),
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
      spec.temporaryFileSystems.map((each) => [each.target, memoryFileSystem(each, facts?.product === 'podman')]),
    ),
    Mounts: mountsOf(spec, parts),
    Devices: devices.map(({ source, target, permissions }) => ({
      PathOnHost: source,
      PathInContainer: target,
      CgroupPermissions: lettersOf(permissions),
    })),
    // One that only exists for the sake of scheduling is nothing to the daemon.
    ...(spec.gpuDevices?.length ? { DeviceRequests: [{ DeviceIDs: parts.gpuIds, Capabilities: [['gpu']] }] } : {}),
    LogConfig: logConfig(spec, parts.rules),
    OomScoreAdj: 500,
  };
}

/** Swap that is not asked for is what the daemon gives: as much as memory, where the machine has any. Spec 02 §5.9, C6. */
function memoryLimits({ memoryMiB, swap }: ContainerWithGpus, facts: DaemonFacts | undefined): object {
  const Memory = Math.floor(memoryMiB) * mebibyte;
  if (!swap) return { Memory };
  const { maximumMiB, swappiness } = swap;
  // Podman refuses the container where it cannot do it.
  const isGiven = swappiness !== undefined && facts?.swappiness === true;
  return {
    ...{ Memory, MemorySwap: Memory + maximumMiB * mebibyte },
    ...(isGiven ? { MemorySwappiness: swappiness } : {}),
  };
}

function mountsOf(
  { mounts, scratchMounts = [] }: ContainerWithGpus,
  { rules, volumes, labels, facts }: BodyParts,
): object[] {
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
  const all = [...ofHost, ...own];
  if (facts?.product === 'podman') for (const { Source, Target } of all) checkPodmanPaths('mount', Source, Target);
  return all;
}

const letters = { READ: 'r', WRITE: 'w', MKNOD: 'm' } as const;

/** As control groups of devices have them. */
function lettersOf(permissions: NonNullable<DeviceSpec['permissions']> = ['READ', 'WRITE', 'MKNOD']): string {
  return [...new Set(permissions)].map((each) => letters[each]).join('');
}

export function refusePrivileged({ privileged }: ContainerOutline, options: CompiledOptions): void {
  if (privileged && !options.privileged)
    throw cannotStartContainer('containers may not be privileged here (docker.privileged of the server)');
}

export function checkDevice(device: DeviceSpec, { devices }: CompiledOptions): DeviceSpec {
  if (!devices.includes(device.source)) {
    const words = devices.length === 0 ? 'none is' : `these are: ${devices.join(', ')}`;
    throw cannotStartContainer(`device ${device.source} is not given to jobs, ${words} (devices of the server)`);
  }
  const stat = statSync(device.source, { throwIfNoEntry: false });
  if (stat?.isCharacterDevice() || stat?.isBlockDevice()) return device;
  throw cannotStartContainer(`device ${device.source} is not there, or is no device`);
}

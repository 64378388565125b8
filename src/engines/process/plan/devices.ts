import { statSync } from 'node:fs';
import { normalize } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { ContainerSpec, DeviceSpec } from '../../contract.ts';
import type { ContainerWithGpus } from '../../gpus.ts';
import { cannotStartContainer } from '../errors.ts';
import type { Identity, SandboxKind } from '../host/host-abilities.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';

/** Sandboxes in which a container sees the devices that it asks for, at the places that it asks for, and no others. */
const ownDevices: Record<SandboxKind, boolean> = {
  bubblewrap: true,
  'bubblewrap-root': true,
  unshare: false,
  none: false,
};

/**
 * The devices of a container: those that its definition names, checked against those that the operator gives to jobs, and those of
 * its GPUs. Throws `CannotStart`.
 */
export function checkDevices(
  { devices = [], gpuDevices = [] }: Pick<ContainerWithGpus, 'devices' | 'gpuDevices'>,
  config: RunnerConfig,
): DeviceSpec[] {
  const ofGpus = gpuDevices.map((path) => ({ source: path, target: path }));
  return [...devices.map((device) => checkGiven(device, config)), ...ofGpus].map((device) => {
    if (isDevice(device.source)) return device;
    throw cannotStartContainer(`device ${device.source} is not there, or is no device`);
  });
}

function checkGiven({ source, target: asked }: DeviceSpec, config: RunnerConfig): DeviceSpec {
  const target = normalize(asked);
  if (!config.devices.includes(source)) {
    const words = config.devices.length === 0 ? 'none is' : `these are: ${config.devices.join(', ')}`;
    throw cannotStartContainer(`device ${source} is not given to jobs, ${words} (devices of the server)`);
  }
  if (target === '/dev/' || !target.startsWith('/dev/') || isWithin(target, '/dev/shm'))
    throw cannotStartContainer(`device ${source} can be shown below /dev alone, not as ${asked}`);
  if (!ownDevices[config.host.sandbox] && target !== source)
    throw cannotStartContainer(`device ${source} as ${asked} needs bubblewrap, which does not work here`);
  return { source, target };
}

function isDevice(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && (stat.isCharacterDevice() || stat.isBlockDevice());
}

/** What a job cannot do with its devices, and what it can do with those of others. */
export function deviceNotes(
  container: ContainerSpec,
  devices: readonly DeviceSpec[],
  identity: Identity,
  config: RunnerConfig,
): string[] {
  const closed = devices.filter(({ source }) => !mayUse(source, identity));
  const shared = container.gpus > 0 && !ownDevices[config.host.sandbox];
  return [
    ...closed.map(({ source }) => `device ${source} is closed to the user of the job by its permissions`),
    ...(shared ? ['GPUs are kept apart by variables alone: this sandbox shows all devices of the host'] : []),
  ];
}

/** By its mode; the groups of a job are its own one. */
function mayUse(path: string, { uid, gid }: Identity): boolean {
  const { mode, uid: owner, gid: group } = statSync(path);
  const shift = uid === owner ? 6 : gid === group ? 3 : 0;
  return ((mode >> shift) & 0o6) === 0o6;
}

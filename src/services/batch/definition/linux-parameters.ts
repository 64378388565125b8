import { demand, invalid } from '../refusals.ts';
import type { Container } from '../schemas/job-definition.ts';

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

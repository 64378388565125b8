import { readFileSync } from 'node:fs';
import { processIds } from '../../process-ids.ts';

/**
 * Whether the process that has that number on this machine is of a container. The number that a daemon tells may be another's: it
 * may count in a virtual machine, or in a pid namespace of its own. False where the machine does not say.
 */
export function isInContainer(pid: number, containerId: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(containerId)) return false;
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'latin1').includes(containerId);
  } catch {
    return false; // it has ended, or this is not Linux
  }
}

/** Kills what runs on this machine in a container that its daemon does not know, as far as we may. */
export function killProcessesOf(containerId: string): void {
  for (const pid of processIds()) {
    if (!isInContainer(pid, containerId)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, or is another user's.
    }
  }
}

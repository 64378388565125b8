import { readFileSync } from 'node:fs';
import { processIds } from '../../process-ids.ts';

/**
 * Whether the process that has that number on this machine is of a container. The number that a daemon tells may be another's: it
 * may count in a virtual machine, or in a pid namespace of its own. False where the machine does not say.
 */
export function isInContainer(pid: number, containerId: string): boolean {
  return /^[0-9a-f]{64}$/.test(containerId) && readProcess(pid, 'cgroup').includes(containerId);
}

/**
 * Kills what runs on this machine in a container that its daemon does not know, as far as we may. First what may still be making it,
 * for a daemon that is killed leaves that at work.
 */
export function killProcessesOf(containerId: string): void {
  killEach((pid) => isMakerOf(pid, containerId));
  killEach((pid) => isInContainer(pid, containerId));
}

/** Whether what stands between a daemon and the container is there, or a runtime that makes it: they tell the daemon of its end. */
export function isKept(containerId: string): boolean {
  return processIds().some((pid) => isMakerOf(pid, containerId));
}

/** A runtime, or what stands between it and the daemon. */
function isMakerOf(pid: number, containerId: string): boolean {
  const [program = '', ...words] = readProcess(pid, 'cmdline').split('\0');
  return /(shim[^/]*|runc|crun|conmon)$/.test(program) && words.includes(containerId);
}

function killEach(isMeant: (pid: number) => boolean): void {
  for (const pid of processIds().filter(isMeant)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, or is another user's.
    }
  }
}

/** Empty for one that has ended, and where there is no /proc. */
function readProcess(pid: number, file: 'cgroup' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

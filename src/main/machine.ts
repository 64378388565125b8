import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { MachineKind } from '../core/job.ts';

/** What options depend on beside what is written: facts of the machine and of how this process was started. */
export interface Machine {
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** Absent: one that no job can ask for. */
  readonly kind?: MachineKind;
  /** How many files this process may have open; undefined if the system does not say, or sets no limit. */
  readonly files: number | undefined;
  /** This process runs as root. */
  readonly root: boolean;
  /** Standard error is a terminal. */
  readonly terminal: boolean;
  /** The lines of the user database, split at colons. */
  readonly users: () => readonly (readonly string[])[];
  /** Sockets at which a container daemon may be, best first. Absent: nobody looks for one that no option names. */
  readonly containerSockets?: readonly string[];
  /** Relative paths start here. */
  readonly directory: string;
}

/** Node's names of processors. */
const kinds: Readonly<Record<string, MachineKind>> = { arm64: 'arm64', x64: 'x86_64' };

/** The machine that this process runs on; the memory limit of its container or cgroup counts. */
export function thisMachine(): Machine {
  // 0 or a number above the machine's memory: there is no limit.
  const kind = kinds[process.arch];
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return {
    ...(kind && { kind }),
    vcpus: availableParallelism(),
    memoryMiB: Math.floor(Math.min(totalmem(), limit) / 2 ** 20),
    files: openFilesLimit(),
    root: process.getuid?.() === 0,
    users: () =>
      readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .map((line) => line.split(':')),
    terminal: process.stderr.isTTY === true,
    directory: process.cwd(),
  };
}

/** Node has raised the soft limit to the hard one when it started. Only Linux shows it. */
function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+) /m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Where clients of Docker's API look for a daemon. What DOCKER_HOST names is the only one then, as for them; one that is no Unix
 * socket is on another machine, whose files and network are not those of jobs here: then there is none.
 */
export function containerSockets(environment: NodeJS.ProcessEnv): readonly string[] {
  const { DOCKER_HOST: named, XDG_RUNTIME_DIR: own } = environment;
  if (named) return named.startsWith('unix://') ? [named.slice('unix://'.length)] : [];
  const ofUser = own ? [`${own}/docker.sock`, `${own}/podman/podman.sock`] : [];
  return ['/var/run/docker.sock', ...ofUser, '/run/podman/podman.sock'];
}

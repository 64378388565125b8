import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

/** What options depend on beside what is written: facts of the machine and of how this process was started. */
export interface Machine {
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** This process runs as root. */
  readonly root: boolean;
  /** Standard error is a terminal. */
  readonly terminal: boolean;
  /** The lines of the user database, split at colons. */
  readonly users: () => readonly (readonly string[])[];
  /** Relative paths start here. */
  readonly directory: string;
}

/** The machine that this process runs on; the memory limit of its container or cgroup counts. */
export function thisMachine(): Machine {
  // 0 or a number above the machine's memory: there is no limit.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return {
    vcpus: availableParallelism(),
    memoryMiB: Math.floor(Math.min(totalmem(), limit) / 2 ** 20),
    root: process.getuid?.() === 0,
    users: () =>
      readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .map((line) => line.split(':')),
    terminal: process.stderr.isTTY === true,
    directory: process.cwd(),
  };
}

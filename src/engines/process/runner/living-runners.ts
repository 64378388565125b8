import { readlinkSync, statSync } from 'node:fs';
import { jsonOf } from '../../../core/json-of.ts';
import { processIds } from '../../process-ids.ts';
import { readKernelFile } from '../host/kernel-files.ts';
import { engineDirectory } from '../layout.ts';

/** A runner that runs now on this machine, for whichever data directory. */
export interface LivingRunner {
  readonly pid: number;
  /** As its command line says; a job could have made one like it where it has no process ids of its own. */
  readonly installationId: string;
  /** Where its data directory was when it started. */
  readonly startedIn: string;
  /** Device and inode of the engine's directory that it works in, whatever its path is by now. */
  readonly workplace: string;
}

/**
 * Every runner that this process may look at: those of its own user, or all for root. Linux shows them under /proc;
 * elsewhere none is found. A runner has the process ids of its server: what is in another namespace may be a job's, and say what it likes.
 */
export function livingRunners(): readonly LivingRunner[] {
  const namespace = processNamespace('self');
  return processIds().flatMap((pid) => {
    const argument = runnerArgument(pid);
    if (argument && processNamespace(pid) !== namespace) return [];
    const workplace = argument && placeOf(`/proc/${pid}/cwd`);
    return argument && workplace !== undefined ? [{ pid, ...argument, workplace }] : [];
  });
}

/** The runners of one data directory, by where they work: the path may have changed since they started. */
export function runnersOf(dataDirectory: string): readonly LivingRunner[] {
  const workplace = placeOf(engineDirectory(dataDirectory));
  return workplace === undefined ? [] : livingRunners().filter((runner) => runner.workplace === workplace);
}

/**
 * A runner of that installation that works in another directory: two directories hold one installation, and their engines
 * would end each other's jobs.
 */
export function runnerElsewhere(installationId: string, dataDirectory: string): LivingRunner | undefined {
  const workplace = placeOf(engineDirectory(dataDirectory));
  return livingRunners().find((runner) => runner.installationId === installationId && runner.workplace !== workplace);
}

const program = /\/engines\/process\/runner\.[jt]s$/;

function runnerArgument(pid: number): Pick<LivingRunner, 'installationId' | 'startedIn'> | undefined {
  const words = readKernelFile(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  // As it is launched: Node.js, its options, the program. What starts a job has the job's words on its own command line, behind others.
  const at = words.findIndex((word, index) => index > 0 && !word.startsWith('--'));
  const told = program.test(words[at] ?? '') ? jsonOf(words[at + 1] ?? '') : undefined;
  if (typeof told !== 'object' || told === null) return undefined;
  const { installationId, dataDirectory } = told as Record<string, unknown>;
  if (typeof installationId !== 'string' || typeof dataDirectory !== 'string') return undefined;
  return { installationId, startedIn: dataDirectory };
}

function processNamespace(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined; // gone, or another user's
  }
}

function placeOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined; // not there, or another user's
  }
}

import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../../core/quote-posix.ts';
import { callFilter } from '../plan/call-filter.ts';
import { makeScratchRoot } from '../task/scratch.ts';
import type { HostTools } from './host-abilities.ts';
import { removeProbe, runTrial } from './trial.ts';

const filter = callFilter();

/**
 * Opens a file that holds the filter of system calls, for a program that reads it from its begin. It has no name that anybody
 * could find: it is made in `directory`, which is this user's, and removed.
 */
export function openCallFilter(directory: string): number {
  const path = join(directory, 'call-filter');
  const descriptor = openSync(path, 'wx+', 0o600);
  try {
    rmSync(path);
    // By its place, so that the descriptor stays where it stands.
    writeSync(descriptor, filter, 0, filter.length, 0);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Finds out, by doing it, whether the kernel takes the filter from bubblewrap. */
export async function probeCallFilter(tools: HostTools, scratch: string): Promise<boolean> {
  makeScratchRoot(scratch);
  const path = join(scratch, 'probe-call-filter');
  try {
    writeFileSync(path, filter);
    const words = [tools.bwrap ?? 'bwrap', '--ro-bind', '/', '/', '--seccomp', '9', '--', tools.sh, '-c', ':'];
    await runTrial(tools.sh, ['-c', `exec "$@" 9<${shellWord(path)}`, 'sh', ...words]);
    return true;
  } catch {
    return false; // told by what jobs get: their notes say that they have the kernel's keyrings
  } finally {
    removeProbe(path);
  }
}

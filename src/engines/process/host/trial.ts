import { execFile } from 'node:child_process';
import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forgetScratchRoot, makeScratchRoot } from '../task/scratch.ts';
import type { Identity } from './host-abilities.ts';

/** Where programs of this host are looked for. */
export const toolDirectories = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** Long enough for a busy host; a sandbox that hangs is none. */
export const trialTimeoutMs = 10_000;

/** Runs a program to its end with an empty environment but for PATH. Rejects if it fails, or hangs. */
export function runTrial(file: string, args: readonly string[], identity?: Identity): Promise<void> {
  const asUser = identity && process.getuid?.() === 0 ? { uid: identity.uid, gid: identity.gid } : {};
  const options = { env: { PATH: toolDirectories.join(':') }, cwd: '/', timeout: trialTimeoutMs, ...asUser };
  return new Promise((resolve, reject) => {
    execFile(file, [...args], options, (error) => (error ? reject(error) : resolve()));
  });
}

/** A directory of the jobs' user among the scratch directories, for something that is tried there. */
export function makeProbeDirectory(scratch: string, identity: Identity, name = 'probe'): string {
  makeScratchRoot(scratch);
  const probe = join(scratch, name);
  mkdirSync(probe, { recursive: true, mode: 0o700 });
  if (process.getuid?.() === 0) chownSync(probe, identity.uid, identity.gid);
  return probe;
}

/** Removes it, and the directory of all scratch directories if it is empty. */
export function removeProbe(probe: string): void {
  rmSync(probe, { recursive: true, force: true });
  forgetScratchRoot(dirname(probe));
}

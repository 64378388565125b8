import { spawnSync } from 'node:child_process';
import { accessSync, constants, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Identity } from '../host/host-abilities.ts';
import { processLimits } from '../limits.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';

/** How many names an absolute path has. */
export function depthOf(path: string): number {
  return path.split('/').filter(Boolean).length;
}

/** `path` with every symbolic link of its existing part followed; the rest is kept. */
export function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPath(parent), basename(absolute));
  }
}

/** The nearest of `path` and its parents that exists under `root`. */
export function nearestExisting(root: string, path: string): string {
  for (let current = path; current !== '/'; current = dirname(current)) if (exists(join(root, current))) return current;
  return '/';
}

/** Whether there is something at `path`, as far as this user can see. */
export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a directory on the way is closed, or is none
  }
}

/**
 * Whether a job of `identity` can get to `path`: may search every directory above it. What lies in a closed directory
 * needs no hiding, and a sandbox that this user builds could not hide it.
 */
export function canReach(path: string, identity: Identity, { host }: RunnerConfig): boolean {
  if (identity.uid === 0) return true;
  const above = dirname(path);
  // Jobs of a server that is not root have its user, its group and all its other groups.
  if (process.getuid?.() !== 0) return canSearch(above);
  const ways = parentsOf(path).map((directory) => searchByMode(directory, identity));
  if (ways.includes('no')) return false;
  return !ways.includes('by list') || askKernel(above, identity, host.tools.sh);
}

function parentsOf(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...parentsOf(above)];
}

/**
 * A job of a server that is root has no group but its own. An access control list may let it in all the same: the mode
 * then shows the most that the list gives in the place of the group.
 */
function searchByMode(directory: string, { uid, gid }: Identity): 'yes' | 'no' | 'by list' {
  const { mode, uid: owner, gid: group } = statSync(directory);
  if (owner === uid) return (mode & 0o100) === 0 ? 'no' : 'yes';
  if ((mode & (group === gid ? 0o010 : 0o001)) !== 0) return 'yes';
  return (mode & 0o010) === 0 ? 'no' : 'by list';
}

function canSearch(directory: string): boolean {
  try {
    accessSync(directory, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Throws where no process can be started: a no would leave what is there unhidden. */
function askKernel(directory: string, { uid, gid }: Identity, shell: string): boolean {
  const script = ['-c', '[ -x "$1" ]', 'batchyard', directory];
  const timeout = processLimits.hostProgramMs;
  const { status, error } = spawnSync(shell, script, { uid, gid, env: {}, cwd: '/', stdio: 'ignore', timeout });
  if (error) throw error;
  return status === 0;
}

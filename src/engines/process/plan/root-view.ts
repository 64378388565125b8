import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cannotStartContainer } from '../errors.ts';
import { processLimits } from '../limits.ts';
import { isWithin, nearestExisting } from './paths.ts';

/** How a read-only root is put together by bubblewrap. */
export interface RootView {
  readonly arguments: readonly string[];
  /** Directories made anew, to be made read-only when all mount points exist. */
  readonly rebuilt: readonly string[];
}

/**
 * Shows the files under `root` read-only as `/`. One bind does, unless a mount point does not exist there: bubblewrap
 * cannot make one in a read-only directory, so the nearest existing directory above it is made anew with its entries
 * bound one by one. `made` are places that will be fresh file systems anyway; mount points in them need nothing.
 */
export function viewRoot(root: string, targets: readonly string[], made: readonly string[]): RootView {
  const missing = targets.filter((target) => !made.some((place) => isWithin(target, place)));
  const rebuilt = [...new Set(missing.map((target) => parentToRebuild(root, target)).filter(isDefined))].sort();
  const base = rebuilt.includes('/') ? rebuild(root, '/') : ['--ro-bind', root, '/'];
  const inner = rebuilt.filter((directory) => directory !== '/');
  return {
    arguments: [...base, ...inner.flatMap((directory) => ['--tmpfs', directory, ...rebuild(root, directory)])],
    rebuilt,
  };
}

function parentToRebuild(root: string, target: string): string | undefined {
  const existing = nearestExisting(root, target);
  return existing === target ? undefined : existing;
}

function rebuild(root: string, directory: string): string[] {
  const entries = readdirSync(join(root, directory), { withFileTypes: true });
  if (entries.length > processLimits.rebuiltEntries) {
    throw cannotStartContainer(
      `${directory} has too many entries to add a mount point to it: make the mount point's directory first`,
    );
  }
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    const source = join(root, path);
    if (isReplaced(path)) return [];
    if (entry.isSymbolicLink()) return ['--symlink', readlinkSync(source), path];
    return entry.isDirectory() || entry.isFile() ? ['--ro-bind-try', source, path] : [];
  });
}

/** The sandbox brings its own. */
function isReplaced(path: string): boolean {
  return path === '/proc' || path === '/dev';
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}

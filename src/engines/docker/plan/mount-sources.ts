import { existsSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { Mount } from '../../contract.ts';
import { makePath } from '../../make-directory.ts';
import { cannotStartContainer } from '../cannot-start.ts';

/** What volumes may show. */
export interface MountRules {
  readonly hostPaths: readonly string[];
  /** Directories and sockets that no container sees, nor anything that holds them. */
  readonly neverMounted: readonly string[];
}

/**
 * The path that the daemon is to mount: the source of a volume with no link left in it, below what is allowed. The daemon goes
 * to it by that path, later: whoever may change directories on its way can lead it elsewhere meanwhile. Makes what is missing.
 * Throws `CannotStart`.
 */
export function mountSource(mount: Pick<Mount, 'source' | 'within'>, rules: MountRules): string {
  const { source, within } = mount;
  const path = allowedPath(mount, rules);
  if (existsSync(path)) return path;
  if (within && !within.create)
    throw cannotStartContainer(`host path ${source} cannot be opened: there is no such directory`);
  if (within && !existsSync(within.root))
    throw cannotStartContainer(`host path ${source} cannot be opened: ${within.root} is not there`);
  make(path, within?.create);
  return path;
}

/** Where a path of this machine leads, if a container may have to do with what is there. Throws `CannotStart` if it may not. */
export function allowedPath({ source, within }: Pick<Mount, 'source' | 'within'>, rules: MountRules): string {
  const path = realPathOf(resolve(source));
  const allowed = within ? [within.root] : rules.hostPaths;
  if (!allowed.some((each) => isWithin(path, realPathOf(each)))) {
    if (within) throw cannotStartContainer(`${source} leads out of its file system, ${within.root}`);
    const words = rules.hostPaths.length === 0 ? 'none is allowed' : `allowed are ${rules.hostPaths.join(', ')}`;
    throw cannotStartContainer(`host path ${source} may not be mounted: ${words} (hostPaths of the server)`);
  }
  const never = rules.neverMounted.map(realPathOf).find((each) => isWithin(path, each) || isWithin(each, path));
  if (never !== undefined) throw cannotStartContainer(`${source} would show ${never}, which is never mounted`);
  return path;
}

function make(path: string, create: NonNullable<Mount['within']>['create']): void {
  const as = { ...create?.owner, mode: create?.mode ?? 0o755 };
  try {
    if (process.platform === 'linux') makePath(path, as);
    else mkdirSync(path, { recursive: true, mode: as.mode });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw cannotStartContainer(`host path ${path} cannot be made: ${words}`);
  }
}

/** With all links of what exists of it followed. A link to nowhere leads nowhere. */
function realPathOf(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })) {
    if (statSync(path, { throwIfNoEntry: false })) return realpathSync(path);
    throw cannotStartContainer(`host path ${path} is a link to nowhere`);
  }
  const above = dirname(path);
  return above === path ? path : join(realPathOf(above), basename(path));
}

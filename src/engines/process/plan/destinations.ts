import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import { cannotStartContainer, errorCode } from '../errors.ts';
import { processLimits } from '../limits.ts';
import { depthOf } from './paths.ts';

/** A place that a container asks for: what lies there is another file system than the root's. */
interface Place {
  readonly target: string;
  /** A directory of the host that is seen there; absent if it begins empty. */
  readonly source?: string;
}

/**
 * Gives the places of a container the paths that they have inside its root: without links, so that no program that makes
 * them follows one of the root's to somewhere outside. Outer places come first. `fresh` are directories that begin empty.
 * Throws `CannotStart` for a way that leads through a link of a volume, which its jobs could change meanwhile.
 */
export function resolvePlaces<Asked extends Place>(
  root: string,
  places: readonly Asked[],
  fresh: readonly string[],
): Asked[] {
  const resolved: Asked[] = [];
  for (const place of places.toSorted((one, other) => depthOf(one.target) - depthOf(other.target))) {
    const covered = [...fresh, ...resolved.map(({ target }) => target)];
    const target = resolveInside(root, place.target, covered);
    if (target === '/') throw cannotStartContainer(`mount point ${place.target} is the root directory`);
    const outer = placeAround(resolved, target);
    if (outer?.source !== undefined) refuseLinks(outer.source, target.slice(outer.target.length), target);
    resolved.push({ ...place, target });
  }
  return resolved.sort((one, other) => depthOf(one.target) - depthOf(other.target));
}

/** The innermost of `places`, outer ones first, in which `target` lies, itself excepted. */
export function placeAround<Asked extends Place>(places: readonly Asked[], target: string): Asked | undefined {
  return places.filter((place) => place.target !== target && isWithin(target, place.target)).at(-1);
}

/**
 * `path` as the kernel would walk it with `root` as root directory: every link followed, none of them outside. What the
 * root has under `covered` is not seen, and not followed.
 */
export function resolveInside(root: string, path: string, covered: readonly string[] = []): string {
  const rest = path.split('/').filter(Boolean);
  let [walked, links] = ['/', 0];
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const link = covered.some((place) => isWithin(walked, place)) ? undefined : linkAt(join(root, walked, name));
    if (link === undefined) {
      walked = join(walked, name); // which takes `..` too, and stops at the root
      continue;
    }
    links += 1;
    if (links > processLimits.links) throw cannotStartContainer(`mount point ${path} leads through too many links`);
    if (link.startsWith('/')) walked = '/';
    rest.unshift(...link.split('/').filter(Boolean));
  }
  return walked;
}

function linkAt(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined; // to be made, or refused there
    throw error;
  }
}

function refuseLinks(source: string, way: string, target: string): void {
  const names = way.split('/').filter(Boolean);
  for (const [index, name] of names.entries()) {
    if (linkAt(join(source, ...names.slice(0, index), name)) === undefined) continue;
    throw cannotStartContainer(`mount point ${target} leads through ${name}, a symbolic link of the volume around it`);
  }
}

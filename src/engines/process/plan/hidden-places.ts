import { isWithin } from '../../../core/within.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { exists, realPath } from './paths.ts';

/**
 * Directories of the host that are empty in a sandbox: sockets, homes, the server's own, and host paths in which
 * something of `asked` is mounted. None lies in another.
 */
export function hiddenPlaces(config: RunnerConfig, asked: readonly { readonly target: string }[] = []): string[] {
  const own = [...config.hidden.map(realPath), realPath(config.dataDirectory)];
  const places = ['/run', '/home', '/root', ...own, ...mountedHostPaths(config, asked)];
  const outer = places.filter((place, index) => exists(place) && !isCovered(place, places, index));
  return outer.filter((place) => !privateTemporary.some((temporary) => isWithin(place, temporary)));
}

/** Private anyway. */
const privateTemporary = ['/tmp', '/var/tmp'];

/** Jobs may change what is in a host path, so no mount point lies there: it is seen through volumes only. */
function mountedHostPaths({ hostPaths }: RunnerConfig, asked: readonly { readonly target: string }[]): string[] {
  const targets = asked.map(({ target }) => realPath(target));
  const prefixes = hostPaths.map(({ real }) => real).filter((path) => path !== '/');
  return prefixes.filter((path) => targets.some((target) => target !== path && isWithin(target, path)));
}

function isCovered(place: string, places: readonly string[], index: number): boolean {
  return places.some((other, at) => at !== index && isWithin(place, other) && (place !== other || at < index));
}

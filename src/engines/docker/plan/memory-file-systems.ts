import type { TemporaryFileSystem } from '../../contract.ts';
import { checkPodmanPaths } from './podman-paths.ts';

/** What options of `mount` are about that Podman knows. Docker knows all that a definition may name. */
const podmanKnows: ReadonlyMap<string, string> = new Map([
  ...['ro', 'rw'].map((option) => [option, 'write'] as const),
  ...['exec', 'noexec'].map((option) => [option, 'exec'] as const),
  ...['suid', 'nosuid'].map((option) => [option, 'suid'] as const),
  ...['dev', 'nodev'].map((option) => [option, 'dev'] as const),
  ['mode', 'mode'],
]);

/**
 * A file system in memory in the words of `HostConfig.Tmpfs`: empty, and without programs unless `exec` is asked for, as Docker has
 * it. Podman would begin with what the image has there, and refuses two options that say the opposite: the last one counts. Throws
 * `CannotStart` for a path that Podman does not read as one.
 */
export function memoryFileSystem({ target, sizeMiB, options = [] }: TemporaryFileSystem, isPodman: boolean): string {
  const size = `size=${sizeMiB}m`;
  if (!isPodman) return [size, ...options].join(',');
  checkPodmanPaths('tmpfs', target);
  const given = new Map([['exec', 'noexec']]);
  for (const option of options) {
    const about = podmanKnows.get(nameOf(option));
    if (about !== undefined) given.set(about, option);
  }
  return [size, 'notmpcopyup', ...given.values()].join(',');
}

/** What of its options a daemon does not give it, in words. */
export function memoryFileSystemNotes({ target, options = [] }: TemporaryFileSystem, isPodman: boolean): string[] {
  const unknown = isPodman ? options.filter((each) => each !== 'defaults' && !podmanKnows.has(nameOf(each))) : [];
  return unknown.map((option) => `tmpfs ${target}: the mount option ${option} has no effect on Podman`);
}

function nameOf(option: string): string {
  return option.split('=')[0] ?? '';
}

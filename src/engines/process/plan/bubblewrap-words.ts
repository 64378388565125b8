import { join } from 'node:path';
import { cannotStartContainer } from '../errors.ts';
import { countGroups } from '../host/cgroups.ts';
import type { Identity } from '../host/host-abilities.ts';
import { processLimits } from '../limits.ts';
import { idsOf } from '../sharing/shared-view.ts';
import { resolvePlaces } from './destinations.ts';
import { type CheckedMount, hiddenIn } from './mounts.ts';
import type { RootStep } from './root-view.ts';
import type { SandboxRequest } from './sandbox.ts';
import { firstGroup } from './scripts.ts';
import type { CheckedTemporary } from './temporaries.ts';

/** A place that a container asked for, with its path inside the root. */
export type Asked = (CheckedMount & { readonly words: string[] }) | (CheckedTemporary & { readonly words: string[] });

/** Which namespaces bubblewrap makes, and which it finds, by descriptors that come after those of the groups and the sources. */
export interface Namespaces {
  /** For a bubblewrap that is the job's user. */
  readonly user: readonly string[];
  readonly words: readonly string[];
  readonly inherited: readonly number[];
}

/** `inside`: whom the job's user is in its sandbox. */
export function namespacesOf(
  { shared, identity, config }: SandboxRequest,
  asked: readonly Asked[],
  inside: Identity = identity,
): Namespaces {
  const first = firstGroup + countGroups(config.host.cgroups) + inheritedBy(asked).length;
  const inherited: number[] = [];
  const found = (option: string, descriptor: number | undefined) => {
    if (descriptor === undefined) return [];
    inherited.push(descriptor);
    return [option, String(first + inherited.length - 1)];
  };
  // Where a server that is not root is called root the job is who it is elsewhere.
  const ids = shared.asRootInName ? ['--uid', String(identity.uid), '--gid', String(identity.gid)] : [];
  const held = typeof shared.pid === 'string' ? undefined : shared.pid;
  const user = held
    ? [...found('--userns', held.user), ...found('--userns2', held.usersOfJobs?.get(idsOf(inside)))]
    : ['--unshare-user', ...ids];
  const pid = held ? found('--pidns', held.pid) : shared.pid === 'own' ? ['--unshare-pid'] : [];
  const ipc = shared.ipc === 'own' ? ['--unshare-ipc'] : [];
  return { user, words: [...pid, ...ipc, '--unshare-uts', '--die-with-parent'], inherited };
}

/** Keeps the job from the kernel's keyrings. The filter comes in the descriptor behind the `inherited` ones. */
export function callFilterWords({ config }: SandboxRequest, inherited: readonly number[]): string[] {
  const descriptor = firstGroup + countGroups(config.host.cgroups) + inherited.length;
  return config.host.filtersCalls ? ['--seccomp', String(descriptor)] : [];
}

/** Where the kernel has no filters. */
export function keyringNotes({ config }: SandboxRequest): string[] {
  return config.host.filtersCalls
    ? []
    : ["the keyrings of the server's session are not kept from it: this kernel filters no system calls"];
}

/** In the order in which they are to be made: what lies in another place comes after it. `fresh` begin empty, inside the root. */
export function askedPlaces({ mounts, temporaries, root, config }: SandboxRequest, fresh: readonly string[]): Asked[] {
  const places = resolvePlaces<CheckedMount | CheckedTemporary>(root.directory, [...temporaries, ...mounts], fresh);
  let descriptor = firstGroup + countGroups(config.host.cgroups);
  return places.map((place) => {
    if (!('source' in place)) return { ...place, words: temporaryArguments(place) };
    if (place.opened === undefined) return { ...place, words: mountArguments(place, place.source) };
    if (!config.host.bindByDescriptor) throw cannotStartContainer(needsDescriptors);
    descriptor += 1;
    return { ...place, words: mountArguments(place, String(descriptor - 1), '-fd') };
  });
}

const needsDescriptors =
  'volumes with a host path need a bubblewrap that has --bind-fd (0.10, or an older one with its security patches)';

/** Descriptors that bubblewrap must have, in the order in which `askedPlaces` counts them. */
export function inheritedBy(asked: readonly Asked[]): number[] {
  return asked.flatMap((place) => ('source' in place ? (place.opened?.descriptor ?? []) : []));
}

/** Puts a root together. */
export function viewArguments(steps: readonly RootStep[]): string[] {
  return steps.flatMap((step) => {
    switch (step.kind) {
      case 'overlay':
        return ['--overlay-src', step.source, '--overlay', step.upper, step.work, '/'];
      case 'bind':
        return [step.target === '/' ? '--ro-bind' : '--ro-bind-try', step.source, step.target];
      case 'link':
        return ['--symlink', step.text, step.target];
      case 'directory':
        return step.target === '/' ? [] : emptyPlace(step.target);
      default:
        return step satisfies never;
    }
  });
}

/** What was asked for, and the devices of the host, below `dev`. */
export function askedArguments(asked: readonly Asked[], { devices }: SandboxRequest, dev: string): string[] {
  return [
    ...asked.flatMap(({ target }) => openParents(target)),
    ...asked.flatMap(({ words }) => words),
    ...devices.flatMap(({ source, target }) => ['--dev-bind', source, dev + target.slice('/dev'.length)]),
  ];
}

/** A directory, made with what is missing above it. */
export function makeDirectory(path: string): string[] {
  return [...openParents(path), '--perms', '0755', '--dir', path];
}

/** Bubblewrap makes missing parents of a mount point for its own user alone, who may not be the job's. */
function openParents(target: string): string[] {
  const names = target.split('/').filter(Boolean).slice(0, -1);
  return names.flatMap((_name, index) => ['--perms', '0755', '--dir', `/${names.slice(0, index + 1).join('/')}`]);
}

function temporaryArguments({ target, sizeMiB, mode }: CheckedTemporary): string[] {
  return ['--perms', mode, '--size', String(sizeMiB * 1024 ** 2), '--tmpfs', target];
}

/** What temporary file systems ask for that bubblewrap cannot give. */
export function noExecNotes({ temporaries }: SandboxRequest): string[] {
  const places = temporaries.filter(({ noExec }) => noExec);
  return places.map(({ target }) => `tmpfs ${target}: the mount option noexec has no effect in bubblewrap`);
}

function mountArguments(mount: CheckedMount, source: string, by: '' | '-fd' = ''): string[] {
  const option = `${mount.readOnly ? '--ro-bind' : '--bind'}${by}`;
  return [option, source, mount.target, ...fixed(mount), ...hiddenIn(mount).flatMap(emptyPlace)];
}

/** What is a mount point keeps its name: each directory on the way to what is hidden becomes one, of itself. */
function fixed({ source, target, fixed = [] }: CheckedMount): string[] {
  return fixed.flatMap((path) => ['--bind', join(source, path), join(target, path)]);
}

/** Memory outside of the job's limit is not to be had: nothing but mount points is made in it, then it is read-only. */
export function emptyPlace(path: string): string[] {
  return ['--size', String(processLimits.emptyPlaceBytes), '--tmpfs', path];
}

/** What is to be read-only once all mount points are made. */
export function closedIn(place: Asked): string[] {
  if ('source' in place) return hiddenIn(place);
  return place.readOnly ? [place.target] : [];
}

export function readOnly(directory: string): string[] {
  return ['--remount-ro', directory];
}

/** Shows what of the host is there, read-only. */
export function bindTry(path: string, target = path): string[] {
  return ['--ro-bind-try', path, target];
}

import { join } from 'node:path';
import { dropCapabilities, dropTo } from '../host-probe.ts';
import type { RunnerConfig } from '../runner-config.ts';
import { canReach, depthOf, exists, isWithin, nearestExisting, realPath } from './paths.ts';
import { type RootView, viewRoot } from './root-view.ts';
import { type SandboxPlan, type SandboxRequest, sandboxHome } from './sandbox.ts';
import { raiseOomScore } from './scripts.ts';
import type { CheckedTemporary } from './temporaries.ts';

/**
 * A sandbox by bubblewrap: own pid, mount, ipc and uts namespaces, no capability, no way to gain one; host or image files
 * read-only, a private home and /tmp on disk, what belongs to the server and to people hidden. Values of the
 * environment come through descriptor 3, what became of the command through 4.
 */
export function planBubblewrap(request: SandboxRequest, kind: 'bubblewrap' | 'bubblewrap-root'): SandboxPlan {
  const { tools } = request.config.host;
  const asRoot = kind === 'bubblewrap-root';
  const drop = asRoot && tools.setpriv ? dropTo(tools.setpriv, request.identity) : [];
  return {
    script: `${raiseOomScore}exec "$@"`,
    words: [
      ...request.ulimits,
      ...[tools.bwrap ?? 'bwrap', ...(asRoot ? rootPrivileges : userPrivileges), ...namespaces],
      ...files(request),
      ...['--chdir', sandboxHome, '--args', '3', '--json-status-fd', '4', '--'],
      ...drop,
      ...request.container.command,
    ],
    launchAsUser: !asRoot,
    environment: 'bubblewrap',
    status: 'bubblewrap',
    home: sandboxHome,
    notes: [...readOnlyNotes(request), ...temporaryNotes(request)],
  };
}

const userPrivileges = ['--unshare-user', '--cap-drop', 'ALL'];
const rootPrivileges = ['--cap-drop', 'ALL', ...dropCapabilities];
const namespaces = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--die-with-parent'];

/** Later ones lie over earlier ones: root, system file systems, hidden places, private places, then what was asked for. */
function files(request: SandboxRequest): string[] {
  const { mounts, temporaries, root, config } = request;
  const hidden = root.mapped ? [] : hiddenPlaces(request.config).filter((place) => canReach(place, request.identity));
  const made = ['/proc', '/dev', ...(root.mapped ? [] : ['/run', '/home', '/root'])];
  const asked = [...mounts, ...temporaries].map((place) => place.target);
  const targets = [...asked, sandboxHome, '/tmp', '/var/tmp', '/proc', '/dev'].map((path) =>
    resolveIn(root.directory, path),
  );
  const view = overlay(request) ?? viewRoot(root.directory, targets, made);
  return [
    ...view.arguments,
    ...['--proc', '/proc', '--dev', '/dev'],
    ...hidden.flatMap((path) => ['--tmpfs', path]),
    ...(root.mapped || config.host.resolvConf === undefined ? [] : bindTry(config.host.resolvConf)),
    ...privatePlaces(request),
    ...asked.flatMap((target) => openParents(resolveIn(root.directory, target))),
    ...askedPlaces(request),
    ...[...view.rebuilt, ...closedPlaces(request, hidden)].flatMap((directory) => ['--remount-ro', directory]),
  ];
}

/** With a new enough bubblewrap an image's files can be written to, in a layer of the task's own, as in a container. */
function overlay({ root, container, config, scratch }: SandboxRequest): RootView | undefined {
  if (!root.mapped || !config.host.overlay || container.readonlyRootFilesystem) return undefined;
  const layers = [join(scratch.stage, 'upper'), join(scratch.stage, 'work')];
  return { arguments: ['--overlay-src', root.directory, '--overlay', ...layers, '/'], rebuilt: [] };
}

/** Directories of the host that are empty in a sandbox: sockets, homes, and the server's own. None lies in another. */
export function hiddenPlaces(config: RunnerConfig): string[] {
  const places = ['/run', '/home', '/root', ...config.hidden.map(realPath), realPath(config.dataDirectory)];
  const outer = places.filter((place, index) => exists(place) && !isCovered(place, places, index));
  return outer.filter((place) => !privateTemporary.some((temporary) => isWithin(place, temporary)));
}

/** Private anyway. */
const privateTemporary = ['/tmp', '/var/tmp'];

function isCovered(place: string, places: readonly string[], index: number): boolean {
  return places.some((other, at) => at !== index && isWithin(place, other) && (place !== other || at < index));
}

/** Bubblewrap makes missing parents of a mount point for its own user alone, who may not be the job's. */
function openParents(target: string): string[] {
  const names = target.split('/').filter(Boolean).slice(0, -1);
  return names.flatMap((_name, index) => ['--perms', '0755', '--dir', `/${names.slice(0, index + 1).join('/')}`]);
}

function privatePlaces({ scratch }: SandboxRequest): string[] {
  return [
    '--bind',
    scratch.temporary,
    '/tmp',
    '--bind',
    scratch.temporary,
    '/var/tmp',
    '--bind',
    scratch.home,
    sandboxHome,
  ];
}

/** With a read-only root file system nothing but mounts and tmpfs can be written to; mount points had to be made first. */
function closedPlaces({ container, temporaries, root }: SandboxRequest, hidden: readonly string[]): string[] {
  const asked = temporaries.filter(({ readOnly }) => readOnly).map(({ target }) => resolveIn(root.directory, target));
  return [...(container.readonlyRootFilesystem ? ['/tmp', '/var/tmp', sandboxHome, ...hidden] : []), ...asked];
}

/** What lies in another place comes after it. */
function askedPlaces({ mounts, temporaries, root }: SandboxRequest): string[] {
  const places = [
    ...temporaries.map((place) => ({ target: place.target, words: temporaryArguments(place, root.directory) })),
    ...mounts.map((place) => ({
      target: place.target,
      words: mountArguments(place, resolveIn(root.directory, place.target)),
    })),
  ];
  return places.sort((one, other) => depthOf(one.target) - depthOf(other.target)).flatMap(({ words }) => words);
}

function temporaryArguments({ target, sizeMiB, mode }: CheckedTemporary, root: string): string[] {
  return ['--perms', mode, '--size', String(sizeMiB * 1024 ** 2), '--tmpfs', resolveIn(root, target)];
}

function temporaryNotes({ temporaries }: SandboxRequest): string[] {
  const places = temporaries.filter(({ noExec }) => noExec);
  return places.map(({ target }) => `tmpfs ${target}: the mount option noexec has no effect in bubblewrap`);
}

function mountArguments(mount: SandboxRequest['mounts'][number], target: string): string[] {
  const hidden = mount.hidden.flatMap((path) => ['--tmpfs', path]);
  return [mount.readOnly ? '--ro-bind' : '--bind', mount.source, target, ...hidden];
}

/** Follows the symbolic links of the part of `path` that exists under `root`: bubblewrap would follow them outside. */
function resolveIn(root: string, path: string): string {
  if (root !== '/') return path;
  const existing = nearestExisting(root, path);
  return join(realPath(existing), path.slice(existing.length));
}

function bindTry(path: string): string[] {
  return ['--ro-bind-try', path, path];
}

function readOnlyNotes(request: SandboxRequest): string[] {
  if (request.container.readonlyRootFilesystem || overlay(request)) return [];
  return [`files are read-only but for ${sandboxHome}, /tmp, /var/tmp and mounts`];
}

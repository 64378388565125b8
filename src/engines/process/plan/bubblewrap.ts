import { join } from 'node:path';
import { countGroups } from '../cgroups.ts';
import { cannotStartContainer } from '../errors.ts';
import { dropCapabilities, dropForGood } from '../host-probe.ts';
import { processLimits } from '../limits.ts';
import { processesOf } from '../sharing/shared-view.ts';
import { placeAround, resolveInside, resolvePlaces } from './destinations.ts';
import { hiddenPlaces } from './hidden-places.ts';
import { imageTemporaries } from './image-temporaries.ts';
import { type CheckedMount, hiddenIn } from './mounts.ts';
import { refuseOverOwnFiles } from './own-files.ts';
import { canReach, isWithin } from './paths.ts';
import { type RootStep, type RootView, viewRoot } from './root-view.ts';
import { homeFor, isCovered, type SandboxPlan, type SandboxRequest } from './sandbox.ts';
import { becomeJob, execWords, firstGroup } from './scripts.ts';
import type { CheckedTemporary } from './temporaries.ts';

/**
 * A sandbox by bubblewrap as the job's user: own user, pid, mount, ipc and uts namespaces, no capability, no way to gain
 * one; host or image files read-only, a private home and /tmp on disk, what belongs to the server and to people hidden.
 * The values of the environment come through descriptor 3, and are set in the process that becomes the job; what became
 * of the command comes through 4.
 */
export function planBubblewrap(request: SandboxRequest): SandboxPlan {
  const { tools } = request.config.host;
  const fresh = freshPlaces(request);
  const asked = askedPlaces(request, fresh);
  const namespaces = namespacesOf(request, sourcesOf(asked).length);
  return {
    ...planned(request, fresh, asked, namespaces),
    words: [
      ...[...request.ulimits, tools.bwrap ?? 'bwrap', ...namespaces.user, '--cap-drop', 'ALL', ...namespaces.words],
      ...files(request, fresh, asked),
      ...['--chdir', fresh.home, '--args', '3', '--json-status-fd', '4', '--'],
      ...request.container.command,
    ],
    launchAsUser: true,
    environment: 'bubblewrap',
  };
}

/**
 * The same without a user namespace, set up by root. `setpriv` of the host drops root's rights inside: before that nothing
 * of the job's is there to meet it, no variable, and no file in the place of the host's own.
 */
export function planBubblewrapAsRoot(request: SandboxRequest): SandboxPlan {
  const { tools } = request.config.host;
  if (request.root.mapped)
    throw cannotStartContainer('an image of its own needs user namespaces, which do not work here');
  const fresh = freshPlaces(request);
  const asked = askedPlaces(request, fresh);
  for (const place of asked) refuseForRoot(place, asked);
  const final = `exec 4>&-\n${becomeJob(fresh.home, execWords)}`;
  const namespaces = namespacesOf(request, sourcesOf(asked).length);
  return {
    ...planned(request, fresh, asked, namespaces),
    words: [
      ...[...request.ulimits, tools.bwrap ?? 'bwrap', '--cap-drop', 'ALL', ...dropCapabilities, ...namespaces.words],
      ...files(request, fresh, asked),
      ...['--chdir', '/', '--json-status-fd', '4', '--'],
      ...dropForGood(tools.setpriv ?? 'setpriv', request.identity),
      ...[tools.sh, '-c', final, 'batchyard-job', ...request.container.command],
    ],
    launchAsUser: false,
    environment: 'shell',
  };
}

function planned(request: SandboxRequest, { home }: FreshPlaces, asked: readonly Asked[], { inherited }: Namespaces) {
  const processes = processesOf(request.shared);
  return {
    launcher: [],
    script: execWords,
    status: 'bubblewrap',
    processes,
    // In a pid namespace of the job's own bubblewrap has a first process there.
    generation: processes === 'own' ? 2 : 1,
    inherited: [...sourcesOf(asked), ...inherited],
    home,
    notes: [...readOnlyNotes(request, home), ...temporaryNotes(request)],
  } as const;
}

function sourcesOf(asked: readonly Asked[]): number[] {
  return asked.flatMap((place) => ('source' in place ? (place.opened?.descriptor ?? []) : []));
}

/** Which namespaces bubblewrap makes, and which it finds, by descriptors that come after those of the groups and the sources. */
interface Namespaces {
  /** For a bubblewrap that is the job's user. */
  readonly user: readonly string[];
  readonly words: readonly string[];
  readonly inherited: readonly number[];
}

function namespacesOf({ shared, identity, config }: SandboxRequest, sources: number): Namespaces {
  const first = firstGroup + countGroups(config.host.cgroups) + sources;
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
    ? [...found('--userns', held.user), ...found('--userns2', held.userOfJobs)]
    : ['--unshare-user', ...ids];
  const pid = held ? found('--pidns', held.pid) : shared.pid === 'own' ? ['--unshare-pid'] : [];
  const ipc = shared.ipc === 'own' ? ['--unshare-ipc'] : [];
  return { user, words: [...pid, ...ipc, '--unshare-uts', '--die-with-parent'], inherited };
}

/** A place that a container asked for, with its path inside the root. */
type Asked = (CheckedMount & { readonly words: string[] }) | (CheckedTemporary & { readonly words: string[] });

/** Directories that begin empty in the sandbox. */
interface FreshPlaces {
  readonly hidden: readonly string[];
  /** As the job sees it. */
  readonly home: string;
  /** Paths inside the root. */
  readonly own: Readonly<Record<'/proc' | '/dev' | '/tmp' | '/var/tmp' | 'home', string>>;
}

function freshPlaces({ root, config, identity, mounts, temporaries }: SandboxRequest): FreshPlaces {
  const places = root.mapped ? [] : hiddenPlaces(config, [...mounts, ...temporaries]);
  const hidden = places.filter((place) => canReach(place, identity, config));
  const inside = (path: string) => resolveInside(root.directory, path, hidden);
  const home = homeFor([...mounts, ...temporaries].map(({ target }) => inside(target)));
  return {
    hidden,
    home,
    own: {
      '/proc': inside('/proc'),
      '/dev': inside('/dev'),
      '/tmp': inside('/tmp'),
      '/var/tmp': inside('/var/tmp'),
      home: inside(home),
    },
  };
}

/** Later ones lie over earlier ones: root, system file systems, hidden places, private places, then what was asked for. */
function files(request: SandboxRequest, { hidden, own }: FreshPlaces, asked: readonly Asked[]): string[] {
  const { root, config, container } = request;
  const covers = asked.map(({ target }) => target);
  const isInPrivate = (target: string) => Object.values(own).some((place) => isWithin(target, place));
  const targets = [...covers.filter((target) => !isInPrivate(target)), ...Object.values(own)];
  const view = overlay(request) ?? viewRoot(root.directory, targets, [own['/proc'], own['/dev'], ...hidden]);
  const closed = container.readonlyRootFilesystem ? [own.home, own['/tmp'], own['/var/tmp']] : [];
  const ours = [...view.rebuilt, ...closed, ...hidden, own['/dev']];
  return [
    ...viewArguments(view),
    ...(request.shared.pid === 'host' ? ['--bind', '/proc', own['/proc']] : ['--proc', own['/proc']]),
    ...['--dev', own['/dev']],
    ...hidden.flatMap(emptyPlace),
    ...(root.mapped || config.host.resolvConf === undefined ? [] : bindTry(config.host.resolvConf)),
    ...privatePlaces(request, own),
    ...viewArguments({ steps: imageTemporaries(request.root, own, covers), rebuilt: [] }),
    ...asked.flatMap(({ target }) => openParents(target)),
    ...asked.flatMap(({ words }) => words),
    ...request.devices.flatMap(({ source, target }) => [
      '--dev-bind',
      source,
      own['/dev'] + target.slice('/dev'.length),
    ]),
    ...[...ours.filter((place) => !isCovered(place, covers)), ...asked.flatMap(closedIn)].flatMap(readOnly),
  ];
}

/** With a new enough bubblewrap an image's files can be written to, in a layer of the task's own, as in a container. */
function overlay({ root, container, config, scratch }: SandboxRequest): RootView | undefined {
  if (!root.mapped || !config.host.overlay || container.readonlyRootFilesystem) return undefined;
  return { steps: [{ kind: 'overlay', source: root.directory, stage: scratch.stage }], rebuilt: [] };
}

function viewArguments({ steps }: RootView): string[] {
  return steps.flatMap((step: RootStep) => {
    switch (step.kind) {
      case 'overlay':
        return [...['--overlay-src', step.source, '--overlay'], ...overlayLayers(step.stage), '/'];
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

function overlayLayers(stage: string): string[] {
  return [join(stage, 'upper'), join(stage, 'work')];
}

/** Bubblewrap makes missing parents of a mount point for its own user alone, who may not be the job's. */
function openParents(target: string): string[] {
  const names = target.split('/').filter(Boolean).slice(0, -1);
  return names.flatMap((_name, index) => ['--perms', '0755', '--dir', `/${names.slice(0, index + 1).join('/')}`]);
}

function privatePlaces({ scratch }: SandboxRequest, own: FreshPlaces['own']): string[] {
  const temporary = [own['/tmp'], own['/var/tmp']].flatMap((path) => ['--bind', scratch.temporary, path]);
  return [...temporary, '--bind', scratch.home, own.home];
}

/** In the order in which they are to be made: what lies in another place comes after it. */
function askedPlaces({ mounts, temporaries, root, config }: SandboxRequest, { hidden, own }: FreshPlaces): Asked[] {
  const fresh = [...hidden, ...Object.values(own)];
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

/** Root's bubblewrap makes mount points by path: in a volume a job could lead it elsewhere meanwhile. */
function refuseForRoot(place: Asked, all: readonly Asked[]): void {
  refuseOverOwnFiles(place.target, 'bubblewrap-root');
  const outer = placeAround(all, place.target);
  if (outer === undefined || !('source' in outer)) return;
  throw cannotStartContainer(
    `mount point ${place.target} lies in the volume at ${outer.target}, which needs user namespaces or unshare`,
  );
}

function temporaryArguments({ target, sizeMiB, mode }: CheckedTemporary): string[] {
  return ['--perms', mode, '--size', String(sizeMiB * 1024 ** 2), '--tmpfs', target];
}

function temporaryNotes({ temporaries }: SandboxRequest): string[] {
  const places = temporaries.filter(({ noExec }) => noExec);
  return places.map(({ target }) => `tmpfs ${target}: the mount option noexec has no effect in bubblewrap`);
}

function mountArguments(mount: CheckedMount, source: string, by: '' | '-fd' = ''): string[] {
  const option = `${mount.readOnly ? '--ro-bind' : '--bind'}${by}`;
  return [option, source, mount.target, ...hiddenIn(mount).flatMap(emptyPlace)];
}

/** Memory outside of the job's limit is not to be had: nothing but mount points is made in it, then it is read-only. */
function emptyPlace(path: string): string[] {
  return ['--size', String(processLimits.emptyPlaceBytes), '--tmpfs', path];
}

function closedIn(place: Asked): string[] {
  if ('source' in place) return hiddenIn(place);
  return place.readOnly ? [place.target] : [];
}

function readOnly(directory: string): string[] {
  return ['--remount-ro', directory];
}

function bindTry(path: string): string[] {
  return ['--ro-bind-try', path, path];
}

function readOnlyNotes(request: SandboxRequest, home: string): string[] {
  if (request.container.readonlyRootFilesystem || overlay(request)) return [];
  return [`files are read-only but for ${home}, /tmp, /var/tmp and mounts`];
}
